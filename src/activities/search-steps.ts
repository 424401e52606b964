/**
 * The steps of a search, each repeatable: what the workflow's activities and `omega search` call alike. Everything between two steps is in
 * the store under `processed/search/{id}/`.
 */
import type { StorageConfig } from '../config/config';
import { hashOf } from '../learning/training/training-set-file';
import type { LearningData } from '../learning/training/learning-data';
import { featuresOf } from '../features/configured-schema';
import { encodeParameters } from '../learning/search/parameters-file';
import { SearchError } from '../learning/search/search-error';
import { withWindows } from '../learning/search/indicator-windows';
import { encodeSearchSet, searchSet } from '../learning/search/search-set';
import { drawParameters, spaceOf } from '../learning/search/search-space';
import { readOuter, readPlan, readSearchSet, setKeyOf, writeOutcome, writePlan } from '../learning/search/search-store';
import { finishedTrial, runJobInThread, windowsOf } from '../learning/search/trial-job';
import type { SearchThreadOptions } from '../learning/search/trial-job';
import type { FeatureSchema } from '../features/schema';
import type {
  OuterScore,
  OuterTask,
  SearchOutcome,
  SearchPlan,
  SearchRequest,
  TrialScores,
  TrialTask,
} from '../domain/hyperparameter-search';
import type { LearningSymbol } from '../domain/instruments';
import type { ObjectStore } from '../storage/object-store';

export interface StoredSearch {
  readonly storage: StorageConfig;
  readonly store: ObjectStore;
}

export interface SearchParts extends StoredSearch {
  /** What there is of a symbol to learn from, and the columns whose windows are searched. */
  readonly source: (symbol: LearningSymbol) => Promise<{ readonly data: LearningData; readonly schema: FeatureSchema }>;
}

/**
 * Pins what the trials read. A search that was begun goes on with the set it was begun with.
 * Rejects with SearchError NOTHING_TO_SEARCH, or SEARCH_DAMAGED when the id is taken by a search for something else.
 */
export async function prepareSearchStep({ store, source }: SearchParts, request: SearchRequest): Promise<SearchPlan> {
  spaceOf(request.family);
  const begun = await readPlan(store, request.searchId);
  if (begun !== null) {
    if (sameSearch(begun.request, request)) return { ...begun, request };
    throw new SearchError(
      'SEARCH_DAMAGED',
      `${request.searchId} is a search of ${begun.request.symbol} ${begun.request.family}, seed ${begun.request.seed}: ask for the same, or give another --search-id.`,
    );
  }
  const { data, schema } = await source(request.symbol);
  const days = [...(request.days ?? data.tradeDates)].sort();
  const set = searchSet(request.symbol, data, days, schema, request.windows);
  if (typeof set === 'string')
    throw new SearchError('NOTHING_TO_SEARCH', `${request.symbol} can't be learnt from (${set}): give more days.`);
  const bytes = encodeSearchSet(set);
  await store.put(setKeyOf(request.searchId), bytes);
  const plan = { request, setHash: hashOf(bytes), rows: set.starts.length, days };
  await writePlan(store, plan);
  return plan;
}

/** More trials may be asked for than before: those there are stay as they are. */
function sameSearch({ trials: _before, ...begun }: SearchRequest, { trials: _now, ...asked }: SearchRequest): boolean {
  return Object.entries(asked).every(
    ([name, value]) => JSON.stringify(begun[name as keyof typeof begun]) === JSON.stringify(value),
  );
}

export async function runTrialStep(
  { storage, store }: StoredSearch,
  task: TrialTask,
  options: SearchThreadOptions = {},
): Promise<TrialScores> {
  return (await finishedTrial(store, task)) ?? runJobInThread(storage, { kind: 'trial', task }, options);
}

export async function judgeTrialStep(
  { storage, store }: StoredSearch,
  task: OuterTask,
  options: SearchThreadOptions = {},
): Promise<OuterScore> {
  const stored = await readOuter(store, task.plan, task.scope, task.trial);
  return stored ?? runJobInThread(storage, { kind: 'outer', task }, options);
}

/** Writes `best.json`, which `omega train --parameters` takes, and the outcome. */
export async function finishSearchStep(
  { store }: StoredSearch,
  plan: SearchPlan,
  outcome: SearchOutcome,
): Promise<void> {
  const { searchId, family, seed, windows } = plan.request;
  const set = await readSearchSet(store, plan);
  const schema = withWindows(set.schema, windowsOf(plan, set, outcome.best));
  const parameters = drawParameters(family, seed, outcome.best);
  const listed = Object.entries(parameters).map(
    ([name, value]) => [name, typeof value === 'object' && value !== null ? [...value] : value] as const,
  );
  const best = encodeParameters({
    format: 1,
    search: searchId,
    families: [{ name: family, parameters: Object.fromEntries(listed) }],
    ...(windows && { features: featuresOf(schema) }),
  });
  await writeOutcome(store, outcome, best);
}
