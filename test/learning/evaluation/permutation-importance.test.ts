/** Permutation importance: what a model does not read costs nothing, what it reads costs what it is worth. */
import type { Dataset } from '../../../src/learning/dataset';
import type { FittedClassifier } from '../../../src/learning/evaluation/classifier-contract';
import { permutationImportance, REPEATS } from '../../../src/learning/evaluation/permutation-importance';
import { createRandom } from '../../../src/learning/random';

const ROWS = 600;
const COLUMNS = 3;
const random = createRandom(5);
const x = Float32Array.from({ length: ROWS * COLUMNS }, () => random.next() * 2 - 1);
const y = Uint8Array.from({ length: ROWS }, (_item, row) => (3 * x[row * COLUMNS] + x[row * COLUMNS + 2] > 0 ? 1 : 0));
const data: Dataset = { rows: ROWS, columns: COLUMNS, x, y, classes: 2 };

/** Reads the first column strongly, the last a little, the middle one never. */
const model: FittedClassifier = {
  predict: (values) =>
    Float64Array.from({ length: (values.length / COLUMNS) * 2 }, (_item, i) => {
      const row = Math.floor(i / 2);
      const p = 1 / (1 + Math.exp(-4 * (3 * values[row * COLUMNS] + values[row * COLUMNS + 2])));
      return i % 2 === 1 ? p : 1 - p;
    }),
};

test('columns cost as much as the model needs them, in column order; the data stay as they are', async () => {
  const before = x.slice();
  const [strong, unread, weak] = await permutationImportance('m', model, data, 7);
  expect([strong.column, unread.column, weak.column]).toEqual([0, 1, 2]);
  expect(strong.mean).toBeGreaterThan(3 * weak.mean);
  expect(weak.mean).toBeGreaterThan(0.05);
  expect(strong.deviation).toBeGreaterThan(0);
  // Not a row of the others is out of its place while this one is shuffled.
  expect(unread).toEqual({ column: 1, mean: 0, deviation: 0 });
  expect(x).toEqual(before);
});

test('the same seed repeats it, another does not; the mean is over the repeats', async () => {
  const run = (seed: number, repeats: number) => permutationImportance('m', model, data, seed, repeats);
  expect(await run(7, REPEATS)).toEqual(await run(7, REPEATS));
  expect((await run(7, 2))[0].mean).not.toBe((await run(8, 2))[0].mean);
  const [once] = await run(7, 1);
  const [twice] = await run(7, 2);
  expect(once.deviation).toBe(0);
  // Two values lie one deviation from their mean.
  expect(Math.abs(once.mean - twice.mean)).toBeCloseTo(twice.deviation, 10);
});

test('a shuffled column keeps its values', async () => {
  const seen: number[][] = [];
  const watching: FittedClassifier = {
    predict: (values) => {
      seen.push(Array.from({ length: ROWS }, (_item, row) => values[row * COLUMNS]));
      return model.predict(values);
    },
  };
  await permutationImportance('m', watching, data, 7, 1);
  const [own, shuffled, afterwards] = seen;
  expect(shuffled).not.toEqual(own);
  expect([...shuffled].sort()).toEqual([...own].sort());
  expect(afterwards).toEqual(own);
});

test('a model that answers NaN is refused by code', async () => {
  const broken: FittedClassifier = { predict: () => new Float64Array(ROWS * 2).fill(Number.NaN) };
  await expect(permutationImportance('m', broken, data, 7)).rejects.toThrow(/PREDICTION_NOT_FINITE/);
});
