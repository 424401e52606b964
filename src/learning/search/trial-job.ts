/** One piece of a search as a job: a rung of a trial, or a trial judged on an outer fold; here, or in a thread of its own. */
import { extname, join } from 'node:path';
import { Worker } from 'node:worker_threads';
import type { StorageConfig } from '../../config/config';
import { innerFoldsOf } from '../../domain/hyperparameter-search';
import type {
  OuterScore,
  OuterTask,
  SearchPlan,
  SearchScope,
  TrialScores,
  TrialTask,
} from '../../domain/hyperparameter-search';
import { openStore } from '../../storage/open-store';
import type { ObjectStore } from '../../storage/object-store';
import { EvaluationError } from '../evaluation/evaluation-error';
import type { FoldOptions } from '../evaluation/cross-validation';
import { tunedFamily } from '../families/tuned-family';
import type { ModelRecipe } from '../families/model-recipe';
import { ModelRunError } from '../model-run-error';
import { FitDivergedError } from '../networks/fit-network';
import type { LabelledRows } from '../training-rows';
import { InvalidParameterError } from '../trees/invalid-parameter';
import { scoreInner, scoreOuter } from './evaluate-trial';
import type { ScopeFolds } from './evaluate-trial';
import { drawWindows } from './indicator-windows';
import type { WindowFactors } from './indicator-windows';
import { SearchError } from './search-error';
import { searchRows } from './search-set';
import type { SearchSet } from './search-set';
import { drawParameters } from './search-space';
import { readOuter, readSearchSet, readTrial, writeOuter, writeTrial } from './search-store';
import type { TrialRecord } from './search-store';

export type SearchJob =
  { readonly kind: 'trial'; readonly task: TrialTask } | { readonly kind: 'outer'; readonly task: OuterTask };
export type JobResult<J extends SearchJob> = J extends { readonly kind: 'trial' } ? TrialScores : OuterScore;

export type SearchThreadMessage =
  | { readonly kind: 'done'; readonly result: TrialScores | OuterScore }
  | { readonly kind: 'failed'; readonly message: string };

/** Windows of trial `trial`; none where the search leaves them alone. */
export const windowsOf = ({ request }: SearchPlan, { schema }: SearchSet, trial: number): WindowFactors =>
  request.windows ? drawWindows(schema, request.seed, trial) : {};

interface Candidate {
  readonly recipe: ModelRecipe;
  readonly rows: LabelledRows;
  readonly drawn: Pick<TrialRecord, 'parameters' | 'windows'>;
}

async function candidateOf(store: ObjectStore, plan: SearchPlan, trial: number): Promise<Candidate> {
  const { family, seed } = plan.request;
  const set = await readSearchSet(store, plan);
  const parameters = drawParameters(family, seed, trial);
  const factors = windowsOf(plan, set, trial);
  const { rows } = searchRows(set, factors);
  const mutable = Object.entries(parameters).map(([name, value]) => [
    name,
    typeof value === 'object' && value !== null ? [...value] : value,
  ]);
  return {
    recipe: tunedFamily(family, parameters),
    rows,
    drawn: { parameters: Object.fromEntries(mutable) as TrialRecord['parameters'], windows: { ...factors } },
  };
}

/** Folds that the task asks for and `stored` has no score of. */
function missingOf({ rung, scopes }: TrialTask, stored: TrialRecord | null): readonly ScopeFolds[] {
  if (stored !== null && stored.failed !== null) return [];
  const has = (scope: SearchScope, fold: number): boolean =>
    stored?.scores.some((score) => score.scope === scope && score.fold === fold) ?? false;
  return scopes
    .map((scope) => ({ scope, folds: innerFoldsOf(rung).filter((fold) => !has(scope, fold)) }))
    .filter(({ folds }) => folds.length > 0);
}

/** What the trial had to say when the task was asked: scores that a longer search stored since are not told. */
function scoresOf({ rung, scopes }: TrialTask, { trial, scores, failed }: TrialRecord): TrialScores {
  const asked = ({ scope, fold }: TrialRecord['scores'][number]): boolean =>
    innerFoldsOf(1).includes(fold) || (rung === 2 && scopes.includes(scope));
  return { trial, scores: scores.filter(asked), failed };
}

