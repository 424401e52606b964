/**
 * Recorded daily bars of US stocks: every `equity_1d/*.csv[.gz]` of the data folder with the columns below (data/SOURCES.md). Invariants:
 *  1. A row is a bar of its ticker or is counted as left out; prices above zero, high and low around open and close.
 *  2. Dates ascend strictly within a ticker; where files overlap, the one read first (by name) holds: of the shipped ones both say the same.
 */
import { readdir } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { parse } from 'csv-parse/sync';
import { readCsv } from '../market-data/recorded-csv';
import { RecordedDataError } from '../market-data/recorded-market';

export interface DailyBar {
  /** `YYYY-MM-DD` in New York. */
  readonly date: string;
  readonly open: number;
  readonly high: number;
  readonly low: number;
  readonly close: number;
  readonly volume: number;
  /** Multiplies prices into those adjusted for dividends (and, in raw files, splits) as of the end of the data. */
  readonly adjustment: number;
}

export interface DailyMarket {
  /** By ticker, ascending by date. */
  readonly bars: ReadonlyMap<string, readonly DailyBar[]>;
  readonly leftOut: number;
  readonly files: readonly { readonly name: string; readonly sha256: string }[];
}

const FOLDER = 'equity_1d';
const COLUMNS = ['date', 'ticker', 'open', 'high', 'low', 'close', 'volume', 'adj_factor'] as const;
type Row = Readonly<Record<(typeof COLUMNS)[number], string>>;

/** The `equity_1d` of a data folder, which may be given by its `futures_1m`. */
const folderOf = (dataFolder: string): string =>
  join(basename(dataFolder) === 'futures_1m' ? dirname(dataFolder) : dataFolder, FOLDER);

/** Reads all files. Rejects with RecordedDataError FOLDER_MISSING, NO_FILES, FILE_UNREADABLE, COLUMNS_MISSING, NO_ROWS. */
export async function loadDailyBars(dataFolder: string): Promise<DailyMarket> {
  const folder = folderOf(dataFolder);
  const all = await readdir(folder).catch(() => {
    throw new RecordedDataError(
      'FOLDER_MISSING',
      `There is no folder of daily bars at ${folder}; give its parent with --data.`,
    );
  });
  const names = all.filter((name) => /\.csv(\.gz)?$/.test(name)).sort();
  if (names.length === 0)
    throw new RecordedDataError('NO_FILES', `The folder ${folder} holds no daily bars (*.csv.gz).`);
  const byTicker = new Map<string, Map<string, DailyBar>>();
  const files: { name: string; sha256: string }[] = [];
  let leftOut = 0;
  for (const name of names) {
    const path = join(folder, name);
    const { text, sha256 } = await readCsv(path);
    files.push({ name, sha256 });
    for (const row of rowsOf(path, text)) {
      const bar = barOf(row);
      if (bar === null || !/^[A-Z]{1,5}$/.test(row.ticker)) {
        leftOut += 1;
        continue;
      }
      const bars = byTicker.get(row.ticker) ?? new Map<string, DailyBar>();
      byTicker.set(row.ticker, bars.has(bar.date) ? bars : bars.set(bar.date, bar));
    }
  }
  if (byTicker.size === 0) throw new RecordedDataError('NO_ROWS', `The folder ${folder} holds no usable daily bar.`);
  const ascending = (bars: ReadonlyMap<string, DailyBar>): readonly DailyBar[] =>
    [...bars.values()].sort((a, b) => (a.date < b.date ? -1 : 1));
  return { bars: new Map([...byTicker].map(([ticker, bars]) => [ticker, ascending(bars)])), leftOut, files };
}

function rowsOf(path: string, text: string): readonly Row[] {
  let rows: readonly Row[];
  try {
    rows = parse(text, { columns: true, bom: true, skip_empty_lines: true, relax_column_count: true });
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new RecordedDataError('FILE_UNREADABLE', `The data file ${path} is not CSV (${why}); replace it.`);
  }
  const [first] = rows;
  if (first === undefined)
    throw new RecordedDataError('NO_ROWS', `The data file ${path} is empty; replace or remove it.`);
  const missing = COLUMNS.filter((column) => first[column] === undefined);
  if (missing.length > 0) {
    throw new RecordedDataError(
      'COLUMNS_MISSING',
      `The data file ${path} lacks ${missing.join(', ')}; its header must hold ${COLUMNS.join(',')}.`,
    );
  }
  return rows;
}

function barOf(row: Row): DailyBar | null {
  const [open, high, low, close, volume, adjustment] = [
    row.open,
    row.high,
    row.low,
    row.close,
    row.volume,
    row.adj_factor,
  ].map(Number);
  const isSound =
    /^\d{4}-\d\d-\d\d$/.test(row.date) &&
    [open, high, low, close, adjustment].every((value) => Number.isFinite(value) && value > 0) &&
    Number.isFinite(volume) &&
    volume >= 0 &&
    high >= Math.max(open, close) &&
    low <= Math.min(open, close);
  return isSound ? { date: row.date, open, high, low, close, volume, adjustment } : null;
}
