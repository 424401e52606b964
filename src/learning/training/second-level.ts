/**
 * What is fitted on the voters' out-of-fold predictions of one instrument: a calibrator for each voter, the stacker, the validator.
 * Invariant: nothing here has seen the hold-out, nor a prediction by a model that had seen its row.
 */
import type { EnsembleRules } from '../../domain/decision-ensemble';
import { applyCalibration, fitCalibration } from '../evaluation/class-calibration';
import type { ClassCalibration } from '../evaluation/class-calibration';
import { EvaluationError } from '../evaluation/evaluation-error';
import { purgedFolds } from '../evaluation/purged-folds';
import { mlpStacker, LOGISTIC_STACKER } from '../meta-recipes';
import type { FitOptions } from '../networks/fit-network';
import { recipeSeed } from '../families/model-recipe';
import { fitStacker, stackRows, votesOn } from '../stacker';
import type { OutOfFoldVotes, Stacker } from '../stacker';
import { fitValidator, primarySignals, validatorRows } from '../validator';
import type { Besides, Validator } from '../validator';
import type { FitPart } from './fit-part';
import { rowsAt } from './training-set';
import type { TrainingSet } from './training-set';

const CLASSES = 3;

export interface SecondLevel {
  readonly calibrations: ReadonlyMap<string, ClassCalibration>;
  readonly stacker: Stacker | null;
  readonly validator: Validator | null;
  /** What there is not, and why. */
  readonly notes: readonly string[];
}

/** The voters' predictions of the learning rows, each by the fold that had not seen it, in the order of the rows. */
export function outOfFold(
  set: TrainingSet,
  voters: ReadonlyMap<string, readonly FitPart[]>,
): readonly OutOfFoldVotes[] {
  const splits = purgedFolds(rowsAt(set, set.learning));
  return [...voters].map(([name, parts]) => {
    const probabilities = new Float64Array(set.learning.length * CLASSES);
    splits.forEach(({ test }, fold) => {
      const part = parts.find(({ target }) => target === `fold-${fold + 1}`);
      test.forEach((row, i) =>
        probabilities.set(part?.probabilities.subarray(i * CLASSES, (i + 1) * CLASSES) ?? [], row * CLASSES),
      );
    });
    return { name, probabilities };
  });
}

/** `rules`: how the run will decide. Never rejects for data that are too few or too much alike: then the part is missing and said so. */
export async function fitSecondLevel(
  set: TrainingSet,
  votes: readonly OutOfFoldVotes[],
  seed: number,
  rules: EnsembleRules,
  options: FitOptions = {},
): Promise<SecondLevel> {
  const rows = rowsAt(set, set.learning);
  const notes: string[] = [];
  const seeded = (name: string): number => recipeSeed(seed, set.symbol, name);
  const calibrated = votes.map(
    ({ name, probabilities }) => [name, fitCalibration(probabilities, rows.data.y, CLASSES, 'sigmoid')] as const,
  );
  const stacker = await orNote(notes, 'no stacker', async () => {
    const regimes = set.learning.map((row) => set.regimes[row]);
    const stacked = stackRows(votes, rows, regimes);
    const fitted: Stacker[] = [];
    for (const recipe of [LOGISTIC_STACKER, mlpStacker(options)]) {
      fitted.push(await fitStacker(recipe, stacked, seeded(recipe.name)));
    }
    return fitted.reduce((best, other) => (other.outOfFold.logLoss < best.outOfFold.logLoss ? other : best));
  });
  const validator = await orNote(notes, 'no validator', async () => {
    const corrected = calibratedVotes(votes, new Map(calibrated));
    const signals = primarySignals(corrected, rows.data.rows, rules, besides(set, stacker));
    const spans = set.learning.map((row) => set.spans[row]);
    const found = await fitValidator(validatorRows(votes, rows, signals, spans), seeded('validator'));
    if (typeof found === 'string') throw new EvaluationError('ROWS_INVALID', found);
    return found;
  });
  return { calibrations: new Map(calibrated), stacker, validator, notes };
}

/** Signals are made of corrected votes; stacker and validator read the raw ones. */
const calibratedVotes = (
  votes: readonly OutOfFoldVotes[],
  calibrations: SecondLevel['calibrations'],
): readonly OutOfFoldVotes[] =>
  votes.map(({ name, probabilities }) => {
    const calibration = calibrations.get(name);
    return { name, probabilities: calibration ? applyCalibration(calibration, probabilities) : probabilities };
  });

/** Regime and stacker's word, out of fold, of the learning rows. */
function besides(set: TrainingSet, stacker: Stacker | null): (row: number) => Besides {
  const places = new Map(stacker?.outOfFold.places.map((row, i) => [row, i]));
  return (row) => {
    const regime = set.regimes[set.learning[row]];
    const place = places.get(row);
    if (stacker === null || place === undefined) return { regime, stack: { kind: 'absent', why: 'no stacker' } };
    const [probabilities] = votesOn([{ name: '', probabilities: stacker.outOfFold.probabilities }], place);
    const without = Object.fromEntries(stacker.role.voters.map((voter) => [voter, 0]));
    return { regime, stack: { kind: 'answered', model: stacker.recipe.name, probabilities, without } };
  };
}

async function orNote<T>(notes: string[], what: string, fit: () => Promise<T>): Promise<T | null> {
  try {
    return await fit();
  } catch (error) {
    if (!(error instanceof EvaluationError)) throw error;
    notes.push(`${what}: ${error.message}`);
    return null;
  }
}