/** The task's scores when they are stored: they are not made again. */
export async function finishedTrial(store: ObjectStore, task: TrialTask): Promise<TrialScores | null> {
  const stored = await readTrial(store, task.plan, task.trial);
  return stored !== null && missingOf(task, stored).length === 0 ? scoresOf(task, stored) : null;
}

/** Parameters that can't be fitted are a result, too; a store that fails is none. */
const isTrialsOwn = (error: unknown): error is Error =>
  error instanceof EvaluationError ||
  error instanceof InvalidParameterError ||
  error instanceof ModelRunError ||
  error instanceof FitDivergedError;

export async function runTrialHere(
  store: ObjectStore,
  task: TrialTask,
  options: FoldOptions = {},
): Promise<TrialScores> {
  const finished = await finishedTrial(store, task);
  if (finished !== null) return finished;
  const { plan, trial } = task;
  const { family, seed } = plan.request;
  const before = await readTrial(store, plan, trial);
  const begun = performance.now();
  const { recipe, rows, drawn } = await candidateOf(store, plan, trial);
  const scored = await scoreInner(recipe, rows, missingOf(task, before), seed, options).catch((error: unknown) => {
    if (isTrialsOwn(error)) return error;
    throw error;
  });
  const record: TrialRecord = {
    setHash: plan.setHash,
    family,
    seed,
    trial,
    ...drawn,
    scores: scored instanceof Error ? [] : [...(before?.scores ?? []), ...scored],
    failed: scored instanceof Error ? scored.message : null,
    seconds: (before?.seconds ?? 0) + (performance.now() - begun) / 1000,
  };
  await writeTrial(store, plan, record);
  return scoresOf(task, record);
}

export async function judgeTrialHere(
  store: ObjectStore,
  task: OuterTask,
  options: FoldOptions = {},
): Promise<OuterScore> {
  const { plan, trial, scope } = task;
  const stored = await readOuter(store, plan, scope, trial);
  if (stored !== null) return stored;
  const { recipe, rows } = await candidateOf(store, plan, trial);
  const score = { scope, trial, ...(await scoreOuter(recipe, rows, scope, plan.request.seed, options)) };
  await writeOuter(store, plan, score);
  return score;
}

export interface SearchThread {
  readonly storage: StorageConfig;
  readonly job: SearchJob;
}

/** On the calling thread. */
export async function runJobHere({ storage, job }: SearchThread): Promise<TrialScores | OuterScore> {
  const store = await openStore(storage);
  return job.kind === 'trial' ? runTrialHere(store, job.task) : judgeTrialHere(store, job.task);
}

export interface SearchThreadOptions {
  /** Ends the thread; what was stored stays. */
  readonly signal?: AbortSignal;
  /** Node's own options for the thread. */
  readonly threadArguments?: readonly string[];
}

/** In a thread: a fit blocks the event loop that heartbeats need. Rejects with SearchError TRIAL_FAILED and why. */
export function runJobInThread<J extends SearchJob>(
  storage: StorageConfig,
  job: J,
  { signal, threadArguments }: SearchThreadOptions = {},
): Promise<JobResult<J>> {
  return new Promise((resolve, reject) => {
    const failed = (why: string): void =>
      reject(new SearchError('TRIAL_FAILED', `Trial ${job.task.trial} could not be run: ${why}.`));
    const workerData: SearchThread = { storage, job };
    // Beside this file, compiled or not.
    const thread = new Worker(join(__dirname, `trial-thread${extname(__filename)}`), {
      workerData,
      ...(threadArguments === undefined ? {} : { execArgv: [...threadArguments] }),
    });
    signal?.addEventListener('abort', () => void thread.terminate(), { once: true });
    thread.on('message', (message: SearchThreadMessage) => {
      if (message.kind === 'done') resolve(message.result as JobResult<J>);
      else failed(message.message);
    });
    thread.on('error', (error) => failed(error.message));
    thread.on('exit', () => failed('its thread ended before it was done'));
  });
}
