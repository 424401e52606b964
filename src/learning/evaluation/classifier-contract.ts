/** The least that evaluation asks of a model family; every ModelRecipe keeps it. */
import type { Dataset, Probabilities } from '../dataset';
import { EvaluationError } from './evaluation-error';

/** Row numbers at which a new series begins (a roll, a break, rows left out), ascending from 0: a window never reaches over one. */
export type SeriesStarts = readonly number[];

export interface FittedClassifier {
  /** Probabilities rows × classes for rows × columns float32 values, row-major. Networks answer later. */
  predict(x: Float32Array, starts?: SeriesStarts): Probabilities | Promise<Probabilities>;
}

export interface FitContext {
  /** One per row, positive; a family without sample weights ignores them. */
  readonly weights?: Float64Array;
  /** For families that read windows of rows; one series when left out. */
  readonly starts?: SeriesStarts;
  /** Node's own options for families that fit in a thread of theirs. */
  readonly threadArguments?: readonly string[];
}

export interface ClassifierRecipe<M extends FittedClassifier = FittedClassifier> {
  readonly name: string;
  /** Everything learnt, a scaler's means included, comes from `data`. The same arguments give the same model. */
  fit(data: Dataset, seed: number, context?: FitContext): M | Promise<M>;
}

/** Probabilities of `rows` rows. Rejects with EvaluationError PREDICTION_NOT_FINITE when one is missing, NaN or infinite. */
export async function checkedPrediction(
  name: string,
  model: FittedClassifier,
  { x, rows, classes }: Pick<Dataset, 'x' | 'rows' | 'classes'>,
  starts?: SeriesStarts,
): Promise<Probabilities> {
  const probabilities = await model.predict(x, starts);
  const bad = probabilities.findIndex((p) => !Number.isFinite(p));
  if (bad >= 0 || probabilities.length !== rows * classes) {
    const what = bad >= 0 ? `row ${Math.floor(bad / classes)} is ${probabilities[bad]}` : 'some rows have none';
    throw new EvaluationError('PREDICTION_NOT_FINITE', `${name} gave no usable probabilities: ${what}.`);
  }
  return probabilities;
}
