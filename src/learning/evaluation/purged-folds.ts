/**
 * Purged, embargoed time-series folds (López de Prado 2018, "Advances in Financial Machine Learning", ch. 7).
 * Invariants:
 *  1. Every row is tested once; the test rows of a fold are one span of time.
 *  2. No training label's span touches a test label's span, and no training row starts within the embargo after the test's labels end.
 */
import { MINUTE_MS } from '../../domain/exchange-time';
import { HORIZON_BARS } from '../labels';
import { purgedSplit } from '../purged-split';
import type { Split, TimedRows } from '../purged-split';
import { EvaluationError } from './evaluation-error';

export const FOLDS = 5;
/** One label horizon of minutes. */
export const EMBARGO_MS = HORIZON_BARS * MINUTE_MS;

function checkTimes({ starts, ends }: TimedRows): void {
  for (let row = 0; row < starts.length; row += 1) {
    if (!(ends[row] >= starts[row]))
      throw new EvaluationError(
        'ROWS_INVALID',
        `The label of row ${row} ends before the row starts: give times in UTC ms.`,
      );
  }
}

/**
 * Folds of near-equal row counts, in time order; rows may come in any order, and rows of one instant share a fold.
 * Throws EvaluationError ROWS_INVALID, or TOO_FEW_ROWS when a fold would have no test or no training row.
 */
export function purgedFolds(rows: TimedRows, folds = FOLDS, embargoMs = EMBARGO_MS): readonly Split[] {
  checkTimes(rows);
  const times = Float64Array.from(rows.starts).sort();
  const boundary = (fold: number): number =>
    fold === folds ? Infinity : times[Math.floor((fold * times.length) / folds)];
  return Array.from({ length: folds }, (_item, fold) => {
    const split = purgedSplit(rows, boundary(fold), boundary(fold + 1), embargoMs);
    if (split.test.length === 0 || split.train.length === 0) {
      throw new EvaluationError(
        'TOO_FEW_ROWS',
        `Fold ${fold + 1} of ${folds} has ${split.train.length} training and ${split.test.length} test rows: give more days.`,
      );
    }
    return split;
  });
}
