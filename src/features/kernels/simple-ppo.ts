/** The simple form of the percentage price oscillator, TA-Lib's default: plain means instead of exponential ones. */
import type { BarSeries } from '../bar-series';
import type { Kernel } from './kernel';

export class SimplePpoKernel implements Kernel {
  constructor(
    private readonly fast: number,
    private readonly slow: number,
  ) {}

  run({ base, close }: BarSeries, from: number, rows: number, [values]: readonly Float64Array[]): void {
    for (let r = 0, i = from; r < rows; r += 1, i += 1) {
      if (base + i < this.slow - 1) {
        values[r] = Number.NaN;
        continue;
      }
      const slow = meanUpTo(close, i, this.slow);
      values[r] = ((meanUpTo(close, i, this.fast) - slow) / slow) * 100;
    }
  }
}

/** Mean of the `count` values that end at `last`. */
function meanUpTo(values: Float64Array, last: number, count: number): number {
  let sum = 0;
  for (let i = last - count + 1; i <= last; i += 1) sum += values[i];
  return sum / count;
}
