/** What a search draws from, by family, in scikit-learn's names; drawn values are rounded to what a person would write. */
import { SHIPPED_TRIAL } from '../../domain/hyperparameter-search';
import type { Parameters, ParameterValue } from '../families/model-recipe';
import { createRandom, seedOf } from '../random';
import type { Random } from '../random';
import { SearchError } from './search-error';

export type Distribution =
  | { readonly kind: 'log' | 'linear'; readonly from: number; readonly to: number; readonly whole?: true }
  | { readonly kind: 'choice'; readonly of: readonly ParameterValue[] };

export type SearchSpace = Readonly<Record<string, Distribution>>;

const log = (from: number, to: number): Distribution => ({ kind: 'log', from, to });
const linear = (from: number, to: number): Distribution => ({ kind: 'linear', from, to });
const whole = (from: number, to: number): Distribution => ({ kind: 'log', from, to, whole: true });
const choice = (...of: readonly ParameterValue[]): Distribution => ({ kind: 'choice', of });

/** Leaves of one to ten label horizons: below, a leaf holds less than one outcome. */
const LEAF = whole(20, 200);
const FOREST: SearchSpace = {
  n_estimators: whole(50, 200),
  max_depth: whole(3, 12),
  min_samples_leaf: LEAF,
  max_features: choice('sqrt', 4, 8, 16),
};
const BOOSTING: SearchSpace = {
  n_estimators: whole(20, 200),
  learning_rate: log(0.01, 0.2),
  min_child_samples: LEAF,
  reg_lambda: log(0.1, 100),
  subsample: linear(0.5, 1),
  colsample_bytree: linear(0.3, 1),
};
const RECURRENT: SearchSpace = {
  hidden_size: choice(8, 16, 32),
  window: whole(5, 20),
  learning_rate_init: log(3e-4, 1e-2),
};

const SPACES: Readonly<Record<string, SearchSpace>> = {
  sgd: { alpha: log(1e-4, 1) },
  sgd_hinge: { alpha: log(1e-4, 1) },
  perceptron: { max_iter: whole(5, 100) },
  passive_aggressive: { C: log(1e-4, 1) },
  logistic_regression: { C: log(1e-4, 10) },
  // Least squares without a penalty: its indicators are all there is to search.
  linear: {},
  ridge: { alpha: log(1, 1e5) },
  random_forest: FOREST,
  extra_trees: FOREST,
  boosting_leaf_wise: { ...BOOSTING, num_leaves: whole(4, 31) },
  boosting_depth_wise: { ...BOOSTING, max_depth: whole(2, 6) },
  boosting_symmetric: { ...BOOSTING, max_depth: whole(2, 6) },
  mlp: {
    hidden_layer_sizes: choice([16], [32], [64], [32, 16]),
    alpha: log(1e-4, 1),
    learning_rate_init: log(3e-4, 1e-2),
  },
  lstm: RECURRENT,
  gru: RECURRENT,
  auto_encoder: {
    hidden_layer_sizes: choice([8], [32, 8], [32, 16], [64, 16, 4]),
    alpha: log(1e-4, 1),
    learning_rate_init: log(3e-4, 1e-2),
  },
};

export const SEARCHABLE_FAMILIES: readonly string[] = Object.keys(SPACES);

/** Throws SearchError NOTHING_TO_SEARCH for a family without a space. */
export function spaceOf(family: string): SearchSpace {
  const space = Object.hasOwn(SPACES, family) ? SPACES[family] : undefined;
  if (space === undefined)
    throw new SearchError(
      'NOTHING_TO_SEARCH',
      `There is no search space for "${family}"; there is one for ${SEARCHABLE_FAMILIES.join(', ')}.`,
    );
  return space;
}

function drawFrom(distribution: Distribution, random: Random): ParameterValue {
  if (distribution.kind === 'choice') return distribution.of[random.below(distribution.of.length)];
  const { kind, from, to, whole: rounded } = distribution;
  const share = random.next();
  const value = kind === 'log' ? from * (to / from) ** share : from + (to - from) * share;
  return rounded === true ? Math.round(value) : Number(value.toPrecision(3));
}

/** Parameters of trial `trial`; the shipped ones, without a change, are the first. A trial's draw depends on seed, family and number alone. */
export function drawParameters(family: string, seed: number, trial: number): Parameters {
  if (trial === SHIPPED_TRIAL) return {};
  const random = createRandom(seedOf(seed, family, 'parameters', trial));
  return Object.fromEntries(Object.entries(spaceOf(family)).map(([name, from]) => [name, drawFrom(from, random)]));
}
