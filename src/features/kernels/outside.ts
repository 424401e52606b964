/** A column of the world outside: what its series said by the close of the bar. */
import type { BarSeries } from '../bar-series';
import type { OutsideReader } from '../outside/outside-values';
import type { Kernel } from './kernel';

export class OutsideKernel implements Kernel {
  /** Null when nobody provides the series: no row has a value. Bars last `barMs`. */
  constructor(
    private readonly reader: OutsideReader | null,
    private readonly barMs: number,
  ) {}

  run({ start }: BarSeries, from: number, rows: number, [values]: readonly Float64Array[]): void {
    const { reader, barMs } = this;
    for (let r = 0; r < rows; r += 1) values[r] = reader === null ? Number.NaN : reader(start[from + r] + barMs);
  }
}
