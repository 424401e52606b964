/**
 * ATR, Bollinger bands and the rolling correlation of open and close. Squares and products are of deviations from an anchor near the
 * data: prices of 1,690 that vary by 0.5 keep their digits.
 */
import { blankUntil, firstOf, pairAt, pairOf, putPair, putRowPair, rowPair, secondOf } from './pairs';
import { at, barsToAnchor, close, high, isAnchor, Kernel, low, open, output, put, scratch } from './series';

export class Atr extends Kernel {
  private value: f64 = 0;

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
    const highs = high();
    const lows = low();
    const prices = close();
    const ranges = output(this.first);
    const relative = output(this.first + 1);
    let value = this.value;
    for (let r = 0; r < rows; r++, bar++) {
      const i = from + r;
      if (bar > 0) {
        // The gap over a break is part of the true range: a position held over it would have felt it.
        const before = f64x2.splat(at(prices, i - 1));
        const reach = f64x2.sub(
          f64x2.pmax(f64x2.splat(at(highs, i)), before),
          f64x2.pmin(f64x2.splat(at(lows, i)), before),
        );
        const range = f64x2.extract_lane(reach, 0);
        value = bar > period ? value * kept + range * weight : value + range * weight;
      }
      put(ranges, r, value);
    }
    blankUntil(period + 1, bar - rows, ranges, rows);
    for (let r = 0; r < rows; r += 2) putPair(relative, r, f64x2.div(pairAt(ranges, r), pairAt(prices, from + r)));
    this.value = value;
  }
}

/** Bands at `deviations` population standard deviations; width relative to the middle, position 0 at the lower band and 1 at the upper. */
export class Bollinger extends Kernel {
  private anchor: f64 = 0;
  private sum: f64 = 0;
  private squares: f64 = 0;

  constructor(
    first: i32,
    private readonly period: i32,
    private readonly deviations: f64,
  ) {
    super(first);
  }

  run(from: i32, rows: i32, bar: i32): void {
    let r = 0;
    while (r < rows) {
      const next = bar + r;
      if (isAnchor(next)) this.reanchor(close(), from + r, min(this.period, next));
      const part = min(rows - r, barsToAnchor(next));
      this.roll(from + r, part, next, r);
      this.finish(from + r, part, r);
      r += part;
    }
    for (let c = 0; c < 4; c++) blankUntil(this.period, bar, output(this.first + c), rows);
  }

  /** Sums and squares of a part of one anchor, from output row `to` on: first what each row changes, then what it comes to. */
  private roll(from: i32, rows: i32, bar: i32, to: i32): void {
    const period = this.period;
    const prices = close();
    const sums = output(this.first) + ((<usize>to) << 3);
    const squaresColumn = output(this.first + 1) + ((<usize>to) << 3);
    const anchor = f64x2.splat(this.anchor);
    for (let r = 0; r < rows; r += 2) {
      const added = f64x2.sub(pairAt(prices, from + r), anchor);
      const gone = f64x2.sub(pairAt(prices, from + r - period), anchor);
      putPair(sums, r, f64x2.sub(added, gone));
      putPair(squaresColumn, r, f64x2.sub(f64x2.mul(added, added), f64x2.mul(gone, gone)));
    }
    // Before a whole window nothing leaves it.
    for (let r = 0; r < rows && bar + r < period; r++) {
      const added = at(prices, from + r) - this.anchor;
      put(sums, r, added);
      put(squaresColumn, r, added * added);
    }
    let sum = this.sum;
    let squares = this.squares;
    for (let r = 0; r < rows; r++) {
      sum += at(sums, r);
      squares += at(squaresColumn, r);
      put(sums, r, sum);
      put(squaresColumn, r, squares);
    }
    this.sum = sum;
    this.squares = squares;
  }

  /** From sums and squares, which lie where they will be overwritten, to the four columns. */
  private finish(from: i32, rows: i32, to: i32): void {
    const prices = close();
    const uppers = output(this.first) + ((<usize>to) << 3);
    const lowers = output(this.first + 1) + ((<usize>to) << 3);
    const widths = output(this.first + 2) + ((<usize>to) << 3);
    const positions = output(this.first + 3) + ((<usize>to) << 3);
    const anchor = f64x2.splat(this.anchor);
    const period = f64x2.splat(this.period);
    const deviations = f64x2.splat(this.deviations);
    const zero = f64x2.splat(0);
    const half = f64x2.splat(0.5);
    for (let r = 0; r < rows; r += 2) {
      const offset = f64x2.div(pairAt(uppers, r), period);
      const variance = f64x2.sub(f64x2.div(pairAt(lowers, r), period), f64x2.mul(offset, offset));
      const reach = f64x2.mul(deviations, f64x2.sqrt(f64x2.pmax(variance, zero)));
      const mean = f64x2.add(anchor, offset);
      const lower = f64x2.sub(mean, reach);
      const width = f64x2.add(reach, reach);
      let position = f64x2.div(f64x2.sub(pairAt(prices, from + r), lower), width);
      // Bands that have closed have the price in their middle.
      const closed = f64x2.eq(width, zero);
      if (v128.any_true(closed)) position = v128.bitselect(half, position, closed);
      putPair(uppers, r, f64x2.add(mean, reach));
      putPair(lowers, r, lower);
      putPair(widths, r, f64x2.div(width, mean));
      putPair(positions, r, position);
    }
  }

