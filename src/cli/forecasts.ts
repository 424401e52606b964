/** `omega forecasts`: ARIMA and exponential smoothing on recorded days against a random walk. They don't vote. */
import { Command } from 'commander';
import { join, resolve } from 'node:path';
import { INSTRUMENTS } from '../domain/instruments';
import type { FutureSymbol } from '../domain/instruments';
import { defineSchema } from '../features/schema';
import { arimaForecaster } from '../learning/forecasts/arima-forecaster';
import { compareForecasts } from '../learning/forecasts/compare-forecasts';
import type { ForecastErrors, ForecastWindow } from '../learning/forecasts/compare-forecasts';
import { etsForecaster } from '../learning/forecasts/ets-forecaster';
import { ForecastError } from '../learning/forecasts/forecaster';
import type { Forecaster } from '../learning/forecasts/forecaster';
import { contractSeries } from '../learning/training-rows';
import type { RecordedMarket } from '../market-data/recorded-market';
import { RecordedDataError } from '../market-data/recorded-market';
import { loadRecordedMarket } from '../market-data/recorded-minutes';
import { PACKAGE_ROOT } from './child-command';
import { CliError } from './cli-error';
import { printResult } from './command-io';
import type { CommandIo } from './command-io';
import { parseDays, parseInstruments } from './demo';
import { textTable } from './text-table';
import { wholeNumber } from './whole-number';

interface ForecastOptions {
  readonly data?: string;
  readonly day?: readonly string[];
  readonly instruments: readonly FutureSymbol[];
  readonly history: string;
  readonly every: string;
  readonly json?: boolean;
}

interface DayForecasts extends ForecastErrors {
  readonly symbol: FutureSymbol;
  readonly contract: string;
  readonly day: string;
}

const NOTE =
  'Comparison forecasts: they neither vote nor are exported. Relative error below 1 is better than the random walk.';
/** No indicator is wanted, bars alone. */
const NO_INDICATORS = defineSchema([]);

const MOST_BARS = 999_999;

function forecastsOf(
  market: RecordedMarket,
  forecasters: readonly Forecaster[],
  options: ForecastOptions,
  window: ForecastWindow,
): readonly DayForecasts[] {
  const days = options.day ?? market.tradeDates;
  const unknown = days.filter((day) => !market.tradeDates.includes(day));
  if (unknown.length > 0)
    throw new CliError(
      'DATA',
      `${market.folder} has no ${unknown.join(', ')}; it has ${market.tradeDates.join(', ')}.`,
    );
  return options.instruments.flatMap((symbol) =>
    days.flatMap((day) =>
      contractSeries(market, symbol, [day], NO_INDICATORS, INSTRUMENTS[symbol]).flatMap(({ contract, block }) =>
        compareForecasts(block, forecasters, window).map((errors) => ({ symbol, contract, day, ...errors })),
      ),
    ),
  );
}

async function forecasts(options: ForecastOptions, io: CommandIo): Promise<void> {
  const window = {
    history: wholeNumber('--history', options.history, 1, MOST_BARS),
    every: wholeNumber('--every', options.every, 1, MOST_BARS),
  };
  const folder = options.data === undefined ? join(PACKAGE_ROOT, 'data') : resolve(io.folder, options.data);
  try {
    const market = await loadRecordedMarket(folder, { instruments: options.instruments });
    const forecasters = [await arimaForecaster(1, 1, 1), await etsForecaster()];
    const rows = forecastsOf(market, forecasters, options, window);
    printResult(io, options.json, { note: NOTE, votes: false, ...window, forecasts: rows }, textOf(rows));
  } catch (error) {
    if (error instanceof ForecastError || error instanceof RecordedDataError)
      throw new CliError('DATA', error.message, { cause: error });
    throw error;
  }
}

const shown = (value: number | null, digits: number): string => (value === null ? '–' : value.toFixed(digits));

const textOf = (rows: readonly DayForecasts[]): readonly string[] => [
  ...textTable<DayForecasts>(
    [
      { title: 'day', cell: ({ day }) => day },
      { title: 'contract', cell: ({ contract }) => contract },
      { title: 'forecast', cell: ({ model }) => model },
      { title: 'bars ahead', align: 'right', cell: ({ horizon }) => String(horizon) },
      { title: 'forecasts', align: 'right', cell: ({ forecasts: count }) => String(count) },
      { title: 'mean error', align: 'right', cell: ({ mae }) => shown(mae, 4) },
      { title: 'random walk', align: 'right', cell: ({ randomWalkMae }) => shown(randomWalkMae, 4) },
      { title: 'relative', align: 'right', cell: ({ relative }) => shown(relative, 3) },
      { title: 'no fit', align: 'right', cell: ({ failed }) => (failed === 0 ? '' : String(failed)) },
    ],
    rows,
  ),
  NOTE,
];

export const forecastsCommand = (io: CommandIo): Command =>
  new Command('forecasts')
    .description('ARIMA and exponential smoothing on recorded days against a random walk; they do not vote')
    .option('--data <folder>', 'recorded minutes; the shipped ones when left out')
    .option('--day <dates>', 'trade dates, with commas (default: all recorded)', parseDays)
    .option('--instruments <symbols>', 'with commas', parseInstruments, ['ES', 'GC'])
    .option('--history <bars>', 'bars that each fit reads', '300')
    .option('--every <bars>', 'bars from one forecast to the next', '60')
    .option('--json', 'print JSON')
    .action((options: ForecastOptions) => forecasts(options, io));
