/**
 * k nearest neighbours: scikit-learn's KNeighborsClassifier(metric="euclidean", algorithm="brute") behind a standard scaler, with its
 * parameter names and defaults. The model is the training rows themselves, so their number is limited.
 */
import { checkDataset } from '../dataset';
import type { Dataset, Probabilities } from '../dataset';
import { applyScaler, fitScaler } from '../linear/standard-scaler';
import type { StandardScaler } from '../linear/standard-scaler';
import { ModelRunError } from '../model-run-error';
import { InvalidParameterError } from '../trees/invalid-parameter';
import { NearestRows } from './nearest-rows';

export interface KNeighboursParameters {
  readonly n_neighbors: number;
  /** `distance`: a vote weighs 1 / distance; where rows lie at distance 0, they alone vote. */
  readonly weights: 'uniform' | 'distance';
  readonly metric: 'euclidean';
}

export const K_NEIGHBOURS_DEFAULTS: KNeighboursParameters = {
  n_neighbors: 5,
  weights: 'uniform',
  metric: 'euclidean',
};

/** Every prediction reads all training rows: with this many, 40 columns and one row at a time it takes about a millisecond. */
export const MAX_NEIGHBOUR_ROWS = 20_000;

/**
 * Squared distances on scaled columns are compared in these steps, as wide as float32's near 1. The expansion |x|² − 2xy + |y|² is exact
 * to about 1e-12: without steps equal rows would lie at unequal distances, and which of them votes would depend on the order of a sum.
 */
export const DISTANCE_STEP = 2 ** -24;

export interface KNeighboursClassifier {
  readonly scaler: StandardScaler;
  readonly classes: number;
  readonly rows: number;
  readonly parameters: KNeighboursParameters;
  /** rows × columns, scaled. */
  readonly x: Float64Array;
  /** Squared length of each row of x. */
  readonly squares: Float64Array;
  readonly y: Uint8Array;
}

/**
 * Fits on x (rows, columns) and y (rows,); nothing is drawn, sample weights are not known to this family.
 * Throws ModelRunError TOO_MANY_ROWS above MAX_NEIGHBOUR_ROWS and for data no classifier can be fitted on, InvalidParameterError.
 */
export function fitKNeighbours(data: Dataset, parameters: KNeighboursParameters): KNeighboursClassifier {
  checkDataset(data);
  checkParameters(parameters, data.rows);
  if (data.rows > MAX_NEIGHBOUR_ROWS)
    throw new ModelRunError(
      'TOO_MANY_ROWS',
      `Nearest neighbours take at most ${MAX_NEIGHBOUR_ROWS} rows, there are ${data.rows}: give fewer days or another family.`,
    );
  const scaler = fitScaler(data);
  const x = applyScaler(scaler, data.x);
  const { classes, rows, columns, y } = data;
  return { scaler, classes, rows, parameters, x, squares: squaredLengths(x, columns), y: y.slice() };
}

function checkParameters({ n_neighbors, weights, metric }: KNeighboursParameters, rows: number): void {
  if (!Number.isInteger(n_neighbors) || n_neighbors < 1 || n_neighbors > rows)
    throw new InvalidParameterError(
      `n_neighbors is ${n_neighbors}: it has to be a whole number from 1 to the ${rows} rows there are.`,
    );
  if (!['uniform', 'distance'].includes(weights))
    throw new InvalidParameterError(`weights is ${weights}: it has to be uniform or distance.`);
  if (!['euclidean'].includes(metric))
    throw new InvalidParameterError(`metric is ${metric}: euclidean is the one there is.`);
}

function squaredLengths(x: Float64Array, columns: number): Float64Array {
  const squares = new Float64Array(x.length / columns);
  x.forEach((value, i) => (squares[Math.floor(i / columns)] += value * value));
  return squares;
}

/** Shares of the neighbours' votes, rows × classes, for x (rows, columns); of rows at one distance the earlier is nearer. */
export function predictKNeighbours(model: KNeighboursClassifier, x: Float32Array): Probabilities {
  const { scaler, classes, parameters } = model;
  const columns = scaler.mean.length;
  const scaled = applyScaler(scaler, x);
  const lengths = squaredLengths(scaled, columns);
  const probabilities = new Float64Array(lengths.length * classes);
  const nearest = new NearestRows(parameters.n_neighbors);
  lengths.forEach((square, row) => {
    nearest.clear();
    for (let other = 0; other < model.rows; other += 1)
      nearest.offer(other, squaredDistance(model, scaled, row * columns, square, other));
    const votes = probabilities.subarray(row * classes, (row + 1) * classes);
    castVotes(nearest, model, votes);
  });
  return probabilities;
}

function squaredDistance(
  { x, squares, scaler }: KNeighboursClassifier,
  scaled: Float64Array,
  from: number,
  square: number,
  other: number,
): number {
  const columns = scaler.mean.length;
  let product = 0;
  for (let c = 0, at = other * columns; c < columns; c += 1) product += scaled[from + c] * x[at + c];
  const distance = square + squares[other] - 2 * product;
  return Math.max(0, Math.floor(distance / DISTANCE_STEP + 0.5) * DISTANCE_STEP);
}

function castVotes({ rows, values }: NearestRows, { y, parameters }: KNeighboursClassifier, votes: Float64Array): void {
  const touches = values.some((value) => value === 0);
  let total = 0;
  values.forEach((value, i) => {
    const weight = weightOf(value, parameters.weights, touches);
    votes[y[rows[i]]] += weight;
    total += weight;
  });
  for (let c = 0; c < votes.length; c += 1) votes[c] /= total;
}

function weightOf(squared: number, weights: KNeighboursParameters['weights'], touches: boolean): number {
  if (weights === 'uniform') return 1;
  if (touches) return squared === 0 ? 1 : 0;
  return 1 / Math.sqrt(squared);
}
