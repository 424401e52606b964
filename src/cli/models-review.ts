/**
 * `omega models promote|approve|reject|rollback|history`: what people decide about runs, each with who and why. Offline but for a
 * retraining that waits for an approval, which is told, and the watch over a promoted run, which is started where a server answers.
 */
import { Command } from 'commander';
import { randomUUID } from 'node:crypto';
import { startChampionWatch } from '../client/champion-watch';
import { isChampionChange, stateOf, type ReviewAct } from '../domain/model-review';
import { promoteRun, remarkOnRun, rollBack, type Reviewer } from '../learning/review-run';
import type { ObjectStore } from '../storage/object-store';
import { readReviewLog, type ReviewEntry } from '../storage/review-log';
import { storedNames } from '../storage/stored-json';
import { CliError, messageOf } from './cli-error';
import { printResult, type CommandIo } from './command-io';
import { findLearningServer } from './learning-server';
import { told } from './model-errors';
import { answerRetraining } from './retraining-answer';
import { learningPlace, withStore } from './store-place';
import { textTable } from './text-table';

interface ReviewOptions {
  readonly by?: string;
  readonly why?: string;
  readonly to?: string;
  readonly json?: boolean;
}

/** An answer to the retraining that waits for it comes first; the registry is asked when none does. */
async function answer(
  io: CommandIo,
  decision: 'approve' | 'reject',
  runId: string,
  options: ReviewOptions,
  deed: Deed,
): Promise<void> {
  const { by = '', why = '' } = options;
  const told = await answerRetraining(io, { runId, decision, by, why });
  if (!told) return review(io, options, deed);
  return review(io, options, async (store) => {
    const entry = (await readReviewLog(store)).entries.findLast((said) => said.runId === runId);
    if (entry === undefined)
      throw new CliError('FAILED', `The retraining of ${runId} was answered into another store.`);
    return entry;
  });
}

type Deed = (store: ObjectStore, reviewer: Reviewer) => Promise<ReviewEntry>;

async function review(io: CommandIo, { by = '', why = '', json }: ReviewOptions, deed: Deed): Promise<void> {
  await withStore(learningPlace(io), async (store) => {
    const entry = await deed(store, { by, why, at: Date.now(), request: `command/${randomUUID()}` });
    const { review: now } = await readReviewLog(store);
    const watch = isChampionChange(entry) && now.promoted !== null ? await watchOver(io, now.promoted) : null;
    const value = { ...entry, state: stateOf(now, entry.runId), promoted: now.promoted, watch };
    printResult(io, json, storedNames(value), [sentenceOf(entry)]);
  });
}

/** Workflow id of the watch over a promoted run; null without a server: the feed that takes the run up starts it then. */
async function watchOver(io: CommandIo, runId: string): Promise<string | null> {
  const server = await findLearningServer(io);
  if (server === null) return null;
  try {
    return await startChampionWatch(server.client, runId);
  } catch (error) {
    io.err(`The watch over ${runId} is not started (${messageOf(error)}): the feed that takes the run up tries again.`);
    return null;
  } finally {
    await server.close();
  }
}

function sentenceOf(entry: ReviewEntry): string {
  const { kind, runId, by } = entry;
  if (!isChampionChange(entry)) return `${runId} is ${kind} by ${by}`;
  if (entry.to === null) return `${runId} is rolled back by ${by}; no model votes until a run is promoted`;
  if (kind === 'rolled-back') return `${runId} is rolled back by ${by}; ${entry.to} votes from the next bar on`;
  const before = entry.from === null ? '' : ` in the place of ${entry.from}`;
  return `${runId} is ${kind} by ${by} and votes from the next bar on${before}`;
}

async function history(io: CommandIo, { json }: ReviewOptions): Promise<void> {
  await withStore(learningPlace(io), async (store) => {
    const { entries, review: now } = await readReviewLog(store);
    const table = textTable<ReviewAct>(
      [
        { title: 'at', cell: ({ at }) => at },
        { title: 'run', cell: ({ runId }) => runId },
        { title: '', cell: ({ kind }) => kind },
        { title: 'by', cell: ({ by }) => by },
        { title: 'why', cell: ({ why }) => why },
        { title: 'champion', cell: (act) => (isChampionChange(act) ? `${act.from ?? '–'} → ${act.to ?? '–'}` : '') },
      ],
      entries,
    );
    const lines = entries.length === 0 ? [`Nothing was decided about any run in ${store.location}.`] : table;
    printResult(io, json, storedNames({ promoted: now.promoted, history: entries }), lines);
  });
}

const withReviewer = (command: Command): Command =>
  command
    .option('--by <name>', 'who decides (required)')
    .option('--why <reason>', 'why, kept in the history (required)')
    .option('--json', 'print JSON');

const promoting =
  (kind: 'approved' | 'promoted', runId: string): Deed =>
  (store, reviewer) =>
    promoteRun(store, { kind, runId }, reviewer);

export const reviewCommands = (io: CommandIo): readonly Command[] => [
  withReviewer(
    new Command('promote')
      .description('make a run the one that votes, whatever gates and shadow run said')
      .argument('<run>'),
  ).action((run: string, options: ReviewOptions) => told(review(io, options, promoting('promoted', run)))),
  withReviewer(
    new Command('approve')
      .description('promote a run that passed gates and shadow run and awaits approval')
      .argument('<run>'),
  ).action((run: string, options: ReviewOptions) =>
    told(answer(io, 'approve', run, options, promoting('approved', run))),
  ),
  withReviewer(
    new Command('reject').description('a run that shall not be promoted, for good').argument('<run>'),
  ).action((run: string, options: ReviewOptions) =>
    told(answer(io, 'reject', run, options, (store, who) => remarkOnRun(store, { kind: 'rejected', runId: run }, who))),
  ),
  withReviewer(
    new Command('rollback')
      .description('withdraw the promoted run for the one before it')
      .option('--to <run>', 'an earlier promoted run (default: the one before)'),
  ).action((options: ReviewOptions) =>
    told(review(io, options, (store, who) => rollBack(store, options.to === undefined ? {} : { to: options.to }, who))),
  ),
  new Command('history')
    .description('what was decided about runs: who, why, when')
    .option('--json', 'print JSON')
    .action((options: ReviewOptions) => told(history(io, options))),
];
