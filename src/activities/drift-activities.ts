/**
 * The drift monitor's activities on queue `training`: one check of the journal against the run in force, kept in the store, and the asking
 * for a retraining, which age and new data set off as well.
 * Invariant: a check that is repeated, by a retry or by hand, is not a second check running: newer bars make one.
 */
import { driftMonitorWorkflowId } from '../domain/drift-monitor';
import type { DriftActivities, DriftVerdict } from '../domain/drift-monitor';
import type { RetrainingTrigger } from '../domain/retraining';
import { checkInstrument, isAnotherCheck } from '../learning/drift/check-drift';
import type { CheckInput } from '../learning/drift/check-drift';
import { DriftError } from '../learning/drift/drift-error';
import { keptCheck, readLastCheck, stateBefore, writeLastCheck } from '../learning/drift/last-check';
import type { LastCheck } from '../learning/drift/last-check';
import { dueTrainings } from '../learning/drift/training-age';
import { ModelRunError } from '../learning/model-run-error';
import { lastTrained } from '../storage/model-registry';
import type { ObjectStore } from '../storage/object-store';
import { checkDrift } from './drift-check';

export interface DriftActivitiesDeps {
  readonly store: ObjectStore;
  readonly stateDir: string;
  /** Of the bootstrap that bounds the AUC. */
  readonly seed: number;
  /** UTC ms, wall time. */
  readonly now: () => number;
  /** Newest trade date that a retraining would learn from; null without any. */
  readonly newestTrainingDay: () => Promise<string | null>;
  /** Starts a retraining or joins the running one. */
  readonly startRetraining: (trigger: RetrainingTrigger) => Promise<unknown>;
}

export const createDriftActivities = (deps: DriftActivitiesDeps): DriftActivities => ({
  async checkDrift({ account }) {
    const verdict = await checkJournal(deps, account);
    const stamp = await lastTrained(deps.store);
    const due = stamp === null ? [] : dueTrainings(stamp, await deps.newestTrainingDay(), deps.now());
    return { ...verdict, triggers: [...verdict.triggers, ...triggersOf(due, account)] };
  },
  async askForRetraining(trigger) {
    await deps.startRetraining(trigger);
  },
});

async function checkJournal({ store, stateDir, seed }: DriftActivitiesDeps, account: string): Promise<DriftVerdict> {
  const last = await readLastCheck(store, account);
  const place = { stateDir, account };
  const newest = { runId: null, tradeDate: null, instruments: null };
  const question = { store, source: { kind: 'journal' as const, ...place }, audit: place, ...newest, seed };
  const checkOne = (runId: string) => (input: CheckInput) =>
    checkInstrument(input, stateBefore(last, runId, input.symbol));
  try {
    const check = keptCheck(await checkDrift(question, checkOne));
    if (last !== null && last.runId === check.runId && !isAnotherCheck(last.through, check.through))
      return verdictOf(last, account, false);
    await writeLastCheck(store, account, check);
    return verdictOf(check, account, true);
  } catch (error) {
    if (error instanceof DriftError || error instanceof ModelRunError) return nothingChecked(error.message);
    throw error;
  }
}

const triggersOf = (
  reasons: readonly Pick<RetrainingTrigger, 'cause' | 'why'>[],
  account: string,
): readonly RetrainingTrigger[] =>
  reasons.map(({ cause, why }) => ({ cause, why, by: driftMonitorWorkflowId(account) }));

type Verdicted = Pick<LastCheck, 'runId' | 'through' | 'state'> & {
  readonly instruments: readonly {
    readonly symbol: string;
    readonly features: { readonly why: string };
    readonly performance: { readonly why: string };
  }[];
  readonly alarms: readonly Pick<RetrainingTrigger, 'cause' | 'why'>[];
};

const verdictOf = (
  { runId, through, state, instruments, alarms }: Verdicted,
  account: string,
  fresh: boolean,
): DriftVerdict => ({
  runId,
  through,
  state,
  fresh,
  why: instruments.map(({ symbol, features, performance }) => `${symbol}: ${features.why} ${performance.why}`),
  triggers: triggersOf(alarms, account),
});

const nothingChecked = (why: string): DriftVerdict => ({
  runId: null,
  through: null,
  state: 'not-judged',
  fresh: false,
  why: [why],
  triggers: [],
});
