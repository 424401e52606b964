/**
 * What was decided about model runs, `models/reviews/{n}.json`: one object an act, numbered from 1 without gaps. The promoted pointer is
 * the last change of champion in it, so that pointer and history cannot differ, whatever is killed and whenever.
 * Invariants:
 *  1. An act is created under the next number and never replaced: of two writers that read the same history exactly one goes on.
 *  2. No act is there that the transition table forbids after the acts before it.
 *  3. An act that is asked for again under its request id is answered, not repeated.
 */
import { z } from 'zod';
import { isRunId } from '../domain/ids';
import {
  EMPTY_REVIEW,
  isChampionChange,
  reviewAfter,
  reviewOf,
  type Review,
  type ReviewAct,
} from '../domain/model-review';
import { errorText } from './durable-files';
import type { ObjectStore } from './object-store';
import { parseStoredJson, storedJson } from './stored-json';

export type ReviewLogErrorCode =
  /** Another act came first. */
  | 'PROMOTION_CONFLICT'
  /** The run is in no state for this act. */
  | 'ACT_REFUSED'
  | 'LOG_DAMAGED';

export class ReviewLogError extends Error {
  override readonly name = 'ReviewLogError';

  constructor(
    readonly code: ReviewLogErrorCode,
    message: string,
    options?: { readonly cause?: unknown },
  ) {
    super(message, options);
  }
}

const FOLDER = 'models/reviews/';
const KEY = /^models\/reviews\/(\d{6})\.json$/;
const keyOf = (number: number): string => `${FOLDER}${String(number).padStart(6, '0')}.json`;

const runId = z.string().refine(isRunId, 'is no run id');
const act = {
  runId,
  by: z.string().min(1),
  why: z.string().min(1),
  at: z.iso.datetime(),
  /** Of whoever asked: the same request is one act, however often it is repeated. */
  request: z.string().min(1),
};
const entrySchema = z.discriminatedUnion('kind', [
  z.strictObject({ ...act, kind: z.literal(['shadow-started', 'shadow-passed', 'rejected', 'expired']) }),
  z.strictObject({
    ...act,
    kind: z.literal(['approved', 'promoted', 'rolled-back']),
    from: runId.nullable(),
    to: runId.nullable(),
  }),
]);
export type ReviewEntry = ReviewAct & { readonly request: string };

export interface ReviewLog {
  readonly entries: readonly ReviewEntry[];
  readonly review: Review;
}

export const EMPTY_LOG: ReviewLog = { entries: [], review: EMPTY_REVIEW };

/**
 * Everything decided so far. With `known`, an earlier reading of the same store, only what came after it is fetched.
 * Throws ReviewLogError LOG_DAMAGED; store failures pass through.
 */
export async function readReviewLog(store: ObjectStore, known: ReviewLog = EMPTY_LOG): Promise<ReviewLog> {
  const keys = (await store.list(FOLDER)).filter((key) => KEY.test(key));
  const wrong = keys.findIndex((key, index) => key !== keyOf(index + 1));
  if (wrong >= 0 || keys.length < known.entries.length)
    throw damaged(store, keyOf(wrong >= 0 ? wrong + 1 : keys.length + 1), 'is missing');
  const fresh = await Promise.all(keys.slice(known.entries.length).map((key) => readEntry(store, key)));
  const entries = [...known.entries, ...fresh];
  try {
    return { entries, review: reviewOf(entries) };
  } catch (error) {
    throw damaged(store, FOLDER, `is no possible history (${errorText(error)})`, error);
  }
}

async function readEntry(store: ObjectStore, key: string): Promise<ReviewEntry> {
  const bytes = await store.get(key);
  try {
    return entrySchema.parse(parseStoredJson(bytes));
  } catch (error) {
    throw damaged(store, key, 'is damaged', error);
  }
}

const damaged = (store: ObjectStore, key: string, what: string, cause?: unknown): ReviewLogError =>
  new ReviewLogError('LOG_DAMAGED', `${key} in ${store.location} ${what}: restore it from a copy of the store.`, {
    cause,
  });

/**
 * Adds the act that `decide` makes of the review, beginning with the one that whoever asks has seen. Remarks that come in between only
 * cost another look; when the champion changed in between, a change of champion is a conflict: it was decided over another one.
 * Throws ReviewLogError PROMOTION_CONFLICT, ACT_REFUSED or LOG_DAMAGED; store failures pass through.
 */
export async function addAct(
  store: ObjectStore,
  request: string,
  seen: ReviewLog,
  decide: (review: Review) => ReviewAct,
): Promise<ReviewEntry> {
  for (let log = seen; ; log = await readReviewLog(store, log)) {
    const done = log.entries.find((entry) => entry.request === request);
    if (done !== undefined) return done;
    const entry: ReviewEntry = { ...decide(log.review), request };
    if (isChampionChange(entry) && log.review.promoted !== seen.review.promoted) throw conflict(log);
    const next = reviewAfter(log.review, entry);
    if (typeof next === 'string') throw new ReviewLogError('ACT_REFUSED', `Not done: ${next}.`);
    const key = keyOf(log.entries.length + 1);
    // When somebody else was faster, or the answer to our own write was lost, the log says which.
    if ((await store.create(key, storedJson(entrySchema.parse(entry)))) === 'created') return entry;
  }
}

function conflict({ review }: ReviewLog): ReviewLogError {
  const { promoted, lastChange } = review;
  const now = promoted === null ? 'no run is promoted' : `${promoted} is promoted`;
  const who = lastChange === null ? '' : ` (by ${lastChange.by}: ${lastChange.why})`;
  return new ReviewLogError(
    'PROMOTION_CONFLICT',
    `Not done: ${now} since a moment ago${who}; look at omega models history and decide again.`,
  );
}
