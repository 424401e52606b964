/**
 * Random forest (Breiman 2001) and extremely randomised trees (Geurts 2006): scikit-learn's RandomForestClassifier and
 * ExtraTreesClassifier with their parameter names and defaults; impurity is Gini's, cuts lie between at most 255 bins of a column.
 */
import { checkDataset } from '../dataset';
import type { Dataset, Probabilities } from '../dataset';
import { createRandom } from '../random';
import type { Random } from '../random';
import { binColumns, MAX_BINS } from './binning';
import { growClassificationTree } from './classification-tree';
import type { TreeLimits } from './classification-tree';
import { InvalidParameterError } from './invalid-parameter';
import { checkSampleWeight, weightsOf } from './sampling';
import { leafOf } from './tree';
import type { Tree } from './tree';

export interface ForestParameters {
  readonly n_estimators: number;
  readonly max_depth: number | null;
  readonly min_samples_split: number;
  readonly min_samples_leaf: number;
  /** Columns tried at each node: their square root, or a number. */
  readonly max_features: 'sqrt' | number;
  readonly bootstrap: boolean;
  /** At most 255. */
  readonly max_bins: number;
  readonly random_state: number;
}

export const FOREST_DEFAULTS: ForestParameters = {
  n_estimators: 100,
  max_depth: null,
  min_samples_split: 2,
  min_samples_leaf: 1,
  max_features: 'sqrt',
  bootstrap: true,
  max_bins: 255,
  random_state: 0,
};

export interface Forest {
  readonly columns: number;
  readonly classes: number;
  readonly trees: readonly Tree[];
}

/** ExtraTreesClassifier's. */
export const EXTRA_TREES_DEFAULTS: ForestParameters = { ...FOREST_DEFAULTS, bootstrap: false };

/**
 * Fits on x (rows, columns), y (rows,) and, if given, sample_weight (rows,). The same data, parameters and seed give the same trees.
 * Throws ModelRunError for data no classifier can be fitted on, InvalidParameterError for weights or parameters out of range.
 */
export const fitRandomForest = (
  data: Dataset,
  parameters: ForestParameters,
  sample_weight?: ArrayLike<number>,
): Forest => fitForest(data, parameters, 'best', sample_weight);

/** As fitRandomForest, each column tried being cut at a value drawn at random. */
export const fitExtraTrees = (data: Dataset, parameters: ForestParameters, sample_weight?: ArrayLike<number>): Forest =>
  fitForest(data, parameters, 'random', sample_weight);

function fitForest(
  data: Dataset,
  parameters: ForestParameters,
  splitter: TreeLimits['splitter'],
  sampleWeight: ArrayLike<number> | undefined,
): Forest {
  checkDataset(data);
  checkForestParameters(parameters, data.columns);
  checkSampleWeight(data.rows, sampleWeight);
  const { classes, columns, rows, y } = data;
  const binned = binColumns(data, parameters.max_bins);
  const random = createRandom(parameters.random_state);
  const max_features =
    parameters.max_features === 'sqrt' ? Math.max(1, Math.floor(Math.sqrt(columns))) : parameters.max_features;
  const limits = { ...parameters, max_features, splitter };
  const rowWeight = weightsOf(rows, sampleWeight);
  const trees: Tree[] = [];
  for (let t = 0; t < parameters.n_estimators; t += 1) {
    const weight = parameters.bootstrap ? drawBootstrap(rows, random, sampleWeight) : rowWeight;
    trees.push(growClassificationTree(binned, { y, weight, classes }, limits, random));
  }
  return { columns, classes, trees };
}

/** Throws InvalidParameterError. */
function checkForestParameters(parameters: ForestParameters, columns: number): void {
  const { max_features, max_depth, max_bins } = parameters;
  const whole = (name: string, value: number, from: number, to: number): void => {
    if (Number.isInteger(value) && value >= from && value <= to) return;
    throw new InvalidParameterError(`${name} is ${value}: it has to be a whole number from ${from} to ${to}.`);
  };
  whole('n_estimators', parameters.n_estimators, 1, Number.MAX_SAFE_INTEGER);
  whole('min_samples_split', parameters.min_samples_split, 2, Number.MAX_SAFE_INTEGER);
  whole('min_samples_leaf', parameters.min_samples_leaf, 1, Number.MAX_SAFE_INTEGER);
  whole('max_bins', max_bins, 2, MAX_BINS);
  if (max_depth !== null) whole('max_depth', max_depth, 1, Number.MAX_SAFE_INTEGER);
  if (max_features !== 'sqrt') whole('max_features', max_features, 1, columns);
}

/** How often each row was drawn in `rows` draws with replacement, in proportion to the weights if there are any (as scikit-learn 1.9 does). */
function drawBootstrap(rows: number, random: Random, sampleWeight: ArrayLike<number> | undefined): Float64Array {
  const drawn = new Float64Array(rows);
  if (sampleWeight === undefined) {
    for (let i = 0; i < rows; i += 1) drawn[random.below(rows)] += 1;
    return drawn;
  }
  let total = 0;
  const upTo = Float64Array.from(sampleWeight, (weight) => (total += weight));
  for (let i = 0; i < rows; i += 1) drawn[firstAbove(upTo, random.next() * total)] += 1;
  return drawn;
}

/** Index of the first of the ascending values above `value`, which is below the last. */
function firstAbove(ascending: Float64Array, value: number): number {
  let low = 0;
  let high = ascending.length - 1;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (ascending[middle] > value) high = middle;
    else low = middle + 1;
  }
  return low;
}

/** Mean of the trees' class shares. */
export function predictForest({ columns, classes, trees }: Forest, x: Float32Array): Probabilities {
  const rows = x.length / columns;
  const out = new Float64Array(rows * classes);
  for (const tree of trees) {
    for (let r = 0; r < rows; r += 1) {
      const leaf = leafOf(tree, x, r * columns);
      for (let c = 0; c < classes; c += 1) out[r * classes + c] += tree.values[leaf * classes + c];
    }
  }
  return out.map((sum) => sum / trees.length);
}
