/** Class weights per bin of one column over the rows of a node, and the best place to cut it by Gini impurity. */
import type { BinnedColumns } from './binning';
import { MAX_BINS } from './binning';

/** Rows being fitted: their classes and weights (how often the bootstrap drew them). */
export interface WeightedRows {
  readonly y: Uint8Array;
  readonly weight: Float64Array;
  readonly classes: number;
}

export interface Cut {
  readonly feature: number;
  /** Rows with bin ≤ this go left. */
  readonly bin: number;
  /** Σ over sides of Σ class weight² / side weight: rises as impurity falls. */
  readonly score: number;
}

/** How a node's cut of one column is chosen. */
export interface CutSearch {
  /**
   * A cut of `feature` over `samples[from … to)` that leaves `minLeaf` rows on either side; null when there is none. `total` holds the
   * node's class weights.
   */
  cutOf(
    feature: number,
    samples: Int32Array,
    from: number,
    to: number,
    total: Float64Array,
    minLeaf: number,
  ): Cut | null;
}

const WORD_BITS = 32;

/** The best cut of a column. Deep nodes hold few rows: only bins that a row fell into are visited and cleared. */
export class ClassHistogram implements CutSearch {
  private readonly weights: Float64Array;
  private readonly counts = new Int32Array(MAX_BINS + 1);
  /** One bit for each bin that holds a row. */
  private readonly occupied = new Int32Array((MAX_BINS + 1) / WORD_BITS);
  private readonly left: Float64Array;

  constructor(
    private readonly binned: BinnedColumns,
    private readonly data: WeightedRows,
  ) {
    this.weights = new Float64Array((MAX_BINS + 1) * data.classes);
    this.left = new Float64Array(data.classes);
  }

  cutOf(
    feature: number,
    samples: Int32Array,
    from: number,
    to: number,
    total: Float64Array,
    minLeaf: number,
  ): Cut | null {
    this.fill(feature, samples, from, to);
    return this.scan(feature, to - from, total, minLeaf);
  }

  private fill(feature: number, samples: Int32Array, from: number, to: number): void {
    const { weights, counts, occupied, data } = this;
    const { y, weight, classes } = data;
    const column = this.binned.bins;
    const base = feature * this.binned.rows;
    for (let i = from; i < to; i += 1) {
      const row = samples[i];
      const bin = column[base + row];
      counts[bin] += 1;
      occupied[bin >> 5] |= 1 << (bin & 31);
      weights[bin * classes + y[row]] += weight[row];
    }
  }

  /** Goes through the occupied bins in ascending order, leaving them empty. */
  private scan(feature: number, rows: number, total: Float64Array, minLeaf: number): Cut | null {
    const { weights, counts, occupied, left } = this;
    const { classes } = this.data;
    left.fill(0);
    let rowsLeft = 0;
    let bestBin = -1;
    let bestScore = -Infinity;
    for (let word = 0; word < occupied.length; word += 1) {
      for (let bits = occupied[word]; bits !== 0; bits &= bits - 1) {
        const bin = word * WORD_BITS + WORD_BITS - 1 - Math.clz32(bits & -bits);
        rowsLeft += counts[bin];
        counts[bin] = 0;
        for (let at = bin * classes, c = 0; c < classes; c += 1, at += 1) {
          left[c] += weights[at];
          weights[at] = 0;
        }
        if (rowsLeft < minLeaf || rows - rowsLeft < minLeaf || rowsLeft === rows) continue;
        const score = cutScore(left, total);
        if (score > bestScore) {
          bestScore = score;
          bestBin = bin;
        }
      }
      occupied[word] = 0;
    }
    return bestBin < 0 ? null : { feature, bin: bestBin, score: bestScore };
  }
}

export function cutScore(left: Float64Array, total: Float64Array): number {
  let weightLeft = 0;
  let weightRight = 0;
  let squaresLeft = 0;
  let squaresRight = 0;
  for (let c = 0; c < left.length; c += 1) {
    const right = total[c] - left[c];
    weightLeft += left[c];
    weightRight += right;
    squaresLeft += left[c] * left[c];
    squaresRight += right * right;
  }
  return squaresLeft / weightLeft + squaresRight / weightRight;
}

/** The score of a node that is not cut. */
export function nodeScore(total: Float64Array): number {
  let weight = 0;
  let squares = 0;
  for (const value of total) {
    weight += value;
    squares += value * value;
  }
  return squares / weight;
}
