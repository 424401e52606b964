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

export interface BookLevel {
  /** Points. */
  readonly price: number;
  /** Contracts, above 0. */
  readonly size: number;
}

/** The order book at an instant, as deep as it is known, best level first on both sides; the broker's stream has ten a side. */
export interface Book {
  /** UTC ms. */
  readonly time: number;
  readonly bids: readonly BookLevel[];
  readonly asks: readonly BookLevel[];
}

/** What the feature pipeline eats: a bar and the last quote of its minute, null when none was consumed (C2 columns are null then). */
export interface BarWithQuote {
  readonly bar: Bar;
  readonly quote: Quote | null;
  /** The book at the end of the minute; null or left out when none was consumed. */
  readonly book?: Book | null;
}

/** A quote that can be traded against: both sides present and not crossed. */
export function isTwoSided(quote: Quote | null): quote is Quote & { readonly bid: number; readonly ask: number } {
  return quote !== null && quote.bid !== null && quote.ask !== null && quote.bid <= quote.ask;
}
