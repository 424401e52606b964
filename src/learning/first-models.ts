/**
 * The first models and their parameters. They were written down before any recorded day was traded and are not tuned on those days:
 * both are held back hard, because a day of 1,300 overlapping 20-bar labels holds about 65 separate outcomes.
 */
import type { Dataset, Probabilities } from './dataset';
import { fitSgdClassifier, predictLinear, SGD_DEFAULTS } from './linear/sgd-classifier';
import { exportLinear } from './onnx/export-linear';
import { exportForest } from './onnx/export-trees';
import { seedOf } from './random';
import { fitRandomForest, FOREST_DEFAULTS, predictForest } from './trees/random-forest';

export interface FittedModel {
  /** Probabilities of the trainer's own arithmetic. */
  predict(x: Float32Array): Probabilities;
  /** The file that votes; equal to `predict` within 1e-5. */
  toOnnx(metadata: Readonly<Record<string, string>>): Uint8Array;
}

export interface ModelRecipe {
  readonly name: string;
  readonly family: string;
  readonly parameters: Readonly<Record<string, number | string | boolean | null>>;
  fit(data: Dataset, seed: number): FittedModel;
}

/** alpha a hundred times scikit-learn's default, and averaged: the coefficients of noise stay small. */
const SGD = { ...SGD_DEFAULTS, alpha: 0.01, average: true };
/** A leaf holds at least three label horizons; depth 6 allows six conditions on a row. */
const FOREST = { ...FOREST_DEFAULTS, n_estimators: 100, max_depth: 6, min_samples_leaf: 60 };

export const FIRST_MODELS: readonly ModelRecipe[] = [
  {
    name: 'sgd',
    family: 'SGDClassifier(loss=log_loss)',
    parameters: { ...SGD },
    fit: (data, seed) => {
      const model = fitSgdClassifier(data, { ...SGD, random_state: seed });
      return {
        predict: (x) => predictLinear(model, x),
        toOnnx: (metadata) => exportLinear(model, 'sgd', metadata),
      };
    },
  },
  {
    name: 'random_forest',
    family: 'RandomForestClassifier',
    parameters: { ...FOREST },
    fit: (data, seed) => {
      const model = fitRandomForest(data, { ...FOREST, random_state: seed });
      return {
        predict: (x) => predictForest(model, x),
        toOnnx: (metadata) => exportForest(model, 'random_forest', metadata),
      };
    },
  },
];

/** Each model of each instrument draws its own numbers. */
export const recipeSeed = (seed: number, symbol: string, model: string): number => seedOf(seed, symbol, model);
