/** Permutation importance (Breiman 2001; scikit-learn's permutation_importance): how much worse rows score with one column shuffled. */
import type { Dataset } from '../dataset';
import { logLoss } from '../metrics';
import { createRandom, seedOf, shuffle } from '../random';
import { checkedPrediction } from './classifier-contract';
import type { FittedClassifier, SeriesStarts } from './classifier-contract';

export const REPEATS = 5;

export interface ColumnImportance {
  readonly column: number;
  /** Mean rise of the log loss over the repeats, nats; about 0 for a column that the model does not need. */
  readonly mean: number;
  /** Population standard deviation over the repeats. */
  readonly deviation: number;
}

/** In column order, on rows the model did not see. Rejects with EvaluationError PREDICTION_NOT_FINITE. */
export async function permutationImportance(
  name: string,
  model: FittedClassifier,
  data: Dataset,
  seed: number,
  repeats = REPEATS,
  starts?: SeriesStarts,
): Promise<readonly ColumnImportance[]> {
  const { x, y, rows, columns, classes } = data;
  const scored = async (values: Float32Array): Promise<number> =>
    logLoss(await checkedPrediction(name, model, { x: values, rows, classes }, starts), y, classes);
  const baseline = await scored(x);
  const shuffled = x.slice();
  const importances: ColumnImportance[] = [];
  for (let column = 0; column < columns; column += 1) {
    const rises: number[] = [];
    for (let repeat = 0; repeat < repeats; repeat += 1) {
      const order = Int32Array.from({ length: rows }, (_row, row) => row);
      shuffle(order, createRandom(seedOf(seed, column, repeat)));
      order.forEach((from, row) => {
        shuffled[row * columns + column] = x[from * columns + column];
      });
      rises.push((await scored(shuffled)) - baseline);
    }
    for (let row = 0; row < rows; row += 1) shuffled[row * columns + column] = x[row * columns + column];
    const mean = rises.reduce((sum, rise) => sum + rise, 0) / repeats;
    const deviation = Math.sqrt(rises.reduce((sum, rise) => sum + (rise - mean) ** 2, 0) / repeats);
    importances.push({ column, mean, deviation });
  }
  return importances;
}
