/** What a trial's parameters and windows are worth on folds: inner ones that choose, and outer ones that the choice never saw. */
import { INNER_FOLDS, OUTER_FOLDS } from '../../domain/hyperparameter-search';
import type { InnerScore, SearchScope } from '../../domain/hyperparameter-search';
import { selectRows } from '../dataset';
import { fitFold } from '../evaluation/cross-validation';
import type { FoldOptions } from '../evaluation/cross-validation';
import { purgedFolds } from '../evaluation/purged-folds';
import type { ModelRecipe } from '../families/model-recipe';
import type { Split } from '../purged-split';
import { seedOf } from '../random';
import type { LabelledRows } from '../training-rows';

/** AUC of a fold on which only one side is labelled. */
const COIN = 0.5;

const outerSplit = (rows: LabelledRows, scope: SearchScope): Split =>
  purgedFolds(rows, OUTER_FOLDS)[Number(scope.slice('outer-'.length)) - 1];

/** Row numbers that a choice in `scope` may be made from. */
export const rowsOfScope = (rows: LabelledRows, scope: SearchScope): readonly number[] =>
  scope === 'all' ? Array.from(rows.starts, (_start, row) => row) : outerSplit(rows, scope).train;

/** Inner folds of a scope, as row numbers of all rows. */
export function innerSplits(rows: LabelledRows, scope: SearchScope): readonly Split[] {
  const own = rowsOfScope(rows, scope);
  const at = (times: Float64Array): Float64Array => Float64Array.from(own, (row) => times[row]);
  const splits = purgedFolds({ starts: at(rows.starts), ends: at(rows.ends) }, INNER_FOLDS);
  const back = (indexes: readonly number[]): readonly number[] => indexes.map((index) => own[index]);
  return splits.map(({ train, test }) => ({ train: back(train), test: back(test) }));
}

async function aucOn(
  recipe: ModelRecipe,
  rows: LabelledRows,
  { train, test }: Split,
  seed: number,
  options: FoldOptions,
): Promise<number> {
  // The fit is given the rows of its fold and no others: what it isn't given it can't see.
  const own = [...train, ...test];
  const at = (times: Float64Array): Float64Array => Float64Array.from(own, (row) => times[row]);
  const fold = { data: selectRows(rows.data, own), starts: at(rows.starts), ends: at(rows.ends) };
  const split = { train: train.map((_row, i) => i), test: test.map((_row, i) => train.length + i) };
  const { result } = await fitFold(recipe, fold, split, seed, options);
  return result.auc ?? COIN;
}

export interface ScopeFolds {
  readonly scope: SearchScope;
  /** From 1. */
  readonly folds: readonly number[];
}

/** Scores on inner folds. Rejects with what fitFold rejects with. */
export async function scoreInner(
  recipe: ModelRecipe,
  rows: LabelledRows,
  wanted: readonly ScopeFolds[],
  seed: number,
  options: FoldOptions = {},
): Promise<readonly InnerScore[]> {
  const scores: InnerScore[] = [];
  for (const { scope, folds } of wanted) {
    const splits = innerSplits(rows, scope);
    for (const fold of folds) {
      const auc = await aucOn(recipe, rows, splits[fold - 1], seedOf(seed, recipe.name, scope, fold), options);
      scores.push({ scope, fold, auc });
    }
  }
  return scores;
}

/** AUC on the test rows of an outer fold, fitted on its training rows. */
export async function scoreOuter(
  recipe: ModelRecipe,
  rows: LabelledRows,
  scope: SearchScope,
  seed: number,
  options: FoldOptions = {},
): Promise<{ readonly auc: number; readonly testRows: number }> {
  const split = outerSplit(rows, scope);
  const auc = await aucOn(recipe, rows, split, seedOf(seed, recipe.name, scope), options);
  return { auc, testRows: split.test.length };
}
