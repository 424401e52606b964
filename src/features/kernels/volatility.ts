/**
 * ATR, Bollinger bands and the rolling correlation of open and close. Squares and products are of deviations from an anchor near the
 * data: prices of 1,690 that vary by 0.5 keep their digits.
 */
import type { BarSeries } from '../bar-series';
import { isAnchor } from './kernel';
import type { FeatureCells, Kernel } from './kernel';

export class AtrKernel implements Kernel {
  readonly lookback = 1;
  private value = 0;

  constructor(private readonly period: number) {}

  run(series: BarSeries, from: number, to: number, cells: FeatureCells, at: number, stride: number): void {
    const { high, low, close, base } = series;
    const { period } = this;
    const weight = 1 / period;
    let { value } = this;
    for (let i = from; i < to; i += 1, at += stride) {
      const bar = base + i;
      if (bar > 0) {
        // The gap over a break is part of the true range: a position held over it would have felt it.
        const before = close[i - 1];
        const range = Math.max(high[i], before) - Math.min(low[i], before);
        value = bar > period ? value * (1 - weight) + range * weight : value + range * weight;
      }
      const atr = bar < period ? Number.NaN : value;
      cells[at] = atr;
      cells[at + 1] = atr / close[i];
    }
    this.value = value;
  }
}

/** Bands at `deviations` population standard deviations; width relative to the middle, position 0 at the lower band and 1 at the upper. */
export class BollingerKernel implements Kernel {
  readonly lookback: number;
  private anchor = 0;
  private sum = 0;
  private squares = 0;

  constructor(
    private readonly period: number,
    private readonly deviations: number,
  ) {
    this.lookback = period;
  }

  run({ close, base }: BarSeries, from: number, to: number, cells: FeatureCells, at: number, stride: number): void {
    const { period, deviations } = this;
    for (let i = from; i < to; i += 1, at += stride) {
      const bar = base + i;
      if (isAnchor(bar)) this.reanchor(close, i, Math.min(period, bar));
      const added = close[i] - this.anchor;
      this.sum += added;
      this.squares += added * added;
      if (bar >= period) {
        const gone = close[i - period] - this.anchor;
        this.sum -= gone;
        this.squares -= gone * gone;
      }
      const offset = this.sum / period;
      const variance = Math.max(0, this.squares / period - offset * offset);
      const mean = bar < period - 1 ? Number.NaN : this.anchor + offset;
      const reach = deviations * Math.sqrt(variance);
      cells[at] = mean + reach;
      cells[at + 1] = mean - reach;
      cells[at + 2] = (2 * reach) / mean;
      // Bands that have closed have the price in their middle.
      cells[at + 3] = reach === 0 ? mean - mean + 0.5 : (close[i] - mean + reach) / (2 * reach);
    }
  }

  private reanchor(close: Float64Array, i: number, count: number): void {
    this.anchor = close[i];
    this.sum = this.squares = 0;
    for (let k = i - count; k < i; k += 1) {
      const deviation = close[k] - this.anchor;
      this.sum += deviation;
      this.squares += deviation * deviation;
    }
  }
}

/** Variance below this share of the squared price is rounding, not movement: a tenth of a tick would be above it. */
const FLAT = 1e-14;

/** Pearson correlation; 0 where open or close did not move, as TA-Lib's CORREL. */
export class OpenCloseCorrelationKernel implements Kernel {
  readonly lookback: number;
  private anchor = 0;
  private sumOpen = 0;
  private sumClose = 0;
  private squaresOpen = 0;
  private squaresClose = 0;
  private products = 0;

  constructor(private readonly period: number) {
    this.lookback = period;
  }

  run(series: BarSeries, from: number, to: number, cells: FeatureCells, at: number, stride: number): void {
    const { open, close, base } = series;
    const { period } = this;
    for (let i = from; i < to; i += 1, at += stride) {
      const bar = base + i;
      if (isAnchor(bar)) this.reanchor(open, close, i, Math.min(period, bar));
      this.add(open[i] - this.anchor, close[i] - this.anchor, 1);
      if (bar >= period) this.add(open[i - period] - this.anchor, close[i - period] - this.anchor, -1);
      cells[at] = bar < period - 1 ? Number.NaN : this.correlation();
    }
  }

  private add(open: number, close: number, sign: 1 | -1): void {
    this.sumOpen += sign * open;
    this.sumClose += sign * close;
    this.squaresOpen += sign * open * open;
    this.squaresClose += sign * close * close;
    this.products += sign * open * close;
  }

  private correlation(): number {
    const { period, sumOpen, sumClose } = this;
    const spreadOpen = period * this.squaresOpen - sumOpen * sumOpen;
    const spreadClose = period * this.squaresClose - sumClose * sumClose;
    const floor = FLAT * this.anchor * this.anchor;
    if (spreadOpen <= floor || spreadClose <= floor) return 0;
    const value = (period * this.products - sumOpen * sumClose) / Math.sqrt(spreadOpen * spreadClose);
    return Math.min(1, Math.max(-1, value));
  }

  private reanchor(open: Float64Array, close: Float64Array, i: number, count: number): void {
    this.anchor = close[i];
    this.sumOpen = this.sumClose = this.squaresOpen = this.squaresClose = this.products = 0;
    for (let k = i - count; k < i; k += 1) this.add(open[k] - this.anchor, close[k] - this.anchor, 1);
  }
}
