/** The fits that every family goes through, and what is kept of one. */
import type { FoldResult } from '../evaluation/cross-validation';
import type { ColumnImportance } from '../evaluation/permutation-importance';
import { FOLDS } from '../evaluation/purged-folds';

/** What one fit is for; the names are those of its stored files. */
export type FitTarget = `fold-${number}` | 'hold-out' | 'final';

export const FIT_TARGETS: readonly FitTarget[] = [
  ...Array.from({ length: FOLDS }, (_item, fold): FitTarget => `fold-${fold + 1}`),
  'hold-out',
  'final',
];

/** A finished fit; the final one was judged on no rows. */
export interface FitPart {
  readonly target: FitTarget;
  readonly seed: number;
  readonly result: FoldResult;
  /** Of the test rows, in their order. */
  readonly probabilities: Float64Array;
  readonly seconds: number;
  /** Of the columns it reads, of the fit that the hold-out judges. */
  readonly importances?: readonly ColumnImportance[];
}
