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

export class ClassHistogram {
  private readonly weights: Float64Array;
  private readonly counts = new Int32Array(MAX_BINS + 1);
  private readonly left: Float64Array;

  constructor(
    private readonly binned: BinnedColumns,
    private readonly data: WeightedRows,
  ) {
    this.weights = new Float64Array((MAX_BINS + 1) * data.classes);
    this.left = new Float64Array(data.classes);
  }

  /**
   * The best cut of `feature` over `samples[from … to)` that leaves `minLeaf` rows on either side; null when the column does not vary
   * enough. `total` holds the node's class weights.
   */
  bestCut(
    feature: number,
    samples: Int32Array,
    from: number,
    to: number,
    total: Float64Array,
    minLeaf: number,
  ): Cut | null {
    const bins = this.binned.thresholds[feature].length + 1;
    this.fill(feature, samples, from, to, bins);
    return this.scan(feature, bins, to - from, total, minLeaf);
  }

  private fill(feature: number, samples: Int32Array, from: number, to: number, bins: number): void {
    const { weights, counts, data } = this;
    const { y, weight, classes } = data;
    const column = this.binned.bins;
    const base = feature * this.binned.rows;
    weights.fill(0, 0, bins * classes);
    counts.fill(0, 0, bins);
    for (let i = from; i < to; i += 1) {
      const row = samples[i];
      const bin = column[base + row];
      counts[bin] += 1;
      weights[bin * classes + y[row]] += weight[row];
    }
  }

  private scan(feature: number, bins: number, rows: number, total: Float64Array, minLeaf: number): Cut | null {
    const { weights, counts, left } = this;
    const { classes } = this.data;
    left.fill(0);
    let rowsLeft = 0;
    let bestBin = -1;
    let bestScore = -Infinity;
    for (let bin = 0; bin < bins - 1; bin += 1) {
      if (counts[bin] === 0) continue;
      rowsLeft += counts[bin];
      for (let c = 0; c < classes; c += 1) left[c] += weights[bin * classes + c];
      if (rowsLeft < minLeaf) continue;
      if (rows - rowsLeft < minLeaf || rowsLeft === rows) break;
      const score = cutScore(left, total);
      if (score > bestScore) {
        bestScore = score;
        bestBin = bin;
      }
    }
    return bestBin < 0 ? null : { feature, bin: bestBin, score: bestScore };
  }
}

function cutScore(left: Float64Array, total: Float64Array): number {
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
