/** Daily bars of stocks out of the bar store: what `omega data` imported or fetched, raw prices with their factors. */
import type { DailyBar, DailyHistory } from '../domain/rebalance/daily-history';
import type { BarStore } from './bar-store/bar-store';
import { PROVIDER_NAMES, type BarTable } from './bar-store/bar-table';
import { corruptText } from './bar-store/period-files';
import { sessionsBetween } from './bar-store/sessions';
import { SAMPLE_NOTE } from './bar-store/shipped-bars';
import { sessionsOf, type DailyPrices } from './daily-prices';

/** How the set is named where files have their names. */
export const STORED_SET = 'store';

/** Futures are named with their delivery month. */
const FUTURE = /_\d{6}$/;

const SAMPLE = PROVIDER_NAMES.indexOf('sample');

const dateOf = (start: number): string => new Date(start).toISOString().slice(0, 10);

function barsOf(table: BarTable): readonly DailyBar[] {
  const factors = factorsOf(table.adjustmentFactor);
  return Array.from({ length: table.length }, (_, at) => ({
    date: dateOf(table.start[at]),
    open: table.open[at],
    high: table.high[at],
    low: table.low[at],
    close: table.close[at],
    volume: table.volume[at],
    factor: factors[at],
  }));
}

/** Unknown factors between two equal ones are the same: nothing was paid or split between them. Others stay NaN. Pure. */
function factorsOf(told: Float64Array): Float64Array {
  const factors = told.slice();
  let before = -1;
  for (let at = 0; at < factors.length; at += 1) {
    if (Number.isNaN(factors[at])) continue;
    if (before >= 0 && factors[before] === factors[at]) factors.fill(factors[at], before + 1, at);
    before = at;
  }
  return factors;
}

/** No one-off closure was longer (September 2001): a day that nobody traded on may be the next one. */
const LONGEST_CLOSURE = 4;

/** The sessions of the histories, and those by the calendar of a hole that all of them share. */
function sessionsWithHoles(histories: readonly DailyHistory[]): readonly string[] {
  const traded = sessionsOf(histories);
  const [first, last] = [traded[0], traded[traded.length - 1]];
  const known = new Set(traded);
  const silent: string[] = [];
  let run: string[] = [];
  for (const { date } of sessionsBetween('SPY', Date.parse(first), Date.parse(last))) {
    if (!known.has(date)) run.push(date);
    else {
      if (run.length > LONGEST_CLOSURE) silent.push(...run);
      run = [];
    }
  }
  if (run.length > LONGEST_CLOSURE) silent.push(...run);
  return silent.length === 0 ? traded : [...traded, ...silent].sort();
}

/** Null when the store has daily bars of none of them; `tickers` null takes every stock there is. */
export async function storedDailyPrices(
  bars: BarStore,
  tickers: readonly string[] | null,
): Promise<DailyPrices | null> {
  const stocks = (await bars.list()).filter(
    ({ contract, interval, whatToShow }) =>
      interval === '1d' &&
      whatToShow === 'TRADES' &&
      !FUTURE.test(contract) &&
      (tickers === null || tickers.includes(contract)),
  );
  const histories: DailyHistory[] = [];
  const notices: string[] = [];
  const samples: string[] = [];
  for (const series of stocks) {
    const { table, corrupt } = await bars.read(series);
    notices.push(...corrupt.map(corruptText));
    if (table.provider.includes(SAMPLE)) samples.push(series.contract);
    if (table.length > 0) histories.push({ ticker: series.contract, bars: barsOf(table) });
  }
  if (histories.length === 0) return null;
  histories.sort((a, b) => (a.ticker < b.ticker ? -1 : 1));
  if (samples.length > 0)
    notices.push(
      `The store's daily bars of ${samples.length} of ${histories.length} names are the sample, ${SAMPLE_NOTE}.`,
    );
  return { histories, rejected: [], notices, sessions: sessionsWithHoles(histories), files: [] };
}
