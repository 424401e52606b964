/** The leak controls: what they pass, and that each of them can fail. */
import type { Dataset } from '../../../src/learning/dataset';
import {
  LABEL_SHIFTS,
  negativeControl,
  positiveControl,
  shiftedLabels,
  withLeak,
} from '../../../src/learning/evaluation/leak-controls';
import { familyOf } from '../../../src/learning/families/families';
import { createRandom } from '../../../src/learning/random';
import { classPriors, minuteRows, thresholdRecipe } from './small-recipes';

const ROWS = 1200;
const random = createRandom(11);

/** Columns of noise beside a walk whose move over the next 20 rows makes the label: overlapping labels, as in a market. */
function noiseAndWalk(columns: number) {
  const steps = Float64Array.from({ length: ROWS + 20 }, () => random.next() - 0.5);
  const futureReturn = Float32Array.from({ length: ROWS }, (_item, row) =>
    steps.subarray(row, row + 20).reduce((sum, step) => sum + step, 0),
  );
  const x = Float32Array.from({ length: ROWS * columns }, () => random.next() - 0.5);
  const y = Uint8Array.from(futureReturn, (move) => (move > 0.4 ? 2 : move < -0.4 ? 0 : 1));
  const data: Dataset = { rows: ROWS, columns, x, y, classes: 3 };
  return { rows: minuteRows(data), futureReturn };
}
const { rows, futureReturn } = noiseAndWalk(4);

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
  it.each(['logistic_regression', 'ridge'])('%s finds nothing in labels of other rows', async (name) => {
    const knowing = { ...rows, data: withLeak(rows.data, futureReturn, 'beside') };
    const control = await negativeControl(familyOf(name), knowing, 1);
    expect(control.aucs).toHaveLength(LABEL_SHIFTS);
    expect([Math.abs(control.meanAuc - 0.5) <= 0.02, control.passed]).toEqual([true, true]);
  });

  it('fails where a label is known from the row without its own outcome: a clock that repeats with the labels', async () => {
    const phase = Float32Array.from({ length: ROWS }, (_item, row) => Math.sin((2 * Math.PI * row) / 60));
    const y = Uint8Array.from(phase, (value) => (value > 0 ? 2 : 0));
    const data: Dataset = { rows: ROWS, columns: 1, x: phase, y, classes: 3 };
    expect((await negativeControl(thresholdRecipe, minuteRows(data), 1, undefined, 4)).passed).toBe(false);
  });

  it('is refused without both directions', async () => {
    const y = rows.data.y.map((label) => Math.max(1, label));
    await expect(negativeControl(classPriors, { ...rows, data: { ...rows.data, y } }, 1, undefined, 2)).rejects.toThrow(
      /NO_DIRECTION/,
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

  it('turn labels round without losing any', () => {
    expect(shiftedLabels(Uint8Array.of(0, 1, 2, 2), 1)).toEqual(Uint8Array.of(1, 2, 2, 0));
  });
});
