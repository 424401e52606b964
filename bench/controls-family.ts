/** Both leak controls of one family, here or in a thread of its own. */
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import type { FutureSymbol } from '../src/domain/instruments';
import { negativeControl, positiveControl } from '../src/learning/evaluation/leak-controls';
import type { ControlOutcome } from '../src/learning/evaluation/leak-controls';
import { purgedFolds } from '../src/learning/evaluation/purged-folds';
import { familyOf, SMALL_DATA_FAMILIES } from '../src/learning/families/families';
import { controlRows } from './controls-rows';
import type { SetName } from './controls-rows';

/** Threads run the sources, as this program does. */
const FROM_SOURCE = ['-r', join(__dirname, '../scripts/typescript-require.cjs')];
/** A vote of neighbours drowns one column in the others. */
const ALONE: readonly string[] = ['k_neighbours'];
/** Families for small data get every tenth row: two to a label's horizon, on the same dates. */
const EVERY_TENTH: readonly string[] = SMALL_DATA_FAMILIES.map(({ name }) => name);

export interface ControlJob {
  readonly set: SetName;
  readonly instrument: FutureSymbol;
  readonly family: string;
  readonly shifts: number;
  /** Of the draws of labels and of the fits. */
  readonly seed: number;
  /** The positive control alone. */
  readonly positive: boolean;
}

export interface FamilyControls {
  readonly family: string;
  readonly rows: number;
  readonly tradeDates: number;
  readonly positiveAuc: number;
  readonly positivePassed: boolean;
  /** Null: not asked for. */
  readonly negativeAuc: number | null;
  readonly negativeStandardError: number | null;
  readonly negative: ControlOutcome | null;
  readonly seconds: number;
}

/** Rejects with what the days' reading, the evaluation and the family's fit reject with. */
export async function judgeFamily({
  set,
  instrument,
  family,
  shifts,
  seed,
  positive,
}: ControlJob): Promise<FamilyControls> {
  const begun = performance.now();
  const step = EVERY_TENTH.includes(family) ? 10 : 1;
  const { rows, futureReturn, tradeDates } = await controlRows(set, instrument, step);
  const recipe = familyOf(family);
  const splits = purgedFolds(rows);
  const fold = { threadArguments: FROM_SOURCE };
  const placement = ALONE.includes(family) ? 'alone' : 'beside';
  const given = await positiveControl(recipe, rows, futureReturn, placement, seed, splits, fold);
  const shifted = positive ? null : await negativeControl(recipe, rows, seed, splits, shifts, fold);
  return {
    family,
    rows: rows.data.rows,
    tradeDates,
    positiveAuc: given.meanAuc,
    positivePassed: given.passed,
    negativeAuc: shifted?.meanAuc ?? null,
    negativeStandardError: shifted?.standardError ?? null,
    negative: shifted?.outcome ?? null,
    seconds: (performance.now() - begun) / 1000,
  };
}

/** As judgeFamily; rejects with the thread's error. */
export const judgeInThread = (job: ControlJob): Promise<FamilyControls> =>
  new Promise((done, failed) => {
    const thread = new Worker(join(__dirname, 'controls-thread.ts'), { workerData: job, execArgv: FROM_SOURCE });
    thread.once('message', done);
    thread.once('error', failed);
    thread.once('exit', (code) => failed(new Error(`The thread of ${job.family} ended with code ${code}.`)));
  });
