/** The bar store and the series that a data command means. */
import { BarStoreError } from '../market-data/bar-store/bar-store-error';
import { openBarStore, type BarStore } from '../market-data/bar-store/bar-store';
import { namedContract } from '../market-data/bar-store/contract-name';
import { seriesName, type SeriesKey } from '../market-data/bar-store/series-key';
import { BAR_INTERVALS, WHAT_TO_SHOW, type BarInterval, type WhatToShow } from '../market-data/providers/provider';
import { CliError } from './cli-error';
import type { CommandIo } from './command-io';
import { currentConfig } from './current-place';
import { learningPlace, withStore } from './store-place';

/** Opens the bar store for `work`; what it refuses is told in its own sentence. */
export const withBarStore = <T>(io: CommandIo, work: (bars: BarStore) => Promise<T>): Promise<T> =>
  withStore(learningPlace(io), async (store) => {
    const { providers } = currentConfig(io).config.data;
    const bars = await openBarStore(store, providers === null ? {} : { precedence: providers });
    try {
      return await work(bars);
    } catch (error) {
      if (error instanceof BarStoreError) throw new CliError('DATA', error.message, { cause: error });
      throw error;
    } finally {
      await bars.close();
    }
  });

export interface SeriesOptions {
  readonly interval?: string;
  readonly what?: string;
}

export function parseInterval(text: string): BarInterval {
  const interval = BAR_INTERVALS.find((one) => one === text.toLowerCase());
  if (interval === undefined)
    throw new CliError('USAGE', `--interval is one of ${BAR_INTERVALS.join(', ')}, not ${text}.`);
  return interval;
}

export function parseWhatToShow(text: string): WhatToShow {
  const what = WHAT_TO_SHOW.find((one) => one === text.toUpperCase());
  if (what === undefined) throw new CliError('USAGE', `--what is ${WHAT_TO_SHOW.join(' or ')}, not ${text}.`);
  return what;
}

/** UTC ms of `YYYY-MM-DD` or an ISO-8601 time with its zone. Throws CliError USAGE. */
export function parseTime(option: string, text: string): number {
  const fits = /^\d{4}-\d\d-\d\d$/.test(text) || /^\d{4}-\d\d-\d\dT.*(Z|[+-]\d\d:\d\d)$/.test(text);
  const time = fits ? Date.parse(text) : Number.NaN;
  if (Number.isNaN(time))
    throw new CliError('USAGE', `${option} is a date (2013-10-08) or a UTC time (2013-10-08T14:00:00Z), not ${text}.`);
  return time;
}

export interface SpanOptions {
  readonly from?: string;
  readonly to?: string;
}

/** [from, to) of the options, each left out where it is not given. */
export function parseSpan({ from, to }: SpanOptions): { readonly from?: number; readonly to?: number } {
  const span = {
    ...(from !== undefined && { from: parseTime('--from', from) }),
    ...(to !== undefined && { to: parseTime('--to', to) }),
  };
  if (span.from !== undefined && span.to !== undefined && span.from >= span.to)
    throw new CliError('USAGE', `--from ${String(from)} is not before --to ${String(to)}.`);
  return span;
}

/** Stored series that the arguments name: by contract, narrowed by interval and what to show; all of them without arguments. */
export async function chosenSeries(
  bars: BarStore,
  contracts: readonly string[],
  { interval, what }: SeriesOptions,
): Promise<readonly SeriesKey[]> {
  const wanted = interval === undefined ? null : parseInterval(interval);
  const show = what === undefined ? null : parseWhatToShow(what);
  for (const contract of contracts) namedContract(contract);
  return (await bars.list()).filter(
    (series) =>
      (contracts.length === 0 || contracts.includes(series.contract)) &&
      (wanted === null || series.interval === wanted) &&
      (show === null || series.whatToShow === show),
  );
}

export const nothingStored = (contracts: readonly string[]): CliError =>
  new CliError(
    'NOT_FOUND',
    `No bars are stored${contracts.length === 0 ? '' : ` of ${contracts.join(', ')}`}: omega data import reads CSV files, and the sample that ships with Omega when it is given none.`,
  );

/** For people: `ES_201312 1m`, `ES_201312 1m-midpoint`. */
export const seriesText = (series: SeriesKey): string => seriesName(series).replace('/', ' ');

/** Minutes are enough for people. */
export const timeText = (time: number | null, interval: BarInterval): string =>
  time === null
    ? '–'
    : `${new Date(time).toISOString().slice(0, interval === '1d' ? 10 : 16)}${interval === '1d' ? '' : 'Z'}`;
