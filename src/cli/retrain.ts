/**
 * `omega retrain`: starts a retraining by hand, or joins the running one, and shows how it goes. The work is the `retraining` workflow's;
 * server and worker are started here only when there are none.
 */
import type { WorkflowHandle } from '@temporalio/client';
import { WorkflowFailedError } from '@temporalio/client';
import { Command } from 'commander';
import { resolve } from 'node:path';
import { startRetraining } from '../client/retraining';
import { runIdOf } from '../domain/ids';
import { FAMILY_NAMES } from '../learning/families/families';
import type { RetrainingRequest } from '../workflows/activity-types';
import { storedNames } from '../storage/stored-json';
import { CliError, messageOf } from './cli-error';
import type { CommandIo } from './command-io';
import { printResult } from './command-io';
import { currentConfig } from './current-place';
import { parseDays, parseInstruments } from './demo';
import type { SupervisedProcess } from './demo/supervised-process';
import { openLearningServer, type LearningServer } from './learning-server';
import { refuseRepeated } from './names-once';
import { operatorOf, type OperatorOptions } from './operator';
import { registerSearchAttributes } from './register-search-attributes';
import { readRetraining, RetrainingLines, retrainingLines, type RetrainingView } from './retraining-view';
import { learningPlace } from './store-place';
import { startTrainingWorker } from './training-worker';

interface RetrainOptions extends OperatorOptions {
  readonly data?: string;
  readonly days?: string;
  readonly instruments?: string;
  readonly families?: string;
  /** True: to the very end; false: not at all; left out: until the gates have judged. */
  readonly wait?: boolean;
}

const POLL_MS = 500;
/** A worker that lives answers a query within it. */
const WORKER_PATIENCE_MS = 5_000;

/** Throws CliError USAGE. */
function requestOf(options: RetrainOptions, io: CommandIo, now: number): RetrainingRequest {
  const families = options.families?.split(',').map((name) => name.trim()) ?? FAMILY_NAMES;
  const unknown = families.filter((name) => !FAMILY_NAMES.includes(name));
  if (unknown.length > 0)
    throw new CliError(
      'USAGE',
      `There is no model family ${unknown.join(', ')}; there are ${FAMILY_NAMES.join(', ')}.`,
    );
  refuseRepeated('--families', families);
  return {
    runId: runIdOf(now),
    days: options.days === undefined ? null : parseDays(options.days),
    instruments: options.instruments === undefined ? ['ES', 'GC'] : parseInstruments(options.instruments),
    families,
    seed: currentConfig(io).config.seed,
    dataFolder: options.data === undefined ? null : resolve(io.folder, options.data),
  };
}

async function retrain(options: RetrainOptions, io: CommandIo): Promise<void> {
  const request = requestOf(options, io, Date.now());
  const trigger = { cause: 'by-hand', ...operatorOf(options, 'asked for by hand') } as const;
  const server = await openLearningServer(io);
  let worker: SupervisedProcess | null = null;
  try {
    if (server.own && options.wait === false)
      throw new CliError('USAGE', '--no-wait needs a server that stays: start npm start, or set TEMPORAL_ADDRESS.');
    await registerSearchAttributes(server.connection, server.namespace);
    const handle = await startRetraining(server.client, { request, trigger });
    if (!(await isServed(server, handle))) {
      io.err('no training worker answers: one is started for as long as this command runs');
      worker = await startTrainingWorker(io, server, learningPlace(io).storage);
    }
    const view = await follow(handle, request.runId, options.wait, io);
    printResult(io, options.json, storedNames(view), retrainingLines(view, server.own));
  } finally {
    await worker?.stop();
    await server.close();
  }
}

async function isServed({ client }: LearningServer, handle: WorkflowHandle): Promise<boolean> {
  try {
    await client.withDeadline(Date.now() + WORKER_PATIENCE_MS, () => handle.query('retrainingStatus'));
    return true;
  } catch {
    return false;
  }
}

/** Tells each step as it is made; resolves when there is nothing more to wait for. Throws FAILED with the workflow's own sentence. */
async function follow(
  handle: Awaited<ReturnType<typeof startRetraining>>,
  asked: string,
  wait: boolean | undefined,
  io: CommandIo,
): Promise<RetrainingView> {
  const lines = new RetrainingLines(asked);
  for (;;) {
    const { status } = await handle.describe();
    if (status.name !== 'RUNNING' && status.name !== 'COMPLETED') throw await failureOf(handle);
    const view = await readRetraining(handle, asked).catch((error: unknown) => {
      // A worker that is just being started again.
      if (status.name === 'RUNNING') return null;
      throw error;
    });
    if (view !== null) {
      for (const line of lines.of(view)) io.err(line);
      const judged = view.phase === 'shadowing' || view.phase === 'awaiting-approval';
      if (view.phase === 'done' || wait === false || (judged && wait !== true)) return view;
    }
    await new Promise((done) => setTimeout(done, POLL_MS));
  }
}

async function failureOf(handle: WorkflowHandle): Promise<CliError> {
  const error: unknown = await handle.result().catch((caught: unknown) => caught);
  const cause = error instanceof WorkflowFailedError ? (error.cause?.cause ?? error.cause) : error;
  return new CliError('FAILED', `The retraining ended without a run: ${messageOf(cause)}`, { cause: error });
}

export const retrainCommand = (io: CommandIo): Command =>
  new Command('retrain')
    .description('retrain the models as a durable workflow: fits, gates, shadow run, approval; or join the running one')
    .option('--data <dir>', 'folder of recorded minutes, where the training workers run (default: theirs)')
    .option('--days <list>', 'trade dates, the hold-out included (default: all recorded)')
    .option('--instruments <list>', 'instruments (default: ES,GC)')
    .option('--families <list>', `model families (default: all: ${FAMILY_NAMES.join(', ')})`)
    .option('--by <name>', 'who asks (default: the user logged in)')
    .option('--why <reason>', 'why, shown in the status and the Temporal UI')
    .option('--wait', 'stay until the run is promoted or turned down (default: until the gates have judged)')
    .option('--no-wait', 'end as soon as it is started')
    .option('--json', 'print JSON')
    .action((options: RetrainOptions) => retrain(options, io));
