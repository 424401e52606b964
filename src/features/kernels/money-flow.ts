/** On-balance volume and money flow: volume signed by where the price went. Their windows are summed anew each bar, so no rounding builds up. */
import type { BarSeries } from '../bar-series';
import type { Kernel } from './kernel';

/** TA-Lib's OBV begins with the first bar's volume; the slope is the signed volume of `period` bars over their volume. */
export class ObvKernel implements Kernel {
  private total = 0;

  constructor(private readonly period: number) {}

  run(series: BarSeries, from: number, rows: number, columns: readonly Float64Array[]): void {
    const { base, volume } = series;
    const [totals, slopes] = columns;
    for (let r = 0, i = from; r < rows; r += 1, i += 1) {
      this.total += base + i === 0 ? volume[i] : signedVolume(series, i);
      totals[r] = this.total;
      slopes[r] = base + i < this.period ? Number.NaN : this.slope(series, i);
    }
  }

  private slope(series: BarSeries, end: number): number {
    let signed = 0;
    let traded = 0;
    for (let i = end - this.period + 1; i <= end; i += 1) {
      signed += signedVolume(series, i);
      traded += series.volume[i];
    }
    return traded > 0 ? signed / traded : 0;
  }
}

const signedVolume = ({ close, volume }: BarSeries, i: number): number =>
  Math.sign(close[i] - close[i - 1]) * volume[i];

/** Typical prices of one sum that differ by their rounding alone are within this share of each other. */
const SAME_PRICE = 1e-12;

/** TA-Lib's MFI: the share of rising typical price × volume in all of it that moved; 0 where less than 1 did. */
export class MfiKernel implements Kernel {
  constructor(private readonly period: number) {}

  run(series: BarSeries, from: number, rows: number, [values]: readonly Float64Array[]): void {
    for (let r = 0, i = from; r < rows; r += 1, i += 1) {
      values[r] = series.base + i < this.period ? Number.NaN : this.index(series, i);
    }
  }

  private index(series: BarSeries, end: number): number {
    let rising = 0;
    let falling = 0;
    let before = typicalPrice(series, end - this.period);
    for (let i = end - this.period + 1; i <= end; i += 1) {
      const price = typicalPrice(series, i);
      const flow = price * series.volume[i];
      const moved = price - before;
      if (moved > SAME_PRICE * price) rising += flow;
      else if (moved < -SAME_PRICE * price) falling += flow;
      before = price;
    }
    const flowing = rising + falling;
    return flowing < 1 ? 0 : (100 * rising) / flowing;
  }
}

const typicalPrice = ({ high, low, close }: BarSeries, i: number): number => (high[i] + low[i] + close[i]) / 3;
