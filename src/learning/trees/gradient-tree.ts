/** One regression tree on gradients (Newton boosting): leaf-wise as LightGBM, depth-wise as XGBoost, symmetric as CatBoost. */
import type { BinnedColumns } from './binning';
import type { CutLimits, GradientCut, GradientHistograms, GradientSums } from './gradient-histogram';
import { TreeBuilder } from './tree';
import type { Tree } from './tree';

/** XGBoost's and CatBoost's names: `lossguide` cuts the leaf that gains most, `depthwise` level by level, `symmetrictree` all leaves of a level alike. */
export type GrowPolicy = 'lossguide' | 'depthwise' | 'symmetrictree';

export interface GradientTreeLimits {
  readonly grow_policy: GrowPolicy;
  readonly num_leaves: number;
  /** Infinity: no limit. */
  readonly max_depth: number;
  readonly min_child_samples: number;
  readonly min_child_weight: number;
  readonly min_split_gain: number;
  readonly reg_lambda: number;
}

export interface GradientRows {
  /** Rows to grow on, ascending. */
  readonly bag: Int32Array;
  readonly features: readonly number[];
  readonly g: Float64Array;
  readonly h: Float64Array;
}

/** The rows of `bag` that ended in a leaf. */
export interface FilledLeaf {
  readonly node: number;
  readonly rows: Int32Array;
}

export interface GrownTree {
  readonly tree: Tree;
  /** Views that are valid until the next tree is grown. */
  readonly leaves: readonly FilledLeaf[];
}

interface Leaf {
  readonly node: number;
  readonly from: number;
  readonly to: number;
  readonly depth: number;
  readonly sums: GradientSums;
  readonly slot: number;
  readonly cut: GradientCut | null;
}

/** Leaf values are −G / (H + reg_lambda) × `shrinkage`, from the gradients themselves. */
export function growGradientTree(
  histograms: GradientHistograms,
  binned: BinnedColumns,
  rows: GradientRows,
  limits: GradientTreeLimits,
  shrinkage: number,
): GrownTree {
  const grower = new GradientTreeGrower(histograms, binned, rows, limits, shrinkage);
  return limits.grow_policy === 'symmetrictree' ? grower.growSymmetric() : grower.growBestFirst();
}

class GradientTreeGrower {
  private readonly builder = new TreeBuilder(1);
  private readonly freeSlots: number[] = [];
  private slots = 0;
  private leafCount = 1;

  constructor(
    private readonly histograms: GradientHistograms,
    private readonly binned: BinnedColumns,
    private readonly rows: GradientRows,
    private readonly limits: GradientTreeLimits,
    private readonly shrinkage: number,
  ) {}

  growBestFirst(): GrownTree {
    const open: Leaf[] = [this.withCut(this.root())];
    const closed: Leaf[] = [];
    for (let leaf = this.takeNext(open); leaf !== null; leaf = this.takeNext(open)) {
      if (leaf.cut === null) closed.push(leaf);
      else open.push(...this.split(leaf, leaf.cut));
    }
    return this.finish(closed);
  }

  /** All leaves of a level are cut alike, so that the tree is a table; a side that no row reaches answers 0. */
  growSymmetric(): GrownTree {
    let level: Leaf[] = [this.root()];
    for (let depth = 0; depth < this.limits.max_depth; depth += 1) {
      const cut = this.histograms.bestSharedCut(level, this.cutLimits(1, 1));
      if (cut === null) break;
      const isLast = depth + 1 === this.limits.max_depth;
      level = level.flatMap((leaf) => {
        const middle = this.histograms.partition(leaf.from, leaf.to, cut.feature, cut.bin);
        return this.children(leaf, cut, middle, this.histograms.sumsOf(leaf.from, middle), !isLast);
      });
    }
    return this.finish(level);
  }

  private root(): Leaf {
    const { bag, features, g, h } = this.rows;
    const sums = this.histograms.begin(bag, features, g, h);
    const slot = this.takeSlot();
    this.histograms.fill(slot, 0, bag.length);
    return { node: this.builder.addLeaf([0]), from: 0, to: bag.length, depth: 0, sums, slot, cut: null };
  }

