/**
 * Classifiers that learn row by row, one class against the rest, behind a standard scaler: hinge SGD, the perceptron (Rosenblatt 1958) and
 * passive-aggressive (Crammer 2006, PA-I). scikit-learn's SGDClassifier(loss="hinge"), Perceptron and PassiveAggressiveClassifier with their
 * parameter names, defaults and stopping rule. Margin models: their probabilities rank, they are not calibrated.
 */
import { checkDataset } from '../dataset';
import type { Dataset } from '../dataset';
import { createRandom, shuffle } from '../random';
import { checkSampleWeight, weightsOf } from '../trees/sampling';
import type { LinearClassifier } from './sgd-classifier';
import { applyScaler, fitScaler } from './standard-scaler';

export interface OnlineParameters {
  readonly max_iter: number;
  /** Stop when the loss of `n_iter_no_change` epochs in a row is not better than the best by this much a row; null runs max_iter. */
  readonly tol: number | null;
  readonly n_iter_no_change: number;
  readonly random_state: number;
}
export interface HingeParameters extends OnlineParameters {
  /** Strength of the L2 penalty; also sets the step sizes. */
  readonly alpha: number;
}
export interface PerceptronParameters extends OnlineParameters {
  /** Size of a correction. */
  readonly eta0: number;
}
export interface PassiveAggressiveParameters extends OnlineParameters {
  /** Largest correction. */
  readonly C: number;
}

const ONLINE_DEFAULTS: OnlineParameters = { max_iter: 1000, tol: 1e-3, n_iter_no_change: 5, random_state: 0 };
export const HINGE_DEFAULTS: HingeParameters = { ...ONLINE_DEFAULTS, alpha: 1e-4 };
export const PERCEPTRON_DEFAULTS: PerceptronParameters = { ...ONLINE_DEFAULTS, eta0: 1 };
export const PASSIVE_AGGRESSIVE_DEFAULTS: PassiveAggressiveParameters = { ...ONLINE_DEFAULTS, C: 1 };

/** What a row of this margin (decision × sign), squared length and step number does to the coefficients. */
interface OnlineRule {
  readonly loss: (margin: number) => number;
  /** Factor of the row added in the direction of its sign. */
  readonly correction: (margin: number, squaredLength: number, step: number) => number;
  /** Factor that the coefficients shrink by before the correction. */
  readonly shrink: (step: number) => number;
}

const hingeLoss = (margin: number): number => Math.max(0, 1 - margin);
const keep = (): number => 1;

/** Hinge loss with Bottou's "optimal" step sizes, 1 / (alpha (t0 + t)). */
export function fitHinge(
  data: Dataset,
  parameters: HingeParameters,
  sample_weight?: ArrayLike<number>,
): LinearClassifier {
  const { alpha } = parameters;
  const firstStep = 1 / (alpha * Math.sqrt(1 / Math.sqrt(alpha)));
  const rate = (step: number): number => 1 / (alpha * (firstStep + step));
  const rule: OnlineRule = {
    loss: hingeLoss,
    correction: (margin, _length, step) => (margin <= 1 ? rate(step) : 0),
    shrink: (step) => Math.max(0, 1 - rate(step) * alpha),
  };
  return fitOnline(data, parameters, rule, sample_weight);
}

export function fitPerceptron(
  data: Dataset,
  parameters: PerceptronParameters,
  sample_weight?: ArrayLike<number>,
): LinearClassifier {
  const rule: OnlineRule = {
    loss: (margin) => Math.max(0, -margin),
    correction: (margin) => (margin <= 0 ? parameters.eta0 : 0),
    shrink: keep,
  };
  return fitOnline(data, parameters, rule, sample_weight);
}

export function fitPassiveAggressive(
  data: Dataset,
  parameters: PassiveAggressiveParameters,
  sample_weight?: ArrayLike<number>,
): LinearClassifier {
  const rule: OnlineRule = {
    loss: hingeLoss,
    correction: (margin, length) => (length > 0 ? Math.min(parameters.C, hingeLoss(margin) / length) : 0),
    shrink: keep,
  };
  return fitOnline(data, parameters, rule, sample_weight);
}

/** Throws ModelRunError for data no classifier can be fitted on, InvalidParameterError for bad weights. */
function fitOnline(
  data: Dataset,
  parameters: OnlineParameters,
  rule: OnlineRule,
  sampleWeight: ArrayLike<number> | undefined,
): LinearClassifier {
  checkDataset(data);
  checkSampleWeight(data.rows, sampleWeight);
  const { classes, columns, rows, y } = data;
  const scaler = fitScaler(data);
  const x = applyScaler(scaler, data.x);
  const weight = weightsOf(rows, sampleWeight);
  const coef = new Float64Array(classes * columns);
  const intercept = new Float64Array(classes);
  for (let k = 0; k < classes; k += 1) {
    const sign = Int8Array.from(y, (label) => (label === k ? 1 : -1));
    const part = coef.subarray(k * columns, (k + 1) * columns);
    intercept[k] = fitOneAgainstRest(
      part,
      { x, sign, weight },
      { ...parameters, random_state: parameters.random_state + k },
      rule,
    );
  }
  return { scaler, classes, coef, intercept };
}

interface SignedRows {
  readonly x: Float64Array;
  readonly sign: Int8Array;
  readonly weight: Float64Array;
}

/** Fills `w`, returns the intercept. */
function fitOneAgainstRest(w: Float64Array, rows: SignedRows, parameters: OnlineParameters, rule: OnlineRule): number {
  const { max_iter, tol, n_iter_no_change, random_state } = parameters;
  const { x, sign, weight } = rows;
  const columns = w.length;
  const random = createRandom(random_state);
  const order = Int32Array.from({ length: sign.length }, (_item, i) => i);
  let intercept = 0;
  let step = 0;
  let best = Infinity;
  let withoutGain = 0;
  for (let epoch = 0; epoch < max_iter && withoutGain < n_iter_no_change; epoch += 1) {
    shuffle(order, random);
    let loss = 0;
    for (const row of order) {
      const at = row * columns;
      let decision = intercept;
      let squaredLength = 0;
      for (let c = 0; c < columns; c += 1) {
        decision += w[c] * x[at + c];
        squaredLength += x[at + c] * x[at + c];
      }
      const margin = decision * sign[row];
      const update = sign[row] * weight[row] * rule.correction(margin, squaredLength, step);
      const shrink = rule.shrink(step);
      for (let c = 0; c < columns; c += 1) w[c] = w[c] * shrink + update * x[at + c];
      intercept += update;
      loss += weight[row] * rule.loss(margin);
      step += 1;
    }
    withoutGain = tol !== null && loss > best - tol * sign.length ? withoutGain + 1 : 0;
    best = Math.min(best, loss);
  }
  return intercept;
}
