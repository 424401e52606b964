/**
 * Which columns a fold's models read: the most important first, without those that repeat one already kept. Looks at the training
 * rows alone. Importance is the mutual information of the column's decile and the label unless the caller brings a model's.
 * Sources: Peng, Long & Ding 2005 (relevance and redundancy); Miller 1955 (the bias of counted mutual information).
 */
import type { Dataset } from '../dataset';
import { EvaluationError } from './evaluation-error';

export const MAX_FEATURES = 250;
/** A column this correlated with a kept one, either sign, says the same. */
export const REDUNDANT_CORRELATION = 0.98;
const BINS = 10;

export interface FeatureSelection {
  /** Column indexes, ascending. */
  readonly kept: readonly number[];
  readonly dropped: readonly { readonly column: number; readonly why: string }[];
  readonly importances: Float64Array;
}

function columnOf({ x, rows, columns }: Dataset, column: number): Float32Array {
  const values = new Float32Array(rows);
  for (let row = 0; row < rows; row += 1) values[row] = x[row * columns + column];
  return values;
}

/** Decile of each value among the values themselves; equal values share one. */
function deciles(values: Float32Array): Uint8Array {
  const sorted = values.slice().sort();
  const edges: number[] = [];
  for (let k = 1; k < BINS; k += 1) edges.push(sorted[Math.ceil((k * sorted.length) / BINS) - 1]);
  return Uint8Array.from(values, (value) => edges.filter((edge) => value > edge).length);
}

/** Mutual information of two codes in nats, as counted, less its bias (a − 1)(b − 1)/2n; never below 0. */
export function mutualInformation(a: Uint8Array, b: Uint8Array): number {
  const codes = 1 + Math.max(...new Set(a));
  const labels = 1 + Math.max(...new Set(b));
  const joint = new Float64Array(codes * labels);
  const ofCode = new Float64Array(codes);
  const ofLabel = new Float64Array(labels);
  a.forEach((code, i) => {
    joint[code * labels + b[i]] += 1;
    ofCode[code] += 1;
    ofLabel[b[i]] += 1;
  });
  let information = 0;
  joint.forEach((count, cell) => {
    if (count === 0) return;
    const expected = ofCode[Math.floor(cell / labels)] * ofLabel[cell % labels];
    information += (count / a.length) * Math.log((count * a.length) / expected);
  });
  const used = (counts: Float64Array): number => counts.filter((count) => count > 0).length;
  const bias = ((used(ofCode) - 1) * (used(ofLabel) - 1)) / (2 * a.length);
  return Math.max(0, information - bias);
}

/** Mutual information of each column's decile with the label. */
export const columnInformation = (data: Dataset): Float64Array =>
  Float64Array.from({ length: data.columns }, (_item, c) => mutualInformation(deciles(columnOf(data, c)), data.y));

/** Values less their mean, scaled to length 1; null for a constant column. */
function direction(values: Float32Array): Float64Array | null {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const unit = new Float64Array(values);
  for (let i = 0; i < unit.length; i += 1) unit[i] -= mean;
  const length = Math.sqrt(correlation(unit, unit));
  if (length <= 10 * Number.EPSILON * Math.abs(mean) * Math.sqrt(values.length)) return null;
  for (let i = 0; i < unit.length; i += 1) unit[i] /= length;
  return unit;
}

function correlation(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i += 1) sum += a[i] * b[i];
  return sum;
}

/** Columns to keep, at most `limit`; among equally important ones the first. Throws EvaluationError NO_FEATURES when all are constant. */
export function selectFeatures(
  data: Dataset,
  limit = MAX_FEATURES,
  importances = columnInformation(data),
): FeatureSelection {
  const order = Array.from({ length: data.columns }, (_item, c) => c).sort((a, b) => importances[b] - importances[a]);
  const kept: { readonly column: number; readonly unit: Float64Array }[] = [];
  const dropped: { column: number; why: string }[] = [];
  for (const column of order) {
    const unit = direction(columnOf(data, column));
    if (unit === null) {
      dropped.push({ column, why: 'it is constant' });
      continue;
    }
    if (kept.length >= limit) {
      dropped.push({ column, why: `${limit} more important columns are kept` });
      continue;
    }
    const twin = kept.find((other) => Math.abs(correlation(other.unit, unit)) > REDUNDANT_CORRELATION);
    if (twin === undefined) kept.push({ column, unit });
    else dropped.push({ column, why: `it repeats column ${twin.column}` });
  }
  if (kept.length === 0)
    throw new EvaluationError(
      'NO_FEATURES',
      'Every column is constant on the training rows: there is nothing to learn from.',
    );
  return { kept: kept.map(({ column }) => column).sort((a, b) => a - b), dropped, importances };
}

/** The columns at `indexes`, in that order. */
export function selectColumns(data: Dataset, indexes: readonly number[]): Dataset {
  const x = new Float32Array(data.rows * indexes.length);
  for (let row = 0; row < data.rows; row += 1) {
    indexes.forEach((column, i) => {
      x[row * indexes.length + i] = data.x[row * data.columns + column];
    });
  }
  return { ...data, columns: indexes.length, x };
}
