/**
 * Indicators on longer bars, beside minutes. A bar of n minutes is known with the minute that closes it, or, when nothing traded in that
 * minute, with the next one that did; until then every minute has the values of the bar before.
 */
import { MINUTE_MS } from '../../domain/exchange-time';
import { emptyColumns } from '../bar-series';
import type { BarColumns, BarSeries } from '../bar-series';
import type { Timeframe } from '../feature-spec';
import type { Kernel } from './kernel';

/** The indicators of a timeframe over its own bars. */
export interface ColumnSource {
  /** The latest bars’ columns, from row 0 on. */
  readonly columns: readonly Float64Array[];
  pushColumns(bars: BarColumns, from: number, to: number): void;
}

export class TimeframeKernel implements Kernel {
  private readonly length: number;
  /** Bars that became known in this call, and the one still growing behind them. */
  private readonly bars: BarColumns;
  /** Start of the growing bar, NaN without one. */
  private growing = Number.NaN;
  /** For each minute of this call, how many bars had become known by its close. */
  private readonly known: Int32Array;
  private readonly latest: Float64Array;

  /** `rows`: minutes of a call at the most; `source` must take one bar more. */
  constructor(
    minutes: Timeframe,
    rows: number,
    private readonly source: ColumnSource,
  ) {
    this.length = minutes * MINUTE_MS;
    this.bars = emptyColumns(rows + 2);
    this.known = new Int32Array(rows);
    this.latest = new Float64Array(source.columns.length).fill(Number.NaN);
  }

  run(series: BarSeries, from: number, rows: number, columns: readonly Float64Array[]): void {
    const complete = this.gather(series, from, rows);
    if (complete > 0) this.source.pushColumns(this.bars, 0, complete);
    columns.forEach((column, c) => {
      const values = this.source.columns[c];
      for (let r = 0; r < rows; r += 1) column[r] = this.known[r] === 0 ? this.latest[c] : values[this.known[r] - 1];
      if (complete > 0) this.latest[c] = values[complete - 1];
    });
    if (complete > 0) this.moveToFront(complete);
  }

  /** Takes minutes into bars and answers how many are complete. */
  private gather(series: BarSeries, from: number, rows: number): number {
    let complete = 0;
    for (let r = 0, i = from; r < rows; r += 1, i += 1) {
      const time = series.start[i];
      const start = Math.floor(time / this.length) * this.length;
      if (this.growing < start) {
        complete += 1;
        this.growing = Number.NaN;
      }
      this.take(series, i, start, complete);
      if (time + MINUTE_MS >= start + this.length) {
        complete += 1;
        this.growing = Number.NaN;
      }
      this.known[r] = complete;
    }
    return complete;
  }

  /** Minute `i` goes into the bar at `index`. */
  private take({ open, high, low, close, volume }: BarSeries, i: number, start: number, index: number): void {
    const { bars } = this;
    const begins = Number.isNaN(this.growing);
    this.growing = start;
    bars.start[index] = start;
    if (begins) bars.open[index] = open[i];
    bars.high[index] = begins ? high[i] : Math.max(bars.high[index], high[i]);
    bars.low[index] = begins ? low[i] : Math.min(bars.low[index], low[i]);
    bars.close[index] = close[i];
    bars.volume[index] = begins ? volume[i] : bars.volume[index] + volume[i];
  }

  private moveToFront(index: number): void {
    for (const field of ['start', 'open', 'high', 'low', 'close', 'volume'] as const)
      this.bars[field][0] = this.bars[field][index];
  }
}
