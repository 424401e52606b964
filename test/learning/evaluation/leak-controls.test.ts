/** The leak controls: what they pass, and that each of them can fail. */
import { selectRows } from '../../../src/learning/dataset';
import type { Dataset } from '../../../src/learning/dataset';
import { crossValidate } from '../../../src/learning/evaluation/cross-validation';
import type { EvaluationRows } from '../../../src/learning/evaluation/cross-validation';
import { rowsByDate, shiftedLabels } from '../../../src/learning/evaluation/label-shift';
import {
  LABEL_SHIFTS,
  negativeControl,
  positiveControl,
  withLeak,
} from '../../../src/learning/evaluation/leak-controls';
import { familyOf } from '../../../src/learning/families/families';
import { meanAuc } from '../../../src/learning/metrics';
import type { Split } from '../../../src/learning/purged-split';
import { createRandom } from '../../../src/learning/random';
import { firstRows } from '../generated-data';
import { classPriors, datedRows, meansByPart, minuteRows, thresholdRecipe } from './small-recipes';

const ROWS = 1200;
const PER_DATE = 120;
const random = createRandom(11);

/** Columns of noise beside a walk whose move over the next 20 rows makes the label: overlapping labels, as in a market. */
function noiseAndWalk(count: number, columns: number) {
  const steps = Float64Array.from({ length: count + 20 }, () => random.next() - 0.5);
  const futureReturn = Float32Array.from({ length: count }, (_item, row) =>
    steps.subarray(row, row + 20).reduce((sum, step) => sum + step, 0),
  );
  const x = Float32Array.from({ length: count * columns }, () => random.next() - 0.5);
  const y = Uint8Array.from(futureReturn, (move) => (move > 0.4 ? 2 : move < -0.4 ? 0 : 1));
  const data: Dataset = { rows: count, columns, x, y, classes: 3 };
  return { rows: datedRows(data, PER_DATE), futureReturn };
}
const { rows, futureReturn } = noiseAndWalk(ROWS, 4);

/**
 * Five dates with a clock alone. A time of day that bought more on one date sold more on the others: chance does that to few dates,
 * and turning all labels round together keeps it.
 */
function clockRows(): EvaluationRows {
  const dates = 5;
  const drawn = Float64Array.from({ length: dates * PER_DATE }, () => random.next());
  const mean = (time: number): number =>
    drawn.reduce((sum, value, row) => (row % PER_DATE === time ? sum + value : sum), 0) / dates;
  const x = Float32Array.from(drawn, (_value, row) => row % PER_DATE);
  const y = Uint8Array.from(drawn, (value, row) => (value > mean(row % PER_DATE) ? 2 : 0));
  return datedRows({ rows: y.length, columns: 1, x, y, classes: 3 }, PER_DATE);
}

describe('positive control', () => {
  it.each([
    ['logistic_regression', 'beside'],
    ['boosting_depth_wise', 'beside'],
    ['k_neighbours', 'alone'],
  ] as const)('%s finds the future return %s the columns', async (name, placement) => {
    const control = await positiveControl(familyOf(name), rows, futureReturn, placement, 1);
    expect(control.aucs).toHaveLength(5);
    expect(control.meanAuc).toBeGreaterThan(0.95);
    expect(control.passed).toBe(true);
  });

  it('fails what does not look at its rows, and a leak that leaks nothing', async () => {
    expect(await positiveControl(classPriors, rows, futureReturn, 'beside', 1)).toMatchObject({
      meanAuc: 0.5,
      passed: false,
    });
    const noise = futureReturn.map(() => random.next());
    expect((await positiveControl(thresholdRecipe, rows, noise, 'alone', 1)).passed).toBe(false);
  });
});

