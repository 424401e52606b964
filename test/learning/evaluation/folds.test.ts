/** Purged folds, selection inside the fold, cross-validation. */
import * as fc from 'fast-check';
import { MINUTE_MS } from '../../../src/domain/exchange-time';
import type { Dataset } from '../../../src/learning/dataset';
import type { ClassifierRecipe, SeriesStarts } from '../../../src/learning/evaluation/classifier-contract';
import { crossValidate } from '../../../src/learning/evaluation/cross-validation';
import { selectColumns, selectFeatures } from '../../../src/learning/evaluation/feature-selection';
import { EMBARGO_MS, FOLDS, purgedFolds } from '../../../src/learning/evaluation/purged-folds';
import { createRandom } from '../../../src/learning/random';
import { generatedData } from '../generated-data';
import { classPriors, minuteRows, thresholdRecipe } from './small-recipes';

const rowTimes = fc
  .array(fc.record({ gap: fc.integer({ min: 0, max: 40 }), span: fc.integer({ min: 0, max: 30 }) }), {
    minLength: 400,
    maxLength: 600,
  })
  .map((rows) => {
    let at = 0;
    const starts = rows.map(({ gap }) => (at += gap * MINUTE_MS));
    return { starts, ends: rows.map(({ span }, i) => starts[i] + span * MINUTE_MS) };
  });

describe('purged folds', () => {
  it('test every row once, in time order', () => {
    fc.assert(
      fc.property(rowTimes, ({ starts, ends }) => {
        const folds = purgedFolds({ starts, ends });
        expect(folds.flatMap(({ test }) => test)).toEqual(starts.map((_start, i) => i));
        expect(folds).toHaveLength(FOLDS);
      }),
      { numRuns: 30 },
    );
  });

  it('no training label overlaps a test label, and the embargo is kept', () => {
    fc.assert(
      fc.property(rowTimes, ({ starts, ends }) => {
        for (const { train, test } of purgedFolds({ starts, ends })) {
          const from = Math.min(...test.map((row) => starts[row]));
          const to = Math.max(...test.map((row) => ends[row]));
          for (const row of train) {
            const before = ends[row] < from;
            const after = starts[row] > to + EMBARGO_MS;
            expect(before || after).toBe(true);
          }
        }
      }),
      { numRuns: 30 },
    );
  });

  it('do not depend on the order of the rows', () => {
    const { starts, ends } = minuteRows(generatedData(300, 2, 1));
    const reversed = purgedFolds({ starts: Array.from(starts).reverse(), ends: Array.from(ends).reverse() });
    purgedFolds({ starts, ends }).forEach(({ train, test }, fold) => {
      const mirrored = (rows: readonly number[]) => rows.map((row) => 299 - row).reverse();
      expect(mirrored(reversed[fold].test)).toEqual(test);
      expect(mirrored(reversed[fold].train)).toEqual(train);
    });
  });

  it('refuse too few rows and labels that end before they start', () => {
    expect(() => purgedFolds({ starts: [1, 2, 3], ends: [1, 2, 3] })).toThrow(/TOO_FEW_ROWS/);
    expect(() => purgedFolds({ starts: [1, 2], ends: [1, 1] })).toThrow(/ROWS_INVALID.*row 1/);
    expect(() => purgedFolds({ starts: [1, 2], ends: [1, NaN] })).toThrow(/ROWS_INVALID/);
  });
});

