/** Bars in columns, the form that kernels read: typed arrays, absent quotes as NaN, breaks marked once for everybody. */
import type { BarWithQuote } from '../domain/bars';
import { nextSessionStart, tradeDateOf } from '../domain/calendar';
import { MINUTE_MS } from '../domain/exchange-time';
import { FeatureError } from './feature-error';

/**
 * A pause of this many minutes without a bar is a break as a new trade date is (the exchange's halts, lost data): a return over it is not
 * the return of its bar count.
 */
export const BREAK_GAP_MINUTES = 15;

/** A series in columns; times UTC ms, prices in points, an absent side of the quote is NaN. */
export interface BarColumns {
  readonly length: number;
  readonly start: Float64Array;
  readonly open: Float64Array;
  readonly high: Float64Array;
  readonly low: Float64Array;
  readonly close: Float64Array;
  readonly volume: Float64Array;
  readonly bid: Float64Array;
  readonly ask: Float64Array;
  readonly bidSize: Float64Array;
  readonly askSize: Float64Array;
}

/** What kernels read: bars at their indexes, with enough earlier ones before them, and the breaks. */
export interface BarSeries extends BarColumns {
  /** `base + i` counts bars from the beginning of the data; rows before it, where that is negative, hold nothing. */
  readonly base: number;
  /** 1 on the first bar of a trade date, and on the first bar of the data. */
  readonly opensTradeDate: Uint8Array;
  /** 1 on the first bar after a break: a new trade date or a gap of BREAK_GAP_MINUTES. */
  readonly afterBreak: Uint8Array;
}

/** The typed arrays of a series by name, for what is done to all of them. */
export const NUMBER_FIELDS = [
  'start',
  'open',
  'high',
  'low',
  'close',
  'volume',
  'bid',
  'ask',
  'bidSize',
  'askSize',
] as const;
export type NumberField = (typeof NUMBER_FIELDS)[number];
export const FLAG_FIELDS = ['opensTradeDate', 'afterBreak'] as const;

/** Zeroed columns for `length` bars. */
export function emptyColumns(length: number): BarColumns {
  const column = () => new Float64Array(length);
  return {
    length,
    start: column(),
    open: column(),
    high: column(),
    low: column(),
    close: column(),
    volume: column(),
    bid: column(),
    ask: column(),
    bidSize: column(),
    askSize: column(),
  };
}

/** Writes one row at `index`. */
export function setRow(columns: BarColumns, index: number, { bar, quote }: BarWithQuote): void {
  columns.start[index] = bar.start;
  columns.open[index] = bar.open;
  columns.high[index] = bar.high;
  columns.low[index] = bar.low;
  columns.close[index] = bar.close;
  columns.volume[index] = bar.volume;
  columns.bid[index] = quote?.bid ?? Number.NaN;
  columns.ask[index] = quote?.ask ?? Number.NaN;
  columns.bidSize[index] = quote?.bidSize ?? Number.NaN;
  columns.askSize[index] = quote?.askSize ?? Number.NaN;
}

/** Rows to columns. */
export function columnsOf(rows: readonly BarWithQuote[]): BarColumns {
  const columns = emptyColumns(rows.length);
  rows.forEach((row, index) => setRow(columns, index, row));
  return columns;
}

/** A view on rows [from, to) of a series, without a copy. */
export function sliceColumns(columns: BarColumns, from: number, to: number): BarColumns {
  const views = NUMBER_FIELDS.map((field) => [field, columns[field].subarray(from, to)] as const);
  return { length: to - from, ...(Object.fromEntries(views) as Omit<BarColumns, 'length'>) };
}

/** A series with room for its breaks, which BreakMarker has still to mark. */
export const unmarkedSeries = (columns: BarColumns): BarSeries => ({
  ...columns,
  base: 0,
  opensTradeDate: new Uint8Array(columns.length),
  afterBreak: new Uint8Array(columns.length),
});

