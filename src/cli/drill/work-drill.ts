/**
 * The drill of long work: done twice on a server and a worker of its own, undisturbed and with one or the other killed at seeded instants.
 * Invariants: 1. it judges by what is in the store, never by what the processes say of themselves; 2. it ends what it started;
 * 3. its folders are kept when something did not hold.
 */
import { Client, Connection } from '@temporalio/client';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { percentile } from '../demo/day-report';
import { demoPaths } from '../demo/demo-folder';
import { workerSpec } from '../demo/demo-processes';
import { choosePorts } from '../demo/ports';
import { SupervisedProcess } from '../demo/supervised-process';
import { temporalAddress, temporalSpec } from '../demo/temporal-server';
import { sleep } from '../demo/wait-for';
import type { DrilledWork } from './drilled-work';
import { planWorkKills, type WorkStrike } from './work-schedule';

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
  readonly differences: readonly string[];
}

const POLL_MS = 20;
const NAMESPACE = 'default';

export const workHolds = (result: WorkDrillResult): boolean =>
  result.lost === 0 && result.madeAgain === 0 && result.outcomeEqualsUnkilledRun;

interface Done {
  readonly outcome: string;
  readonly pieces: ReadonlyMap<string, string>;
  /** What was finished at each kill. */
  readonly kept: readonly ReadonlyMap<string, string>[];
  readonly recoverySeconds: readonly number[];
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
  const strikes = planWorkKills(options.kills, total, options.seed);
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
  const paths = demoPaths(folder, '.');
  for (const path of [paths.root, paths.logs, paths.pids, paths.state, paths.store])
    mkdirSync(path, { recursive: true });
  const ports = await choosePorts(paths.portsFile);
  const server = new SupervisedProcess(temporalSpec(temporal, paths, ports), {});
  const address = temporalAddress(ports);
  const worker = new SupervisedProcess(workerSpec('training', paths, workerEnvironment(address, paths)), {});
  try {
    await server.start();
    await worker.start();
    const connection = await Connection.connect({ address });
    try {
      const over = new AbortController();
      const outcome = work.run(new Client({ connection, namespace: NAMESPACE }), paths.store);
      const striking = strikeAll({ work, store: paths.store, server, worker, over: over.signal }, strikes, say);
      const done = await outcome.finally(() => over.abort());
      return { outcome: done, pieces: work.finished(paths.store), ...(await striking) };
    } finally {
      await connection.close();
    }
  } finally {
    await worker.stop();
    await server.stop();
  }
}

/** The drill's own places, whatever the user's environment says. */
const workerEnvironment = (
  address: string,
  { store, state }: { readonly store: string; readonly state: string },
): NodeJS.ProcessEnv => ({
  ...process.env,
  TEMPORAL_ADDRESS: address,
  TEMPORAL_NAMESPACE: NAMESPACE,
  OMEGA_STORE: store,
  OMEGA_STATE_DIR: state,
});

interface Struck {
  readonly work: DrilledWork;
  readonly store: string;
  readonly server: SupervisedProcess;
  readonly worker: SupervisedProcess;
  /** Aborted when the work has come to its end. */
  readonly over: AbortSignal;
}

async function strikeAll(
  struck: Struck,
  strikes: readonly WorkStrike[],
  say: (line: string) => void,
): Promise<Pick<Done, 'kept' | 'recoverySeconds'>> {
  const { work, store, over } = struck;
  const kept: ReadonlyMap<string, string>[] = [];
  const recoverySeconds: number[] = [];
  for (const [number, { victim, afterPieces, delayMs }] of strikes.entries()) {
    while (work.finished(store).size < afterPieces && !over.aborted) await sleep(POLL_MS);
    await sleep(delayMs);
    if (over.aborted) break;
    const process = victim === 'temporal' ? struck.server : struck.worker;
    // One that is just being started again is waited for: a strike hits something alive.
    await process.whenReady();
    const at = performance.now();
    kill(process);
    const before = work.finished(store);
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
async function secondsToNextPiece({ work, store, over }: Struck, before: number, at: number): Promise<number | null> {
  while (work.finished(store).size <= before) {
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
  const equal = samePieces && undisturbed.outcome === killed.outcome;
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
    differences: [
      ...[...lost].map((name) => `lost: ${name}`),
      ...[...madeAgain].map((name) => `made again: ${name}`),
      ...(equal ? [] : [`outcome: undisturbed ${undisturbed.outcome}, killed ${killed.outcome}`]),
    ],
  };
}
