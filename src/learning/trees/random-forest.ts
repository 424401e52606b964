/** Random forest (Breiman 2001): scikit-learn's RandomForestClassifier with its parameter names; trees by histogram cuts. */
import { checkDataset } from '../dataset';
import type { Dataset, Probabilities } from '../dataset';
import { createRandom } from '../random';
import type { Random } from '../random';
import { binColumns } from './binning';
import { growClassificationTree } from './classification-tree';
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

/** Throws ModelRunError for data no classifier can be fitted on. */
export function fitRandomForest(data: Dataset, parameters: ForestParameters): Forest {
  checkDataset(data);
  const { classes, columns, rows } = data;
  const binned = binColumns(data, parameters.max_bins);
  const random = createRandom(parameters.random_state);
  const max_features =
    parameters.max_features === 'sqrt' ? Math.max(1, Math.floor(Math.sqrt(columns))) : parameters.max_features;
  const trees: Tree[] = [];
  for (let t = 0; t < parameters.n_estimators; t += 1) {
    const weight = parameters.bootstrap ? drawBootstrap(rows, random) : new Float64Array(rows).fill(1);
    trees.push(growClassificationTree(binned, { y: data.y, weight, classes }, { ...parameters, max_features }, random));
  }
  return { columns, classes, trees };
}

/** How often each row was drawn in `rows` draws with replacement. */
function drawBootstrap(rows: number, random: Random): Float64Array {
  const weight = new Float64Array(rows);
  for (let i = 0; i < rows; i += 1) weight[random.below(rows)] += 1;
  return weight;
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
