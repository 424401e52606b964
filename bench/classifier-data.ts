/** Rows that the classifier benches fit on: generated ones, and the parts of any. */
import type { Dataset } from '../src/learning/dataset';
import { createRandom } from '../src/learning/random';

export const GENERATED_COLUMNS = 60;
const DRAWS = 4;

/** Near-normal columns and three classes that depend on a line, a product and a threshold, with noise. */
export function generateRows(rows: number, columns = GENERATED_COLUMNS): Dataset {
  const random = createRandom(1);
  const nearNormal = (): number => {
    let sum = -DRAWS / 2;
    for (let i = 0; i < DRAWS; i += 1) sum += random.next();
    return sum;
  };
  const x = new Float32Array(rows * columns).map(nearNormal);
  const y = new Uint8Array(rows);
  for (let r = 0; r < rows; r += 1) {
    const row = x.subarray(r * columns, (r + 1) * columns);
    const score = row[0] + 0.5 * row[1] + 2 * row[2] * row[3] + (row[4] > 0 ? 0.5 : -0.5) + nearNormal();
    y[r] = score > 0.5 ? 2 : score < -0.5 ? 0 : 1;
  }
  return { rows, columns, x, y, classes: 3 };
}

const part = ({ x, y, columns, classes }: Dataset, from: number, to: number): Dataset => ({
  rows: to - from,
  columns,
  classes,
  x: x.slice(from * columns, to * columns),
  y: y.slice(from, to),
});

/** The first rows to fit on, the others to measure on. */
export function splitRows(data: Dataset, fitted: number): { readonly train: Dataset; readonly test: Dataset } {
  return { train: part(data, 0, fitted), test: part(data, fitted, data.rows) };
}
