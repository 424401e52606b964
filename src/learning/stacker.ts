/**
 * Stacking (Wolpert 1992; requirement E2): a model of the second level reads all voters and the regime, and answers calibrated
 * probabilities.
 * Invariants:
 *  1. It is fitted on predictions of models that had not seen the row, nor one whose label touches it: they are made here, by
 *     cross-validation, and by nothing else.
 *  2. Its calibration is fitted on its own predictions out of fold; what it is worth is for the untouched hold-out to say.
 */
import type { Regime } from '../domain/regime';
import { selectRows } from './dataset';
import type { Dataset, Probabilities } from './dataset';
import { applyCalibration, fitCalibration } from './evaluation/class-calibration';
import type { ClassCalibration } from './evaluation/class-calibration';
import type { ClassifierRecipe } from './evaluation/classifier-contract';
import { crossValidate } from './evaluation/cross-validation';
import type { EvaluationRows } from './evaluation/cross-validation';
import { EvaluationError } from './evaluation/evaluation-error';
import { purgedFolds } from './evaluation/purged-folds';
import type { FittedMeta, MetaRecipe } from './meta-recipes';
import { directionalAuc, logLoss } from './metrics';
import type { StackerRole } from './model-role';
import type { Split, TimedRows } from './purged-split';
import { seedOf } from './random';
import { COLUMNS_A_VOTER, stackerRow } from './stacker-inputs';
import type { VoteProbabilities } from './stacker-inputs';

/** A voter's probabilities sell, hold, buy of every row, from models that were fitted without it. */
export interface OutOfFoldVotes {
  readonly name: string;
  readonly probabilities: Probabilities;
}

/** Out-of-fold votes of each recipe on the same folds. Rejects with what crossValidate rejects with. */
export async function outOfFoldVotes(
  recipes: readonly ClassifierRecipe[],
  rows: EvaluationRows,
  seed: number,
  splits: readonly Split[] = purgedFolds(rows),
): Promise<readonly OutOfFoldVotes[]> {
  const votes: OutOfFoldVotes[] = [];
  for (const recipe of recipes) {
    const { probabilities } = await crossValidate(recipe, rows, seed, splits);
    votes.push({ name: recipe.name, probabilities });
  }
  return votes;
}

/** The probabilities of one row by each voter. */
export const votesOn = (votes: readonly OutOfFoldVotes[], row: number): readonly VoteProbabilities[] =>
  votes.map(({ probabilities }) => [probabilities[3 * row], probabilities[3 * row + 1], probabilities[3 * row + 2]]);

export interface StackRows extends TimedRows {
  readonly voters: readonly string[];
  readonly data: Dataset;
  /** Where each row is among those given. */
  readonly places: readonly number[];
}

/** What a stacker is fitted on: rows whose regime is known. Throws EvaluationError ROWS_INVALID when nobody voted or no regime is known. */
export function stackRows(
  votes: readonly OutOfFoldVotes[],
  { data, starts, ends }: TimedRows & { readonly data: Dataset },
  regimes: readonly (Regime | null)[],
): StackRows {
  const kept: number[] = [];
  const inputs: Float32Array[] = [];
  regimes.forEach((regime, row) => {
    if (regime === null) return;
    kept.push(row);
    inputs.push(stackerRow(votesOn(votes, row), regime));
  });
  if (votes.length === 0 || kept.length === 0) {
    throw new EvaluationError(
      'ROWS_INVALID',
      'A stacker needs voters, and rows whose regime is known: give more days.',
    );
  }
  const columns = inputs[0].length;
  const x = new Float32Array(kept.length * columns);
  inputs.forEach((row, i) => x.set(row, i * columns));
  const y = Uint8Array.from(kept, (row) => data.y[row]);
  return {
    voters: votes.map(({ name }) => name),
    data: { rows: kept.length, columns, x, y, classes: data.classes },
    places: kept,
    starts: kept.map((row) => starts[row]),
    ends: kept.map((row) => ends[row]),
  };
}

export interface Stacker {
  readonly recipe: MetaRecipe;
  readonly model: FittedMeta;
  readonly calibration: ClassCalibration;
  /** What the run's manifest says of it. */
  readonly role: StackerRole;
  /** Out of fold; figures before calibration, probabilities after it, of the rows at `places`. */
  readonly outOfFold: {
    readonly rows: number;
    readonly logLoss: number;
    readonly auc: number | null;
    readonly places: readonly number[];
    readonly probabilities: Probabilities;
  };
}

/** The least that predictions out of fold ask of a recipe. */
export interface FoldRecipe {
  readonly name: string;
  fit(data: Dataset, seed: number): Promise<Pick<FittedMeta, 'predict'>>;
}

/** Predictions of each row by a model fitted on the other folds' rows; unlike crossValidate's, it reads every column. */
export async function metaOutOfFold(
  recipe: FoldRecipe,
  data: Dataset,
  splits: readonly Split[],
  seed: number,
): Promise<Probabilities> {
  const { classes } = data;
  const all = new Float64Array(data.rows * classes);
  for (const [fold, { train, test }] of splits.entries()) {
    const model = await recipe.fit(selectRows(data, train), seedOf(seed, recipe.name, fold));
    const probabilities = await model.predict(selectRows(data, test).x);
    test.forEach((row, i) => all.set(probabilities.subarray(i * classes, (i + 1) * classes), row * classes));
  }
  return all;
}

/** Isotonic calibration is for a thousand rows or more. Rejects with EvaluationError TOO_FEW_ROWS and what the recipe's fit throws. */
export async function fitStacker(
  recipe: MetaRecipe,
  rows: StackRows,
  seed: number,
  method: 'sigmoid' | 'isotonic' = 'sigmoid',
): Promise<Stacker> {
  const { data, voters } = rows;
  const probabilities = await metaOutOfFold(recipe, data, purgedFolds(rows), seed);
  const calibration = fitCalibration(probabilities, data.y, data.classes, method);
  const model = await recipe.fit(data, seedOf(seed, recipe.name));
  return {
    recipe,
    model,
    calibration,
    role: { role: 'stacker', voters: [...voters], baseline: voteMeans(data, voters.length * COLUMNS_A_VOTER) },
    outOfFold: {
      rows: data.rows,
      logLoss: logLoss(probabilities, data.y, data.classes),
      auc: directionalAuc(probabilities, data.y, data.classes),
      places: rows.places,
      probabilities: applyCalibration(calibration, probabilities),
    },
  };
}

function voteMeans({ x, rows, columns }: Dataset, count: number): number[] {
  return Array.from({ length: count }, (_item, c) => {
    let sum = 0;
    for (let r = 0; r < rows; r += 1) sum += x[r * columns + c];
    return sum / rows;
  });
}

/** Calibrated probabilities of rows of stackerRow. */
export async function predictStacker({ model, calibration }: Stacker, x: Float32Array): Promise<Probabilities> {
  return applyCalibration(calibration, await model.predict(x));
}

/** The stacker's file: equal to predictStacker within 1e-5. */
export const exportStacker = (
  { model, calibration }: Stacker,
  metadata: Readonly<Record<string, string>>,
): Uint8Array => model.toOnnx(calibration, metadata);
