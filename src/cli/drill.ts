/** `omega drill` (`npm run drill:kill`): kills processes of a demonstration of its own at random and counts what was lost or repeated. */
import { Command, InvalidArgumentError, Option } from 'commander';
import { resolve } from 'node:path';
import { CliError, EXIT } from './cli-error';
import { CommandExit } from './command-exit';
import type { CommandIo } from './command-io';
import { parseDays } from './demo';
import { DRILLED_EXPORT } from './drill/drilled-export';
import { DRILLED_NEWS } from './drill/drilled-news';
import { DRILLED_REBALANCE } from './drill/drilled-rebalance';
import { DRILLED_RETRAINING } from './drill/drilled-retraining';
import { DRILLED_SEARCH } from './drill/drilled-search';
import type { DrilledWork } from './drill/drilled-work';
import { holds, runKillDrill, type KillDrillResult } from './drill/kill-drill';
import { runWorkDrill, workHolds, type WorkDrillResult } from './drill/work-drill';
import { temporalExecutable } from './learning-server';
import { checkReportFile, writeReportFile } from './report-file';

interface DrillOptions {
  readonly what: string;
  readonly kills: number;
  readonly seed: number;
  readonly day: string;
  readonly json: string | null;
}

/** Entries, stops, and near its end the daily-loss halt with its flatten. */
const DEFAULT_DAY = '2013-10-10';

function parseCount(text: string): number {
  if (!/^\d+$/.test(text)) throw new InvalidArgumentError('give a whole number.');
  return Number(text);
}

function parseDay(text: string): string {
  const [day, ...others] = parseDays(text);
  if (others.length > 0) throw new InvalidArgumentError('give one date.');
  return day;
}

function resultLines(result: KillDrillResult): readonly string[] {
  const { recoverySeconds: recovery } = result;
  const per = Object.entries(result.byProcess).map(
    ([name, { kills, recoverySeconds: own }]) => `${name} ${kills} (p50 ${own.p50 ?? '–'} s, max ${own.max ?? '–'} s)`,
  );
  return [
    `${result.kills} kills on ${result.day}, seed ${result.seed}: ${per.join(' · ')}`,
    `lost ${result.lost} · duplicated ${result.duplicated} · unknown left ${result.unknownLeft}`,
    `counters equal the broker's: ${result.countersEqual} · ${result.trades} executions equal the undisturbed run's: ${result.tradesEqualUnkilledRun}`,
    `kill to the next whole minute: p50 ${recovery.p50 ?? '–'} s, max ${recovery.max ?? '–'} s · longest unknown ${result.longestUnknownSeconds} s`,
    ...result.differences.map((difference) => `  ${difference}`),
    holds(result) ? 'holds' : 'DOES NOT HOLD',
  ];
}

const WORKS: Readonly<Record<DrilledWork['name'], DrilledWork>> = {
  retraining: DRILLED_RETRAINING,
  search: DRILLED_SEARCH,
  news: DRILLED_NEWS,
  export: DRILLED_EXPORT,
  rebalance: DRILLED_REBALANCE,
};
const TRADING = 'trading';

function workLines(result: WorkDrillResult): readonly string[] {
  const { recoverySeconds: recovery, questions } = result;
  const seconds = (value: number | null): string => (value === null ? '–' : value.toFixed(2));
  return [
    `${result.kills} kills of the ${result.what}, seed ${result.seed}: ${result.pieces} pieces`,
    `lost ${result.lost} · made again ${result.madeAgain} · finished work kept: ${result.keptPercent.toFixed(1)} %`,
    `outcome equals the undisturbed run's: ${result.outcomeEqualsUnkilledRun} · wrong with it by itself: ${result.faults.length}`,
    `kill to the next piece: p50 ${seconds(recovery.p50)} s, max ${seconds(recovery.max)} s`,
    ...(questions === null ? [] : [`questions: ${questions.undisturbed} undisturbed, ${questions.killed} with kills`]),
    ...[...result.faults, ...result.differences].map((line) => `  ${line}`),
    workHolds(result) ? 'holds' : 'DOES NOT HOLD',
  ];
}

async function drillTrading(options: DrillOptions, io: CommandIo): Promise<Drilled> {
  const result = await runKillDrill(options, io.out);
  return { result, lines: resultLines(result), ok: holds(result) };
}

async function drillWork(work: DrilledWork, options: DrillOptions, io: CommandIo): Promise<Drilled> {
  const temporal = io.env.OMEGA_TEMPORAL_CLI ?? (await temporalExecutable(io));
  const result = await runWorkDrill(work, { ...options, temporal }, io.out).catch((error: unknown) => {
    if (error instanceof RangeError) throw new CliError('USAGE', `${error.message}: give fewer.`);
    throw error;
  });
  return { result, lines: workLines(result), ok: workHolds(result) };
}

interface Drilled {
  readonly result: unknown;
  readonly lines: readonly string[];
  readonly ok: boolean;
}

export const drillCommand = (io: CommandIo): Command =>
  new Command('drill')
    .description(
      'kill processes at random while a recorded day is traded, or long work is done, and count what was lost or repeated',
    )
    .addOption(
      new Option('--what <work>', 'what is interrupted').choices([TRADING, ...Object.keys(WORKS)]).default(TRADING),
    )
    .addOption(new Option('--kills <count>', 'processes to kill').argParser(parseCount).default(50))
    .addOption(new Option('--seed <number>', 'decides what is killed when').argParser(parseCount).default(1))
    .addOption(new Option('--day <date>', 'trade date').argParser(parseDay).default(DEFAULT_DAY))
    .addOption(new Option('--json <file>', 'write the result there').default(null))
    .action(async (options: DrillOptions) => {
      if (options.json !== null) checkReportFile(resolve(io.folder, options.json));
      const work = Object.hasOwn(WORKS, options.what) ? WORKS[options.what as DrilledWork['name']] : null;
      const { result, lines, ok } = await (work === null ? drillTrading(options, io) : drillWork(work, options, io));
      for (const line of lines) io.out(line);
      if (options.json !== null) writeReportFile(resolve(io.folder, options.json), result);
      throw new CommandExit(ok ? EXIT.ok : EXIT.failed);
    });
