/**
 * Recorded minutes of stocks: `equity_1m/SYMBOL_1m[_FROM_TO].csv[.gz]` (data/SOURCES.md), without quotes. Rows are judged as those of
 * futures are; minutes outside the regular hours of New York are read and left out, and counted.
 */
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { OutsideOf } from '../features/outside/outside-values';
import type { Bar } from '../domain/bars';
import { tradeDateOf } from '../domain/calendar';
import { isStockDay, isEarlyClose } from '../domain/exchange-holidays';
import { exchangeTime } from '../domain/exchange-time';
import { STOCKS, type StockSymbol } from '../domain/instruments';
import { STOCK_EARLY_CLOSE } from '../domain/stock-hours';
import { parseMinutes, readCsv } from './recorded-csv';
import { RecordedDataError, type RejectedRow } from './recorded-market';

const FOLDER = 'equity_1m';
const COLUMNS = ['timestamp', 'open', 'high', 'low', 'close', 'volume'] as const;

export interface RecordedStock {
  readonly symbol: StockSymbol;
  readonly folder: string;
  /** Of the regular hours, ascending by start. */
  readonly bars: readonly Bar[];
  /** Minutes before the opening and after the close. */
  readonly outsideHours: number;
  readonly rejected: readonly RejectedRow[];
  /** `YYYY-MM-DD`, ascending; a regular session lies within one trade date. */
  readonly tradeDates: readonly string[];
  readonly files: readonly { readonly name: string; readonly sha256: string }[];
  /** As for the recorded market. */
  readonly outside?: OutsideOf;
}

/** Within the stock's regular hours: not on a weekend or a holiday, to 13:00 on half days. */
export function inStockHours(utcMs: number, symbol: StockSymbol): boolean {
  const { regularHours, timeZone } = STOCKS[symbol];
  const { date, minuteOfDay } = exchangeTime(utcMs, timeZone);
  if (minuteOfDay < regularHours.open || minuteOfDay >= regularHours.close) return false;
  return isStockDay(date) && (minuteOfDay < STOCK_EARLY_CLOSE || !isEarlyClose(date));
}

const missing = (folder: string, symbol: StockSymbol): RecordedDataError =>
  new RecordedDataError(
    'NO_FILES',
    `The folder ${folder} holds no recorded minutes of ${symbol}; files are named like ${symbol}_1m_201101_201103.csv.gz.`,
  );

/** All files of `symbol` in the folder's `equity_1m`, joined in time order. Rejects with RecordedDataError. */
export async function loadRecordedStock(path: string, symbol: StockSymbol): Promise<RecordedStock> {
  const folder = join(path, FOLDER);
  const all = await readdir(folder).catch(() => {
    throw new RecordedDataError(
      'FOLDER_MISSING',
      `There is no folder of stock minutes at ${folder}; give its parent with --data.`,
    );
  });
  const names = all.filter((name) => new RegExp(`^${symbol}_1m(_\\d+)*\\.csv(\\.gz)?$`).test(name)).sort();
  if (names.length === 0) throw missing(folder, symbol);
  const bars: Bar[] = [];
  const rejected: RejectedRow[] = [];
  const files: { name: string; sha256: string }[] = [];
  let outsideHours = 0;
  for (const name of names) {
    const file = join(folder, name);
    const { text, sha256 } = await readCsv(file);
    const parsed = parseMinutes(file, text, COLUMNS, STOCKS[symbol]);
    rejected.push(...parsed.rejected);
    files.push({ name, sha256 });
    for (const { start, bar } of parsed.minutes) {
      if (bar === null) continue;
      if (!inStockHours(start, symbol)) outsideHours += 1;
      else if (start > (bars.at(-1)?.start ?? -Infinity)) bars.push(bar);
      else throw overlapping(file, start);
    }
  }
  const tradeDates = [...new Set(bars.map(({ start }) => tradeDateOf(start)))];
  return { symbol, folder, bars, outsideHours, rejected, tradeDates, files };
}

const overlapping = (file: string, start: number): RecordedDataError =>
  new RecordedDataError(
    'FILES_OVERLAP',
    `The data file ${file} begins before the one read before it ends (${new Date(start).toISOString()}); name files so that they sort by time, without overlap.`,
  );
