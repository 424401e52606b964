/**
 * Parameters of gradient boosting, named as in LightGBM's scikit-learn interface, with the defaults of the libraries users come from.
 * What differs from them is said beside each set.
 */
import type { GradientTreeLimits } from './gradient-tree';
import { InvalidParameterError } from './invalid-parameter';
import { MAX_BINS } from './binning';

export interface BoostingParameters extends GradientTreeLimits {
  /** Rounds; each has one tree for two classes, else one a class. */
  readonly n_estimators: number;
  readonly learning_rate: number;
  /** At most 255. */
  readonly max_bin: number;
  /** Share of the rows that each round's trees are grown on, drawn without replacement. */
  readonly subsample: number;
  /** Share of the columns that each tree may test. */
  readonly colsample_bytree: number;
  /** A softmax class's hessian is this × p (1 − p); null: classes / (classes − 1), as in LightGBM. */
  readonly softmax_hessian_factor: number | null;
  /** Stop when the log loss of `eval_set` has not fallen for so many rounds, and keep the best round; null: never. */
  readonly early_stopping_rounds: number | null;
  readonly random_state: number;
}

/** LGBMClassifier's (4.7), with boost_from_average; `subsample` acts on every round (subsample_freq 1). */
export const LIGHTGBM_DEFAULTS: BoostingParameters = {
  n_estimators: 100,
  learning_rate: 0.1,
  grow_policy: 'lossguide',
  num_leaves: 31,
  max_depth: Infinity,
  min_child_samples: 20,
  min_child_weight: 1e-3,
  min_split_gain: 0,
  reg_lambda: 0,
  max_bin: 255,
  subsample: 1,
  colsample_bytree: 1,
  softmax_hessian_factor: null,
  early_stopping_rounds: null,
  random_state: 0,
};

/** XGBClassifier's with tree_method "hist": depth 6, a learning rate of 0.3; its `gamma` is min_split_gain, its 256 bins are 255 here. */
export const XGBOOST_DEFAULTS: BoostingParameters = {
  ...LIGHTGBM_DEFAULTS,
  learning_rate: 0.3,
  grow_policy: 'depthwise',
  num_leaves: Infinity,
  max_depth: 6,
  min_child_samples: 1,
  min_child_weight: 1,
  reg_lambda: 1,
  softmax_hessian_factor: 2,
};

/**
 * CatBoostClassifier's plain boosting of symmetric trees: depth 6, l2_leaf_reg 3, 1,000 iterations at 0.03. Its ordered boosting, random
 * scores and Bayesian bootstrap are not here, and three classes are three trees a round instead of one of three answers.
 */
export const CATBOOST_DEFAULTS: BoostingParameters = {
  ...LIGHTGBM_DEFAULTS,
  n_estimators: 1000,
  learning_rate: 0.03,
  grow_policy: 'symmetrictree',
  num_leaves: Infinity,
  max_depth: 6,
  min_child_samples: 1,
  min_child_weight: 0,
  reg_lambda: 3,
  softmax_hessian_factor: 1,
};

/** HistGradientBoostingClassifier's, where early stopping begins by itself at 10,000 rows; here it is asked for with an eval_set. */
export const HIST_GRADIENT_BOOSTING_DEFAULTS: BoostingParameters = {
  ...LIGHTGBM_DEFAULTS,
  softmax_hessian_factor: 1,
};

const isCount = (value: number): boolean => Number.isInteger(value) && value >= 1;
const isShare = (value: number): boolean => value > 0 && value <= 1;

type Rule = readonly [name: keyof BoostingParameters, allowed: (value: number) => boolean, text: string];
const RULES: readonly Rule[] = [
  ['n_estimators', isCount, 'a whole number above 0'],
  ['learning_rate', (value) => value > 0, 'above 0'],
  ['num_leaves', (value) => value === Infinity || (isCount(value) && value >= 2), 'a whole number of 2 or more'],
  ['max_depth', (value) => value === Infinity || isCount(value), 'a whole number above 0, or Infinity'],
  ['min_child_samples', isCount, 'a whole number above 0'],
  ['min_child_weight', (value) => value >= 0, '0 or more'],
  ['min_split_gain', (value) => value >= 0, '0 or more'],
  ['reg_lambda', (value) => value >= 0, '0 or more'],
  ['max_bin', (value) => Number.isInteger(value) && value >= 2 && value <= MAX_BINS, `from 2 to ${MAX_BINS}`],
  ['subsample', isShare, 'above 0 and at most 1'],
  ['colsample_bytree', isShare, 'above 0 and at most 1'],
  ['softmax_hessian_factor', (value) => value > 0, 'above 0, or null'],
  ['early_stopping_rounds', isCount, 'a whole number above 0, or null'],
];

/** Throws InvalidParameterError. */
export function checkBoostingParameters(parameters: BoostingParameters): void {
  for (const [name, allowed, text] of RULES) {
    const value = parameters[name];
    if (typeof value === 'number' && !allowed(value)) {
      throw new InvalidParameterError(`${name} is ${value}: it has to be ${text}.`);
    }
  }
  if (mostLeaves(parameters) === Infinity) {
    throw new InvalidParameterError('num_leaves and max_depth are both without limit: give one of them.');
  }
  if (parameters.grow_policy === 'symmetrictree' && parameters.max_depth === Infinity) {
    throw new InvalidParameterError('A symmetric tree needs a max_depth.');
  }
}

/** Leaves that a tree can have. */
export const mostLeaves = ({ num_leaves, max_depth, grow_policy }: BoostingParameters): number =>
  grow_policy === 'symmetrictree' ? 2 ** max_depth : Math.min(num_leaves, 2 ** max_depth);
