/** `omega features check`: look-ahead and warm-up of every feature column, on recorded bars. Offline. */
import { Command } from 'commander';
import { join, resolve } from 'node:path';
import { INSTRUMENTS, type FutureSymbol } from '../domain/instruments';
import { columnsOf } from '../features/bar-series';
import { DEFAULT_SCHEMA } from '../features/schema';
import { checkFeatures, type ColumnCheck, type FeatureCheck } from '../learning/feature-check';
import { RecordedDataError, type RecordedContract } from '../market-data/recorded-market';
import { loadRecordedMarket } from '../market-data/recorded-minutes';
import { PACKAGE_ROOT } from './child-command';
import { CliError, EXIT } from './cli-error';
import { CommandExit } from './command-exit';
import { printResult, type CommandIo } from './command-io';
import { textTable } from './text-table';

interface CheckOptions {
  readonly data?: string;
  readonly cuts: string;
  readonly seed: string;
  readonly json?: boolean;
}

interface ContractCheck extends FeatureCheck {
  readonly symbol: FutureSymbol;
  readonly deliveryMonth: string;
}

const wholeNumber = (name: string, text: string): number => {
  if (/^\d{1,9}$/.test(text) && Number(text) > 0) return Number(text);
  throw new CliError('USAGE', `--${name} needs a whole number from 1, not ${text}.`);
};

async function contracts(folder: string): Promise<readonly RecordedContract[]> {
  try {
    return (await loadRecordedMarket(folder)).contracts;
  } catch (error) {
    if (error instanceof RecordedDataError) throw new CliError('DATA', error.message, { cause: error });
    throw error;
  }
}

async function check(io: CommandIo, { data, cuts, seed, json }: CheckOptions): Promise<void> {
  const asked = { cuts: wholeNumber('cuts', cuts), seed: wholeNumber('seed', seed) };
  const folder = data === undefined ? join(PACKAGE_ROOT, 'data') : resolve(io.folder, data);
  const results = (await contracts(folder)).map((contract) => checkContract(contract, asked));
  const passed = results.every((result) => result.passed);
  printResult(io, json, { schemaHash: DEFAULT_SCHEMA.hash, ...asked, contracts: results, passed }, textOf(results));
  if (!passed) throw new CommandExit(EXIT.failed);
}

function checkContract(
  { symbol, deliveryMonth, minutes }: RecordedContract,
  asked: { readonly cuts: number; readonly seed: number },
): ContractCheck {
  const rows = minutes.flatMap(({ bar, quote }) => (bar === null ? [] : [{ bar, quote }]));
  return { symbol, deliveryMonth, ...checkFeatures(columnsOf(rows), DEFAULT_SCHEMA, INSTRUMENTS[symbol], asked) };
}

const textOf = (results: readonly ContractCheck[]): readonly string[] =>
  results.flatMap(({ symbol, deliveryMonth, bars, cuts, beginnings, warmupBars, columns, passed }) => [
    `${symbol} ${deliveryMonth}: ${bars} bars, ${cuts} cuts, ${beginnings} later beginnings, warm-up ${warmupBars} bars: ${passed ? 'passed' : 'FAILED'}`,
    ...differing(passed ? columns.filter(({ warmUp }) => warmUp > 0) : columns),
    '',
  ]);

/** Columns worth a line: those that differ at all, all of them when the check failed. */
const differing = (columns: readonly ColumnCheck[]): readonly string[] =>
  columns.length === 0
    ? ['every column equal']
    : textTable(
        [
          { title: 'column', cell: ({ column }) => column },
          {
            title: 'looks ahead',
            align: 'right',
            cell: ({ lookAhead }) => (lookAhead === 0 ? 'no' : `${lookAhead} rows`),
          },
          {
            title: 'after warm-up',
            align: 'right',
            cell: ({ warmUp }) => (warmUp === 0 ? 'equal' : `${warmUp.toExponential(1)} std`),
          },
        ],
        columns,
      );

export const featuresCommand = (io: CommandIo): Command =>
  new Command('features').description('the feature columns that models read').addCommand(
    new Command('check')
      .description(
        'cut the data at random and begin it later: does any column look ahead, or remember beyond its warm-up?',
      )
      .option('--data <folder>', 'recorded minutes; the shipped ones when left out')
      .option('--cuts <n>', 'random cuts, and later beginnings at most', '20')
      .option('--seed <n>', 'seed of the random rows', '1')
      .option('--json', 'print JSON')
      .action((options: CheckOptions) => check(io, options)),
  );
