/**
 * What each column is worth to a run's voters (requirement E12): permutation importance of the fit that the hold-out judges, on the latest
 * of its rows, which no fit has seen.
 * Invariant: figures to read, never to choose by: the selection of columns sees training rows alone.
 */
import { selectRows } from '../dataset';
import { quantile } from '../evaluation/bootstrap-auc';
import { seriesStarts } from '../evaluation/cross-validation';
import type { EvaluationRows } from '../evaluation/cross-validation';
import { selectColumns } from '../evaluation/feature-selection';
import { permutationImportance } from '../evaluation/permutation-importance';
import type { ColumnImportance } from '../evaluation/permutation-importance';
import type { FittedModel } from '../families/model-recipe';
import type { ModelEntry } from '../manifest';

/** A network is asked columns × repeats times about all of them. */
const ROWS = 1_000;
const REPEATS = 3;

/**
 * Of the columns that `model` reads, in their order; `column` is the number in `rows`. `test`: row numbers, ascending. None without rows.
 * Rejects with EvaluationError PREDICTION_NOT_FINITE.
 */
export async function importancesOf(
  name: string,
  model: FittedModel,
  {
    rows,
    test,
    columns,
  }: { readonly rows: EvaluationRows; readonly test: readonly number[]; readonly columns: readonly number[] },
  seed: number,
): Promise<readonly ColumnImportance[]> {
  const latest = test.slice(-ROWS);
  if (latest.length === 0) return [];
  const data = selectColumns(selectRows(rows.data, latest), columns);
  const found = await permutationImportance(name, model, data, seed, REPEATS, seriesStarts(rows, latest));
  return found.map((importance) => ({ ...importance, column: columns[importance.column] }));
}

export type NamedImportance = NonNullable<ModelEntry['importances']>[number];

/** By name, the most needed first. */
export const namedImportances = (
  importances: readonly ColumnImportance[],
  columns: readonly string[],
): NamedImportance[] =>
  importances
    .map(({ column, mean, deviation }) => ({ column: columns[column], rise: mean, deviation }))
    .sort((a, b) => b.rise - a.rise || (a.column < b.column ? -1 : 1));

/**
 * Median rise of a column over the voters that have importances, 0 of those that do not read it; the most needed first. The mean would be
 * that of the one voter whose raw probabilities are the wildest. Pure.
 */
export function medianImportances(
  models: readonly Pick<ModelEntry, 'importances'>[],
): readonly Omit<NamedImportance, 'deviation'>[] {
  const judged = models.flatMap(({ importances }) => (importances === undefined ? [] : [importances]));
  const columns = [...new Set(judged.flat().map(({ column }) => column))];
  const riseOf = (importances: readonly NamedImportance[], column: string): number =>
    importances.find((one) => one.column === column)?.rise ?? 0;
  return columns
    .map((column) => {
      const rises = judged.map((importances) => riseOf(importances, column)).sort((a, b) => a - b);
      return { column, rise: quantile(rises, 0.5) };
    })
    .sort((a, b) => b.rise - a.rise || (a.column < b.column ? -1 : 1));
}

const NAMED = 5;

/** The first few, with their rises in thousandths of a nat: `atr_rel +12.3, rsi +4.0`. */
export const importanceText = (importances: readonly Pick<NamedImportance, 'column' | 'rise'>[]): string =>
  importances
    .slice(0, NAMED)
    .map(({ column, rise }) => `${column} ${rise < 0 ? '−' : '+'}${(1_000 * Math.abs(rise)).toFixed(1)}`)
    .join(', ');
