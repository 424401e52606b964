/** SMA, EMA, MACD and PPO, each with its form relative to price. Averages are seeded as TA-Lib seeds them, by the mean of their first bars. */
import type { BarSeries } from '../bar-series';
import { isAnchor, sumBefore } from './kernel';
import type { FeatureCells, Kernel } from './kernel';

export class SmaKernel implements Kernel {
  readonly lookback: number;
  private sum = 0;

  constructor(private readonly period: number) {
    this.lookback = period;
  }

  run({ close, base }: BarSeries, from: number, to: number, cells: FeatureCells, at: number, stride: number): void {
    const { period } = this;
    let { sum } = this;
    for (let i = from; i < to; i += 1, at += stride) {
      const bar = base + i;
      if (isAnchor(bar)) sum = sumBefore(close, i, Math.min(period, bar));
      sum += bar < period ? close[i] : close[i] - close[i - period];
      const mean = bar < period - 1 ? Number.NaN : sum / period;
      cells[at] = mean;
      cells[at + 1] = close[i] / mean - 1;
    }
    this.sum = sum;
  }
}

export class EmaKernel implements Kernel {
  readonly lookback: number;
  private value = 0;

  constructor(private readonly period: number) {
    this.lookback = period;
  }

  run({ close, base }: BarSeries, from: number, to: number, cells: FeatureCells, at: number, stride: number): void {
    const { period } = this;
    const weight = 2 / (period + 1);
    let { value } = this;
    for (let i = from; i < to; i += 1, at += stride) {
      const bar = base + i;
      if (bar >= period) value = value * (1 - weight) + close[i] * weight;
      else value = seed(close, i, bar, period);
      cells[at] = value;
      cells[at + 1] = close[i] / value - 1;
    }
    this.value = value;
  }
}

/** Mean of the first `period` bars on the last of them, NaN before. */
const seed = (close: Float64Array, i: number, bar: number, period: number): number =>
  bar === period - 1 ? sumBefore(close, i + 1, period) / period : Number.NaN;

/** As TA-Lib does, the fast average is seeded late, so that both begin on the same bar. */
export class MacdKernel implements Kernel {
  readonly lookback: number;
  private fastValue = Number.NaN;
  private slowValue = Number.NaN;
  private signalValue = 0;

  constructor(
    private readonly fast: number,
    private readonly slow: number,
    private readonly signal: number,
  ) {
    this.lookback = slow;
  }

  run({ close, base }: BarSeries, from: number, to: number, cells: FeatureCells, at: number, stride: number): void {
    const { fast, slow, signal } = this;
    const fastWeight = 2 / (fast + 1);
    const slowWeight = 2 / (slow + 1);
    const signalWeight = 2 / (signal + 1);
    let i = from;
    for (; i < to && base + i < slow + signal - 1; i += 1, at += stride) this.warmUp(close, i, base + i, cells, at);
    let { fastValue, slowValue, signalValue } = this;
    for (; i < to; i += 1, at += stride) {
      const price = close[i];
      fastValue = fastValue * (1 - fastWeight) + price * fastWeight;
      slowValue = slowValue * (1 - slowWeight) + price * slowWeight;
      const line = fastValue - slowValue;
      signalValue = signalValue * (1 - signalWeight) + line * signalWeight;
      const histogram = line - signalValue;
      cells[at] = line;
      cells[at + 1] = signalValue;
      cells[at + 2] = histogram;
      cells[at + 3] = histogram / price;
    }
    this.fastValue = fastValue;
    this.slowValue = slowValue;
    this.signalValue = signalValue;
  }

  /** Bars up to the first value of the signal line. */
  private warmUp(close: Float64Array, i: number, bar: number, cells: FeatureCells, at: number): void {
    const { fast, slow, signal } = this;
    if (bar === slow - 1) {
      this.fastValue = sumBefore(close, i + 1, fast) / fast;
      this.slowValue = sumBefore(close, i + 1, slow) / slow;
    } else if (bar >= slow) {
      this.fastValue += (close[i] - this.fastValue) * (2 / (fast + 1));
      this.slowValue += (close[i] - this.slowValue) * (2 / (slow + 1));
    }
    const line = this.fastValue - this.slowValue;
    if (bar >= slow - 1) this.signalValue += line / signal;
    const smoothed = bar === slow + signal - 2 ? this.signalValue : Number.NaN;
    cells[at] = line;
    cells[at + 1] = smoothed;
    cells[at + 2] = line - smoothed;
    cells[at + 3] = (line - smoothed) / close[i];
  }
}

/** Here TA-Lib seeds each average with the first closes, unlike in MACD. */
export class PpoKernel implements Kernel {
  readonly lookback: number;
  private fastValue = 0;
  private slowValue = 0;

  constructor(
    private readonly fast: number,
    private readonly slow: number,
  ) {
    this.lookback = slow;
  }

  run({ close, base }: BarSeries, from: number, to: number, cells: FeatureCells, at: number, stride: number): void {
    const { fast, slow } = this;
    const fastWeight = 2 / (fast + 1);
    const slowWeight = 2 / (slow + 1);
    let { fastValue, slowValue } = this;
    for (let i = from; i < to; i += 1, at += stride) {
      const bar = base + i;
      if (bar >= fast) fastValue = fastValue * (1 - fastWeight) + close[i] * fastWeight;
      else fastValue = seed(close, i, bar, fast);
      if (bar >= slow) slowValue = slowValue * (1 - slowWeight) + close[i] * slowWeight;
      else slowValue = seed(close, i, bar, slow);
      cells[at] = (fastValue / slowValue - 1) * 100;
    }
    this.fastValue = fastValue;
    this.slowValue = slowValue;
  }
}
