/**
 * The drill of long work: done twice on a server and workers of its own, undisturbed and with one or the other killed at seeded instants.
 * Invariants: 1. it judges by what is in the store, never by what the processes say of themselves; 2. it ends what it started;
 * 3. its folders are kept when something did not hold.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { percentile } from '../demo/day-report';
import type { SupervisedProcess } from '../demo/supervised-process';
import { sleep } from '../demo/wait-for';
import type { DrilledWork, Pieces, WorkOutcome, WorkPlace } from './drilled-work';
import { planWorkKills, type WorkStrike } from './work-schedule';
import { withWorkStand, type WorkStand } from './work-stand';

export interface WorkDrillOptions {
  readonly kills: number;
  readonly seed: number;
  /** Path of the Temporal command line tool. */
  readonly temporal: string;
}

export interface WorkDrillResult {
  readonly what: DrilledWork['name'];
  readonly seed: number;
  readonly kills: number;
  readonly pieces: number;
  /** Finished before a kill and gone after it. */
  readonly lost: number;
  /** Finished before a kill and made again. */
  readonly madeAgain: number;
  /** Of the pieces that were finished at some kill, percent. */
  readonly keptPercent: number;
  readonly outcomeEqualsUnkilledRun: boolean;
  /** Kill to the next finished piece. */
  readonly recoverySeconds: { readonly p50: number | null; readonly max: number | null };
  /** Put to an outside party; null where the work asks nobody. */
  readonly questions: { readonly undisturbed: number; readonly killed: number } | null;
  /** What is wrong with an outcome by itself, of either run. */
  readonly faults: readonly string[];
  readonly differences: readonly string[];
}

const POLL_MS = 20;

export const workHolds = (result: WorkDrillResult): boolean =>
  result.lost === 0 &&
  result.madeAgain === 0 &&
  result.outcomeEqualsUnkilledRun &&
  result.faults.length === 0 &&
  !askedAgain(result);

/** More questions than the undisturbed run's and those that the kills interrupted: something stored was asked for again. */
const askedAgain = ({ questions, kills }: WorkDrillResult): boolean =>
  questions !== null && questions.killed > questions.undisturbed + kills;

interface Done {
  readonly outcome: WorkOutcome;
  readonly pieces: Pieces;
  /** What was finished at each kill. */
  readonly kept: readonly Pieces[];
  readonly recoverySeconds: readonly number[];
  readonly questions: number | null;
}

/** Tells its progress line by line. Throws CliError when server or worker can't be started, RangeError when there are too many kills. */
export async function runWorkDrill(
  work: DrilledWork,
  options: WorkDrillOptions,
  say: (line: string) => void,
): Promise<WorkDrillResult> {
  const folder = mkdtempSync(join(tmpdir(), `omega-${work.name}-drill-`));
  say(`state of both runs: ${folder}`);
  say(`${work.name}, undisturbed`);
  const undisturbed = await doWork(work, join(folder, 'undisturbed'), options.temporal, [], say);
  const total = undisturbed.pieces.size;
  say(`${work.name}, undisturbed: ${total} pieces (${work.piece}); now with ${options.kills} kills`);
  const strikes = planWorkKills(options.kills, total, options.seed, work.victims);
  const killed = await doWork(work, join(folder, 'killed'), options.temporal, strikes, say);
  const result = judge(work, options, undisturbed, killed);
  if (workHolds(result)) rmSync(folder, { recursive: true, force: true });
  else say(`kept for a closer look: ${folder}`);
  return result;
}

async function doWork(
  work: DrilledWork,
  folder: string,
  temporal: string,
  strikes: readonly WorkStrike[],
  say: (line: string) => void,
): Promise<Done> {
  return withWorkStand(work, folder, temporal, async ({ place, client, processes }) => {
    const over = new AbortController();
    const outcome = work.run(client, place).finally(() => over.abort());
    // A work that fails is told by the first of the two.
    const [done, struck] = await Promise.all([
      outcome,
      strikeAll({ work, place, processes, over: over.signal }, strikes, say),
    ]);
    return { outcome: done, pieces: await work.finished(place), questions: work.questions?.(place) ?? null, ...struck };
  });
}

