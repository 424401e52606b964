/** One random cut of a column: a value drawn between the node's lowest and highest (extremely randomised trees, Geurts 2006). */
import type { Random } from '../random';
import { binOf } from './binning';
import type { BinnedColumns } from './binning';
import { cutScore } from './class-histogram';
import type { Cut, CutSearch, WeightedRows } from './class-histogram';

export class RandomCut implements CutSearch {
  private readonly left: Float64Array;

  constructor(
    private readonly binned: BinnedColumns,
    private readonly data: WeightedRows,
    private readonly random: Random,
  ) {
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
    const bin = this.drawBin(feature, samples, from, to);
    if (bin === null) return null;
    const rowsLeft = this.sumLeft(feature, bin, samples, from, to);
    if (rowsLeft < minLeaf || to - from - rowsLeft < minLeaf) return null;
    return { feature, bin, score: cutScore(this.left, total) };
  }

  /** Uniform in the column's values, not in its bins; null when all rows lie in one bin. */
  private drawBin(feature: number, samples: Int32Array, from: number, to: number): number | null {
    const { bins, rows, thresholds } = this.binned;
    const base = feature * rows;
    let lowest = bins[base + samples[from]];
    let highest = lowest;
    for (let i = from + 1; i < to; i += 1) {
      const bin = bins[base + samples[i]];
      if (bin < lowest) lowest = bin;
      else if (bin > highest) highest = bin;
    }
    if (lowest === highest) return null;
    const cuts = thresholds[feature];
    const low = cuts[lowest];
    return Math.min(highest - 1, binOf(low + (cuts[highest - 1] - low) * this.random.next(), cuts));
  }

  /** Sums the class weights left of the cut; returns how many rows are there. */
  private sumLeft(feature: number, bin: number, samples: Int32Array, from: number, to: number): number {
    const { left } = this;
    const { y, weight } = this.data;
    const { bins, rows } = this.binned;
    const base = feature * rows;
    left.fill(0);
    let count = 0;
    for (let i = from; i < to; i += 1) {
      const row = samples[i];
      if (bins[base + row] > bin) continue;
      left[y[row]] += weight[row];
      count += 1;
    }
    return count;
  }
}
