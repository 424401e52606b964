/** Market data as every room passes it on. Times are UTC epoch milliseconds; prices are on the tick grid. */

/** A one-minute TRADES bar. Minutes without volume are not bars, live and in history alike. */
export interface Bar {
  /** Start of the minute. */
  readonly start: number;
  readonly open: number;
  readonly high: number;
  readonly low: number;
  readonly close: number;
  readonly volume: number;
}

/** Top of book at an instant; a side that is absent is null with size 0. */
export interface Quote {
  readonly time: number;
  readonly bid: number | null;
  readonly ask: number | null;
  readonly bidSize: number;
  readonly askSize: number;
}

/** What the feature pipeline eats: a bar and the last quote of its minute, null when none was consumed (C2 columns are null then). */
export interface BarWithQuote {
  readonly bar: Bar;
  readonly quote: Quote | null;
}

/** A quote that can be traded against: both sides present and not crossed. */
export function isTwoSided(quote: Quote | null): quote is Quote & { readonly bid: number; readonly ask: number } {
  return quote !== null && quote.bid !== null && quote.ask !== null && quote.bid <= quote.ask;
}
