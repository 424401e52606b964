/**
 * What the drift monitor does each time: one check of the journal against the run in force, kept in the store, and what of it, of the last
 * training's age and of new data asks for a retraining.
 * Invariant: a check that is repeated, by a retry or by hand, is not a second check running: newer bars make one.
 */
import { driftMonitorWorkflowId } from '../domain/drift-monitor';
import type { DriftVerdict } from '../domain/drift-monitor';
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

export interface DriftMonitoring {
  readonly store: ObjectStore;
  readonly stateDir: string;
  /** Of the bootstrap that bounds the AUC. */
  readonly seed: number;
  /** UTC ms, wall time. */
  readonly now: () => number;
  /** Newest trade date that a retraining would learn from; null without any. */
  readonly newestTrainingDay: () => Promise<string | null>;
}

/** What cannot be checked is said in the verdict; store failures pass through. */
export async function monitorDrift(place: DriftMonitoring, account: string): Promise<DriftVerdict> {
  const verdict = await checkJournal(place, account);
  const stamp = await lastTrained(place.store);
  const due = stamp === null ? [] : dueTrainings(stamp, await place.newestTrainingDay(), place.now());
  return { ...verdict, triggers: [...verdict.triggers, ...triggersOf(due, account)] };
}

async function checkJournal({ store, stateDir, seed }: DriftMonitoring, account: string): Promise<DriftVerdict> {
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
  readonly skipped: readonly { readonly symbol: string; readonly why: string }[];
  readonly instruments: readonly {
    readonly symbol: string;
    readonly features: { readonly why: string };
    readonly performance: { readonly why: string };
  }[];
  readonly alarms: readonly Pick<RetrainingTrigger, 'cause' | 'why'>[];
};

const verdictOf = (
  { runId, through, state, instruments, skipped, alarms }: Verdicted,
  account: string,
  fresh: boolean,
): DriftVerdict => ({
  runId,
  through,
  state,
  fresh,
  why: [
    ...instruments.map(({ symbol, features, performance }) => `${symbol}: ${features.why} ${performance.why}`),
    ...skipped.map(({ symbol, why }) => `${symbol}: not checked, ${why}`),
  ],
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
