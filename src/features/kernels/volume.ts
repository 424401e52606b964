/** VWAP anchored to the trade date, mean volume and volume spikes. */
import type { BarSeries } from '../bar-series';
import { isAnchor, sumBefore } from './kernel';
import type { FeatureCells, Kernel } from './kernel';

/** Σ typical price × volume / Σ volume since the first bar of the trade date that the stream has seen. */
export class VwapKernel implements Kernel {
  readonly lookback = 0;
  private amount = 0;
  private traded = 0;

  run(series: BarSeries, from: number, to: number, cells: FeatureCells, at: number, stride: number): void {
    const { high, low, close, volume, opensTradeDate } = series;
    let { amount, traded } = this;
    for (let i = from; i < to; i += 1, at += stride) {
      if (opensTradeDate[i] === 1) amount = traded = 0;
      amount += ((high[i] + low[i] + close[i]) / 3) * volume[i];
      traded += volume[i];
      const vwap = amount / traded;
      cells[at] = vwap;
      cells[at + 1] = close[i] / vwap - 1;
    }
    this.amount = amount;
    this.traded = traded;
  }
}

/** Mean volume and volume over it; the spike is null while the mean is 0. */
export class VolumeKernel implements Kernel {
  readonly lookback: number;
  private sum = 0;

  constructor(private readonly period: number) {
    this.lookback = period;
  }

  run({ volume, base }: BarSeries, from: number, to: number, cells: FeatureCells, at: number, stride: number): void {
    const { period } = this;
    let { sum } = this;
    for (let i = from; i < to; i += 1, at += stride) {
      const bar = base + i;
      if (isAnchor(bar)) sum = sumBefore(volume, i, Math.min(period, bar));
      sum += bar < period ? volume[i] : volume[i] - volume[i - period];
      const mean = bar < period - 1 ? Number.NaN : sum / period;
      cells[at] = mean;
      cells[at + 1] = mean > 0 ? volume[i] / mean : Number.NaN;
    }
    this.sum = sum;
  }
}
