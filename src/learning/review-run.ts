/**
 * What people and workflows decide about model runs (requirements E10, G6): each is one act in the review log, with who and why. Commands
 * and activities call the same functions; an activity gives a request id of its own, so that a retry is not a second act.
 * Invariant: a run is promoted, or gone back to, only when it can vote: manifest of this version, features that this version computes, models
 * of something that is traded, every file there with the hash that the manifest names.
 */
import { isFuture } from '../domain/instruments';
import type { ChampionChange, Remark, Review } from '../domain/model-review';
import { ModelRegistryError, readModelFile } from '../storage/model-registry';
import { isStoreError, type ObjectStore } from '../storage/object-store';
import { addAct, readReviewLog, type ReviewEntry } from '../storage/review-log';
import { readManifest } from './model-run';
import { ModelRunError } from './model-run-error';
import { schemaOfRun } from './run-schema';

export interface Reviewer {
  /** A person's name, or the workflow that acts for its triggers. */
  readonly by: string;
  readonly why: string;
  /** UTC ms. */
  readonly at: number;
  /** The same request is one act, however often it is repeated. */
  readonly request: string;
}

/**
 * Promotes a run: `approved` after it passed gates and shadow run, `promoted` by order of a human, whatever they said. Throws
 * ModelRunError (REVIEWER_MISSING, RUN_NOT_FOUND, MANIFEST_INVALID, SCHEMA_MISMATCH, NOT_TRADED), ModelRegistryError about a damaged file,
 * ReviewLogError PROMOTION_CONFLICT when another run was promoted meanwhile, ACT_REFUSED when the run is in no state for it.
 */
export async function promoteRun(
  store: ObjectStore,
  { kind, runId }: { readonly kind: 'approved' | 'promoted'; readonly runId: string },
  reviewer: Reviewer,
): Promise<ReviewEntry> {
  const said = checkedReviewer(reviewer);
  const seen = await readReviewLog(store);
  await checkUsable(store, runId);
  const decide = ({ promoted }: Review): ChampionChange => ({ ...said, kind, runId, from: promoted, to: runId });
  return addAct(store, reviewer.request, seen, decide);
}

/** Says something about a run that leaves the champion as it is. Throws as `promoteRun`, never PROMOTION_CONFLICT. */
export async function remarkOnRun(
  store: ObjectStore,
  { kind, runId }: Pick<Remark, 'kind' | 'runId'>,
  reviewer: Reviewer,
): Promise<ReviewEntry> {
  const said = checkedReviewer(reviewer);
  await readManifest(store, runId);
  return addAct(store, reviewer.request, await readReviewLog(store), () => ({ ...said, kind, runId }));
}

export interface RollbackRequest {
  /** The run to withdraw; the promoted one when left out. A breach names the run it is about: it may be withdrawn already. */
  readonly runId?: string;
  /** A champion of before; the one before the present when left out, and nobody when there was none. */
  readonly to?: string;
}

/**
 * Withdraws the promoted run for the champion before it. Throws ModelRunError NOTHING_PROMOTED or NOT_PROMOTED, and as `promoteRun`
 * about the run to go back to.
 */
export const rollBack = (
  store: ObjectStore,
  { runId, to }: RollbackRequest,
  reviewer: Reviewer,
): Promise<ReviewEntry> =>
  withdraw(store, runId, reviewer, async ({ earlier }, { why }) => {
    const target = to ?? earlier.at(-1) ?? null;
    if (target !== null) await checkUsable(store, target);
    return { to: target, why };
  });

/**
 * Withdraws a run that breached its limits, when nobody is there to choose: for the newest earlier champion that is whole, else for nobody.
 * Those that were passed over are named in the act's reason. Throws ModelRunError NOTHING_PROMOTED or NOT_PROMOTED, ReviewLogError as
 * `promoteRun`; a store that does not answer passes through, since it says nothing about a run.
 */
export const withdrawBreached = (store: ObjectStore, runId: string, reviewer: Reviewer): Promise<ReviewEntry> =>
  withdraw(store, runId, reviewer, async ({ earlier }, { why }) => {
    const passedOver: string[] = [];
    for (const candidate of [...earlier].reverse()) {
      const damage = await damageOf(store, candidate);
      if (damage === null) return { to: candidate, why: [why, ...passedOver].join('; ') };
      passedOver.push(`not back to ${candidate}: ${damage}`);
    }
    return { to: null, why: [why, ...passedOver].join('; ') };
  });

type ChooseSuccessor = (
  review: Review,
  reviewer: Pick<Reviewer, 'why'>,
) => Promise<{ readonly to: string | null; readonly why: string }>;

async function withdraw(
  store: ObjectStore,
  runId: string | undefined,
  reviewer: Reviewer,
  choose: ChooseSuccessor,
): Promise<ReviewEntry> {
  const said = checkedReviewer(reviewer);
  const seen = await readReviewLog(store);
  const { review } = seen;
  const done = seen.entries.find(({ request }) => request === reviewer.request);
  if (done !== undefined) return done;
  const withdrawn = review.promoted;
  if (withdrawn === null)
    throw new ModelRunError('NOTHING_PROMOTED', 'No run is promoted, so there is nothing to roll back.');
  if (runId !== undefined && runId !== withdrawn)
    throw new ModelRunError(
      'NOT_PROMOTED',
      `Run ${runId} is not the promoted one, ${withdrawn} is: nothing to roll back.`,
    );
  const { to, why } = await choose(review, said);
  const act: ChampionChange = { ...said, why, kind: 'rolled-back', runId: withdrawn, from: withdrawn, to };
  return addAct(store, reviewer.request, seen, () => act);
}

/** Why a run cannot vote, or null when it can. */
async function damageOf(store: ObjectStore, runId: string): Promise<string | null> {
  try {
    await checkUsable(store, runId);
    return null;
  } catch (error) {
    const isDamage =
      error instanceof ModelRunError || error instanceof ModelRegistryError || isStoreError(error, 'CORRUPT');
    if (!isDamage) throw error;
    return error.message;
  }
}

function checkedReviewer({ by, why, at }: Reviewer): Pick<Remark, 'by' | 'why' | 'at'> {
  const missing = by.trim() === '' ? '--by NAME' : why.trim() === '' ? '--why REASON' : null;
  if (missing !== null)
    throw new ModelRunError('REVIEWER_MISSING', `Say who decides and why: ${missing} is missing or empty.`);
  return { by: by.trim(), why: why.trim(), at: new Date(at).toISOString() };
}

async function checkUsable(store: ObjectStore, runId: string): Promise<void> {
  const manifest = await readManifest(store, runId);
  schemaOfRun(manifest);
  const symbols = manifest.instruments.map(({ symbol }) => symbol);
  if (!symbols.some(isFuture))
    throw new ModelRunError(
      'NOT_TRADED',
      `Run ${runId} has models of ${symbols.join(', ')} alone, and the session trades futures: promote another one.`,
    );
  for (const { models } of manifest.instruments) for (const model of models) await readModelFile(store, runId, model);
}
