/**
 * What a search has finished, under `processed/search/{id}/`: `set.bin`, `plan.json`, `trial-{n}.json`, `outer-{k}-trial-{n}.json`, at the
 * end `outcome.json` and `best.json`. Invariant: a file is whole or absent, and one of another set or family is not ours.
 */
import { z } from 'zod';
import type { OuterScore, SearchOutcome, SearchPlan, SearchScope } from '../../domain/hyperparameter-search';
import { SEARCH_SCOPES } from '../../domain/hyperparameter-search';
import { isStoreError } from '../../storage/object-store';
import type { ObjectStore } from '../../storage/object-store';
import { hashOf } from '../training/training-set-file';
import { SearchError } from './search-error';
import { decodeSearchSet } from './search-set';
import type { SearchSet } from './search-set';

const scope = z.enum(SEARCH_SCOPES as readonly [SearchScope, ...SearchScope[]]);
const value = z.union([z.number(), z.string(), z.boolean(), z.null(), z.array(z.number())]);
const pinned = { setHash: z.string(), family: z.string(), seed: z.number(), trial: z.number() };

const trialSchema = z.object({
  ...pinned,
  parameters: z.record(z.string(), value),
  /** By kind of indicator, times the shipped window. */
  windows: z.record(z.string(), z.number()),
  scores: z.array(z.object({ scope, fold: z.number(), auc: z.number() })),
  failed: z.string().nullable(),
  seconds: z.number(),
});
const outerSchema = z.object({ ...pinned, scope, auc: z.number(), testRows: z.number() });

export type TrialRecord = Readonly<z.infer<typeof trialSchema>>;

export const searchPrefix = (searchId: string): string => `processed/search/${searchId}/`;
const trialKey = (searchId: string, trial: number): string => `${searchPrefix(searchId)}trial-${trial}.json`;
const outerKey = (searchId: string, of: SearchScope, trial: number): string =>
  `${searchPrefix(searchId)}${of}-trial-${trial}.json`;
export const bestKey = (searchId: string): string => `${searchPrefix(searchId)}best.json`;
export const setKeyOf = (searchId: string): string => `${searchPrefix(searchId)}set.bin`;
const planKey = (searchId: string): string => `${searchPrefix(searchId)}plan.json`;

const jsonOf = (document: unknown): Uint8Array => Buffer.from(`${JSON.stringify(document, null, 2)}\n`);

async function optional(store: ObjectStore, key: string): Promise<unknown> {
  try {
    return JSON.parse(Buffer.from(await store.get(key)).toString('utf8'));
  } catch (error) {
    if (isStoreError(error, 'NOT_FOUND') || error instanceof SyntaxError) return null;
    throw error;
  }
}

const isOf = (
  { request, setHash }: SearchPlan,
  stored: { readonly setHash: string; readonly family: string; readonly seed: number },
): boolean => stored.setHash === setHash && stored.family === request.family && stored.seed === request.seed;

export const writePlan = (store: ObjectStore, plan: SearchPlan): Promise<void> =>
  store.put(planKey(plan.request.searchId), jsonOf(plan));

/** Of a search begun before; null when there is none. What it holds was written by `writePlan`. */
export const readPlan = async (store: ObjectStore, searchId: string): Promise<SearchPlan | null> =>
  (await optional(store, planKey(searchId))) as SearchPlan | null;

/** The pinned set. Rejects with SearchError SEARCH_UNKNOWN, or SEARCH_DAMAGED when it is not the one that the plan names. */
export async function readSearchSet(store: ObjectStore, { request, setHash }: SearchPlan): Promise<SearchSet> {
  const key = setKeyOf(request.searchId);
  const bytes = await store.get(key).catch((error: unknown) => {
    if (!isStoreError(error, 'NOT_FOUND')) throw error;
    throw new SearchError('SEARCH_UNKNOWN', `${key} is not in ${store.location}: begin the search again.`);
  });
  if (hashOf(bytes) !== setHash)
    throw new SearchError('SEARCH_DAMAGED', `${key} is not what the search began with: search under a new id.`);
  return decodeSearchSet(bytes);
}

/** The trial as far as it is finished, when it is of this search. */
export async function readTrial(store: ObjectStore, plan: SearchPlan, trial: number): Promise<TrialRecord | null> {
  const parsed = trialSchema.safeParse(await optional(store, trialKey(plan.request.searchId, trial)));
  return parsed.success && isOf(plan, parsed.data) ? parsed.data : null;
}

export const writeTrial = (store: ObjectStore, { request }: SearchPlan, record: TrialRecord): Promise<void> =>
  store.put(trialKey(request.searchId, record.trial), jsonOf(record));

export async function readOuter(
  store: ObjectStore,
  plan: SearchPlan,
  of: SearchScope,
  trial: number,
): Promise<OuterScore | null> {
  const parsed = outerSchema.safeParse(await optional(store, outerKey(plan.request.searchId, of, trial)));
  if (!parsed.success || !isOf(plan, parsed.data)) return null;
  const { scope: judged, auc, testRows } = parsed.data;
  return { scope: judged, trial, auc, testRows };
}

export async function writeOuter(
  store: ObjectStore,
  { request, setHash }: SearchPlan,
  score: OuterScore,
): Promise<void> {
  const { searchId, family, seed } = request;
  await store.put(outerKey(searchId, score.scope, score.trial), jsonOf({ setHash, family, seed, ...score }));
}

export async function writeOutcome(store: ObjectStore, outcome: SearchOutcome, best: Uint8Array): Promise<void> {
  await store.put(bestKey(outcome.searchId), best);
  await store.put(`${searchPrefix(outcome.searchId)}outcome.json`, jsonOf(outcome));
}
