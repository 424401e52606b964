/**
 * All fits of one family for one instrument: five purged folds, the fit that the hold-out judges, and the final one on every row.
 * Invariant: each finished fit is stored before the next begins, and a stored one is not repeated: a killed run goes on after its last.
 */
import { seedOf } from '../random';
import { fitFold } from '../evaluation/cross-validation';
import type { EvaluationRows, FoldOptions, FoldResult } from '../evaluation/cross-validation';
import { purgedFolds } from '../evaluation/purged-folds';
import { recipeSeed } from '../families/model-recipe';
import type { FittedModel, ModelRecipe } from '../families/model-recipe';
import type { Split } from '../purged-split';
import { importancesOf } from './column-importances';
import { FIT_TARGETS } from './fit-part';
import type { FitPart, FitTarget } from './fit-part';
import { rowsAt } from './training-set';
import type { TrainingSet } from './training-set';
import type { PartStore } from './training-parts';

export interface FamilyFit {
  readonly set: TrainingSet;
  readonly recipe: ModelRecipe;
  readonly seed: number;
  readonly schemaHash: string;
  readonly parts: PartStore;
  readonly onPart?: (target: FitTarget, kept: boolean) => void;
  readonly options?: FoldOptions;
}

/** Rows and split of a target; the folds are over the learning rows alone. Null: there is no hold-out. */
function partOf(set: TrainingSet, target: FitTarget): { readonly rows: EvaluationRows; readonly split: Split } | null {
  const every = Array.from({ length: set.rows.data.rows }, (_item, row) => row);
  if (target === 'final') return { rows: set.rows, split: { train: every, test: [] } };
  if (target === 'hold-out') {
    return set.holdOut.length === 0 ? null : { rows: set.rows, split: { train: set.learning, test: set.holdOut } };
  }
  const rows = rowsAt(set, set.learning);
  return { rows, split: purgedFolds(rows)[Number(target.slice('fold-'.length)) - 1] };
}

/** Rejects with EvaluationError and what the family's fit rejects with; then the parts before are stored. */
export async function fitFamily(fit: FamilyFit): Promise<readonly FitPart[]> {
  const { parts, recipe, onPart } = fit;
  const done: FitPart[] = [];
  for (const target of FIT_TARGETS) {
    const stored = await parts.read(recipe.name, target);
    const part = stored ?? (await fitTarget(fit, target));
    if (part === null) continue;
    done.push(part);
    onPart?.(target, stored !== null);
  }
  return done;
}

async function fitTarget(fit: FamilyFit, target: FitTarget): Promise<FitPart | null> {
  const { set, recipe, parts, options } = fit;
  const part = partOf(set, target);
  if (part === null) return null;
  const seed = seedOfTarget(fit, target);
  const begun = performance.now();
  const { model, result, probabilities } = await fitFold(recipe, part.rows, part.split, seed, options);
  const seconds = (performance.now() - begun) / 1000;
  const { test } = part.split;
  const importances =
    target === 'hold-out'
      ? await importancesOf(recipe.name, model, { rows: part.rows, test, columns: result.columns }, seed)
      : undefined;
  const finished = { target, seed, result, probabilities, seconds, ...(importances && { importances }) };
  await parts.write(recipe.name, finished, target.startsWith('fold') ? null : fileOf(fit, model, result));
  return finished;
}

const seedOfTarget = ({ seed, set, recipe }: FamilyFit, target: FitTarget): number => {
  const own = recipeSeed(seed, set.symbol, recipe.name);
  return target.startsWith('fold') ? seedOf(own, target) : own;
};

const fileOf = ({ set, schemaHash }: FamilyFit, model: FittedModel, { columns }: FoldResult): Uint8Array =>
  model.toOnnx({ schema_hash: schemaHash, symbol: set.symbol }, { total: set.columns.length, kept: columns });
