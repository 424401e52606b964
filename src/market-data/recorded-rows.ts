/** One CSV row of the recorded layout to a minute, or the reason why it is refused (requirement B8: schema, time, price sanity, tick grid). */
import type { Bar, Quote } from '../domain/bars';
import { MINUTE_MS } from '../domain/exchange-time';
import { isOnTick, type TradedUnit } from '../domain/instruments';
import type { RecordedMinute } from './recorded-market';

export const RECORDED_COLUMNS = [
  'timestamp',
  'open',
  'high',
  'low',
  'close',
  'volume',
  'bid',
  'ask',
  'bid_size',
  'ask_size',
] as const;
export type RecordedColumn = (typeof RECORDED_COLUMNS)[number];
export type RecordedFields = Readonly<Record<RecordedColumn, string>>;

/** The quote of a minute is its last one; it is stamped one second before the minute ends. */
export const QUOTE_OFFSET_MS = MINUTE_MS - 1000;

export type RowVerdict =
  { readonly ok: true; readonly minute: RecordedMinute } | { readonly ok: false; readonly reason: string };

const refused = (reason: string): RowVerdict => ({ ok: false, reason });

/** Empty text is absent (null); text that is no finite number is undefined. */
function numberOf(text: string): number | null | undefined {
  if (text.trim() === '') return null;
  const value = Number(text);
  return Number.isFinite(value) ? value : undefined;
}

type Numbers = Readonly<Record<Exclude<RecordedColumn, 'timestamp'>, number | null>>;

function numbersOf(fields: RecordedFields): Numbers | string {
  const numbers: Partial<Record<Exclude<RecordedColumn, 'timestamp'>, number | null>> = {};
  for (const column of RECORDED_COLUMNS) {
    if (column === 'timestamp') continue;
    const value = numberOf(fields[column]);
    if (value === undefined) return `${column} "${fields[column]}" is not a number`;
    numbers[column] = value;
  }
  return numbers as Numbers;
}

/** Null: no trade; text: why the prices are refused. */
function barOf(start: number, row: Numbers, instrument: TradedUnit): Bar | null | string {
  const { open, high, low, close } = row;
  const volume = row.volume ?? 0;
  if (volume < 0) return `volume ${volume} is negative`;
  if (open === null && high === null && low === null && close === null) {
    return volume > 0 ? `volume ${volume} without prices` : null;
  }
  if (open === null || high === null || low === null || close === null)
    return 'some of open, high, low, close are absent';
  if (Math.min(open, high, low, close) <= 0) return 'a price is not above zero';
  if (high < Math.max(open, close) || low > Math.min(open, close)) return 'high and low do not enclose open and close';
  if (![open, high, low, close].every((price) => isOnTick(price, instrument))) return 'a price is off the tick grid';
  return volume === 0 ? null : { start, open, high, low, close, volume };
}

function quoteOf(start: number, row: Numbers, instrument: TradedUnit): Quote | null | string {
  const { bid, ask } = row;
  if (bid === null && ask === null) return null;
  for (const price of [bid, ask]) {
    if (price !== null && price <= 0) return 'a quoted price is not above zero';
    if (price !== null && !isOnTick(price, instrument)) return 'a quoted price is off the tick grid';
  }
  const bidSize = bid === null ? 0 : (row.bid_size ?? 0);
  const askSize = ask === null ? 0 : (row.ask_size ?? 0);
  if (bidSize < 0 || askSize < 0) return 'a quoted size is negative';
  return { time: start + QUOTE_OFFSET_MS, bid, ask, bidSize, askSize };
}

/** Judges one row. `previousStart` is the start of the last accepted row of the file, -Infinity for the first. */
export function minuteOfRow(fields: RecordedFields, previousStart: number, instrument: TradedUnit): RowVerdict {
  const start = /^\d{4}-\d\d-\d\dT\d\d:\d\d/.test(fields.timestamp) ? Date.parse(fields.timestamp) : Number.NaN;
  if (!Number.isFinite(start)) return refused(`timestamp "${fields.timestamp}" is not UTC ISO-8601`);
  if (!/(Z|[+-]\d\d:?\d\d)$/.test(fields.timestamp)) return refused(`timestamp "${fields.timestamp}" has no time zone`);
  if (start % MINUTE_MS !== 0) return refused('timestamp is not the start of a minute');
  if (start <= previousStart) return refused('timestamp is not after the row before it');
  const numbers = numbersOf(fields);
  if (typeof numbers === 'string') return refused(numbers);
  const bar = barOf(start, numbers, instrument);
  if (typeof bar === 'string') return refused(bar);
  const quote = quoteOf(start, numbers, instrument);
  if (typeof quote === 'string') return refused(quote);
  return { ok: true, minute: { start, bar, quote } };
}