  private reanchor(prices: usize, i: i32, count: i32): void {
    const anchor = at(prices, i);
    let sum: f64 = 0;
    let squares: f64 = 0;
    for (let k = i - count; k < i; k++) {
      const deviation = at(prices, k) - anchor;
      sum += deviation;
      squares += deviation * deviation;
    }
    this.anchor = anchor;
    this.sum = sum;
    this.squares = squares;
  }
}

/** Variance below this share of the squared price is rounding, not movement: a tenth of a tick would be above it. */
const FLAT: f64 = 1e-14;

/** Pearson correlation; 0 where open or close did not move, as TA-Lib's CORREL. */
export class OpenCloseCorrelation extends Kernel {
  private anchor: f64 = 0;
  private sumOpen: f64 = 0;
  private sumClose: f64 = 0;
  private squaresOpen: f64 = 0;
  private squaresClose: f64 = 0;
  private products: f64 = 0;

  constructor(
    first: i32,
    private readonly period: i32,
  ) {
    super(first);
  }

  run(from: i32, rows: i32, bar: i32): void {
    const values = output(this.first);
    let r = 0;
    while (r < rows) {
      const next = bar + r;
      if (isAnchor(next)) this.reanchor(from + r, min(this.period, next));
      const part = min(rows - r, barsToAnchor(next));
      // Bars before a whole window exist in the first part only; nothing leaves their sums.
      const filling = max(0, min(part, this.period - next));
      this.roll(from + r, filling, values + ((<usize>r) << 3), false);
      r += filling;
      this.roll(from + r, part - filling, values + ((<usize>r) << 3), true);
      r += part - filling;
    }
    blankUntil(this.period, bar, values, rows);
  }

  /** Rows of one anchor; open and close are the lanes of a pair. */
  // @ts-ignore: decorator
  @inline
  private roll(from: i32, rows: i32, values: usize, full: bool): void {
    const opens = open();
    const closes = close();
    const spreads = scratch();
    const count = <f64>this.period;
    const counts = f64x2.splat(count);
    const anchor = f64x2.splat(this.anchor);
    let sums = pairOf(this.sumOpen, this.sumClose);
    let squares = pairOf(this.squaresOpen, this.squaresClose);
    let products = this.products;
    for (let r = 0; r < rows; r++) {
      const i = from + r;
      const added = f64x2.sub(pairOf(at(opens, i), at(closes, i)), anchor);
      let gone = f64x2.splat(0);
      if (full) gone = f64x2.sub(pairOf(at(opens, i - this.period), at(closes, i - this.period)), anchor);
      sums = f64x2.add(sums, f64x2.sub(added, gone));
      squares = f64x2.add(squares, f64x2.sub(f64x2.mul(added, added), f64x2.mul(gone, gone)));
      products += crossed(added) - crossed(gone);
      putRowPair(spreads, r, f64x2.sub(f64x2.mul(counts, squares), f64x2.mul(sums, sums)));
      put(values, r, count * products - crossed(sums));
    }
    this.sumOpen = f64x2.extract_lane(sums, 0);
    this.sumClose = f64x2.extract_lane(sums, 1);
    this.squaresOpen = f64x2.extract_lane(squares, 0);
    this.squaresClose = f64x2.extract_lane(squares, 1);
    this.products = products;
    this.finish(values, rows);
  }

  /** From covariances in `values` and the variances beside them to correlations. */
  private finish(values: usize, rows: i32): void {
    const spreads = scratch();
    const one = f64x2.splat(1);
    const floor = f64x2.splat(FLAT * this.anchor * this.anchor);
    for (let r = 0; r < rows; r += 2) {
      const opens = firstOf(rowPair(spreads, r), rowPair(spreads, r + 1));
      const closes = secondOf(rowPair(spreads, r), rowPair(spreads, r + 1));
      const value = f64x2.div(pairAt(values, r), f64x2.sqrt(f64x2.mul(opens, closes)));
      const bounded = f64x2.pmax(f64x2.pmin(value, one), f64x2.neg(one));
      putPair(values, r, v128.and(bounded, v128.and(f64x2.gt(opens, floor), f64x2.gt(closes, floor))));
    }
  }

  /** Sums, squares and products of the `count` bars before row `end`, as deviations from its close. */
  private reanchor(end: i32, count: i32): void {
    const anchor = at(close(), end);
    this.anchor = anchor;
    this.sumOpen = this.sumClose = this.squaresOpen = this.squaresClose = this.products = 0;
    for (let i = end - count; i < end; i++) {
      const x = at(open(), i) - anchor;
      const y = at(close(), i) - anchor;
      this.sumOpen += x;
      this.sumClose += y;
      this.squaresOpen += x * x;
      this.squaresClose += y * y;
      this.products += x * y;
    }
  }
}

/** The product of a pair's lanes. */
function crossed(pair: v128): f64 {
  return f64x2.extract_lane(pair, 0) * f64x2.extract_lane(pair, 1);
}
