/** TA-Lib's STOCHRSI: the fast stochastic of Wilder's RSI; 0 where the RSI did not move. */
import type { BarSeries } from '../bar-series';
import type { Kernel } from './kernel';

export class StochasticRsiKernel implements Kernel {
  private gain = 0;
  private loss = 0;
  private readonly rsi: Float64Array;
  private readonly fastK: Float64Array;

  constructor(
    private readonly period: number,
    fastK: number,
    fastD: number,
  ) {
    this.rsi = new Float64Array(fastK);
    this.fastK = new Float64Array(fastD);
  }

  run({ base, close }: BarSeries, from: number, rows: number, columns: readonly Float64Array[]): void {
    const [ks, ds] = columns;
    const { period, rsi, fastK } = this;
    for (let r = 0, i = from; r < rows; r += 1, i += 1) {
      const bar = base + i;
      if (bar > 0) this.smooth(close[i] - close[i - 1], bar);
      const moved = this.gain + this.loss;
      rsi[bar % rsi.length] = moved === 0 ? 0 : (100 * this.gain) / moved;
      // Bars with an RSI begin at `period`.
      const firstK = period + rsi.length - 1;
      const k = bar < firstK ? Number.NaN : shareOfRange(rsi, bar % rsi.length);
      fastK[bar % fastK.length] = k;
      ks[r] = k;
      ds[r] = bar < firstK + fastK.length - 1 ? Number.NaN : mean(fastK);
    }
  }

  private smooth(change: number, bar: number): void {
    const kept = bar > this.period ? 1 - 1 / this.period : 1;
    this.gain = this.gain * kept + Math.max(change, 0) / this.period;
    this.loss = this.loss * kept + Math.max(-change, 0) / this.period;
  }
}

function shareOfRange(values: Float64Array, index: number): number {
  let [lowest, highest] = [values[0], values[0]];
  for (const value of values) {
    lowest = Math.min(lowest, value);
    highest = Math.max(highest, value);
  }
  return highest === lowest ? 0 : ((values[index] - lowest) / (highest - lowest)) * 100;
}

/** Taken in memory order, whatever the newest is: few values, all of one size. */
const mean = (values: Float64Array): number => values.reduce((sum, value) => sum + value, 0) / values.length;
