/** Rows that the classifier benches fit on: a CSV file's, or generated ones. */
import { readFileSync } from 'node:fs';
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

/** Float columns and an integer label last; a first line that is not numbers is a header. Labels are numbered in ascending order. */
export function readCsv(file: string): Dataset {
  const lines = readFileSync(file, 'utf8')
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
  const isHeader = lines[0]?.split(',').some((cell) => Number.isNaN(Number(cell))) ?? false;
  const table = lines.slice(isHeader ? 1 : 0).map((line) => line.split(',').map(Number));
  if (table.length === 0) throw new TypeError(`${file} has no rows.`);
  const columns = table[0].length - 1;
  const bad = table.findIndex((row) => row.length !== columns + 1 || row.some(Number.isNaN));
  if (bad >= 0) throw new TypeError(`${file}: row ${bad + 1} is not ${columns + 1} numbers.`);
  const labels = [...new Set(table.map((row) => row[columns]))].sort((a, b) => a - b);
  if (labels.some((label) => !Number.isInteger(label)) || labels.length > 255) {
    throw new TypeError(`${file}: the last column has to be an integer label of at most 255 classes.`);
  }
  return {
    rows: table.length,
    columns,
    x: Float32Array.from(table.flatMap((row) => row.slice(0, columns))),
    y: Uint8Array.from(table, (row) => labels.indexOf(row[columns])),
    classes: labels.length,
  };
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