describe('feature selection', () => {
  const base = generatedData(2000, 6, 3);
  /** The columns of `base`, then a constant, a scaled copy of column 0 and one of column 1. */
  const widened = (): Dataset => {
    const x = Float32Array.from({ length: base.rows * 9 }, (_item, i) => {
      const [row, column] = [Math.floor(i / 9), i % 9];
      if (column === 6) return 7.5;
      return column < 6 ? base.x[row * 6 + column] : -3 * base.x[row * 6 + column - 7] + 2;
    });
    return { ...base, columns: 9, x };
  };

  it('drops constants and copies, and says of what', () => {
    const { kept, dropped } = selectFeatures(widened());
    expect(kept).toHaveLength(6);
    expect(dropped).toContainEqual({ column: 6, why: 'it is constant' });
    expect(dropped.filter(({ why }) => why.startsWith('it repeats column'))).toHaveLength(2);
  });

  it('keeps the most important up to the limit', () => {
    const { kept, importances } = selectFeatures(base, 2);
    const best = [...importances.keys()].sort((a, b) => importances[b] - importances[a]).slice(0, 2);
    expect(kept).toEqual(best.sort((a, b) => a - b));
    expect(kept).toContain(0);
    expect(selectFeatures(base, 1, Float64Array.of(0, 0, 0, 0, 1, 0)).kept).toEqual([4]);
  });

  it('refuses rows without a varying column', () => {
    expect(() => selectFeatures({ ...base, x: new Float32Array(base.x.length) })).toThrow(/NO_FEATURES/);
  });

  it('takes columns in the order asked', () => {
    const { x } = selectColumns(
      { rows: 2, columns: 3, x: Float32Array.of(1, 2, 3, 4, 5, 6), y: Uint8Array.of(0, 1), classes: 2 },
      [2, 0],
    );
    expect([...x]).toEqual([3, 1, 6, 4]);
  });
});

describe('cross-validation', () => {
  const afterHole = (train: readonly number[]) =>
    train.flatMap((row, i) => (i > 0 && row !== train[i - 1] + 1 ? [i] : []));
  const rows = minuteRows(generatedData(1500, 6, 5));

  it('answers out-of-fold probabilities in the order of the rows', async () => {
    const { folds, probabilities } = await crossValidate(thresholdRecipe, rows, 1);
    expect(folds).toHaveLength(5);
    for (let row = 0; row < 1500; row += 1) {
      const sum = probabilities[3 * row] + probabilities[3 * row + 1] + probabilities[3 * row + 2];
      expect(sum).toBeCloseTo(1, 9);
    }
    for (const { auc } of folds) expect(auc).toBeGreaterThan(0.6);
  });

  it('shows a model its training rows alone, with their weights and series', async () => {
    const weights = Float64Array.from({ length: 1500 }, (_item, i) => i + 1);
    const seen: number[] = [];
    const series: SeriesStarts[] = [];
    const spy: ClassifierRecipe = {
      name: 'spy',
      fit: (data, seed, context) => {
        seen.push(data.rows);
        series.push(context?.starts ?? []);
        expect(context?.weights).toHaveLength(data.rows);
        return classPriors.fit(data, seed);
      },
    };
    const splits = purgedFolds(rows);
    await crossValidate(spy, { ...rows, weights }, 1, splits);
    expect(seen).toEqual(splits.map(({ train }) => train.length));
    // The rows after the test span follow none before it.
    expect(series).toEqual(splits.map(({ train }) => [0, ...afterHole(train)]));
  });

  it('selects columns without looking at the test rows', async () => {
    const [first] = purgedFolds(rows);
    const noise = createRandom(1);
    const spoilt = { ...rows.data, y: rows.data.y.slice() };
    for (const row of first.test) spoilt.y[row] = noise.below(3);
    const select = (data: Dataset) => crossValidate(thresholdRecipe, { ...rows, data }, 1, [first]);
    const [ofSpoilt, ofRows] = [await select(spoilt), await select(rows.data)];
    expect(ofSpoilt.folds[0].columns).toEqual(ofRows.folds[0].columns);
    expect(ofSpoilt.probabilities).toEqual(ofRows.probabilities);
  });

  it('refuses a fold of one class and a model that answers NaN', async () => {
    const oneClass = { ...rows, data: { ...rows.data, y: new Uint8Array(1500) } };
    await expect(crossValidate(classPriors, oneClass, 1)).rejects.toThrow(/FOLD_ONE_CLASS/);
    const broken: ClassifierRecipe = {
      name: 'broken',
      fit: () => ({ predict: (x) => new Float64Array(x.length).fill(Number.NaN) }),
    };
    await expect(crossValidate(broken, rows, 1)).rejects.toThrow(/PREDICTION_NOT_FINITE: broken/);
  });
});