  /** Removes and returns the leaf to look at next: of the lowest level if depth-wise, then of the highest gain; the first wins a tie. */
  private takeNext(open: Leaf[]): Leaf | null {
    if (open.length === 0) return null;
    const depthFirst = this.limits.grow_policy === 'depthwise';
    const gainOf = ({ cut }: Leaf): number => cut?.gain ?? -1;
    let best = 0;
    for (let i = 1; i < open.length; i += 1) {
      const levels = depthFirst ? open[best].depth - open[i].depth : 0;
      if (levels > 0 || (levels === 0 && gainOf(open[i]) > gainOf(open[best]))) best = i;
    }
    return open.splice(best, 1)[0];
  }

  private split(leaf: Leaf, cut: GradientCut): readonly Leaf[] {
    if (this.leafCount === this.limits.num_leaves) return [{ ...leaf, cut: null }];
    const middle = this.histograms.partition(leaf.from, leaf.to, cut.feature, cut.bin);
    const mayGrow = this.leafCount + 1 < this.limits.num_leaves && leaf.depth + 1 < this.limits.max_depth;
    return this.children(leaf, cut, middle, cut.left, mayGrow).map((child) => (mayGrow ? this.withCut(child) : child));
  }

  /** The two sides of a leaf; if they may be cut again, with the smaller one's histogram summed and the other's by subtraction. */
  private children(
    leaf: Leaf,
    { feature, bin }: { readonly feature: number; readonly bin: number },
    middle: number,
    left: GradientSums,
    withHistograms: boolean,
  ): readonly [Leaf, Leaf] {
    const { from, to } = leaf;
    this.leafCount += 1;
    const leftNode = this.builder.addLeaf([0]);
    const rightNode = this.builder.addLeaf([0]);
    this.builder.split(leaf.node, feature, this.binned.thresholds[feature][bin], leftNode, rightNode);
    const leftIsSmaller = middle - from <= to - middle;
    let slot = leaf.slot;
    if (withHistograms) {
      slot = this.takeSlot();
      this.histograms.fill(slot, leftIsSmaller ? from : middle, leftIsSmaller ? middle : to);
      this.histograms.subtract(leaf.slot, slot);
    } else {
      this.freeSlots.push(leaf.slot);
    }
    const right = { g: leaf.sums.g - left.g, h: leaf.sums.h - left.h };
    const side = { depth: leaf.depth + 1, cut: null };
    return [
      { ...side, node: leftNode, from, to: middle, sums: left, slot: leftIsSmaller ? slot : leaf.slot },
      { ...side, node: rightNode, from: middle, to, sums: right, slot: leftIsSmaller ? leaf.slot : slot },
    ];
  }

  private withCut(leaf: Leaf): Leaf {
    const { histograms, limits } = this;
    const rows = leaf.to - leaf.from;
    const isLarge = rows >= 2 * limits.min_child_samples && leaf.depth < limits.max_depth;
    const cut = isLarge
      ? histograms.bestCut(leaf.slot, leaf.sums, this.cutLimits(rows, histograms.hessianOf(leaf.sums)))
      : null;
    if (cut === null) this.freeSlots.push(leaf.slot);
    return { ...leaf, cut };
  }

  /** As in LightGBM, a side's rows are counted by its share of the leaf's hessian. */
  private cutLimits(rows: number, hessian: number): CutLimits {
    const { min_child_samples, min_child_weight, min_split_gain, reg_lambda } = this.limits;
    const hessianOfRows = ((min_child_samples - 0.5) * hessian) / rows;
    return { lambda: reg_lambda, minHessian: Math.max(min_child_weight, hessianOfRows), minGain: min_split_gain };
  }

  private takeSlot(): number {
    const free = this.freeSlots.pop();
    if (free !== undefined) return free;
    this.slots += 1;
    return this.slots - 1;
  }

  private finish(leaves: readonly Leaf[]): GrownTree {
    const { g, h } = this.rows;
    const filled = leaves.map(({ node, from, to }) => ({ node, rows: this.histograms.rowsOf(from, to) }));
    for (const { node, rows } of filled) {
      let gSum = 0;
      let hSum = 0;
      for (const row of rows) {
        gSum += g[row];
        hSum += h[row];
      }
      const value = hSum > 0 ? (-gSum / (hSum + this.limits.reg_lambda)) * this.shrinkage : 0;
      this.builder.setValues(node, [value]);
    }
    return { tree: this.builder.finish(), leaves: filled };
  }
}
