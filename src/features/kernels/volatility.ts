/** ATR, Bollinger bands and the rolling correlation of open and close. */
import type { BarBlock } from '../bar-block';
import type { Kernel } from './kernel';
import { RollingCorrelation, RollingMoments } from './rolling';
import { WilderAverage } from './smoothing';

export class AtrKernel implements Kernel {
  private previousClose = Number.NaN;
  private readonly average: WilderAverage;

  constructor(period: number) {
    this.average = new WilderAverage(period);
  }

  run({ high, low, close, length }: BarBlock, [atr, relative]: readonly Float64Array[]): void {
    for (let i = 0; i < length; i += 1) {
      const before = this.previousClose;
      this.previousClose = close[i];
      if (Number.isNaN(before)) {
        atr[i] = relative[i] = Number.NaN;
        continue;
      }
      // The gap over a break is part of the true range: a position held over it would have felt it.
      const range = Math.max(high[i] - low[i], Math.abs(high[i] - before), Math.abs(low[i] - before));
      const value = this.average.push(range);
      atr[i] = value;
      relative[i] = value / close[i];
    }
  }
}

/** Bands at `deviations` population standard deviations; width relative to the middle, position 0 at the lower band and 1 at the upper. */
export class BollingerKernel implements Kernel {
  private readonly moments: RollingMoments;

  constructor(
    period: number,
    private readonly deviations: number,
  ) {
    this.moments = new RollingMoments(period);
  }

  run({ close, length }: BarBlock, [upper, lower, width, position]: readonly Float64Array[]): void {
    const { moments, deviations } = this;
    for (let i = 0; i < length; i += 1) {
      moments.push(close[i]);
      const { mean } = moments;
      const reach = deviations * Math.sqrt(moments.variance);
      upper[i] = mean + reach;
      lower[i] = mean - reach;
      width[i] = (2 * reach) / mean;
      // Bands that have closed have the price in their middle.
      position[i] = reach === 0 ? 0.5 : (close[i] - mean + reach) / (2 * reach);
    }
  }
}

export class OpenCloseCorrelationKernel implements Kernel {
  private readonly correlation: RollingCorrelation;

  constructor(period: number) {
    this.correlation = new RollingCorrelation(period);
  }

  run({ open, close, length }: BarBlock, [out]: readonly Float64Array[]): void {
    for (let i = 0; i < length; i += 1) out[i] = this.correlation.push(open[i], close[i]);
  }
}
