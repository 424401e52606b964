/** The linear families. Margin models (hinge, perceptron, passive-aggressive, ridge) rank rows; calibration makes probabilities of it. */
import { fitHinge, fitPassiveAggressive, fitPerceptron } from '../linear/online-classifier';
import { HINGE_DEFAULTS, PASSIVE_AGGRESSIVE_DEFAULTS, PERCEPTRON_DEFAULTS } from '../linear/online-classifier';
import { fitLogisticRegression, LOGISTIC_REGRESSION_DEFAULTS } from '../linear/logistic-regression';
import { fitRidgeClassifier, LINEAR_DEFAULTS, RIDGE_DEFAULTS } from '../linear/ridge-classifier';
import { fitSgdClassifier, predictLinear, SGD_DEFAULTS } from '../linear/sgd-classifier';
import type { LinearClassifier, LinearLink } from '../linear/sgd-classifier';
import type { Dataset } from '../dataset';
import { exportLinear } from '../onnx/export-linear';
import { changed, recorded } from './model-recipe';
import type { ModelRecipe } from './model-recipe';

type LinearFit<P> = (data: Dataset, parameters: P, weights?: Float64Array) => LinearClassifier;

const linearRecipe = <P extends object>(
  name: string,
  family: string,
  parameters: P,
  fit: LinearFit<P>,
  link: LinearLink = 'sigmoids',
): ModelRecipe => ({
  name,
  family,
  parameters: recorded(parameters),
  window: null,
  tuned: (changes) => linearRecipe(name, family, changed(name, parameters, changes), fit, link),
  fit: (data, seed, context) => {
    const model = fit(data, { ...parameters, random_state: seed }, context?.weights);
    return {
      predict: (x) => predictLinear(model, x, link),
      toOnnx: (metadata, selection) => exportLinear(model, name, metadata, link, selection),
    };
  },
});

/** alpha a hundred times scikit-learn's default, and averaged: the coefficients of noise stay small. */
const SGD = { ...SGD_DEFAULTS, alpha: 0.01, average: true };
/** The row-by-row rules don't settle on labels that are mostly noise: fewer passes lose nothing. */
const PASSES = { max_iter: 50 };

export const SGD_LOG: ModelRecipe = linearRecipe('sgd', 'SGDClassifier(loss=log_loss)', SGD, fitSgdClassifier);

export const LINEAR_FAMILIES: readonly ModelRecipe[] = [
  SGD_LOG,
  linearRecipe('sgd_hinge', 'SGDClassifier(loss=hinge)', { ...HINGE_DEFAULTS, ...PASSES, alpha: 0.01 }, fitHinge),
  linearRecipe('perceptron', 'Perceptron', { ...PERCEPTRON_DEFAULTS, ...PASSES }, fitPerceptron),
  linearRecipe(
    'passive_aggressive',
    'PassiveAggressiveClassifier',
    { ...PASSIVE_AGGRESSIVE_DEFAULTS, ...PASSES, C: 0.01 },
    fitPassiveAggressive,
  ),
  linearRecipe(
    'logistic_regression',
    'LogisticRegression',
    { ...LOGISTIC_REGRESSION_DEFAULTS, C: 0.01 },
    fitLogisticRegression,
    'softmax',
  ),
  linearRecipe('linear', 'RidgeClassifier(alpha=0)', LINEAR_DEFAULTS, fitRidgeClassifier),
  linearRecipe('ridge', 'RidgeClassifier', { ...RIDGE_DEFAULTS, alpha: 100 }, fitRidgeClassifier),
];
