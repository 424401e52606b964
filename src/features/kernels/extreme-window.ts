/**
 * Highest or lowest value of a window by van Herk's blocks: at the end of each block of `period` bars the extremes of its tails are
 * noted; a window is one tail of the block before and the head of this one. Two comparisons a bar, no branch that depends on prices.
 */
export class ExtremeWindow {
  /** tails[k]: extreme of bars k … period − 1 of the block before; nothing beyond its end and before the first block ends. */
  readonly tails: Float64Array;
  /** Extreme of this block so far. */
  head: number;
  private readonly nothing: number;

  /** `sign` 1 gives the highest value, −1 the lowest. */
  constructor(
    private readonly period: number,
    private readonly sign: 1 | -1,
  ) {
    this.nothing = sign === 1 ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
    this.tails = new Float64Array(period + 1).fill(this.nothing);
    this.head = this.nothing;
  }

  /** The block that ends before index `end` is over. */
  endBlock(values: Float64Array, end: number): void {
    const { tails, period, sign } = this;
    let extreme = this.nothing;
    for (let k = period - 1; k >= 0; k -= 1) {
      const value = values[end - period + k];
      extreme = sign === 1 ? Math.max(extreme, value) : Math.min(extreme, value);
      tails[k] = extreme;
    }
  }
}