/**
 * Longest time between the starts of two bars of `minutes` without a break, ms: a bar starts its own length after the one before, so 15
 * silent minutes between minutes are 16.
 */
export const longestStepMs = (minutes: number): number => (minutes - 1 + BREAK_GAP_MINUTES) * MINUTE_MS;

/**
 * Marks bars of one trade date, rows [from, to), and answers the first one that it left: `from` where that is at or after `checkFrom`
 * or unfit, and the caller has to judge it. `last`: start of the bar before, UTC ms.
 */
export type MarkWithinDate = (from: number, to: number, last: number, checkFrom: number) => number;

/** Marks breaks bar by bar; refuses what would poison every later value of a recursive indicator. */
export class BreakMarker {
  private last = Number.NEGATIVE_INFINITY;
  private tradeDate = '';
  /** Up to here the trade date cannot change. */
  private checkFrom = Number.NEGATIVE_INFINITY;

  /** `withinDate` may mark what needs no calendar faster. */
  constructor(
    private readonly longestStep: number,
    private readonly withinDate: MarkWithinDate = (from) => from,
  ) {}

  /** Judges bars [from, to). Throws FeatureError BARS_UNSORTED or BAR_INVALID and is unchanged then. */
  mark(series: BarSeries, from: number, to: number): void {
    const { last, tradeDate, checkFrom } = this;
    try {
      for (let i = from; i < to;) {
        const next = this.withinDate(i, to, this.last, this.checkFrom);
        if (next > i) this.last = series.start[next - 1];
        else this.markOne(series, i);
        i = Math.max(next, i + 1);
      }
    } catch (error) {
      Object.assign(this, { last, tradeDate, checkFrom });
      throw error;
    }
  }

  private markOne({ start, open, high, low, close, volume, opensTradeDate, afterBreak }: BarSeries, i: number): void {
    const time = start[i];
    const { last } = this;
    if (!(time > last)) throw unsorted(time, last);
    // One sum finds every NaN and infinity: their difference with themselves is not 0.
    const sum = open[i] + high[i] + low[i] + close[i] + volume[i];
    if (sum - sum !== 0) throw invalidBar(time);
    const opens = time >= this.checkFrom && this.changesTradeDate(time) ? 1 : 0;
    opensTradeDate[i] = opens;
    afterBreak[i] = time - last > this.longestStep ? 1 : opens;
    this.last = time;
  }

  private changesTradeDate(time: number): boolean {
    const before = this.tradeDate;
    ({ tradeDate: this.tradeDate, end: this.checkFrom } = sessionAt(time));
    return this.tradeDate !== before;
  }
}

interface Session {
  readonly tradeDate: string;
  /** UTC ms; the trade date stays what it is until then. */
  readonly end: number;
}

const QUARTER_MS = 15 * MINUTE_MS;
/** By quarter of an hour, on which sessions begin: many instruments and runs ask for the openings of the same dates. */
const sessions = new Map<number, Session>();

function sessionAt(time: number): Session {
  const quarter = Math.floor(time / QUARTER_MS);
  let session = sessions.get(quarter);
  if (session === undefined) {
    session = { tradeDate: tradeDateOf(time), end: nextSessionStart(time) };
    sessions.set(quarter, session);
  }
  return session;
}

/** The whole series, its breaks marked. Throws FeatureError BARS_UNSORTED or BAR_INVALID. */
export function markBreaks(columns: BarColumns): BarSeries {
  const series = unmarkedSeries(columns);
  new BreakMarker(longestStepMs(1)).mark(series, 0, series.length);
  return series;
}

const iso = (time: number): string => (Number.isFinite(time) ? new Date(time).toISOString() : String(time));

const unsorted = (time: number, last: number): FeatureError =>
  new FeatureError(
    'BARS_UNSORTED',
    `the bar of ${iso(time)} is not after ${iso(last)}; give bars in time order, once each.`,
  );

const invalidBar = (time: number): FeatureError =>
  new FeatureError('BAR_INVALID', `the bar of ${iso(time)} has a price or volume that is not a number.`);
