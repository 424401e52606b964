/** What the gateway asks of a recorded market, whatever it is recorded in: one-minute bars with quotes, or daily bars with modelled ones. */
import type { Quote } from '../domain/bars';
import type { Slot } from './minute-path';
import type { PricedInstrument } from './priced-instrument';

export type MarketEvent =
  | { readonly kind: 'trades'; readonly time: number; readonly slot: Slot }
  | { readonly kind: 'quote'; readonly time: number; readonly quote: Quote }
  | { readonly kind: 'five-second-bar'; readonly time: number; readonly bar: Slot };

/** A quote with both prices. */
export type TwoSidedQuote = Quote & { readonly bid: number; readonly ask: number };

export interface LastTrade {
  readonly time: number;
  readonly price: number;
  readonly size: number;
}

/** Trade-date statistics up to now; prices null before the first trade of the date. */
export interface DayStatistics {
  readonly open: number | null;
  readonly high: number | null;
  readonly low: number | null;
  readonly volume: number;
  /** Last price of the trade date before. */
  readonly previousClose: number | null;
}

/** Everything is a function of data, seed and time; nothing with a time after `now` is visible. Times are UTC ms. */
export interface MarketReplay {
  readonly instrument: PricedInstrument;
  /** Orders can match. */
  isOpenAt(now: number): boolean;
  /** The last quote at or before `now`, of any age; null before the first. */
  quoteAt(now: number): Quote | null;
  /** The quote that an order can trade against now. */
  tradableQuoteAt(now: number): TwoSidedQuote | null;
  /** The last trade at or before `now`; null before the first. */
  lastTradeAt(now: number): LastTrade | null;
  dayStatisticsAt(now: number): DayStatistics;
  /** Market events with from < time ≤ to, in time order. */
  events(from: number, to: number): readonly MarketEvent[];
}

/** Index of the last item with time ≤ `now`, −1 when there is none; items ascend by time. */
export function lastAtOrBefore<T>(items: readonly T[], now: number, timeOf: (item: T) => number): number {
  let low = 0;
  let high = items.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (timeOf(items[middle]) <= now) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}
