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
    let { anchor, sum, squares } = this;
    for (let i = from; i < to; i += 1, at += stride) {
      const bar = base + i;
      if (isAnchor(bar)) {
        this.reanchor(close, i, Math.min(period, bar));
        ({ anchor, sum, squares } = this);
      }
      const added = close[i] - anchor;
      const gone = bar < period ? 0 : close[i - period] - anchor;
      sum += added - gone;
      squares += added * added - gone * gone;
      const offset = sum / period;
      const mean = bar < period - 1 ? Number.NaN : anchor + offset;
      const reach = deviations * Math.sqrt(Math.max(0, squares / period - offset * offset));
      const lower = mean - reach;
      const width = 2 * reach;
      cells[at] = mean + reach;
      cells[at + 1] = lower;
      cells[at + 2] = width / mean;
      // Bands that have closed have the price in their middle.
      cells[at + 3] = width === 0 ? lower - lower + 0.5 : (close[i] - lower) / width;
    }
    this.sum = sum;
    this.squares = squares;
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
  private sums: readonly [open: number, close: number, opens: number, closes: number, products: number] = [
    0, 0, 0, 0, 0,
  ];

  constructor(private readonly period: number) {
    this.lookback = period;
  }

  run(series: BarSeries, from: number, to: number, cells: FeatureCells, at: number, stride: number): void {
    const { open, close, base } = series;
    const { period } = this;
    let { anchor } = this;
    let [sumOpen, sumClose, squaresOpen, squaresClose, products] = this.sums;
    for (let i = from; i < to; i += 1, at += stride) {
      const bar = base + i;
      if (isAnchor(bar)) {
        anchor = close[i];
        [sumOpen, sumClose, squaresOpen, squaresClose, products] = sumsAround(
          anchor,
          open,
          close,
          i,
          Math.min(period, bar),
        );
      }
      const x = open[i] - anchor;
      const y = close[i] - anchor;
      const oldX = bar < period ? 0 : open[i - period] - anchor;
      const oldY = bar < period ? 0 : close[i - period] - anchor;
      sumOpen += x - oldX;
      sumClose += y - oldY;
      squaresOpen += x * x - oldX * oldX;
      squaresClose += y * y - oldY * oldY;
      products += x * y - oldX * oldY;
      const spreadOpen = period * squaresOpen - sumOpen * sumOpen;
      const spreadClose = period * squaresClose - sumClose * sumClose;
      const floor = FLAT * anchor * anchor;
      const moved = spreadOpen > floor && spreadClose > floor;
      const value = (period * products - sumOpen * sumClose) / Math.sqrt(spreadOpen * spreadClose);
      cells[at] = bar < period - 1 ? Number.NaN : moved ? Math.min(1, Math.max(-1, value)) : 0;
    }
    this.anchor = anchor;
    this.sums = [sumOpen, sumClose, squaresOpen, squaresClose, products];
  }
}

/** Sums, squares and products of the `count` bars before index `end`, as deviations from the anchor. */
function sumsAround(
  anchor: number,
  open: Float64Array,
  close: Float64Array,
  end: number,
  count: number,
): [open: number, close: number, opens: number, closes: number, products: number] {
  let [sumOpen, sumClose, squaresOpen, squaresClose, products] = [0, 0, 0, 0, 0];
  for (let i = end - count; i < end; i += 1) {
    const x = open[i] - anchor;
    const y = close[i] - anchor;
    sumOpen += x;
    sumClose += y;
    squaresOpen += x * x;
    squaresClose += y * y;
    products += x * y;
  }
  return [sumOpen, sumClose, squaresOpen, squaresClose, products];
}
