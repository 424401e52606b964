/** What a run's voters lean on: measured on the hold-out alone, named, and the median of the voters. */
import { seriesStarts } from '../../../src/learning/evaluation/cross-validation';
import type { FittedModel } from '../../../src/learning/families/model-recipe';
import {
  importancesOf,
  importanceText,
  medianImportances,
  namedImportances,
} from '../../../src/learning/training/column-importances';
import { generatedSet } from './generated-set';

const set = generatedSet(1_200);
const latest = set.holdOut.slice(-1_000);

test('is asked of the latest rows that nothing was fitted on, and of the columns that the model reads', async () => {
  const asked: Float32Array[] = [];
  /** Reads the second of its two columns. */
  const model: FittedModel = {
    predict: (x, starts) => {
      asked.push(x.slice());
      expect(starts).toEqual(seriesStarts(set.rows, latest));
      return Float64Array.from({ length: (x.length / 2) * 3 }, (_item, i) => {
        const up = 1 / (1 + Math.exp(-x[2 * Math.floor(i / 3) + 1]));
        return [(1 - up) / 2, 0.5, up / 2][i % 3];
      });
    },
    toOnnx: () => new Uint8Array(),
  };
  const part = { rows: set.rows, test: set.holdOut, columns: [1, 4] };
  const found = await importancesOf('m', model, part, 1);
  expect(found.map(({ column }) => column)).toEqual([1, 4]);
  expect(found[0]).toEqual({ column: 1, mean: 0, deviation: 0 });
  expect(found[1].deviation).toBeGreaterThan(0);
  const { x, columns } = set.rows.data;
  expect(asked[0]).toEqual(Float32Array.from(latest.flatMap((row) => [x[row * columns + 1], x[row * columns + 4]])));
  expect(await importancesOf('m', model, { ...part, test: [] }, 1)).toEqual([]);
});

test('is named, the most needed first; a column that a voter does not read is worth nothing to it', () => {
  const named = namedImportances(
    [
      { column: 0, mean: -0.125, deviation: 0.001 },
      { column: 2, mean: 0.25, deviation: 0.002 },
    ],
    ['a', 'b', 'c'],
  );
  expect(named).toEqual([
    { column: 'c', rise: 0.25, deviation: 0.002 },
    { column: 'a', rise: -0.125, deviation: 0.001 },
  ]);
  expect(importanceText(named)).toBe('c +250.0, a −125.0');
  const other = [{ column: 'a', rise: 0.5, deviation: 0 }];
  expect(medianImportances([{ importances: named }, { importances: other }, {}])).toEqual([
    { column: 'a', rise: 0.1875 },
    { column: 'c', rise: 0.125 },
  ]);
  // One voter of wild probabilities does not speak for the others.
  const wild = { importances: [{ column: 'b', rise: 1_000, deviation: 0 }] };
  expect(medianImportances([{ importances: other }, { importances: other }, wild])[0]).toEqual({
    column: 'a',
    rise: 0.5,
  });
  expect(medianImportances([{}])).toEqual([]);
});
