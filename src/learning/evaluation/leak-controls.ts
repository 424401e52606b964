/**
 * Two controls that say whether a learner and its evaluation can be believed: given the future it must win, and given labels that
 * belong to other rows it must not. Both use the gate's AUC on purged folds.
 */
import type { Dataset } from '../dataset';
import type { Split } from '../purged-split';
import { createRandom, seedOf } from '../random';
import type { ClassifierRecipe } from './classifier-contract';
import { fitFold } from './cross-validation';
import type { EvaluationRows, FoldOptions } from './cross-validation';
import { EvaluationError } from './evaluation-error';
import { purgedFolds } from './purged-folds';

export const POSITIVE_CONTROL_AUC = 0.95;
export const NEGATIVE_CONTROL_MARGIN = 0.02;
export const LABEL_SHIFTS = 20;
/** Shifted labels stay at least this share of the rows away from their own. */
const SMALLEST_SHIFT = 0.1;

/** `beside`: the leak is one more column; `alone`: the only one (a nearest-neighbour vote drowns it in the others). */
export type LeakPlacement = 'beside' | 'alone';

export interface PositiveControl {
  readonly aucs: readonly number[];
  readonly meanAuc: number;
  readonly passed: boolean;
}

export interface NegativeControl {
  /** Mean over the folds, of each label shift. */
  readonly aucs: readonly number[];
  readonly meanAuc: number;
  readonly passed: boolean;
}

const meanOf = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;

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

/** The labels turned round by `shift` rows: their own persistence is kept, their rows are not. */
export const shiftedLabels = (y: Uint8Array, shift: number): Uint8Array =>
  Uint8Array.from(y, (_label, row) => y[(row + shift) % y.length]);

/** Shifts spread evenly over the allowed range, each moved at random within its part. */
function labelShifts(rows: number, count: number, seed: number): number[] {
  const random = createRandom(seedOf(seed, 'label-shifts'));
  const smallest = Math.ceil(rows * SMALLEST_SHIFT);
  const part = (rows - 2 * smallest) / count;
  return Array.from({ length: count }, (_item, i) => smallest + Math.floor((i + random.next()) * part));
}

/** Rejects with what crossValidate rejects with, NO_DIRECTION. */
export async function negativeControl(
  recipe: ClassifierRecipe,
  rows: EvaluationRows,
  seed: number,
  splits: readonly Split[] = purgedFolds(rows),
  shifts = LABEL_SHIFTS,
  options?: FoldOptions,
): Promise<NegativeControl> {
  const aucs: number[] = [];
  for (const shift of labelShifts(rows.data.rows, shifts, seed)) {
    const shifted = { ...rows, data: { ...rows.data, y: shiftedLabels(rows.data.y, shift) } };
    const ofFolds = await foldAucs(recipe, shifted, splits, seedOf(seed, shift), options);
    if (ofFolds.length > 0) aucs.push(meanOf(ofFolds));
  }
  needDirection(aucs);
  const meanAuc = meanOf(aucs);
  return { aucs, meanAuc, passed: Math.abs(meanAuc - 0.5) <= NEGATIVE_CONTROL_MARGIN };
}
