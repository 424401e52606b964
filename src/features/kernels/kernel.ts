/**
 * The one computation behind batch and stream. A kernel is fed bars [from, to) of a series, one at a time or many, remembers what it must
 * between calls and reads earlier bars of the series. Its loops keep their state in local variables: that is what makes them fast.
 */
import type { BarSeries } from '../bar-series';

/** Row-major output; float32 in use, double precision where a test looks at the digits behind. */
export type FeatureCells = Float32Array | Float64Array;

export interface Kernel {
  /** Earlier bars it reads from the series. */
  readonly lookback: number;
  /**
   * Writes its columns side by side, in the order describeSpec names them, row `from` at cell `at` and each next row `stride` cells on;
   * NaN where there is no value.
   */
  run(series: BarSeries, from: number, to: number, cells: FeatureCells, at: number, stride: number): void;
}

/**
 * Rolling sums are taken anew whenever the count of bars is a multiple of this (a power of two), so rounding never builds up and
 * streams of different age agree.
 */
export const ANCHOR_BARS = 256;

export const isAnchor = (bar: number): boolean => (bar & (ANCHOR_BARS - 1)) === 0;

/** Sum of the `count` values before index `end`. */
export function sumBefore(values: Float64Array, end: number, count: number): number {
  let sum = 0;
  for (let i = end - count; i < end; i += 1) sum += values[i];
  return sum;
}
