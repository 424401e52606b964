/** Least squares on targets ±1, one class against the rest: scikit-learn's RidgeClassifier behind a standard scaler; alpha 0 is plain linear. */
import { checkDataset } from '../dataset';
import type { Dataset } from '../dataset';
import { InvalidParameterError } from '../trees/invalid-parameter';
import { checkSampleWeight, weightsOf } from '../trees/sampling';
import type { LinearClassifier } from './sgd-classifier';
import { applyScaler, fitScaler } from './standard-scaler';

export interface RidgeParameters {
  /** Strength of the L2 penalty; the intercept is not penalised. */
  readonly alpha: number;
}

export const RIDGE_DEFAULTS: RidgeParameters = { alpha: 1 };
/** Least squares without a penalty, for targets ±1. */
export const LINEAR_DEFAULTS: RidgeParameters = { alpha: 0 };

/** Added to the diagonal, as a share of its mean: duplicate columns share a coefficient instead of failing. */
const JITTER = 1e-10;

/**
 * Fits on x (rows, columns), y (rows,) and, if given, sample_weight (rows,); a margin model: its probabilities rank, they are not calibrated.
 * Throws ModelRunError for data no classifier can be fitted on, InvalidParameterError for a negative alpha.
 */
export function fitRidgeClassifier(
  data: Dataset,
  { alpha }: RidgeParameters,
  sample_weight?: ArrayLike<number>,
): LinearClassifier {
  checkDataset(data);
  checkSampleWeight(data.rows, sample_weight);
  if (!(alpha >= 0)) throw new InvalidParameterError(`alpha is ${alpha}: it has to be 0 or more.`);
  const { rows, columns, classes, y } = data;
  const scaler = fitScaler(data);
  const x = applyScaler(scaler, data.x);
  const weight = weightsOf(rows, sample_weight);
  const means = columnMeans(x, weight, columns);
  for (let i = 0; i < x.length; i += 1) x[i] -= means[i % columns];
  const factor = cholesky(gramMatrix(x, weight, columns, alpha), columns);
  const coef = new Float64Array(classes * columns);
  const intercept = new Float64Array(classes);
  for (let k = 0; k < classes; k += 1) {
    const target = Float64Array.from(y, (label) => (label === k ? 1 : -1));
    const [mean] = columnMeans(target, weight, 1);
    const products = new Float64Array(columns);
    for (let r = 0; r < rows; r += 1) {
      for (let c = 0; c < columns; c += 1) products[c] += weight[r] * (target[r] - mean) * x[r * columns + c];
    }
    const solution = solve(factor, products);
    coef.set(solution, k * columns);
    intercept[k] = mean - solution.reduce((sum, value, c) => sum + value * means[c], 0);
  }
  return { scaler, classes, coef, intercept };
}

function columnMeans(x: Float64Array, weight: Float64Array, columns: number): Float64Array {
  const sums = new Float64Array(columns);
  for (let i = 0; i < x.length; i += 1) sums[i % columns] += weight[Math.floor(i / columns)] * x[i];
  const total = weight.reduce((sum, value) => sum + value, 0);
  return sums.map((sum) => sum / total);
}

/** XᵀWX + alpha I, lower half. */
function gramMatrix(x: Float64Array, weight: Float64Array, columns: number, alpha: number): Float64Array {
  const gram = new Float64Array(columns * columns);
  for (let r = 0; r < weight.length; r += 1) {
    for (let i = 0; i < columns; i += 1) {
      const scaled = weight[r] * x[r * columns + i];
      for (let j = 0; j <= i; j += 1) gram[i * columns + j] += scaled * x[r * columns + j];
    }
  }
  let trace = 0;
  for (let i = 0; i < columns; i += 1) trace += gram[i * columns + i];
  const added = alpha + Math.max(Number.MIN_VALUE, (JITTER * trace) / columns);
  for (let i = 0; i < columns; i += 1) gram[i * columns + i] += added;
  return gram;
}

/** L of A = L Lᵀ, in place of A's lower half. A constant column's diagonal is the added part alone, so none is 0. */
function cholesky(a: Float64Array, n: number): Float64Array {
  for (let j = 0; j < n; j += 1) {
    for (let i = j; i < n; i += 1) {
      let sum = a[i * n + j];
      for (let k = 0; k < j; k += 1) sum -= a[i * n + k] * a[j * n + k];
      a[i * n + j] = i === j ? Math.sqrt(Math.max(sum, Number.MIN_VALUE)) : sum / a[j * n + j];
    }
  }
  return a;
}

function solve(l: Float64Array, b: Float64Array): Float64Array {
  const n = b.length;
  const z = b.slice();
  for (let i = 0; i < n; i += 1) {
    for (let k = 0; k < i; k += 1) z[i] -= l[i * n + k] * z[k];
    z[i] /= l[i * n + i];
  }
  for (let i = n - 1; i >= 0; i -= 1) {
    for (let k = i + 1; k < n; k += 1) z[i] -= l[k * n + i] * z[k];
    z[i] /= l[i * n + i];
  }
  return z;
}
