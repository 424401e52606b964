/** What every source of bars offers (requirements B1, B2); one file per provider beside this one. Times are UTC epoch milliseconds. */
import type { BarProviderName } from '../../config/data-settings';

export const BAR_INTERVALS = ['1m', '5m', '10m', '15m', '60m', '1d'] as const;
export type BarInterval = (typeof BAR_INTERVALS)[number];

export const WHAT_TO_SHOW = ['TRADES', 'MIDPOINT'] as const;
export type WhatToShow = (typeof WHAT_TO_SHOW)[number];

/** Name under which a row's provenance is kept. */
export type ProviderName = BarProviderName;

export interface BarRequest {
  /** Registry symbol of a future with its delivery month (`ES_201312`), or a stock's ticker (`AAPL`). */
  readonly contract: string;
  readonly whatToShow: WhatToShow;
  readonly interval: BarInterval;
  /** Start of the first bar wanted. */
  readonly from: number;
  /** Bars that start at or after this are not wanted. */
  readonly to: number;
}

/** A bar as its source gave it: raw prices, never adjusted. */
export interface ProvidedBar {
  /** Start of the bar; of a daily bar, midnight UTC of the session's date. */
  readonly start: number;
  readonly open: number;
  readonly high: number;
  readonly low: number;
  readonly close: number;
  /** Shares or contracts; 0 where the source has none (MIDPOINT). */
  readonly volume: number;
  /** Multiplies the raw prices into adjusted ones, as known when fetched; null where the source tells none. */
  readonly adjustmentFactor: number | null;
}

/** A row of a source that cannot be a bar (requirement B8). */
export interface RejectedBar {
  /** Null where the row names no time. */
  readonly start: number | null;
  /** The row as the source wrote it: JSON, or the line of a file. */
  readonly row: string;
  readonly reason: string;
}

export interface BarProvider {
  readonly name: ProviderName;
  /** Null when this provider can answer; otherwise one sentence why not (no key, no such interval). */
  cannot(request: Pick<BarRequest, 'contract' | 'whatToShow' | 'interval'>): string | null;
  /**
   * Pages of bars in ascending order, without repeats; throws ProviderError. An empty answer is no error. Rows that cannot be bars go to
   * `aside`, with a reason each, before the page they came with.
   */
  bars(request: BarRequest, aside?: (rejected: RejectedBar) => void): AsyncIterable<readonly ProvidedBar[]>;
}
