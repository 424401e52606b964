/**
 * What a recipe is worth on each fold, and its out-of-fold probabilities: what stackers and calibrations are fitted on. Selection
 * and whatever the recipe learns see the fold's training rows alone.
 */
import { BREAK_GAP_MINUTES } from '../../features/bar-series';
import { MINUTE_MS } from '../../domain/exchange-time';
import { classCounts, selectRows } from '../dataset';
import type { Dataset, Probabilities } from '../dataset';
import { accuracy, directionalAuc, logLoss } from '../metrics';
import type { Split, TimedRows } from '../purged-split';
import { seedOf } from '../random';
import { checkedPrediction } from './classifier-contract';
import type { ClassifierRecipe, FittedClassifier, SeriesStarts } from './classifier-contract';
import { EvaluationError } from './evaluation-error';
import { MAX_FEATURES, selectColumns, selectFeatures } from './feature-selection';
import { purgedFolds } from './purged-folds';

export interface EvaluationRows extends TimedRows {
  readonly data: Dataset;
  /** One per row, positive. */
  readonly weights?: Float64Array;
}

export interface FoldResult {
  readonly trainRows: number;
  readonly testRows: number;
  /** Columns that were read, ascending. */
  readonly columns: readonly number[];
  readonly accuracy: number;
  readonly logLoss: number;
  /** Of p(buy) − p(sell) over rows labelled buy or sell; null when one of them is absent. */
  readonly auc: number | null;
}

export interface FoldOptions {
  readonly maxFeatures?: number;
  /** Node's own options for families that fit in a thread of theirs. */
  readonly threadArguments?: readonly string[];
}

export interface CrossValidation {
  readonly folds: readonly FoldResult[];
  /** Out-of-fold, in the order of the rows. */
  readonly probabilities: Probabilities;
}

/** Where the rows at `indexes` stop following one another: at rows left out between them, and at breaks of the data. */
export function seriesStarts({ starts }: TimedRows, indexes: readonly number[]): SeriesStarts {
  const follows = (i: number): boolean => {
    const pause = starts[indexes[i]] - starts[indexes[i - 1]];
    return indexes[i] === indexes[i - 1] + 1 && pause >= 0 && pause < BREAK_GAP_MINUTES * MINUTE_MS;
  };
  return indexes.flatMap((_row, i) => (i > 0 && follows(i) ? [] : [i]));
}

export interface SplitFit<M extends FittedClassifier> {
  readonly model: M;
  readonly result: FoldResult;
  /** Of the test rows, in their order. */
  readonly probabilities: Probabilities;
}

/** Fits on the split's training rows and predicts its test rows. Rejects with EvaluationError FOLD_ONE_CLASS, PREDICTION_NOT_FINITE, NO_FEATURES; fits' own errors pass. */
export async function fitFold<M extends FittedClassifier>(
  recipe: ClassifierRecipe<M>,
  rows: EvaluationRows,
  split: Split,
  seed: number,
  { maxFeatures = MAX_FEATURES, threadArguments }: FoldOptions = {},
): Promise<SplitFit<M>> {
  const train = selectRows(rows.data, split.train);
  if (classCounts(train).filter((count) => count > 0).length < 2) {
    const why = `All ${train.rows} training rows of a fold have one label: give more days.`;
    throw new EvaluationError('FOLD_ONE_CLASS', why);
  }
  const columns = selectFeatures(train, maxFeatures).kept;
  const { weights } = rows;
  const model = await recipe.fit(selectColumns(train, columns), seed, {
    ...(weights && { weights: Float64Array.from(split.train, (row) => weights[row]) }),
    ...(threadArguments && { threadArguments }),
    starts: seriesStarts(rows, split.train),
  });
  const test = selectColumns(selectRows(rows.data, split.test), columns);
  const probabilities = await checkedPrediction(recipe.name, model, test, seriesStarts(rows, split.test));
  const result = {
    trainRows: train.rows,
    testRows: test.rows,
    columns,
    accuracy: accuracy(probabilities, test.y, test.classes),
    logLoss: logLoss(probabilities, test.y, test.classes),
    auc: directionalAuc(probabilities, test.y, test.classes),
  };
  return { model, result, probabilities };
}

/** All folds in order, each with its own seed. Rejects with what purgedFolds and fitFold throw. */
export async function crossValidate(
  recipe: ClassifierRecipe,
  rows: EvaluationRows,
  seed: number,
  splits: readonly Split[] = purgedFolds(rows),
): Promise<CrossValidation> {
  const { classes } = rows.data;
  const all = new Float64Array(rows.data.rows * classes);
  const folds: FoldResult[] = [];
  for (const [fold, split] of splits.entries()) {
    const { result, probabilities } = await fitFold(recipe, rows, split, seedOf(seed, recipe.name, fold));
    split.test.forEach((row, i) => all.set(probabilities.subarray(i * classes, (i + 1) * classes), row * classes));
    folds.push(result);
  }
  return { folds, probabilities: all };
}
