/**
 * Names of the bar store's files (requirements B4, B5). A series is one contract, interval and what-to-show; its file holds a UTC day of
 * intraday bars, or a year of daily ones.
 *
 *     processed/intraday/ES_201312/1m/2013-10-09.parquet             TRADES
 *     processed/intraday/ES_201312/1m-midpoint/2013-10-09.parquet    MIDPOINT
 *     processed/daily/AAPL/1d/2013.parquet
 *
 * A period that was written again is a new file of the next generation (`2013-10-09.2.parquet`) and the old one is removed; while two
 * are there, the higher one counts. period-files.ts says why.
 */
import { DAY_MS, MINUTE_MS } from '../../domain/exchange-time';
import { BAR_INTERVALS, WHAT_TO_SHOW, type BarInterval, type WhatToShow } from '../providers/provider';

export interface SeriesKey {
  /** `ES_201312` for a future with its delivery month, `AAPL` for a stock. */
  readonly contract: string;
  readonly whatToShow: WhatToShow;
  readonly interval: BarInterval;
}

export interface PeriodFile {
  /** `YYYY-MM-DD`, of daily bars `YYYY`. */
  readonly period: string;
  /** From 1. */
  readonly generation: number;
  readonly key: string;
}

const INTRADAY = 'processed/intraday/';
const DAILY = 'processed/daily/';
/** Where series lie: every key of the store's bars begins with one of these. */
export const SERIES_ROOTS = [INTRADAY, DAILY] as const;

const INTERVAL_MINUTES: Readonly<Record<Exclude<BarInterval, '1d'>, number>> = {
  '1m': 1,
  '5m': 5,
  '10m': 10,
  '15m': 15,
  '60m': 60,
};

/** Length of a bar, ms; a daily bar is named by its date and counts as the whole of it. */
export const intervalMs = (interval: BarInterval): number =>
  interval === '1d' ? DAY_MS : INTERVAL_MINUTES[interval] * MINUTE_MS;

const rootOf = (interval: BarInterval): string => (interval === '1d' ? DAILY : INTRADAY);

const folderOf = ({ interval, whatToShow }: SeriesKey): string =>
  whatToShow === 'TRADES' ? interval : `${interval}-${whatToShow.toLowerCase()}`;

/** `ES_201312/1m` or `ES_201312/1m-midpoint`: for people, and for keys beside the series. */
export const seriesName = (series: SeriesKey): string => `${series.contract}/${folderOf(series)}`;

/** Prefix of the series' files. */
export const seriesPrefix = (series: SeriesKey): string => `${rootOf(series.interval)}${seriesName(series)}/`;

/** The period that a bar of the series belongs to. `start` is UTC ms. */
export const periodOf = ({ interval }: Pick<SeriesKey, 'interval'>, start: number): string =>
  new Date(start).toISOString().slice(0, interval === '1d' ? 4 : 10);

/** What a period covers, UTC ms [from, to): a day, or a year. */
export function spanOfPeriod(period: string): { readonly from: number; readonly to: number } {
  const from = Date.parse(period.length === 4 ? `${period}-01-01` : period);
  return { from, to: period.length === 4 ? Date.parse(`${Number(period) + 1}-01-01`) : from + DAY_MS };
}

/** Key of a period's file. */
export const periodKey = (series: SeriesKey, period: string, generation: number): string =>
  `${seriesPrefix(series)}${period}${generation === 1 ? '' : `.${generation}`}.parquet`;

const FILE = /^((?:\d{4}-\d\d-\d\d)|\d{4})(?:\.(\d+))?\.parquet$/;

/** The period file that a key names, null for anything else that lies there. */
export function periodFileOf(key: string): PeriodFile | null {
  const match = FILE.exec(key.slice(key.lastIndexOf('/') + 1));
  return match === null ? null : { period: match[1], generation: Number(match[2] ?? 1), key };
}

/** The file that counts of each period, by period ascending, and those that a newer one replaced. */
export function currentFiles(keys: readonly string[]): {
  readonly current: ReadonlyMap<string, PeriodFile>;
  readonly replaced: readonly PeriodFile[];
} {
  const files = keys.flatMap((key) => periodFileOf(key) ?? []);
  const newest = new Map<string, PeriodFile>();
  for (const file of files) {
    if (file.generation > (newest.get(file.period)?.generation ?? 0)) newest.set(file.period, file);
  }
  return {
    current: new Map([...newest].sort(([a], [b]) => (a < b ? -1 : 1))),
    replaced: files.filter((file) => newest.get(file.period) !== file),
  };
}

/** The series that a key of the store belongs to, null when it is none of the bar store's. */
export function seriesOfKey(key: string): SeriesKey | null {
  const root = SERIES_ROOTS.find((candidate) => key.startsWith(candidate));
  if (root === undefined || periodFileOf(key) === null) return null;
  const [contract, folder, ...rest] = key.slice(root.length).split('/');
  if (rest.length !== 1) return null;
  const [name, show = 'trades'] = folder.split('-');
  const interval = BAR_INTERVALS.find((one) => one === name && rootOf(one) === root);
  const whatToShow = WHAT_TO_SHOW.find((one) => one.toLowerCase() === show);
  return interval === undefined || whatToShow === undefined ? null : { contract, whatToShow, interval };
}
