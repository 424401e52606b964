/**
 * Daily bars of stocks from CSV files, shipped ones or the user's own: timestamp, date, ticker, open, high, low, close, volume, adj_close,
 * adj_factor, ascending by date per ticker (data/SOURCES.md). A row is a bar, or is put aside with its reason (requirement B8).
 */
import { parse } from 'csv-parse/sync';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { writtenTicker } from '../domain/share-class';
import type { DailyBar, DailyHistory } from '../domain/rebalance/daily-history';
import { readCsv } from './recorded-csv';
import { RecordedDataError, type RejectedRow } from './recorded-market';

const COLUMNS = ['date', 'ticker', 'open', 'high', 'low', 'close', 'volume', 'adj_factor'] as const;
type Column = (typeof COLUMNS)[number];

/** Funds in the shipped files: they are no stocks to choose from. */
const FUNDS: ReadonlySet<string> = new Set(['SPY', 'IEF', '^SPX']);

export interface DailyPrices {
  /** By ticker. */
  readonly histories: readonly DailyHistory[];
  /** Dates on which anything traded, ascending. */
  readonly sessions: readonly string[];
  readonly rejected: readonly RejectedRow[];
  /** What a reader of the prices should know: files that cannot be read, rows of a sample. */
  readonly notices: readonly string[];
  readonly files: readonly { readonly name: string; readonly sha256: string }[];
}

/** One file of daily bars: a universe of its own, because another file's prices are adjusted otherwise. */
export interface DailySet {
  /** File name without its endings. */
  readonly name: string;
  readonly path: string;
}

/** The files `*_daily_*.csv[.gz]` of a folder, by name; none when there is no folder. */
export function dailySets(folder: string): readonly DailySet[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((file) => /_daily_.*\.csv(\.gz)?$/.test(file))
    .sort()
    .map((file) => ({ name: file.replace(/\.csv(\.gz)?$/, ''), path: join(folder, file) }));
}

const NUMBERS = ['open', 'high', 'low', 'close', 'volume', 'adj_factor'] as const;
type Places = Readonly<Record<Column, number>>;

/** Prices of 0 are kept: the rebalance names them. Text is the reason why a row is refused. */
function barOf(row: readonly string[], places: Places): DailyBar | string {
  const date = row[places.date] ?? '';
  if (!/^\d{4}-\d\d-\d\d$/.test(date)) return `date "${date}" is not YYYY-MM-DD`;
  if (!row[places.ticker]?.trim()) return 'there is no ticker';
  const values = NUMBERS.map((column) => {
    const text = row[places[column]] ?? '';
    return text.trim() === '' ? NaN : Number(text);
  });
  const wrong = values.findIndex((value) => !Number.isFinite(value) || value < 0);
  if (wrong >= 0) return `${NUMBERS[wrong]} is no number from 0`;
  const [open, high, low, close, volume, factor] = values;
  if (close > 0 && (high < Math.max(open, close) || low > Math.min(open, close)))
    return 'high and low do not enclose open and close';
  return { date, open, high, low, close, volume, factor };
}

/** Histories of one file's text. Throws RecordedDataError COLUMNS_MISSING, NO_ROWS, FILE_UNREADABLE. */
export function parseDailyPrices(path: string, text: string): Pick<DailyPrices, 'histories' | 'rejected'> {
  const [header, ...rows] = parseRows(path, text);
  const missing = COLUMNS.filter((column) => header?.includes(column) !== true);
  if (header === undefined || missing.length > 0)
    throw new RecordedDataError(
      'COLUMNS_MISSING',
      `The data file ${path} lacks ${missing.join(', ')}; its header must hold ${COLUMNS.join(',')}.`,
    );
  const places = Object.fromEntries(COLUMNS.map((column) => [column, header.indexOf(column)])) as Places;
  const bars = new Map<string, DailyBar[]>();
  const rejected: RejectedRow[] = [];
  rows.forEach((row, index) => {
    const reject = (reason: string): number =>
      rejected.push({ file: path, line: index + 2, text: row.join(','), reason });
    const bar = barOf(row, places);
    if (typeof bar === 'string') return void reject(bar);
    const ticker = writtenTicker(row[places.ticker]);
    const series = bars.get(ticker) ?? [];
    if (bar.date <= (series.at(-1)?.date ?? '')) return void reject('the date is not after the row before it');
    series.push(bar);
    bars.set(ticker, series);
  });
  if (bars.size === 0) throw new RecordedDataError('NO_ROWS', `The data file ${path} holds no usable row; replace it.`);
  const histories = [...bars].map(([ticker, series]) => ({ ticker, bars: series }));
  return { histories: histories.sort((a, b) => (a.ticker < b.ticker ? -1 : 1)), rejected };
}

function parseRows(path: string, text: string): readonly (readonly string[])[] {
  try {
    return parse(text, { relax_column_count: true, skip_empty_lines: true, bom: true });
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new RecordedDataError('FILE_UNREADABLE', `The data file ${path} is not CSV (${why}); replace it.`);
  }
}

/** Sessions of histories, ascending. */
export const sessionsOf = (histories: readonly DailyHistory[]): readonly string[] =>
  [...new Set(histories.flatMap(({ bars }) => bars.map(({ date }) => date)))].sort();

/** Reads one set. Throws RecordedDataError. */
export async function loadDailyPrices({ name, path }: DailySet): Promise<DailyPrices> {
  const { text, sha256 } = await readCsv(path);
  const { histories, rejected } = parseDailyPrices(path, text);
  return { histories, rejected, notices: [], sessions: sessionsOf(histories), files: [{ name, sha256 }] };
}

/** The stocks among tickers. */
export const stocksOf = (histories: readonly DailyHistory[]): readonly string[] =>
  histories.map(({ ticker }) => ticker).filter((ticker) => !FUNDS.has(ticker));
