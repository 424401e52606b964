/** Daily bars of stocks out of the bar store: what `omega data` imported or fetched, raw prices with their factors. */
import type { DailyBar, DailyHistory } from '../domain/rebalance/daily-history';
import type { BarStore } from './bar-store/bar-store';
import type { BarTable } from './bar-store/bar-table';
import { sessionsOf, type DailyPrices } from './daily-prices';

/** How the set is named where files have their names. */
export const STORED_SET = 'store';

/** Futures are named with their delivery month. */
const FUTURE = /_\d{6}$/;

function barsOf(table: BarTable): readonly DailyBar[] {
  return Array.from({ length: table.length }, (_, at) => {
    const factor = table.adjustmentFactor[at];
    return {
      date: new Date(table.start[at]).toISOString().slice(0, 10),
      open: table.open[at],
      high: table.high[at],
      low: table.low[at],
      close: table.close[at],
      volume: table.volume[at],
      // Nobody told of a split or a dividend.
      factor: Number.isNaN(factor) ? 1 : factor,
    };
  });
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
  for (const series of stocks) {
    const { table } = await bars.read(series);
    if (table.length > 0) histories.push({ ticker: series.contract, bars: barsOf(table) });
  }
  if (histories.length === 0) return null;
  histories.sort((a, b) => (a.ticker < b.ticker ? -1 : 1));
  return { histories, rejected: [], sessions: sessionsOf(histories), files: [] };
}
