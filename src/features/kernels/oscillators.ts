/** RSI, rate of change and the slow stochastic; where a window did not move they give TA-Lib's 0. */
import type { BarBlock } from '../bar-block';
import type { Kernel } from './kernel';
import { Delay, RollingExtreme, RollingMean } from './rolling';
import { WilderAverage } from './smoothing';

export class RsiKernel implements Kernel {
  private previous = Number.NaN;
  private readonly gains: WilderAverage;
  private readonly losses: WilderAverage;

  constructor(period: number) {
    this.gains = new WilderAverage(period);
    this.losses = new WilderAverage(period);
  }

  run({ close, length }: BarBlock, [rsi]: readonly Float64Array[]): void {
    for (let i = 0; i < length; i += 1) {
      const change = close[i] - this.previous;
      this.previous = close[i];
      if (Number.isNaN(change)) {
        rsi[i] = Number.NaN;
        continue;
      }
      const gain = this.gains.push(change > 0 ? change : 0);
      const loss = this.losses.push(change < 0 ? -change : 0);
      const moved = gain + loss;
      rsi[i] = moved === 0 ? 0 : (100 * gain) / moved;
    }
  }
}

export class RocKernel implements Kernel {
  private readonly past: Delay;

  constructor(period: number) {
    this.past = new Delay(period);
  }

  run({ close, length }: BarBlock, [roc]: readonly Float64Array[]): void {
    for (let i = 0; i < length; i += 1) roc[i] = (close[i] / this.past.push(close[i]) - 1) * 100;
  }
}

/** %K smoothed over `slowK` bars and %D over `slowD` bars of it, both by the plain mean. */
export class StochasticKernel implements Kernel {
  private readonly highest: RollingExtreme;
  private readonly lowest: RollingExtreme;
  private readonly slowK: RollingMean;
  private readonly slowD: RollingMean;

  constructor(period: number, slowK: number, slowD: number) {
    this.highest = new RollingExtreme(period, 1);
    this.lowest = new RollingExtreme(period, -1);
    this.slowK = new RollingMean(slowK);
    this.slowD = new RollingMean(slowD);
  }

  run({ high, low, close, length }: BarBlock, [outK, outD]: readonly Float64Array[]): void {
    const { highest, lowest, slowK, slowD } = this;
    for (let i = 0; i < length; i += 1) {
      const top = highest.push(high[i]);
      const bottom = lowest.push(low[i]);
      const range = top - bottom;
      if (Number.isNaN(range)) {
        outK[i] = outD[i] = Number.NaN;
        continue;
      }
      const smoothed = slowK.push(range === 0 ? 0 : ((close[i] - bottom) / range) * 100);
      outK[i] = smoothed;
      outD[i] = Number.isNaN(smoothed) ? smoothed : slowD.push(smoothed);
    }
  }
}
