/**
 * Logistic regression, fitted to its optimum by L-BFGS: scikit-learn's LogisticRegression(penalty="l2", solver="lbfgs") behind a standard
 * scaler, with its parameter names and defaults. Three classes and more are multinomial; of two, class 0 has score 0.
 */
import { checkDataset } from '../dataset';
import type { Dataset } from '../dataset';
import { checkSampleWeight, weightsOf } from '../trees/sampling';
import { minimise } from './lbfgs';
import type { LinearClassifier } from './sgd-classifier';
import { applyScaler, fitScaler } from './standard-scaler';

export interface LogisticRegressionParameters {
  /** Inverse strength of the L2 penalty; the intercept is not penalised. */
  readonly C: number;
  readonly max_iter: number;
  /** Stop when no component of the mean gradient is larger. */
  readonly tol: number;
}

export const LOGISTIC_REGRESSION_DEFAULTS: LogisticRegressionParameters = { C: 1, max_iter: 100, tol: 1e-4 };

/**
 * Fits on x (rows, columns), y (rows,) and, if given, sample_weight (rows,); predict with the softmax link.
 * Throws ModelRunError for data no classifier can be fitted on.
 */
export function fitLogisticRegression(
  data: Dataset,
  { C, max_iter, tol }: LogisticRegressionParameters,
  sample_weight?: ArrayLike<number>,
): LinearClassifier {
  checkDataset(data);
  checkSampleWeight(data.rows, sample_weight);
  const scaler = fitScaler(data);
  const weight = weightsOf(data.rows, sample_weight);
  const loss = penalisedLoss(data, applyScaler(scaler, data.x), weight, 1 / C);
  const { classes, columns } = data;
  const outputs = outputsOf(classes);
  const solution = minimise(loss, new Float64Array(outputs * (columns + 1)), max_iter, tol);
  const coef = new Float64Array(classes * columns);
  const intercept = new Float64Array(classes);
  for (let k = 0; k < outputs; k += 1) {
    const from = k * (columns + 1);
    coef.set(solution.subarray(from, from + columns), (k + classes - outputs) * columns);
    intercept[k + classes - outputs] = solution[from + columns];
  }
  return { scaler, classes, coef, intercept };
}

const outputsOf = (classes: number): number => (classes === 2 ? 1 : classes);

/** Mean log loss and penalty of coefficients laid out output by output, the intercept last; writes their gradient. */
function penalisedLoss(
  { rows, columns, classes, y }: Dataset,
  x: Float64Array,
  weight: Float64Array,
  strength: number,
) {
  const outputs = outputsOf(classes);
  const fixed = classes - outputs;
  const total = weight.reduce((sum, value) => sum + value, 0);
  const scores = new Float64Array(classes);
  return (w: Float64Array, gradient: Float64Array): number => {
    gradient.fill(0);
    let loss = 0;
    for (let r = 0; r < rows; r += 1) {
      for (let k = 0; k < outputs; k += 1) scores[k + fixed] = scoreOf(w, k * (columns + 1), x, r * columns, columns);
      loss -= weight[r] * logShares(scores)[y[r]];
      for (let k = 0; k < outputs; k += 1) {
        const slope = weight[r] * (Math.exp(scores[k + fixed]) - (y[r] === k + fixed ? 1 : 0));
        const at = k * (columns + 1);
        for (let c = 0; c < columns; c += 1) gradient[at + c] += slope * x[r * columns + c];
        gradient[at + columns] += slope;
      }
      scores.fill(0, 0, fixed);
    }
    for (let i = 0; i < w.length; i += 1) {
      if (i % (columns + 1) === columns) continue;
      loss += 0.5 * strength * w[i] * w[i];
      gradient[i] += strength * w[i];
    }
    for (let i = 0; i < w.length; i += 1) gradient[i] /= total;
    return loss / total;
  };
}

function scoreOf(w: Float64Array, at: number, x: Float64Array, row: number, columns: number): number {
  let score = w[at + columns];
  for (let c = 0; c < columns; c += 1) score += w[at + c] * x[row + c];
  return score;
}

/** Turns scores into logs of their softmax, in place. */
function logShares(scores: Float64Array): Float64Array {
  const highest = scores.reduce((a, b) => Math.max(a, b));
  let sum = 0;
  for (const score of scores) sum += Math.exp(score - highest);
  const shift = highest + Math.log(sum);
  for (let k = 0; k < scores.length; k += 1) scores[k] -= shift;
  return scores;
}
