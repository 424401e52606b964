/** `omega features list|check`: the configured columns; look-ahead and warm-up of each on recorded bars. Offline. */
import { Command } from 'commander';
import { join, resolve } from 'node:path';
import { openOutside } from '../activities/open-outside';
import { INSTRUMENTS, type FutureSymbol } from '../domain/instruments';
import { columnsOf } from '../features/bar-series';
import { describeSpec, timeframeOf } from '../features/feature-spec';
import { readsOutside } from '../features/outside/absent-columns';
import { NOTHING_OUTSIDE } from '../features/outside/outside-values';
import type { OutsideOf, OutsideValues } from '../features/outside/outside-values';
import { computeFeaturesOfColumns } from '../features/pipeline';
import type { FeatureSchema } from '../features/schema';
import { checkFeatures, type ColumnCheck, type FeatureCheck } from '../learning/feature-check';
import { RecordedDataError, type RecordedContract } from '../market-data/recorded-market';
import { loadRecordedMarket } from '../market-data/recorded-minutes';
import { PACKAGE_ROOT } from './child-command';
import { CliError, EXIT } from './cli-error';
import { CommandExit } from './command-exit';
import { printResult, type CommandIo } from './command-io';
import { currentConfig } from './current-place';
import { currentSchema } from './current-schema';
import { outsideSettings } from './outside-settings';
import { learningPlace, withStore } from './store-place';
import { textTable } from './text-table';
import { wholeNumber } from './whole-number';

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

const MOST = 999_999_999;

async function contracts(folder: string): Promise<readonly RecordedContract[]> {
  try {
    return (await loadRecordedMarket(folder)).contracts;
  } catch (error) {
    if (error instanceof RecordedDataError) throw new CliError('DATA', error.message, { cause: error });
    throw error;
  }
}

function list(io: CommandIo, { json }: { readonly json?: boolean }): void {
  const schema = currentSchema(io);
  const chosen = new Set(schema.modelColumns);
  const columns = schema.parameters.flatMap((spec) =>
    describeSpec(spec).columns.map((column) => ({
      column: column.name,
      kind: spec.kind,
      minutes: timeframeOf(spec),
      forModels: chosen.has(column.name),
    })),
  );
  const { version, hash, firstValueAfter, warmupBars } = schema;
  printResult(io, json, { version, schemaHash: hash, firstValueAfter, warmupBars, columns }, [
    `schema ${hash}, version ${version}: ${columns.length} columns, ${chosen.size} for models`,
    `first complete row after ${firstValueAfter} minutes, warm-up ${warmupBars}`,
    ...textTable(
      [
        { title: 'column', cell: ({ column }) => column },
        { title: 'indicator', cell: ({ kind }) => kind },
        { title: 'minutes', align: 'right', cell: ({ minutes }) => String(minutes) },
        { title: 'for models', cell: ({ forModels }) => (forModels ? 'yes' : '') },
      ],
      columns,
    ),
  ]);
}

async function check(io: CommandIo, { data, cuts, seed, json }: CheckOptions): Promise<void> {
  const asked = { cuts: wholeNumber('--cuts', cuts, 1, MOST), seed: wholeNumber('--seed', seed, 1, MOST) };
  const folder = data === undefined ? join(PACKAGE_ROOT, 'data') : resolve(io.folder, data);
  const schema = currentSchema(io);
  const outside = await outsideOf(schema, io);
  const results = (await contracts(folder)).map((contract) =>
    checkContract(contract, schema, asked, outside(contract.symbol)),
  );
  const passed = results.every((result) => result.passed);
  printResult(io, json, { schemaHash: schema.hash, ...asked, contracts: results, passed }, textOf(results));
  if (!passed) throw new CommandExit(EXIT.failed);
}

/** Read only where a column asks for it. */
async function outsideOf(schema: FeatureSchema, io: CommandIo): Promise<OutsideOf> {
  if (!readsOutside(schema)) return () => NOTHING_OUTSIDE;
  const settings = outsideSettings(currentConfig(io).config);
  return withStore({ storage: learningPlace(io).storage }, (store) => openOutside(store, settings));
}

function checkContract(
  { symbol, deliveryMonth, minutes }: RecordedContract,
  schema: FeatureSchema,
  asked: { readonly cuts: number; readonly seed: number },
  outside: OutsideValues,
): ContractCheck {
  const compute: typeof computeFeaturesOfColumns = (series, of, instrument) =>
    computeFeaturesOfColumns(series, of, instrument, { outside });
  const rows = minutes.flatMap(({ bar, quote }) => (bar === null ? [] : [{ bar, quote }]));
  return { symbol, deliveryMonth, ...checkFeatures(columnsOf(rows), schema, INSTRUMENTS[symbol], asked, compute) };
}

const textOf = (results: readonly ContractCheck[]): readonly string[] =>
  results.flatMap(({ symbol, deliveryMonth, bars, cuts, beginnings, warmupBars, columns, passed }) => [
    `${symbol} ${deliveryMonth}: ${bars} bars, ${cuts} cuts, ${beginnings} later beginnings, warm-up ${warmupBars} bars: ${passed ? 'passed' : 'FAILED'}`,
    ...(beginnings === 0
      ? ['too few bars to begin later: that no column remembers beyond its warm-up is not checked here']
      : []),
    ...differing(passed ? columns.filter(({ warmUp }) => warmUp !== 0) : columns),
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
            cell: ({ warmUp }) => warmUpText(warmUp),
          },
        ],
        columns,
      );

const warmUpText = (warmUp: number | null): string => {
  if (warmUp === null) return 'counts from the first bar';
  return warmUp === 0 ? 'equal' : `${warmUp.toExponential(1)} std`;
};

export const featuresCommand = (io: CommandIo): Command =>
  new Command('features')
    .description('the feature columns that models read')
    .addCommand(
      new Command('list')
        .description('columns of the configured features, with the schema hash')
        .option('--json', 'print JSON')
        .action((options: { readonly json?: boolean }) => list(io, options)),
    )
    .addCommand(
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
