/** What every fit reads: a float32 matrix and integer class labels. */
import { ModelRunError } from './model-run-error';

export interface Dataset {
  readonly rows: number;
  readonly columns: number;
  /** Row-major, rounded to float32 as inference sees it, all finite. */
  readonly x: Float32Array;
  /** Class index of each row, 0 … classes − 1. */
  readonly y: Uint8Array;
  readonly classes: number;
}

/** Probabilities, row-major rows × classes; each row sums to 1. */
export type Probabilities = Float64Array;

/** The rows at `indexes`, in that order. */
export function selectRows(data: Dataset, indexes: readonly number[]): Dataset {
  const { columns } = data;
  const x = new Float32Array(indexes.length * columns);
  const y = new Uint8Array(indexes.length);
  indexes.forEach((row, i) => {
    x.set(data.x.subarray(row * columns, (row + 1) * columns), i * columns);
    y[i] = data.y[row];
  });
  return { rows: indexes.length, columns, x, y, classes: data.classes };
}

export function classCounts(data: Dataset): readonly number[] {
  const counts = new Array<number>(data.classes).fill(0);
  for (const label of data.y) counts[label] += 1;
  return counts;
}

/** Throws ModelRunError TOO_FEW_ROWS or INPUT_NOT_FINITE. */
export function checkFeatures(data: Pick<Dataset, 'rows' | 'columns' | 'x'>): void {
  if (data.rows < 2 || data.columns < 1) {
    throw new ModelRunError(
      'TOO_FEW_ROWS',
      `A fit needs at least 2 rows and 1 column; there are ${data.rows} and ${data.columns}.`,
    );
  }
  const bad = data.x.findIndex((value) => !Number.isFinite(value));
  if (bad >= 0) {
    const row = Math.floor(bad / data.columns);
    throw new ModelRunError(
      'INPUT_NOT_FINITE',
      `Row ${row}, column ${bad % data.columns} is ${data.x[bad]}: drop rows without a value.`,
    );
  }
}

/** Throws ModelRunError TOO_FEW_ROWS, INPUT_NOT_FINITE or ONE_CLASS_ONLY. */
export function checkDataset(data: Dataset): void {
  checkFeatures(data);
  if (classCounts(data).filter((count) => count > 0).length < 2) {
    throw new ModelRunError('ONE_CLASS_ONLY', 'All rows have the same label: there is nothing to learn from them.');
  }
}
