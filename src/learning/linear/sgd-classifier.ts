/**
 * Logistic regression by stochastic gradient descent: scikit-learn's SGDClassifier(loss="log_loss", penalty="l2",
 * learning_rate="optimal"), one class against the rest, behind a standard scaler. Parameter names and defaults are its own.
 * The shuffles differ from scikit-learn's; its stopping rule, step sizes and averaging do not.
 */
import { checkDataset } from '../dataset';
import type { Dataset, Probabilities } from '../dataset';
import { createRandom, shuffle } from '../random';
import type { Random } from '../random';
import { applyScaler, fitScaler } from './standard-scaler';
import type { StandardScaler } from './standard-scaler';

export interface SgdParameters {
  /** Strength of the L2 penalty; also sets the step sizes. */
  readonly alpha: number;
  readonly max_iter: number;
  /** Stop when the loss of `n_iter_no_change` epochs in a row is not better than the best by this much a row; null runs max_iter. */
  readonly tol: number | null;
  readonly n_iter_no_change: number;
  /** Average the coefficients over all steps. */
  readonly average: boolean;
  readonly random_state: number;
}

export const SGD_DEFAULTS: SgdParameters = {
  alpha: 1e-4,
  max_iter: 1000,
  tol: 1e-3,
  n_iter_no_change: 5,
  average: false,
  random_state: 0,
};

export interface LinearClassifier {
  readonly scaler: StandardScaler;
  readonly classes: number;
  /** classes × columns, on scaled columns. */
  readonly coef: Float64Array;
  readonly intercept: Float64Array;
}

/** Throws ModelRunError for data no classifier can be fitted on. */
export function fitSgdClassifier(data: Dataset, parameters: SgdParameters): LinearClassifier {
  checkDataset(data);
  const scaler = fitScaler(data);
  const x = applyScaler(scaler, data.x);
  const { classes, columns } = data;
  const coef = new Float64Array(classes * columns);
  const intercept = new Float64Array(classes);
  for (let c = 0; c < classes; c += 1) {
    const sign = Int8Array.from(data.y, (label) => (label === c ? 1 : -1));
    const fitted = fitOneAgainstRest(x, sign, columns, parameters, createRandom(parameters.random_state + c));
    coef.set(fitted.weights, c * columns);
    intercept[c] = fitted.intercept;
  }
  return { scaler, classes, coef, intercept };
}

interface BinaryFit {
  readonly weights: Float64Array;
  readonly intercept: number;
}

/** Derivative of log(1 + exp(−y·p)) with respect to p. */
const lossSlope = (p: number, y: number): number => -y / (Math.exp(p * y) + 1);
/** log(1 + exp(−margin)) without overflow. */
const logLoss = (margin: number): number =>
  margin > 0 ? Math.log1p(Math.exp(-margin)) : -margin + Math.log1p(Math.exp(margin));

/** First step count of Bottou's "optimal" schedule, so that the first step is of the size of a typical weight. */
function firstStep(alpha: number): number {
  const typicalWeight = Math.sqrt(1 / Math.sqrt(alpha));
  const firstRate = typicalWeight / Math.max(1, lossSlope(-typicalWeight, 1));
  return 1 / (firstRate * alpha);
}

function fitOneAgainstRest(
  x: Float64Array,
  sign: Int8Array,
  columns: number,
  parameters: SgdParameters,
  random: Random,
): BinaryFit {
  const { alpha, max_iter, tol, n_iter_no_change } = parameters;
  const rows = sign.length;
  const order = Int32Array.from({ length: rows }, (_item, i) => i);
  const state = new SgdState(columns, alpha);
  let best = Infinity;
  let withoutGain = 0;
  for (let epoch = 0; epoch < max_iter; epoch += 1) {
    shuffle(order, random);
    let loss = 0;
    for (const row of order) loss += state.step(x, row * columns, sign[row]);
    withoutGain = tol !== null && loss > best - tol * rows ? withoutGain + 1 : 0;
    best = Math.min(best, loss);
    if (withoutGain >= n_iter_no_change) break;
  }
  return parameters.average ? state.averaged() : state.latest();
}

class SgdState {
  private readonly weights: Float64Array;
  private readonly sums: Float64Array;
  private intercept = 0;
  private interceptSum = 0;
  private steps = 0;
  private readonly offset: number;

  constructor(
    columns: number,
    private readonly alpha: number,
  ) {
    this.weights = new Float64Array(columns);
    this.sums = new Float64Array(columns);
    this.offset = firstStep(alpha);
  }

  /** One gradient step on the row at `at`; returns its loss before the step. */
  step(x: Float64Array, at: number, y: number): number {
    const { weights, sums, alpha } = this;
    const rate = 1 / (alpha * (this.offset + this.steps));
    let p = this.intercept;
    for (let c = 0; c < weights.length; c += 1) p += weights[c] * x[at + c];
    const shrink = Math.max(0, 1 - rate * alpha);
    const update = -rate * lossSlope(p, y);
    for (let c = 0; c < weights.length; c += 1) {
      weights[c] = weights[c] * shrink + update * x[at + c];
      sums[c] += weights[c];
    }
    this.intercept += update;
    this.interceptSum += this.intercept;
    this.steps += 1;
    return logLoss(p * y);
  }

  latest(): BinaryFit {
    return { weights: this.weights, intercept: this.intercept };
  }

  averaged(): BinaryFit {
    return { weights: this.sums.map((sum) => sum / this.steps), intercept: this.interceptSum / this.steps };
  }
}

/** How decision values become probabilities: each class's sigmoid, normalised to 1, or their softmax. */
export type LinearLink = 'sigmoids' | 'softmax';

/** x is (rows, columns), the answer (rows, classes). Normalised sigmoids are the softmax of their logarithms, which cannot overflow. */
export function predictLinear(model: LinearClassifier, x: Float32Array, link: LinearLink = 'sigmoids'): Probabilities {
  const { classes, coef, intercept } = model;
  const columns = model.scaler.mean.length;
  const scaled = applyScaler(model.scaler, x);
  const rows = x.length / columns;
  const out = new Float64Array(rows * classes);
  for (let r = 0; r < rows; r += 1) {
    let total = 0;
    let highest = -Infinity;
    for (let c = 0; c < classes; c += 1) {
      let decision = intercept[c];
      for (let k = 0; k < columns; k += 1) decision += coef[c * columns + k] * scaled[r * columns + k];
      out[r * classes + c] = link === 'softmax' ? decision : -logLoss(decision);
      highest = Math.max(highest, out[r * classes + c]);
    }
    for (let c = 0; c < classes; c += 1) total += out[r * classes + c] = Math.exp(out[r * classes + c] - highest);
    for (let c = 0; c < classes; c += 1) out[r * classes + c] /= total;
  }
  return out;
}
