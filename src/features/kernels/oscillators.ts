/** RSI, rate of change and the slow stochastic; where a window did not move they give TA-Lib's 0. */
import type { BarSeries } from '../bar-series';
import { ExtremeWindow } from './extreme-window';
import { sumBefore } from './kernel';
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

/** %K smoothed over `slowK` bars and %D over `slowD` bars of it, both by the plain mean. */
export class StochasticKernel implements Kernel {
  readonly lookback: number;
  private readonly highest: ExtremeWindow;
  private readonly lowest: ExtremeWindow;
  /** Fast and slow %K of the bars of this call, behind those of before that the means still need. */
  private fast: Float64Array;
  private slow: Float64Array;
  private place = 0;

  constructor(
    private readonly period: number,
    private readonly slowK: number,
    private readonly slowD: number,
  ) {
    this.lookback = period;
    this.highest = new ExtremeWindow(period, 1);
    this.lowest = new ExtremeWindow(period, -1);
    this.fast = new Float64Array(slowK);
    this.slow = new Float64Array(slowD);
  }

  run(series: BarSeries, from: number, to: number, cells: FeatureCells, at: number, stride: number): void {
    const { slowK, slowD } = this;
    const rows = to - from;
    this.fast = withRoom(this.fast, slowK, rows);
    this.slow = withRoom(this.slow, slowD, rows);
    this.fastK(series, from, to);
    const { fast, slow } = this;
    const firstK = this.period + slowK - 2;
    for (let r = 0, cell = at, bar = series.base + from; r < rows; r += 1, cell += stride, bar += 1) {
      const k = sumBefore(fast, slowK + r + 1, slowK) / slowK;
      slow[slowD + r] = k;
      cells[cell] = bar < firstK ? Number.NaN : k;
      cells[cell + 1] = bar < firstK + slowD - 1 ? Number.NaN : sumBefore(slow, slowD + r + 1, slowD) / slowD;
    }
    fast.copyWithin(0, rows, rows + slowK);
    slow.copyWithin(0, rows, rows + slowD);
  }

  private fastK({ high, low, close }: BarSeries, from: number, to: number): void {
    const { period, highest, lowest, fast, slowK } = this;
    const highTails = highest.tails;
    const lowTails = lowest.tails;
    let { place } = this;
    let top = highest.head;
    let bottom = lowest.head;
    for (let i = from, at = slowK; i < to; i += 1, at += 1) {
      if (place === period) {
        highest.endBlock(high, i);
        lowest.endBlock(low, i);
        top = Number.NEGATIVE_INFINITY;
        bottom = Number.POSITIVE_INFINITY;
        place = 0;
      }
      place += 1;
      top = Math.max(top, high[i]);
      bottom = Math.min(bottom, low[i]);
      const lowestLow = Math.min(bottom, lowTails[place]);
      const range = Math.max(top, highTails[place]) - lowestLow;
      fast[at] = range === 0 ? 0 : ((close[i] - lowestLow) / range) * 100;
    }
    this.place = place;
    highest.head = top;
    lowest.head = bottom;
  }
}

/** `values` itself, or a longer copy, with room for `rows` values behind its first `kept`. */
function withRoom(values: Float64Array, kept: number, rows: number): Float64Array {
  if (values.length >= kept + rows) return values;
  const longer = new Float64Array(kept + rows);
  longer.set(values.subarray(0, kept));
  return longer;
}
