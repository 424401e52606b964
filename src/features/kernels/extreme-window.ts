/**
 * Maximum of a window of a series by van Herk's blocks: at the end of each block of `period` bars the maxima of its tails are noted; a
 * window is one tail of the block before and one head of this one. Two comparisons a bar, no branches that depend on prices.
 */
export class ExtremeWindow {
  /** tails[k]: maximum of bars k … period − 1 of the block before; −∞ beyond its end and in the first block. */
  readonly tails: Float64Array;
  /** Maximum of this block so far. */
  head = Number.NEGATIVE_INFINITY;

  constructor(private readonly period: number) {
    this.tails = new Float64Array(period + 1).fill(Number.NEGATIVE_INFINITY);
  }

  /** Begins the block at index `i` of `sign` × `values`, of which `period` earlier ones are there. `sign` −1 makes it a minimum. */
  beginBlock(values: Float64Array, i: number, sign: 1 | -1): void {
    const { tails, period } = this;
    for (let k = period - 1; k >= 0; k -= 1) tails[k] = Math.max(tails[k + 1], sign * values[i - period + k]);
    this.head = Number.NEGATIVE_INFINITY;
  }
}