interface Struck {
  readonly work: DrilledWork;
  readonly place: WorkPlace;
  readonly processes: WorkStand['processes'];
  /** Aborted when the work has come to its end. */
  readonly over: AbortSignal;
}

async function strikeAll(
  struck: Struck,
  strikes: readonly WorkStrike[],
  say: (line: string) => void,
): Promise<Pick<Done, 'kept' | 'recoverySeconds'>> {
  const { work, place, processes, over } = struck;
  const kept: Pieces[] = [];
  const recoverySeconds: number[] = [];
  for (const [number, { victim, afterPieces, delayMs }] of strikes.entries()) {
    while ((await work.finished(place)).size < afterPieces && !over.aborted) await sleep(POLL_MS);
    await sleep(delayMs);
    const process = processes.get(victim);
    if (over.aborted || process === undefined) break;
    // One that is just being started again is waited for: a strike hits something alive.
    await process.whenReady();
    const at = performance.now();
    kill(process);
    const before = await work.finished(place);
    kept.push(before);
    await process.whenReady();
    const seconds = await secondsToNextPiece(struck, before.size, at);
    if (seconds !== null) recoverySeconds.push(seconds);
    const after = seconds === null ? 'it was the last' : `the next ${work.piece} after ${seconds.toFixed(2)} s`;
    say(`strike ${number + 1}: ${victim} with ${before.size} finished; ${after}`);
  }
  return { kept, recoverySeconds };
}

function kill(victim: SupervisedProcess): void {
  const { pid } = victim.status();
  if (pid !== null) process.kill(pid, 'SIGKILL');
}

/** Null when the work is over without another. */
async function secondsToNextPiece({ work, place, over }: Struck, before: number, at: number): Promise<number | null> {
  while ((await work.finished(place)).size <= before) {
    if (over.aborted) return null;
    await sleep(POLL_MS);
  }
  return (performance.now() - at) / 1_000;
}

function judge(work: DrilledWork, { seed }: WorkDrillOptions, undisturbed: Done, killed: Done): WorkDrillResult {
  const lost = new Set<string>();
  const madeAgain = new Set<string>();
  for (const before of killed.kept)
    for (const [name, was] of before) {
      const is = killed.pieces.get(name);
      if (is === undefined) lost.add(name);
      else if (!work.keeps(was, is)) madeAgain.add(name);
    }
  const finished = new Set(killed.kept.flatMap((before) => [...before.keys()])).size;
  const samePieces = [...undisturbed.pieces.keys()].toSorted().join() === [...killed.pieces.keys()].toSorted().join();
  const equal = samePieces && undisturbed.outcome.summary === killed.outcome.summary;
  const recovery = killed.recoverySeconds.toSorted((a, b) => a - b);
  return {
    what: work.name,
    seed,
    kills: killed.kept.length,
    pieces: killed.pieces.size,
    lost: lost.size,
    madeAgain: madeAgain.size,
    keptPercent: finished === 0 ? 100 : (100 * (finished - lost.size - madeAgain.size)) / finished,
    outcomeEqualsUnkilledRun: equal,
    recoverySeconds: { p50: percentile(recovery, 0.5), max: recovery.at(-1) ?? null },
    questions:
      undisturbed.questions === null || killed.questions === null
        ? null
        : { undisturbed: undisturbed.questions, killed: killed.questions },
    faults: [
      ...undisturbed.outcome.faults.map((fault) => `undisturbed: ${fault}`),
      ...killed.outcome.faults.map((fault) => `killed: ${fault}`),
    ],
    differences: [
      ...[...lost].map((name) => `lost: ${name}`),
      ...[...madeAgain].map((name) => `made again: ${name}`),
      ...(equal ? [] : [`outcome: undisturbed ${undisturbed.outcome.summary}, killed ${killed.outcome.summary}`]),
    ],
  };
}
