/** A decision tree as arrays, node 0 the root: what every tree model is made of and exported from. */
export interface Tree {
  readonly nodes: number;
  /** Column that a node tests, −1 in a leaf. */
  readonly feature: Int32Array;
  /** A row goes left when its float32 value ≤ this float32. */
  readonly threshold: Float32Array;
  readonly left: Int32Array;
  readonly right: Int32Array;
  /** nodes × outputs; leaves hold what the tree answers (class shares in a forest). */
  readonly values: Float32Array;
  readonly outputs: number;
}

export const LEAF = -1;

/** Index of the leaf that the row at `offset` of `x` ends in. */
export function leafOf(tree: Tree, x: Float32Array, offset: number): number {
  const { feature, threshold, left, right } = tree;
  let node = 0;
  while (feature[node] !== LEAF) {
    node = x[offset + feature[node]] <= threshold[node] ? left[node] : right[node];
  }
  return node;
}

/** Grows node by node; `finish` trims it to a Tree. */
export class TreeBuilder {
  private readonly feature: number[] = [];
  private readonly threshold: number[] = [];
  private readonly left: number[] = [];
  private readonly right: number[] = [];
  private readonly values: number[] = [];

  constructor(private readonly outputs: number) {}

  /** Adds a leaf with these values and returns its index. */
  addLeaf(values: ArrayLike<number>): number {
    const node = this.feature.length;
    this.feature.push(LEAF);
    this.threshold.push(0);
    this.left.push(LEAF);
    this.right.push(LEAF);
    for (let i = 0; i < this.outputs; i += 1) this.values.push(values[i]);
    return node;
  }

  /** Replaces what a leaf answers. */
  setValues(node: number, values: ArrayLike<number>): void {
    for (let i = 0; i < this.outputs; i += 1) this.values[node * this.outputs + i] = values[i];
  }

  /** Turns a leaf into a test. */
  split(node: number, feature: number, threshold: number, left: number, right: number): void {
    this.feature[node] = feature;
    this.threshold[node] = threshold;
    this.left[node] = left;
    this.right[node] = right;
  }

  finish(): Tree {
    return {
      nodes: this.feature.length,
      feature: Int32Array.from(this.feature),
      threshold: Float32Array.from(this.threshold),
      left: Int32Array.from(this.left),
      right: Int32Array.from(this.right),
      values: Float32Array.from(this.values),
      outputs: this.outputs,
    };
  }
}
