/** `omega drill` (`npm run drill:kill`): kills processes of a demonstration of its own at random and counts what was lost or repeated. */
import { Command, InvalidArgumentError, Option } from 'commander';
import { resolve } from 'node:path';
import { EXIT } from './cli-error';
import { CommandExit } from './command-exit';
import type { CommandIo } from './command-io';
import { parseDays } from './demo';
import { holds, runKillDrill, type KillDrillResult } from './drill/kill-drill';
import { checkReportFile, writeReportFile } from './report-file';

interface DrillOptions {
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

export const drillCommand = (io: CommandIo): Command =>
  new Command('drill')
    .description('trade a recorded day while processes are killed at random, and count what was lost or repeated')
    .addOption(new Option('--kills <count>', 'processes to kill').argParser(parseCount).default(50))
    .addOption(new Option('--seed <number>', 'decides what is killed when').argParser(parseCount).default(1))
    .addOption(new Option('--day <date>', 'trade date').argParser(parseDay).default(DEFAULT_DAY))
    .addOption(new Option('--json <file>', 'write the result there').default(null))
    .action(async (options: DrillOptions) => {
      if (options.json !== null) checkReportFile(resolve(io.folder, options.json));
      const result = await runKillDrill(options, io.out);
      for (const line of resultLines(result)) io.out(line);
      if (options.json !== null) writeReportFile(resolve(io.folder, options.json), result);
      throw new CommandExit(holds(result) ? EXIT.ok : EXIT.failed);
    });
