/**
 * What every source of the world outside the market offers (requirement C7); one file per provider beside this one. Times are UTC ms.
 * A value counts from `knownFrom` on, its release, and never from the period it measures: nothing may look ahead.
 */

export type OutsideProviderName = 'fred' | 'etf-flows' | 'options-flow' | 'social-sentiment';

/** A value told for a period; a later row for the same period is a revision. */
export interface OutsideRow {
  /** FRED's name of a macro series; the ticker of a flow or a sentiment. */
  readonly series: string;
  /** Start of what it measures: the month of a price index, the day of a flow. */
  readonly period: number;
  readonly knownFrom: number;
  readonly value: number;
}

/** A row that cannot be a value (requirement B8). */
export interface RejectedOutside {
  readonly row: string;
  readonly reason: string;
}

export interface OutsideRequest {
  readonly series: string;
  /** Rows that became known in [from, to). */
  readonly from: number;
  readonly to: number;
}

export interface OutsideProvider {
  readonly name: OutsideProviderName;
  /** True for a file of the user's own: it is read whole each time, because older rows may have been added to it. */
  readonly isFile?: boolean;
  /** Null when it can answer; otherwise one sentence why not (no key, no file). */
  cannot(): string | null;
  /** Pages of rows, each page ascending by `knownFrom`; throws ProviderError. An empty answer is no error. */
  rows(request: OutsideRequest, aside?: (rejected: RejectedOutside) => void): AsyncIterable<readonly OutsideRow[]>;
}

/** Why these fields are no value, or null. `measures` is what a value may be. */
export function outsideProblem(row: OutsideRow, measures: ValueRange): string | null {
  if (row.series === '') return 'no series';
  if (!Number.isFinite(row.period)) return 'the period is no time';
  if (!Number.isFinite(row.knownFrom)) return 'the time of release is no time';
  // At the very beginning, too: a bare date as both would let the night before know the day.
  if (row.knownFrom <= row.period) return 'released before the period it measures has begun';
  if (!Number.isFinite(row.value)) return 'the value is not a number';
  return row.value >= measures.from && row.value <= measures.to
    ? null
    : `the value ${row.value} is outside ${measures.from} to ${measures.to}`;
}

export interface ValueRange {
  readonly from: number;
  readonly to: number;
}

export const ANY_VALUE: ValueRange = { from: -Infinity, to: Infinity };
