/** Lines of the market journal: a header, then one checked line per minute, about 140 bytes. Times UTC ms. */
import type { BarWithQuote, Quote } from '../domain/bars';
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
];

/** First line of a file. */
export const headerLine = (account: string, symbol: string, tradeDate: string): string =>
  checkedLine(JSON.stringify({ marketJournal: VERSION, account, symbol, tradeDate }));

export function rowLine({ row: { bar, quote }, consumedAt, source }: ConsumedRow): string {
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
  if (!Array.isArray(value) || value.length !== 9) return false;
  const cells = value as readonly unknown[];
  return cells.slice(0, 7).every(isNumber) && (cells[7] === 'live' || cells[7] === 'history') && isQuoteCells(cells[8]);
}

function isQuoteCells(value: unknown): boolean {
  if (value === null) return true;
  if (!Array.isArray(value) || value.length !== 5) return false;
  const [time, bid, ask, bidSize, askSize] = value as readonly unknown[];
  return isNumber(time) && isSide(bid) && isSide(ask) && isNumber(bidSize) && isNumber(askSize);
}

function fromCells([start, open, high, low, close, volume, consumedAt, source, quote]: RowCells): ConsumedRow {
  return {
    row: { bar: { start, open, high, low, close, volume }, quote: quote === null ? null : quoteOf(quote) },
    consumedAt,
    source,
  };
}

const quoteOf = ([time, bid, ask, bidSize, askSize]: QuoteCells): Quote => ({ time, bid, ask, bidSize, askSize });
