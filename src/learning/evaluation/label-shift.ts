/**
 * Labels of the negative control: those of other rows, with their persistence kept. Every trade date gets the labels of another one,
 * turned round by an amount of its own. Turning the whole series round is not enough: it keeps how the labels of one time of day follow
 * each other from date to date, the same for every shift, and a column of the clock reads that (docs/learning.md).
 */
import { tradeDateOf } from '../../domain/calendar';
import type { TimedRows } from '../purged-split';
import { createRandom } from '../random';
import { EvaluationError } from './evaluation-error';

/** Row numbers of each trade date, dates in the order of their first rows. */
export type RowsByDate = readonly (readonly number[])[];

export function rowsByDate({ starts }: Pick<TimedRows, 'starts'>): RowsByDate {
  const byDate = new Map<string, number[]>();
  for (let row = 0; row < starts.length; row += 1) {
    const date = tradeDateOf(starts[row]);
    const rows = byDate.get(date);
    if (rows === undefined) byDate.set(date, [row]);
    else rows.push(row);
  }
  return [...byDate.values()];
}

/**
 * Labels of all rows, one shift per seed. A date's labels are drawn with replacement among the other dates: drawn without, what a
 * fold trains on would say what is left for its test. Throws EvaluationError TOO_FEW_ROWS for fewer than two trade dates.
 */
export function shiftedLabels(y: Uint8Array, dates: RowsByDate, seed: number): Uint8Array {
  if (dates.length < 2)
    throw new EvaluationError('TOO_FEW_ROWS', 'Labels are shifted between trade dates: give two or more of them.');
  const random = createRandom(seed);
  const shifted = new Uint8Array(y.length);
  dates.forEach((rows, own) => {
    const lender = dates[(own + 1 + random.below(dates.length - 1)) % dates.length];
    const first = random.below(lender.length);
    rows.forEach((row, i) => {
      shifted[row] = y[lender[(first + i) % lender.length]];
    });
  });
  return shifted;
}
