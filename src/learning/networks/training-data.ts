/** From a dataset to what the training thread holds: checked, scaled by the learned rows, weighted. */
import { checkDataset, checkFeatures } from '../dataset';
import type { Dataset } from '../dataset';
import { applyScaler, fitScaler } from '../linear/standard-scaler';
import type { StandardScaler } from '../linear/standard-scaler';
import { ModelRunError } from '../model-run-error';
import { InvalidParameterError } from '../trees/invalid-parameter';
import { checkSampleWeight } from '../trees/sampling';
import { learnedRows } from './fit-network';
import type { FitOptions, FitParameters } from './fit-network';
import type { ThreadData } from './training-session';

/** Rows without labels. */
export type Features = Pick<Dataset, 'rows' | 'columns' | 'x'>;

export interface ScaledFeatures {
  readonly scaler: StandardScaler;
  readonly x: ThreadData;
  readonly weight: ThreadData;
}

export interface ScaledData extends ScaledFeatures {
  readonly y: ThreadData;
}

/** Throws ModelRunError for features nothing can be fitted on, InvalidParameterError for weights or a matrix of another size. */
export function scaledFeatures(
  data: Features,
  parameters: FitParameters,
  { sample_weight }: FitOptions,
): ScaledFeatures {
  const { rows, columns } = data;
  checkLength('x', data.x.length, rows * columns);
  checkFeatures(data);
  checkSampleWeight(rows, sample_weight);
  const learned = learnedRows(rows, parameters);
  if (learned < 2) {
    throw new ModelRunError('TOO_FEW_ROWS', `${rows} rows leave ${learned} to learn from beside those that judge.`);
  }
  const weights = sample_weight === undefined ? new Float32Array(rows).fill(1) : Float32Array.from(sample_weight);
  checkWeightOf('learned', weights.subarray(0, learned));
  if (learned < rows) checkWeightOf('validation', weights.subarray(learned));
  const scaler = fitScaler({ x: data.x, rows: learned, columns });
  return {
    scaler,
    x: { values: new Float32Array(applyScaler(scaler, data.x)), dims: [rows, columns] },
    weight: { values: weights, dims: [rows] },
  };
}

/** Throws as scaledFeatures does, ModelRunError ONE_CLASS_ONLY also when only the rows that judge have a second class. */
export function scaledData(data: Dataset, parameters: FitParameters, options: FitOptions): ScaledData {
  const { rows, columns, classes } = data;
  checkLength('y', data.y.length, rows);
  const outside = data.y.findIndex((label) => label >= classes);
  if (outside >= 0) {
    throw new InvalidParameterError(`y of row ${outside} is ${data.y[outside]}, there are ${classes} classes from 0.`);
  }
  const features = scaledFeatures(data, parameters, options);
  const learned = learnedRows(rows, parameters);
  checkDataset({ rows: learned, columns, classes, x: data.x, y: data.y.subarray(0, learned) });
  return { ...features, y: { values: Int32Array.from(data.y), dims: [rows] } };
}

function checkLength(name: string, found: number, wanted: number): void {
  if (found !== wanted) throw new InvalidParameterError(`${name} has ${found} values, rows and columns say ${wanted}.`);
}

function checkWeightOf(part: string, weights: Float32Array): void {
  if (weights.every((weight) => weight === 0)) {
    throw new InvalidParameterError(`All ${part} rows have a sample_weight of 0.`);
  }
}
