/**
 * The kill drill: one recorded day traded twice by the demonstration, undisturbed and with processes killed at seeded random instants, then
 * the books of session and broker compared with each other and the trades of both runs.
 * Invariants: 1. it judges by what is on record afterwards, never by what the processes say of themselves; 2. it ends what it started;
 * 3. its folders are kept when something did not hold.
 */
import { cpSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { CliError } from '../cli-error';
import type { DemoRun } from '../demo/demo-folder';
import { sleep } from '../demo/wait-for';
import { clockMinute } from '../number-format';
import type { BrokerBooks } from './books';
import { judgeBooks, tradeDifferences } from './books';
import { DrilledDemo } from './drilled-demo';
import { planKills, type Strike } from './kill-schedule';
import { MinuteTail } from './minute-tail';
import { readBrokerBooks, readSession, type SessionReading } from './read-books';
import { byProcess, recoveryOf, StrikeLog, type ByProcess, type Recovery, type StrikeRecord } from './strike-log';
import { longestUnknownMs } from './unknown-spans';

export interface KillDrillOptions {
  readonly kills: number;
  readonly seed: number;
  /** Trade date, `YYYY-MM-DD`. */
  readonly day: string;
}

export interface KillDrillResult {
  readonly day: string;
  readonly seed: number;
  readonly kills: number;
  readonly lost: number;
  readonly duplicated: number;
  readonly unknownLeft: number;
  readonly countersEqual: boolean;
  readonly tradesEqualUnkilledRun: boolean;
  readonly recoverySeconds: Recovery;
  readonly longestUnknownSeconds: number;
  readonly byProcess: ByProcess;
  /** Broker executions of the killed run: what the comparison was about. */
  readonly trades: number;
  /** Every difference as a sentence; empty when all holds. */
  readonly differences: readonly string[];
}

const RECOVERY_BUDGET_SECONDS = 5;
const POLL_MS = 5;

/** True when everything that the drill promises holds. */
export const holds = (result: KillDrillResult): boolean =>
  result.lost === 0 &&
  result.duplicated === 0 &&
  result.unknownLeft === 0 &&
  result.countersEqual &&
  result.tradesEqualUnkilledRun &&
  result.recoverySeconds.max !== null &&
  (result.recoverySeconds.p50 ?? 0) <= RECOVERY_BUDGET_SECONDS;

interface DrilledRun {
  readonly broker: BrokerBooks;
  readonly session: SessionReading;
  readonly minuteEnds: readonly number[];
  readonly strikes: readonly StrikeRecord[];
}

/** Runs the drill and tells its progress line by line. Throws CliError when a run could not be finished. */
export async function runKillDrill(options: KillDrillOptions, say: (line: string) => void): Promise<KillDrillResult> {
  const folder = mkdtempSync(join(tmpdir(), 'omega-kill-drill-'));
  say(`state of both runs: ${folder}`);
  const folders = { undisturbed: join(folder, 'undisturbed'), killed: join(folder, 'killed') };
  for (const path of Object.values(folders)) mkdirSync(path);
  say(`${options.day}, undisturbed`);
  const undisturbed = await tradeDay(folders.undisturbed, options.day, say, {
    strikes: () => [],
    whenOver: (run) => lendModels(run, folders),
  });
  say(`${options.day}, undisturbed: ${undisturbed.broker.fills.length} executions; now with ${options.kills} kills`);
  const killed = await tradeDay(folders.killed, options.day, say, {
    strikes: () => strikesFor(options, undisturbed),
    whenOver: () => undefined,
  });
  const result = judge(options, undisturbed, killed);
  if (holds(result)) rmSync(folder, { recursive: true, force: true });
  else say(`kept for a closer look: ${folder}`);
  return result;
}

function strikesFor({ kills, seed }: KillDrillOptions, { minuteEnds, broker }: DrilledRun): readonly Strike[] {
  try {
    return planKills({ kills, seed, minuteEnds, busyTimes: broker.fills.map(({ time }) => time) });
  } catch (error) {
    if (error instanceof RangeError) throw new CliError('USAGE', `The day is too short: ${error.message}.`);
    throw error;
  }
}

/** Both runs trade the same models: fitted once, because fits of the same data and seed are equal. */
function lendModels(run: DemoRun, folders: { readonly undisturbed: string; readonly killed: string }): void {
  const models = join(run.store, 'models');
  cpSync(models, join(folders.killed, relative(folders.undisturbed, models)), { recursive: true });
}

interface Disturbance {
  readonly strikes: () => readonly Strike[];
  readonly whenOver: (run: DemoRun) => void;
}

async function tradeDay(
  folder: string,
  day: string,
  say: (line: string) => void,
  disturbance: Disturbance,
): Promise<DrilledRun> {
  const demo = DrilledDemo.start(folder, day);
  try {
    const run = await demo.up();
    const log = new StrikeLog((record, number) => say(recoveryLine(record, number)));
    const tail = new MinuteTail(join(run.days, `${day}.minutes.jsonl`), (count) =>
      log.settled(count, performance.now()),
    );
    tail.start();
    try {
      await strikeAll(demo, run, disturbance.strikes(), tail, log);
      while (!demo.isOver()) await sleep(POLL_MS);
      log.ended(performance.now());
    } finally {
      tail.stop();
    }
    disturbance.whenOver(run);
    const broker = await readBrokerBooks(run.controlPort);
    const session = await readSession(run, day);
    return { broker, session, minuteEnds: tail.settled(), strikes: log.strikes };
  } finally {
    await demo.stop();
  }
}

async function strikeAll(
  demo: DrilledDemo,
  run: DemoRun,
  strikes: readonly Strike[],
  tail: MinuteTail,
  log: StrikeLog,
): Promise<void> {
  for (const { victims, afterMinute, delayMs } of strikes) {
    while (afterMinute !== null && (tail.last() ?? -Infinity) < afterMinute) {
      if (demo.isOver()) throw new CliError('FAILED', 'The day was over before every kill was made.');
      await sleep(POLL_MS);
    }
    await sleep(delayMs);
    const at = await demo.kill(run, victims);
    log.strike(victims, tail.last(), tail.settled().length, at);
  }
}

function recoveryLine({ victims, marketTime, recoverySeconds }: StrikeRecord, number: number): string {
  const when = marketTime === null ? 'before the first minute' : `after ${clockMinute(marketTime)}Z`;
  return `strike ${number}: ${victims.join(' and ')} ${when}; the clock moved again after ${(recoverySeconds ?? 0).toFixed(2)} s`;
}

function judge(options: KillDrillOptions, undisturbed: DrilledRun, killed: DrilledRun): KillDrillResult {
  const verdict = judgeBooks(killed.session.books, killed.broker);
  const trades = tradeDifferences(undisturbed.broker.fills, killed.broker.fills);
  const waiting = killed.session.frozen.map((why) => `frozen: ${why}`);
  const longest = longestUnknownMs(killed.session.moments, Date.now());
  return {
    day: options.day,
    seed: options.seed,
    kills: killed.strikes.reduce((sum, { victims }) => sum + victims.length, 0),
    lost: verdict.lost.length,
    duplicated: verdict.duplicated.length,
    unknownLeft: verdict.unknown.length,
    countersEqual: verdict.counters.length === 0,
    tradesEqualUnkilledRun: trades.length === 0,
    recoverySeconds: recoveryOf(killed.strikes),
    longestUnknownSeconds: Math.round(longest) / 1_000,
    byProcess: byProcess(killed.strikes),
    trades: killed.broker.fills.length,
    differences: [
      ...verdict.lost,
      ...verdict.duplicated,
      ...verdict.unknown,
      ...verdict.counters,
      ...trades,
      ...waiting,
    ],
  };
}
