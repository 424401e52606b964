/**
 * The one computation behind batch and stream. A kernel is fed bars of a series, one at a time or many, remembers what it must between
 * calls and reads earlier bars of the series.
 */
import type { BarSeries } from '../bar-series';

export interface Kernel {
  /**
   * Computes bars at rows [from, from + rows) of the series; fills its `columns`, in the order describeSpec names them, from row 0 on
   * in double precision, NaN where there is no value.
   */
  run(series: BarSeries, from: number, rows: number, columns: readonly Float64Array[]): void;
}
