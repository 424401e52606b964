/**
 * FNSPID's price files (requirement B1; Dong, Fan and Peng 2024), one `{TICKER}.csv` each out of `Stock_price/full_history.zip`: columns
 * `date, open, high, low, close, adj close, volume` in any order, days as Yahoo gave them at download. Their prices are split-adjusted as of
 * that day and no file says by what, so they agree with raw prices only since a share's last split; the factor holds dividends alone.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { barPages, type RowReading } from './bar-page';
import { csvRows, numberIn, timeIn, type CsvRow } from './csv-rows';
import type { BarProvider } from './provider';
import { notStockTrades } from './stock-request';

const NAME = 'FNSPID';
const COLUMNS = ['date', 'open', 'high', 'low', 'close', 'adj_close', 'volume'] as const;

/** `folder`: the unpacked `full_history`; null where it is not configured. */
export function fnspidPrices(folder: string | null): BarProvider {
  const fileOf = (ticker: string): string | null =>
    folder === null
      ? null
      : ([ticker, ticker.toLowerCase()].map((name) => join(folder, `${name}.csv`)).find((path) => existsSync(path)) ??
        null);
  return {
    name: 'fnspid',
    cannot: (request) => {
      if (folder === null) return `${NAME} is skipped: name its unpacked Stock_price/full_history in FNSPID_PRICES.`;
      const unfit = notStockTrades(NAME, request);
      if (unfit !== null) return unfit;
      if (request.interval !== '1d') return `${NAME} has daily bars only, not ${request.interval}.`;
      return fileOf(request.contract) === null ? `${NAME} has no ${request.contract}.csv in ${folder}.` : null;
    },
    bars: async function* (request, aside = () => undefined) {
      const path = fileOf(request.contract);
      const rows = path === null ? null : await csvRows(NAME, path, COLUMNS);
      if (rows === null) return;
      yield barPages({ provider: NAME, request, aside, read: (row) => readDay(row as CsvRow) }).page(rows);
    },
  };
}

function readDay(row: CsvRow): RowReading {
  // Some files write a midnight with its zone behind the date.
  const start = timeIn(row.date.slice(0, 10));
  if (start === null) return { problem: `date "${row.date}" is no date` };
  const close = numberIn(row.close);
  const adjusted = numberIn(row.adj_close);
  return {
    fields: {
      start,
      open: numberIn(row.open),
      high: numberIn(row.high),
      low: numberIn(row.low),
      close,
      volume: numberIn(row.volume),
      adjustmentFactor: close === null || adjusted === null ? null : adjusted / close,
    },
  };
}
