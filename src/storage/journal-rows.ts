/** Lines of the market journal: a header, then one checked line per minute, about 140 bytes, 300 more with ten levels of depth. Times UTC ms. */
import type { BarWithQuote, Book, BookLevel, Quote } from '../domain/bars';
import { checkedLine, readCheckedLine } from './checked-line';
import { MarketJournalError } from './market-journal-error';

const VERSION = 1;

/** Streamed, or taken from the broker's history (warm-up, minutes lost in a gap). */
export type RowSource = 'live' | 'history';

export interface ConsumedRow {
  readonly row: BarWithQuote;
  /** Market time it was consumed. */
  readonly consumedAt: number;
  readonly source: RowSource;
}

type QuoteCells = readonly [time: number, bid: number | null, ask: number | null, bidSize: number, askSize: number];
type LevelCells = readonly [price: number, size: number];
type BookCells = readonly [time: number, bids: readonly LevelCells[], asks: readonly LevelCells[]];
type RowCells = readonly [
  start: number,
  open: number,
  high: number,
  low: number,
  close: number,
  volume: number,
  consumedAt: number,
  source: RowSource,
  quote: QuoteCells | null,
  /** Only where the feed asked for depth. */
  ...book: readonly [BookCells] | readonly [],
];

/** First line of a file. */
export const headerLine = (account: string, symbol: string, tradeDate: string): string =>
  checkedLine(JSON.stringify({ marketJournal: VERSION, account, symbol, tradeDate }));

export function rowLine({ row: { bar, quote, book }, consumedAt, source }: ConsumedRow): string {
  const cells: RowCells = [
    bar.start,
    bar.open,
    bar.high,
    bar.low,
    bar.close,
    bar.volume,
    consumedAt,
    source,
    quote === null ? null : [quote.time, quote.bid, quote.ask, quote.bidSize, quote.askSize],
    ...(book ? ([bookCells(book)] as const) : ([] as const)),
  ];
  return checkedLine(JSON.stringify(cells));
}

/** Rows of a file in file order, a minute once, and a sentence for each line that is no row. */
export function parseJournal(
  content: { readonly lines: readonly string[]; readonly torn: string },
  path: string,
): { readonly rows: readonly ConsumedRow[]; readonly problems: readonly string[] } {
  const rows = new Map<number, ConsumedRow>();
  const problems: string[] = [];
  content.lines.forEach((line, index) => {
    const read = readCheckedLine(line);
    if (read !== null && isHeader(read.value)) return checkVersion(read.value, path);
    if (read === null || !isRow(read.value)) {
      problems.push(
        `${path}: line ${index + 1} is damaged; its minute is missing and comes from history without a quote.`,
      );
      return;
    }
    const row = fromCells(read.value);
    if (!rows.has(row.row.bar.start)) rows.set(row.row.bar.start, row);
  });
  if (content.torn !== '') {
    problems.push(
      `${path}: the last line was cut off after ${content.torn.length} characters (its writer was killed); it was never used.`,
    );
  }
  return { rows: [...rows.values()], problems };
}

const isHeader = (value: unknown): value is { readonly marketJournal: unknown } =>
  typeof value === 'object' && value !== null && 'marketJournal' in value;

function checkVersion({ marketJournal }: { readonly marketJournal: unknown }, path: string): void {
  if (marketJournal === VERSION) return;
  throw new MarketJournalError(
    'OTHER_VERSION',
    `${path} is a market journal of version ${String(marketJournal)}, this is ${VERSION}: use another OMEGA_STATE_DIR or the matching release.`,
  );
}

const isNumber = (value: unknown): value is number => typeof value === 'number';
const isSide = (value: unknown): value is number | null => value === null || isNumber(value);

function isRow(value: unknown): value is RowCells {
  if (!Array.isArray(value) || value.length < 9 || value.length > 10) return false;
  const cells = value as readonly unknown[];
  const isSource = cells[7] === 'live' || cells[7] === 'history';
  return cells.slice(0, 7).every(isNumber) && isSource && isQuoteCells(cells[8]) && cells.slice(9).every(isBookCells);
}

const isLevel = (value: unknown): boolean => Array.isArray(value) && value.length === 2 && value.every(isNumber);

function isBookCells(value: unknown): boolean {
  if (!Array.isArray(value) || value.length !== 3) return false;
  const [time, ...sides] = value as readonly unknown[];
  return isNumber(time) && sides.every((side) => Array.isArray(side) && side.every(isLevel));
}

function isQuoteCells(value: unknown): boolean {
  if (value === null) return true;
  if (!Array.isArray(value) || value.length !== 5) return false;
  const [time, bid, ask, bidSize, askSize] = value as readonly unknown[];
  return isNumber(time) && isSide(bid) && isSide(ask) && isNumber(bidSize) && isNumber(askSize);
}

function fromCells([start, open, high, low, close, volume, consumedAt, source, quote, book]: RowCells): ConsumedRow {
  const bar = { start, open, high, low, close, volume };
  return {
    row: { bar, quote: quote === null ? null : quoteOf(quote), ...(book && { book: bookOf(book) }) },
    consumedAt,
    source,
  };
}

const quoteOf = ([time, bid, ask, bidSize, askSize]: QuoteCells): Quote => ({ time, bid, ask, bidSize, askSize });

const levelCells = (side: readonly BookLevel[]): readonly LevelCells[] => side.map(({ price, size }) => [price, size]);
const bookCells = ({ time, bids, asks }: Book): BookCells => [time, levelCells(bids), levelCells(asks)];

const levelsOf = (side: readonly LevelCells[]): readonly BookLevel[] => side.map(([price, size]) => ({ price, size }));
const bookOf = ([time, bids, asks]: BookCells): Book => ({ time, bids: levelsOf(bids), asks: levelsOf(asks) });
