/** The least that evaluation asks of a model family; every ModelRecipe keeps it. */
import type { Dataset, Probabilities } from '../dataset';
import { EvaluationError } from './evaluation-error';

export interface FittedClassifier {
  /** Probabilities rows × classes for rows × columns float32 values, row-major. */
  predict(x: Float32Array): Probabilities;
}

export interface ClassifierRecipe {
  readonly name: string;
  /**
   * Everything learnt, a scaler's means included, comes from `data`. `weights` are one per row, positive; a family without sample
   * weights ignores them. The same arguments give the same model.
   */
  fit(data: Dataset, seed: number, weights?: Float64Array): FittedClassifier;
}

/** Probabilities of `rows` rows. Throws EvaluationError PREDICTION_NOT_FINITE when one is missing, NaN or infinite. */
export function checkedPrediction(
  name: string,
  model: FittedClassifier,
  { x, rows, classes }: Pick<Dataset, 'x' | 'rows' | 'classes'>,
): Probabilities {
  const probabilities = model.predict(x);
  const bad = probabilities.findIndex((p) => !Number.isFinite(p));
  if (bad >= 0 || probabilities.length !== rows * classes) {
    const what = bad >= 0 ? `row ${Math.floor(bad / classes)} is ${probabilities[bad]}` : 'some rows have none';
    throw new EvaluationError('PREDICTION_NOT_FINITE', `${name} gave no usable probabilities: ${what}.`);
  }
  return probabilities;
}
