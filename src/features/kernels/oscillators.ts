/** RSI, rate of change and the slow stochastic; where a window did not move they give TA-Lib's 0. */
import type { BarSeries } from '../bar-series';
import { ExtremeWindow } from './extreme-window';
import type { FeatureCells, Kernel } from './kernel';

export class RsiKernel implements Kernel {
  readonly lookback = 1;
  private gain = 0;
  private loss = 0;

  constructor(private readonly period: number) {}

  run({ close, base }: BarSeries, from: number, to: number, cells: FeatureCells, at: number, stride: number): void {
    const { period } = this;
    const weight = 1 / period;
    let { gain, loss } = this;
    for (let i = from; i < to; i += 1, at += stride) {
      const bar = base + i;
      const change = bar === 0 ? 0 : close[i] - close[i - 1];
      const size = Math.abs(change);
      // (|x| ± x) / 2 are gain and loss without a branch on the price.
      const up = (size + change) / 2;
      const down = (size - change) / 2;
      if (bar > period) {
        gain = gain * (1 - weight) + up * weight;
        loss = loss * (1 - weight) + down * weight;
      } else {
        gain += up * weight;
        loss += down * weight;
      }
      const moved = gain + loss;
      cells[at] = bar < period ? Number.NaN : moved === 0 ? 0 : (100 * gain) / moved;
    }
    this.gain = gain;
    this.loss = loss;
  }
}

export class RocKernel implements Kernel {
  readonly lookback: number;

  constructor(private readonly period: number) {
    this.lookback = period;
  }

  run({ close, base }: BarSeries, from: number, to: number, cells: FeatureCells, at: number, stride: number): void {
    const { period } = this;
    for (let i = from; i < to; i += 1, at += stride) {
      cells[at] = base + i < period ? Number.NaN : (close[i] / close[i - period] - 1) * 100;
    }
  }
}

/** A plain mean over a few values of a kernel's own. */
class ShortMean {
  private readonly ring: Float64Array;
  private next = 0;

  constructor(private readonly period: number) {
    this.ring = new Float64Array(period);
  }

  /** The mean of the last `period` values; the caller knows when there are enough. */
  push(value: number): number {
    const { ring, period } = this;
    ring[this.next] = value;
    this.next = this.next + 1 === period ? 0 : this.next + 1;
    let sum = 0;
    for (let i = 0; i < period; i += 1) sum += ring[i];
    return sum / period;
  }
}

/** %K smoothed over `slowK` bars and %D over `slowD` bars of it, both by the plain mean. */
export class StochasticKernel implements Kernel {
  readonly lookback: number;
  private readonly highest: ExtremeWindow;
  private readonly lowest: ExtremeWindow;
  private readonly meanK: ShortMean;
  private readonly meanD: ShortMean;
  private place = 0;

  constructor(
    private readonly period: number,
    private readonly slowK: number,
    private readonly slowD: number,
  ) {
    this.lookback = period;
    this.highest = new ExtremeWindow(period);
    this.lowest = new ExtremeWindow(period);
    this.meanK = new ShortMean(slowK);
    this.meanD = new ShortMean(slowD);
  }

  run(series: BarSeries, from: number, to: number, cells: FeatureCells, at: number, stride: number): void {
    const { high, low, close, base } = series;
    const { period, highest, lowest, meanK, meanD } = this;
    const highTails = highest.tails;
    const lowTails = lowest.tails;
    const firstK = period + this.slowK - 2;
    const firstD = firstK + this.slowD - 1;
    let { place } = this;
    let top = highest.head;
    let bottom = lowest.head;
    for (let i = from; i < to; i += 1, at += stride) {
      const bar = base + i;
      if (place === period) {
        highest.beginBlock(high, i, 1);
        lowest.beginBlock(low, i, -1);
        top = bottom = Number.NEGATIVE_INFINITY;
        place = 0;
      }
      top = Math.max(top, high[i]);
      bottom = Math.max(bottom, -low[i]);
      place += 1;
      const highestHigh = Math.max(top, highTails[place]);
      const lowestLow = -Math.max(bottom, lowTails[place]);
      const range = highestHigh - lowestLow;
      const fast = range === 0 ? 0 : ((close[i] - lowestLow) / range) * 100;
      const smoothed = bar < period - 1 ? Number.NaN : meanK.push(fast);
      cells[at] = bar < firstK ? Number.NaN : smoothed;
      cells[at + 1] = bar < firstK ? Number.NaN : firstD <= bar ? meanD.push(smoothed) : this.warmUp(smoothed);
    }
    this.place = place;
    highest.head = top;
    lowest.head = bottom;
  }

  private warmUp(smoothed: number): number {
    this.meanD.push(smoothed);
    return Number.NaN;
  }
}
