/** RSI, rate of change and the slow stochastic; where a window did not move they give TA-Lib's 0. */
import { blankUntil, firstOf, pairAt, pairOf, putPair, putRowPair, rollMeans, rowPair, secondOf } from './pairs';
import { at, close, high, Kernel, low, output, put, scratch } from './series';

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
    const averages = scratch();
    const weights = f64x2.splat(weight);
    // Up to bar `period` the averages are sums.
    const firstSmoothed = max(0, min(rows, period + 1 - bar));
    let average = pairOf(this.gain, this.loss);
    for (let r = 0; r < firstSmoothed; r++) {
      const moves = bar + r === 0 ? f64x2.splat(0) : movesAt(prices, from + r);
      average = f64x2.add(average, f64x2.mul(moves, weights));
      putRowPair(averages, r, average);
    }
    const keeps = f64x2.splat(kept);
    for (let r = firstSmoothed; r < rows; r++) {
      average = f64x2.add(f64x2.mul(average, keeps), f64x2.mul(movesAt(prices, from + r), weights));
      putRowPair(averages, r, average);
    }
    this.gain = f64x2.extract_lane(average, 0);
    this.loss = f64x2.extract_lane(average, 1);
    const values = output(this.first);
    for (let r = 0; r < rows; r += 2) {
      const gains = firstOf(rowPair(averages, r), rowPair(averages, r + 1));
      const moved = f64x2.add(gains, secondOf(rowPair(averages, r), rowPair(averages, r + 1)));
      const share = f64x2.div(f64x2.mul(f64x2.splat(100), gains), moved);
      putPair(values, r, v128.andnot(share, f64x2.eq(moved, f64x2.splat(0))));
    }
    blankUntil(period + 1, bar, values, rows);
  }
}

/** Gain and loss of bar `i`. */
function movesAt(prices: usize, i: i32): v128 {
  const change = at(prices, i) - at(prices, i - 1);
  // (|x| ± x) / 2 are gain and loss without a branch on the price.
  return f64x2.mul(f64x2.add(f64x2.splat(abs(change)), pairOf(change, -change)), f64x2.splat(0.5));
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
    const extremes = scratch();
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
      putRowPair(extremes, r, f64x2.pmax(head, rowPair(tails, place)));
    }
    this.place = place;
    v128.store(this.head, head);
    for (let r = 0; r < rows; r += 2) {
      const lowest = f64x2.neg(secondOf(rowPair(extremes, r), rowPair(extremes, r + 1)));
      const range = f64x2.sub(firstOf(rowPair(extremes, r), rowPair(extremes, r + 1)), lowest);
      const share = f64x2.mul(f64x2.div(f64x2.sub(pairAt(prices, from + r), lowest), range), f64x2.splat(100));
      putPair(fast, r, v128.andnot(share, f64x2.eq(range, f64x2.splat(0))));
    }
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
