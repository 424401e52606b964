/** Forests and boosting on one histogram builder. A leaf holds at least three label horizons: overlapping labels repeat one outcome. */
import type { Dataset } from '../dataset';
import { exportBoosting, exportForest } from '../onnx/export-trees';
import { CATBOOST_DEFAULTS, LIGHTGBM_DEFAULTS, XGBOOST_DEFAULTS } from '../trees/boosting-parameters';
import type { BoostingParameters } from '../trees/boosting-parameters';
import { fitGradientBoosting, predictBoosting } from '../trees/gradient-boosting';
import { EXTRA_TREES_DEFAULTS, fitExtraTrees, fitRandomForest, FOREST_DEFAULTS } from '../trees/random-forest';
import { predictForest } from '../trees/random-forest';
import type { Forest, ForestParameters } from '../trees/random-forest';
import { changed, recorded } from './model-recipe';
import type { ModelRecipe } from './model-recipe';

type ForestFit = (data: Dataset, parameters: ForestParameters, weights?: Float64Array) => Forest;

const forestRecipe = (name: string, family: string, parameters: ForestParameters, fit: ForestFit): ModelRecipe => ({
  name,
  family,
  parameters: recorded(parameters),
  window: null,
  tuned: (changes) => forestRecipe(name, family, changed(name, parameters, changes), fit),
  fit: (data, seed, context) => {
    const model = fit(data, { ...parameters, random_state: seed }, context?.weights);
    return {
      predict: (x) => predictForest(model, x),
      toOnnx: (metadata, selection) => exportForest(model, name, metadata, selection),
    };
  },
});

const boostingRecipe = (name: string, family: string, parameters: BoostingParameters): ModelRecipe => ({
  name,
  family,
  parameters: recorded(parameters),
  window: null,
  tuned: (changes) => boostingRecipe(name, family, changed(name, parameters, changes)),
  fit: (data, seed, context) => {
    const model = fitGradientBoosting(
      data,
      { ...parameters, random_state: seed },
      context?.weights && { sample_weight: context.weights },
    );
    return {
      predict: (x) => predictBoosting(model, x),
      toOnnx: (metadata, selection) => exportBoosting(model, name, metadata, selection),
    };
  },
});

/** Depth 6 allows six conditions on a row. */
const FOREST = { n_estimators: 100, max_depth: 6, min_samples_leaf: 60 };
const BOOSTING = {
  n_estimators: 50,
  learning_rate: 0.05,
  min_child_samples: 60,
  subsample: 0.7,
  colsample_bytree: 0.7,
};

export const RANDOM_FOREST: ModelRecipe = forestRecipe(
  'random_forest',
  'RandomForestClassifier',
  { ...FOREST_DEFAULTS, ...FOREST },
  fitRandomForest,
);

export const TREE_FAMILIES: readonly ModelRecipe[] = [
  RANDOM_FOREST,
  forestRecipe('extra_trees', 'ExtraTreesClassifier', { ...EXTRA_TREES_DEFAULTS, ...FOREST }, fitExtraTrees),
  boostingRecipe('boosting_leaf_wise', 'LGBMClassifier', { ...LIGHTGBM_DEFAULTS, ...BOOSTING, num_leaves: 15 }),
  boostingRecipe('boosting_depth_wise', 'XGBClassifier', { ...XGBOOST_DEFAULTS, ...BOOSTING, max_depth: 4 }),
  boostingRecipe('boosting_symmetric', 'CatBoostClassifier', { ...CATBOOST_DEFAULTS, ...BOOSTING, max_depth: 4 }),
];
