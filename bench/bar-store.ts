/**
 * Three years of synthetic minutes of 46 stocks, as users have them: added to the bar store (judged, a durable file a day), read back, the
 * 26-column feature set computed, and the matrix stored a year a file and read back; in as many threads as there are cores, all on one
 * store. Making the minutes is not counted.
 */
import { once } from 'node:events';
import { mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { BENCH_SCHEMA, type BarStoreShare, type ShareDone, type StepTime } from './bar-store-share';
import { describeMachine } from './machine';
import type { Machine } from './machine';

export interface BarStoreBenchOptions {
  readonly symbols: number;
  /** Sessions of 390 minutes. */
  readonly days: number;
}

export interface BarStoreBench {
  readonly machine: Machine;
  readonly symbols: number;
  readonly threads: number;
  readonly rows: number;
  readonly columns: number;
  /** From the first row given to the store to the last feature read back, without the making of the minutes. */
  readonly seconds: number;
  /** Processor time over all threads, the making of the minutes included: what other work on the machine does not change much. */
  readonly cpuSeconds: number;
  /** Wall time of each step, summed over all symbols that are worked on beside each other. */
  readonly steps: readonly StepTime[];
  /** Of the whole process. */
  readonly peakRssMb: number;
  readonly storedMb: { readonly bars: number; readonly features: number };
  readonly targets: { readonly seconds: number; readonly rssMb: number };
}

const TARGETS = { seconds: 60, rssMb: 2_048 };
/** More would need more memory than the target allows. */
const MOST_THREADS = 2;
const FROM_SOURCE = ['--require', join(__dirname, '..', 'scripts', 'typescript-require.cjs')];

/** Runs the whole bench in one process. */
export async function runBarStoreBench({ symbols, days }: BarStoreBenchOptions): Promise<BarStoreBench> {
  const machine = describeMachine();
  const folder = await mkdtemp(join(tmpdir(), 'omega-bar-store-bench-'));
  const threads = Math.min(MOST_THREADS, availableParallelism(), symbols);
  const shares = Array.from({ length: threads }, (_share, thread): BarStoreShare => {
    const every = Array.from({ length: symbols }, (_symbol, i) => i + 1);
    return { folder, days, symbols: every.filter((symbol) => symbol % threads === thread) };
  });
  let peak = 0;
  const memory = setInterval(() => {
    peak = Math.max(peak, process.memoryUsage.rss());
  }, 50);
  try {
    const workers = await Promise.all(shares.map(startThread));
    const [begun, spent] = [performance.now(), process.cpuUsage()];
    const done = await Promise.all(workers.map(runThread));
    const elapsed = (performance.now() - begun) / 1000;
    const { user, system } = process.cpuUsage(spent);
    return {
      machine,
      symbols,
      threads,
      rows: sumOf(done.map(({ rows }) => rows)),
      columns: BENCH_SCHEMA.columns.length,
      seconds: elapsed - sumOf(done.map(({ makingSeconds }) => makingSeconds)) / threads,
      cpuSeconds: (user + system) / 1e6,
      steps: addSteps(done),
      peakRssMb: Math.round(peak / 2 ** 20),
      storedMb: {
        bars: await megabytesIn(join(folder, 'processed', 'intraday')),
        features: await megabytesIn(join(folder, 'processed', 'features')),
      },
      targets: TARGETS,
    };
  } finally {
    clearInterval(memory);
    await rm(folder, { recursive: true, force: true });
  }
}

/** A thread whose code is loaded. Rejects with the thread's error, as `once` does. */
async function startThread(share: BarStoreShare): Promise<Worker> {
  const thread = new Worker(join(__dirname, 'bar-store-thread.ts'), { workerData: share, execArgv: FROM_SOURCE });
  await once(thread, 'message');
  return thread;
}

async function runThread(thread: Worker): Promise<ShareDone> {
  thread.postMessage('begin');
  const [done] = (await once(thread, 'message')) as [ShareDone];
  return done;
}

const sumOf = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0);

function addSteps(done: readonly ShareDone[]): readonly StepTime[] {
  const seconds = new Map<string, number>();
  for (const step of done.flatMap(({ steps }) => steps))
    seconds.set(step.name, (seconds.get(step.name) ?? 0) + step.seconds);
  return [...seconds].map(([name, spent]) => ({ name, seconds: spent }));
}

async function megabytesIn(folder: string): Promise<number> {
  const names = await readdir(folder, { recursive: true });
  const sizes = await Promise.all(names.map(async (name) => (await stat(join(folder, name))).size));
  return Math.round(sizes.reduce((sum, size) => sum + size, 0) / 2 ** 20);
}
