/**
 * What the learning half's workflows ask on `learning`: the review log, and what a running feed observed of challenger and champion.
 * All of it is quick, and repeatable: an act carries the request it is for.
 */
import { Context } from '@temporalio/activity';
import { ApplicationFailure } from '@temporalio/common';
import { z } from 'zod';
import { isChampionChange, stateOf } from '../domain/model-review';
import { coolDownUntil, RETRAINING_CAUSES, type RetrainingBegun } from '../domain/retraining';
import { breachesOf, judgeShadow } from '../learning/evaluation/shadow';
import { ModelRunError } from '../learning/model-run-error';
import { inferenceP99, performanceOf, shadowFigures } from '../learning/observed-run';
import { readObservedRun } from '../learning/observed-run-store';
import { promoteRun, remarkOnRun, withdrawBreached, type Reviewer } from '../learning/review-run';
import { ModelRegistryError } from '../storage/model-registry';
import { errorText } from '../storage/durable-files';
import { isStoreError, type ObjectStore } from '../storage/object-store';
import { readReviewLog, ReviewLogError } from '../storage/review-log';
import { parseStoredJson, storedJson } from '../storage/stored-json';
import type { ChampionEnd, ReviewActivities, ReviewReading, ReviewRequest } from '../workflows/activity-types';

export interface ReviewDeps {
  readonly store: ObjectStore;
  /** Of the bootstrap behind the AUC alarm. */
  readonly seed: number;
  /** Hears of what people should look at: a champion that was withdrawn, or could not be. */
  readonly alert: (text: string) => void;
  readonly now?: () => number;
  /** How often the promoted run is looked at, ms. */
  readonly championPollMs?: number;
}

const CHAMPION_POLL_MS = 30_000;
const BEGUN_KEY = 'processed/retraining/begun.json';
/** Nothing observed yet is no figures to judge. */
const NOTHING_OBSERVED = {
  tradeDates: 0,
  decisions: 0,
  compared: null,
  notFinite: 0,
  logLoss: null,
  championLogLoss: null,
};

export function createReviewActivities(deps: ReviewDeps): ReviewActivities {
  const { store, now = Date.now } = deps;
  const reviewer = ({ by, why, request }: ReviewRequest): Reviewer => ({ by, why, request, at: now() });
  return {
    beginRetraining: async ({ runId, triggers }) => {
      const last = await begunLast(store);
      if (last?.runId === runId) return { kind: 'begun' };
      const until = coolDownUntil(last, triggers, now());
      if (until !== null) return { kind: 'too-soon', until };
      const begun: RetrainingBegun = { runId, cause: triggers[0]?.cause ?? 'by-hand', at: now() };
      await store.put(BEGUN_KEY, storedJson(begun));
      return { kind: 'begun' };
    },
    remarkOnRun: ({ kind, runId, ...said }) =>
      act(() => remarkOnRun(store, { kind, runId }, reviewer({ runId, ...said }))),
    approveRun: (said) => act(() => promoteRun(store, { kind: 'approved', runId: said.runId }, reviewer(said))),
    rollBackRun: (said) => act(() => withdraw(deps, said.runId, reviewer(said))),
    readReview: (runId) => readReview(store, runId),
    readShadow: async (runId) => {
      const observed = await readObservedRun(store, 'shadow', runId);
      const figures = observed === null ? null : shadowFigures(observed);
      return {
        ...(await readReview(store, runId)),
        figures,
        verdict: judgeShadow(figures ?? NOTHING_OBSERVED),
        inferenceP99Ms: observed === null ? null : inferenceP99(observed),
      };
    },
    watchChampion: (runId) => watchChampion(deps, runId),
  };
}

async function withdraw({ store, alert }: ReviewDeps, runId: string, reviewer: Reviewer): Promise<void> {
  try {
    const entry = await withdrawBreached(store, runId, reviewer);
    const successor = isChampionChange(entry) ? entry.to : null;
    alert(`model run ${runId} is rolled back, ${successor ?? 'nobody'} votes in its place: ${entry.why}`);
  } catch (error) {
    alert(`model run ${runId} breached its limits and is not rolled back: ${errorText(error)}`);
    throw error;
  }
}

async function watchChampion(
  { store, seed, championPollMs = CHAMPION_POLL_MS }: ReviewDeps,
  runId: string,
): Promise<ChampionEnd> {
  const context = Context.current();
  for (;;) {
    context.heartbeat();
    const { review } = await readReviewLog(store);
    if (review.promoted !== runId) return { kind: 'followed' };
    const observed = await readObservedRun(store, 'champion', runId);
    // What was observed in an earlier reign does not count.
    if (observed !== null && observed.since === review.lastChange?.at) {
      const { notFinite, haltCause } = observed;
      const aucAlarm = performanceOf(observed, seed).state === 'alarm';
      const breaches = breachesOf({ notFinite, haltCause, aucAlarm, inferenceP99Ms: inferenceP99(observed) });
      if (breaches.length > 0) return { kind: 'breached', breaches };
    }
    await context.sleep(championPollMs);
  }
}

async function readReview(store: ObjectStore, runId: string): Promise<ReviewReading> {
  const { review, entries } = await readReviewLog(store);
  const last = entries.findLast((entry) => entry.runId === runId);
  return { state: stateOf(review, runId), last: last === undefined ? null : { by: last.by, why: last.why } };
}

const begunSchema = z.object({ runId: z.string(), cause: z.enum(RETRAINING_CAUSES), at: z.number() });

/** A damaged note says nothing: it only keeps triggers apart. */
async function begunLast(store: ObjectStore): Promise<RetrainingBegun | null> {
  try {
    return begunSchema.parse(parseStoredJson(await store.get(BEGUN_KEY)));
  } catch (error) {
    if (isStoreError(error) && error.code !== 'NOT_FOUND') throw error;
    return null;
  }
}

/** What is refused for good is not tried again; a store that does not answer is. */
async function act(work: () => Promise<unknown>): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (error instanceof ReviewLogError || error instanceof ModelRunError || error instanceof ModelRegistryError)
      throw ApplicationFailure.create({ message: error.message, type: error.code, nonRetryable: true, cause: error });
    throw error;
  }
}
