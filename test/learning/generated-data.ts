/** The data of golden/generate.py, by the same integer arithmetic. */
import type { Dataset } from '../../src/learning/dataset';

const DRAWS = 4;

function* uniforms(seed: number): Generator<number, never> {
  let state = seed >>> 0;
  for (;;) {
    state = (Math.imul(1_664_525, state) + 1_013_904_223) >>> 0;
    yield state / 2 ** 32;
  }
}

/** Near-normal columns; the class depends on a line, a product and a threshold, with noise. */
export function generatedData(rows: number, columns: number, seed: number): Dataset {
  const stream = uniforms(seed);
  const nearNormal = () => {
    let sum = 0;
    for (let i = 0; i < DRAWS; i += 1) sum += stream.next().value;
    return sum - 2;
  };
  const x = new Float32Array(rows * columns);
  const y = new Uint8Array(rows);
  for (let r = 0; r < rows; r += 1) {
    const row = x.subarray(r * columns, (r + 1) * columns);
    for (let c = 0; c < columns; c += 1) row[c] = nearNormal();
    const score = row[0] + 0.5 * row[1] + 2 * row[2] * row[3] + (row[4] > 0 ? 0.5 : -0.5) + nearNormal();
    y[r] = score > 0.5 ? 2 : score < -0.5 ? 0 : 1;
  }
  return { rows, columns, x, y, classes: 3 };
}

const indexes = (from: number, to: number) => Array.from({ length: to - from }, (_item, i) => from + i);
export const firstRows = (count: number) => indexes(0, count);
export const rowsBetween = indexes;
