/** One classification tree, depth first, by histogram cuts over a random subset of the columns at each node. */
import type { Random } from '../random';
import type { BinnedColumns } from './binning';
import { ClassHistogram, nodeScore } from './class-histogram';
import type { Cut, CutSearch, WeightedRows } from './class-histogram';
import { RandomCut } from './random-cut';
import { TreeBuilder } from './tree';
import type { Tree } from './tree';

/** Names and meaning as in scikit-learn's tree estimators. */
export interface TreeLimits {
  readonly max_depth: number | null;
  readonly min_samples_split: number;
  readonly min_samples_leaf: number;
  /** Columns tried at a node; more only if none of these can be cut. */
  readonly max_features: number;
  /** scikit-learn's name: the best cut of each column tried, or a random one. */
  readonly splitter: 'best' | 'random';
}

interface PendingNode {
  readonly node: number;
  readonly from: number;
  readonly to: number;
  readonly depth: number;
  readonly total: Float64Array;
}

/** A cut must raise the score by this share: below it is rounding. */
const MIN_GAIN = 1e-12;

/** Grows a tree on the rows of weight > 0. */
export function growClassificationTree(
  binned: BinnedColumns,
  data: WeightedRows,
  limits: TreeLimits,
  random: Random,
): Tree {
  return new ClassificationTreeGrower(binned, data, limits, random).grow();
}

class ClassificationTreeGrower {
  private readonly samples: Int32Array;
  private readonly scratch: Int32Array;
  private readonly search: CutSearch;
  private readonly builder: TreeBuilder;
  private readonly features: Int32Array;

  constructor(
    private readonly binned: BinnedColumns,
    private readonly data: WeightedRows,
    private readonly limits: TreeLimits,
    private readonly random: Random,
  ) {
    const rows: number[] = [];
    data.weight.forEach((weight, row) => {
      if (weight > 0) rows.push(row);
    });
    this.samples = Int32Array.from(rows);
    this.scratch = new Int32Array(rows.length);
    this.search = limits.splitter === 'best' ? new ClassHistogram(binned, data) : new RandomCut(binned, data, random);
    this.builder = new TreeBuilder(data.classes);
    this.features = Int32Array.from({ length: binned.columns }, (_item, i) => i);
  }

  grow(): Tree {
    const pending = [this.leaf(0, this.samples.length, 0)];
    for (let item = pending.pop(); item !== undefined; item = pending.pop()) {
      const cut = this.cutOf(item);
      if (cut === null) continue;
      const middle = this.partition(item.from, item.to, cut);
      const left = this.leaf(item.from, middle, item.depth + 1);
      const right = this.leaf(middle, item.to, item.depth + 1);
      const threshold = this.binned.thresholds[cut.feature][cut.bin];
      this.builder.split(item.node, cut.feature, threshold, left.node, right.node);
      pending.push(right, left);
    }
    return this.builder.finish();
  }

  private leaf(from: number, to: number, depth: number): PendingNode {
    const { y, weight, classes } = this.data;
    const total = new Float64Array(classes);
    let sum = 0;
    for (let i = from; i < to; i += 1) {
      const row = this.samples[i];
      total[y[row]] += weight[row];
      sum += weight[row];
    }
    const node = this.builder.addLeaf(total.map((value) => value / sum));
    return { node, from, to, depth, total };
  }

  private cutOf({ from, to, depth, total }: PendingNode): Cut | null {
    const { max_depth, min_samples_split, min_samples_leaf, max_features } = this.limits;
    const rows = to - from;
    if (rows < min_samples_split || rows < 2 * min_samples_leaf || depth === max_depth) return null;
    const uncut = nodeScore(total);
    // Nothing can be gained in a pure node. Before a best cut its columns are drawn all the same: the seed's trees stay what they were.
    const isPure = total.filter((weight) => weight > 0).length < 2;
    if (isPure && this.limits.splitter === 'random') return null;
    let best: Cut | null = null;
    let left = this.features.length;
    for (let tried = 0; left > 0 && (tried < max_features || best === null); tried += 1) {
      const feature = this.drawFeature(left);
      left -= 1;
      if (isPure) continue;
      const cut = this.search.cutOf(feature, this.samples, from, to, total, min_samples_leaf);
      if (cut !== null && cut.score > (best?.score ?? uncut * (1 + MIN_GAIN))) best = cut;
    }
    return best;
  }

  /** Draws one of the first `left` features and moves it behind them: a shuffle as far as it is needed. */
  private drawFeature(left: number): number {
    const { features } = this;
    const at = this.random.below(left);
    const feature = features[at];
    features[at] = features[left - 1];
    features[left - 1] = feature;
    return feature;
  }

  /** Stable partition of samples[from … to); returns where the right side begins. */
  private partition(from: number, to: number, { feature, bin }: Cut): number {
    const { samples, scratch, binned } = this;
    const base = feature * binned.rows;
    let left = from;
    let right = 0;
    for (let i = from; i < to; i += 1) {
      const row = samples[i];
      if (binned.bins[base + row] <= bin) {
        samples[left] = row;
        left += 1;
      } else {
        scratch[right] = row;
        right += 1;
      }
    }
    samples.set(scratch.subarray(0, right), left);
    return left;
  }
}
