/**
 * Two controls that say whether a learner and its evaluation can be believed: given the future it must win, and given labels that
 * belong to other rows it must not. Both use the gate's AUC on purged folds, averaged over them: pooled, scores of folds with other
 * class shares rank below a coin (Parker, Günter & Bedo 2007).
 */
import type { Dataset } from '../dataset';
import type { Split } from '../purged-split';
import { seedOf } from '../random';
import type { ClassifierRecipe } from './classifier-contract';
import { fitFold } from './cross-validation';
import type { EvaluationRows, FoldOptions } from './cross-validation';
import { EvaluationError } from './evaluation-error';
import { rowsByDate, shiftedLabels } from './label-shift';
import { purgedFolds } from './purged-folds';

export const POSITIVE_CONTROL_AUC = 0.95;
export const NEGATIVE_CONTROL_MARGIN = 0.02;
export const LABEL_SHIFTS = 20;
/** The mean decides when its margin is two standard errors wide. */
const DECIDING_ERROR = NEGATIVE_CONTROL_MARGIN / 2;

/** `beside`: the leak is one more column; `alone`: the only one (a nearest-neighbour vote drowns it in the others). */
export type LeakPlacement = 'beside' | 'alone';

export interface PositiveControl {
  readonly aucs: readonly number[];
  readonly meanAuc: number;
  readonly passed: boolean;
}

/** `undecided`: the rows carry no mean exact enough to say whether it lies within the margin. */
export type ControlOutcome = 'passed' | 'failed' | 'undecided';

export interface NegativeControl {
  /** Mean over the folds, of each label shift. */
  readonly aucs: readonly number[];
  readonly meanAuc: number;
  /** Of the mean over the shifts; null for a single one. */
  readonly standardError: number | null;
  readonly outcome: ControlOutcome;
}

const meanOf = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;

function standardErrorOf(values: readonly number[]): number | null {
  if (values.length < 2) return null;
  const mean = meanOf(values);
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return Math.sqrt(squares / (values.length - 1) / values.length);
}

/** `data` with the leak beside its columns or instead of them. */
export function withLeak(data: Dataset, leak: Float32Array, placement: LeakPlacement): Dataset {
  if (placement === 'alone') return { ...data, columns: 1, x: leak };
  const columns = data.columns + 1;
  const x = new Float32Array(data.rows * columns);
  for (let row = 0; row < data.rows; row += 1) {
    x.set(data.x.subarray(row * data.columns, (row + 1) * data.columns), row * columns);
    x[row * columns + data.columns] = leak[row];
  }
  return { ...data, columns, x };
}

async function foldAucs(
  recipe: ClassifierRecipe,
  rows: EvaluationRows,
  splits: readonly Split[],
  seed: number,
  options?: FoldOptions,
): Promise<number[]> {
  const aucs: number[] = [];
  for (const [fold, split] of splits.entries()) {
    const { result } = await fitFold(recipe, rows, split, seedOf(seed, recipe.name, fold), options);
    if (result.auc !== null) aucs.push(result.auc);
  }
  return aucs;
}

function needDirection(aucs: readonly number[]): void {
  if (aucs.length === 0)
    throw new EvaluationError(
      'NO_DIRECTION',
      'No fold has both rows labelled buy and rows labelled sell: give more days.',
    );
}

/** `futureReturn` is the return over the label's horizon, one per row. Rejects with what crossValidate rejects with, NO_DIRECTION. */
export async function positiveControl(
  recipe: ClassifierRecipe,
  rows: EvaluationRows,
  futureReturn: Float32Array,
  placement: LeakPlacement,
  seed: number,
  splits: readonly Split[] = purgedFolds(rows),
  options?: FoldOptions,
): Promise<PositiveControl> {
  const leaking = { ...rows, data: withLeak(rows.data, futureReturn, placement) };
  const aucs = await foldAucs(recipe, leaking, splits, seed, options);
  needDirection(aucs);
  const meanAuc = meanOf(aucs);
  return { aucs, meanAuc, passed: meanAuc > POSITIVE_CONTROL_AUC };
}

function outcomeOf(meanAuc: number, standardError: number | null): ControlOutcome {
  const distance = Math.abs(meanAuc - 0.5);
  if (standardError !== null && standardError <= DECIDING_ERROR)
    return distance <= NEGATIVE_CONTROL_MARGIN ? 'passed' : 'failed';
  const surely = standardError !== null && distance > NEGATIVE_CONTROL_MARGIN + 2 * standardError;
  return surely ? 'failed' : 'undecided';
}

/** Rejects with what crossValidate rejects with, NO_DIRECTION, TOO_FEW_ROWS for fewer than two trade dates. */
export async function negativeControl(
  recipe: ClassifierRecipe,
  rows: EvaluationRows,
  seed: number,
  splits: readonly Split[] = purgedFolds(rows),
  shifts = LABEL_SHIFTS,
  options?: FoldOptions,
): Promise<NegativeControl> {
  const dates = rowsByDate(rows);
  const aucs: number[] = [];
  for (let shift = 0; shift < shifts; shift += 1) {
    const y = shiftedLabels(rows.data.y, dates, seedOf(seed, 'label-shift', shift));
    const shifted = { ...rows, data: { ...rows.data, y } };
    const ofFolds = await foldAucs(recipe, shifted, splits, seedOf(seed, shift), options);
    if (ofFolds.length > 0) aucs.push(meanOf(ofFolds));
  }
  needDirection(aucs);
  const meanAuc = meanOf(aucs);
  const standardError = standardErrorOf(aucs);
  return { aucs, meanAuc, standardError, outcome: outcomeOf(meanAuc, standardError) };
}
