/**
 * Bars as CSV (requirement A5): timestamp, open, high, low, close, volume; UTC ISO-8601 timestamps of the start of the bar, the date alone
 * for daily bars. Further columns are read where they mean something (`adj_factor`, `date`, `ticker`) and left alone otherwise.
 */
import { parse } from 'csv-parse/sync';
import { writtenTicker } from '../../domain/share-class';
import type { BarInterval, ProvidedBar, RejectedBar } from '../providers/provider';
import { BarStoreError } from './bar-store-error';
import type { BarTable } from './bar-table';

export const CSV_COLUMNS = ['timestamp', 'open', 'high', 'low', 'close', 'volume'] as const;

/** What a file holds of one contract. */
export interface CsvBars {
  readonly bars: readonly ProvidedBar[];
  readonly unread: readonly RejectedBar[];
  /** Rows of a quote alone, where nothing traded. */
  readonly withoutTrade: number;
}

type Row = Readonly<Record<string, string | undefined>>;

const DATE = /^\d{4}-\d\d-\d\d$/;
const ZONED = /^\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:?\d\d)$/;

/** UTC ms, or why the row has no time. A daily bar is that of its `date` where there is one: its timestamp may be the close. */
function startOf({ timestamp = '', date }: Row, interval: BarInterval): number | string {
  if (interval === '1d') {
    const day = date ?? timestamp.slice(0, 10);
    return DATE.test(day) && !Number.isNaN(Date.parse(day)) ? Date.parse(day) : `"${date ?? timestamp}" is no date`;
  }
  if (ZONED.test(timestamp)) return Date.parse(timestamp.replace(' ', 'T'));
  const unzoned = /^\d{4}-\d\d-\d\d[T ]\d\d:\d\d/.test(timestamp);
  return unzoned
    ? `timestamp "${timestamp}" has no time zone: write 2013-10-08T14:00:00Z`
    : `timestamp "${timestamp}" is not UTC ISO-8601`;
}

const numberOf = (text: string | undefined): number =>
  text === undefined || text.trim() === '' ? Number.NaN : Number(text);

function barOf(row: Row, start: number): ProvidedBar {
  const factor = numberOf(row.adj_factor ?? row.adjustment_factor);
  return {
    start,
    open: numberOf(row.open),
    high: numberOf(row.high),
    low: numberOf(row.low),
    close: numberOf(row.close),
    volume: numberOf(row.volume),
    adjustmentFactor: Number.isNaN(factor) ? null : factor,
  };
}

const isWithoutTrade = ({ open, high, low, close, volume }: Row): boolean =>
  [open, high, low, close].every((price) => price === '') && !(Number(volume) > 0);

/**
 * Rows by contract: by the `ticker` column where there is one, else all under `contract`. A row is a bar or an unread row with its line.
 * Throws BarStoreError FILE_UNREADABLE or COLUMNS_MISSING, with `name` in the sentence.
 */
export function parseCsvBars(
  name: string,
  text: string,
  { contract, interval }: { readonly contract: string; readonly interval: BarInterval },
): ReadonlyMap<string, CsvBars> {
  const [header, ...rows] = cellsOf(name, text);
  const missing = CSV_COLUMNS.filter((column) => !(header ?? []).includes(column));
  if (missing.length > 0)
    throw new BarStoreError(
      'COLUMNS_MISSING',
      `${name} lacks the column${missing.length > 1 ? 's' : ''} ${missing.join(', ')}; its header must hold ${CSV_COLUMNS.join(',')}.`,
    );
  const byContract = new Map<string, { bars: ProvidedBar[]; unread: RejectedBar[]; withoutTrade: number }>();
  rows.forEach((cells, index) => {
    const row: Row = Object.fromEntries(header.map((column, at) => [column, cells[at]]));
    const whose = row.ticker === undefined || row.ticker === '' ? contract : writtenTicker(row.ticker);
    const found = byContract.get(whose) ?? { bars: [], unread: [], withoutTrade: 0 };
    byContract.set(whose, found);
    const start =
      cells.length === header.length ? startOf(row, interval) : `${cells.length} columns instead of ${header.length}`;
    if (typeof start === 'string')
      found.unread.push({ start: null, row: cells.join(','), reason: `line ${index + 2}: ${start}` });
    else if (isWithoutTrade(row)) found.withoutTrade += 1;
    else found.bars.push(barOf(row, start));
  });
  return byContract;
}

function cellsOf(name: string, text: string): readonly (readonly string[])[] {
  try {
    // Column counts are judged row by row, so that one short row does not lose the file.
    return parse(text, { relax_column_count: true, skip_empty_lines: true, bom: true, trim: true });
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new BarStoreError('FILE_UNREADABLE', `${name} is not CSV (${why}); replace it.`, { cause: error });
  }
}

/** The table as text with a header; daily bars have dates. */
export function csvOf(table: BarTable, interval: BarInterval): string {
  const lines = [CSV_COLUMNS.join(',')];
  for (let i = 0; i < table.length; i += 1) {
    const iso = new Date(table.start[i]).toISOString();
    // Bars start on whole minutes.
    const timestamp = interval === '1d' ? iso.slice(0, 10) : `${iso.slice(0, 16)}:00Z`;
    lines.push([timestamp, table.open[i], table.high[i], table.low[i], table.close[i], table.volume[i]].join(','));
  }
  return `${lines.join('\n')}\n`;
}