describe('negative control', () => {
  it('ridge finds nothing in labels of other rows', async () => {
    const many = noiseAndWalk(3 * ROWS, 2);
    const knowing = { ...many.rows, data: withLeak(many.rows.data, many.futureReturn, 'beside') };
    const control = await negativeControl(familyOf('ridge'), knowing, 1);
    expect(control.aucs).toHaveLength(LABEL_SHIFTS);
    expect([Math.abs(control.meanAuc - 0.5) <= 0.02, control.outcome]).toEqual([true, 'passed']);
  });

  it('is not deceived by a clock, as labels turned round with all their dates are', async () => {
    const clock = clockRows();
    const control = await negativeControl(meansByPart(1), clock, 1, undefined, 100);
    expect([Math.abs(control.meanAuc - 0.5) <= 0.02, control.outcome]).toEqual([true, 'passed']);
    const y = clock.data.y.map((_label, row, own) => own[(row + 3.5 * PER_DATE) % own.length]);
    const { folds } = await crossValidate(meansByPart(1), { ...clock, data: { ...clock.data, y } }, 1);
    expect(meanAuc(folds)).toBeLessThan(0.35);
  });

  it('fails where a fold trains on rows whose labels overlap those of its test', async () => {
    const number = Float32Array.from({ length: ROWS }, (_item, row) => row);
    const numbered = { ...rows, data: { ...rows.data, columns: 1, x: number } };
    const every = [...number.keys()];
    const interleaved = Array.from({ length: 5 }, (_item, fold) => ({
      train: every.filter((row) => row % 5 !== fold),
      test: every.filter((row) => row % 5 === fold),
    }));
    const control = (splits?: readonly Split[]) => negativeControl(meansByPart(10), numbered, 1, splits, 4);
    expect(await control(interleaved)).toMatchObject({ outcome: 'failed' });
    expect(await control()).toMatchObject({ outcome: 'passed' });
  });

  it('says when the rows are too few to decide', async () => {
    const few = await negativeControl(thresholdRecipe, rows, 1, undefined, 4);
    expect(few.standardError).toBeGreaterThan(0.01);
    expect(few.outcome).toBe('undecided');
    const single = await negativeControl(thresholdRecipe, rows, 1, undefined, 1);
    expect(single).toMatchObject({ standardError: null, outcome: 'undecided' });
  });

  it('is refused without both directions, and with a single trade date', async () => {
    const y = rows.data.y.map((label) => Math.max(1, label));
    await expect(negativeControl(classPriors, { ...rows, data: { ...rows.data, y } }, 1, undefined, 2)).rejects.toThrow(
      /NO_DIRECTION/,
    );
    await expect(negativeControl(classPriors, minuteRows(selectRows(rows.data, firstRows(300))), 1)).rejects.toThrow(
      /TOO_FEW_ROWS/,
    );
  });
});

describe('its parts', () => {
  it('put the leak behind the columns of each row, or in their place', () => {
    const data: Dataset = { rows: 2, columns: 2, x: Float32Array.of(1, 2, 3, 4), y: Uint8Array.of(0, 1), classes: 2 };
    const leak = Float32Array.of(8, 9);
    expect(withLeak(data, leak, 'beside')).toEqual({ ...data, columns: 3, x: Float32Array.of(1, 2, 8, 3, 4, 9) });
    expect(withLeak(data, leak, 'alone')).toEqual({ ...data, columns: 1, x: leak });
  });

  it('give each trade date the labels of another one, turned round', () => {
    const dates = [
      [0, 1, 2],
      [3, 4, 5, 6],
      [7, 8, 9],
    ];
    const y = Uint8Array.of(10, 11, 12, 20, 21, 22, 23, 30, 31, 32);
    for (let seed = 0; seed < 50; seed += 1) {
      const shifted = shiftedLabels(y, dates, seed);
      expect(shifted).toEqual(shiftedLabels(y, dates, seed));
      dates.forEach((own, date) => {
        const lent = own.map((row) => shifted[row]);
        const lender = dates.find((other) => y[other[0]] - (y[other[0]] % 10) === lent[0] - (lent[0] % 10)) ?? own;
        expect(lender).not.toBe(dates[date]);
        const first = lender.findIndex((row) => y[row] === lent[0]);
        expect(lent).toEqual(own.map((_row, i) => y[lender[(first + i) % lender.length]]));
      });
    }
  });

  it('shift labels anew with each seed', () => {
    const dates = rowsByDate(rows);
    expect(dates.map((date) => date.length)).toEqual(new Array(ROWS / PER_DATE).fill(PER_DATE));
    const shifts = Array.from({ length: 20 }, (_item, seed) => shiftedLabels(rows.data.y, dates, seed).join(''));
    expect(new Set(shifts).size).toBe(20);
  });
});
