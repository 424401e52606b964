/** RSI, rate of change and the slow stochastic; where a window did not move they give TA-Lib's 0. */
import { blankUntil, pairOf, rollMeans } from './pairs';
import { at, close, high, Kernel, low, output, put } from './series';

export class Rsi extends Kernel {
  private gain: f64 = 0;
  private loss: f64 = 0;

  constructor(
    first: i32,
    private readonly period: i32,
  ) {
    super(first);
  }

  run(from: i32, rows: i32, bar: i32): void {
    const period = this.period;
    const weight = 1 / <f64>period;
    const kept = 1 - weight;
    const prices = close();
    const values = output(this.first);
    let gain = this.gain;
    let loss = this.loss;
    for (let r = 0; r < rows; r++, bar++) {
      const i = from + r;
      const change = bar === 0 ? 0 : at(prices, i) - at(prices, i - 1);
      const size = abs(change);
      // (|x| ± x) / 2 are gain and loss without a branch on the price.
      const up = (size + change) / 2;
      const down = (size - change) / 2;
      if (bar > period) {
        gain = gain * kept + up * weight;
        loss = loss * kept + down * weight;
      } else {
        gain += up * weight;
        loss += down * weight;
      }
      const moved = gain + loss;
      put(values, r, bar < period ? NaN : moved === 0 ? 0 : (100 * gain) / moved);
    }
    this.gain = gain;
    this.loss = loss;
  }
}

export class Roc extends Kernel {
  constructor(
    first: i32,
    private readonly period: i32,
  ) {
    super(first);
  }

  run(from: i32, rows: i32, bar: i32): void {
    const period = this.period;
    const prices = close();
    const values = output(this.first);
    for (let r = 0; r < rows; r++) {
      const i = from + r;
      put(values, r, bar + r < period ? NaN : (at(prices, i) / at(prices, i - period) - 1) * 100);
    }
  }
}

/**
 * %K smoothed over `slowK` bars and %D over `slowD` bars of it, both by the plain mean.
 * Highest high and lowest low by van Herk's blocks, both at once as the maxima of the pair (high, −low): at the end of each block of
 * `period` bars the maxima of its tails are noted; a window is one tail of the block before and the head of this one. Two comparisons
 * a bar, no branch that depends on prices.
 */
export class Stochastic extends Kernel {
  /** tails[k]: maxima of bars k … period − 1 of the block before; nothing beyond its end and before the first block ends. */
  private readonly tails: usize;
  /** Maxima of this block so far, kept behind the tails between calls. */
  private readonly head: usize;
  private place: i32 = 0;
  /** Fast and slow %K of this call, behind those of before that the means still need. */
  private readonly fast: usize;
  private readonly slow: usize;

  constructor(
    first: i32,
    private readonly period: i32,
    private readonly slowK: i32,
    private readonly slowD: i32,
    rows: i32,
  ) {
    super(first);
    this.tails = heap.alloc(<usize>(period + 2) * 16);
    this.head = this.tails + <usize>(period + 1) * 16;
    this.fast = heap.alloc(<usize>(slowK + rows + 2) * 8);
    this.slow = heap.alloc(<usize>(slowD + rows + 2) * 8);
    for (let k = 0; k <= period + 1; k++) v128.store(this.tails + ((<usize>k) << 4), f64x2.splat(-Infinity));
    memory.fill(this.fast, 0, <usize>slowK * 8);
    memory.fill(this.slow, 0, <usize>slowD * 8);
  }

  run(from: i32, rows: i32, bar: i32): void {
    const slowK = this.slowK;
    const slowD = this.slowD;
    const fast = this.fast;
    const slow = this.slow;
    const ks = output(this.first);
    const ds = output(this.first + 1);
    this.fastK(from, rows);
    rollMeans(fast + 8, slowK, slow + ((<usize>slowD) << 3), rows);
    rollMeans(slow + 8, slowD, ds, rows);
    memory.copy(ks, slow + ((<usize>slowD) << 3), (<usize>rows) << 3);
    const firstK = this.period + slowK - 1;
    blankUntil(firstK, bar, ks, rows);
    blankUntil(firstK + slowD - 1, bar, ds, rows);
    memory.copy(fast, fast + ((<usize>rows) << 3), (<usize>slowK) << 3);
    memory.copy(slow, slow + ((<usize>rows) << 3), (<usize>slowD) << 3);
  }

  private fastK(from: i32, rows: i32): void {
    const period = this.period;
    const tails = this.tails;
    const highs = high();
    const lows = low();
    const prices = close();
    const fast = this.fast + ((<usize>this.slowK) << 3);
    let place = this.place;
    let head = v128.load(this.head);
    for (let r = 0; r < rows; r++) {
      const i = from + r;
      if (place === period) {
        this.endBlock(i);
        head = f64x2.splat(-Infinity);
        place = 0;
      }
      place++;
      head = f64x2.pmax(head, reachAt(highs, lows, i));
      const extremes = f64x2.pmax(head, v128.load(tails + ((<usize>place) << 4)));
      const lowest = -f64x2.extract_lane(extremes, 1);
      const range = f64x2.extract_lane(extremes, 0) - lowest;
      put(fast, r, range === 0 ? 0 : ((at(prices, i) - lowest) / range) * 100);
    }
    this.place = place;
    v128.store(this.head, head);
  }

  /** The block that ends before row `end` is over. */
  private endBlock(end: i32): void {
    let extremes = f64x2.splat(-Infinity);
    for (let k = this.period - 1; k >= 0; k--) {
      extremes = f64x2.pmax(extremes, reachAt(high(), low(), end - this.period + k));
      v128.store(this.tails + ((<usize>k) << 4), extremes);
    }
  }
}

function reachAt(highs: usize, lows: usize, i: i32): v128 {
  return pairOf(at(highs, i), -at(lows, i));
}
