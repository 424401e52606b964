/**
 * The drift monitor's activities on queue `training`: one check of the journal against the run in force, kept in the store, and the asking
 * for a retraining.
 * Invariant: a check that is repeated, by a retry or by hand, is not a second check running: newer bars make one.
 */
import { driftMonitorWorkflowId } from '../domain/drift-monitor';
import type { DriftActivities, DriftVerdict } from '../domain/drift-monitor';
import type { RetrainingTrigger } from '../domain/retraining';
import { checkInstrument, isAnotherCheck } from '../learning/drift/check-drift';
import { DriftError } from '../learning/drift/drift-error';
import { keptCheck, readLastCheck, stateBefore, writeLastCheck } from '../learning/drift/last-check';
import type { LastCheck } from '../learning/drift/last-check';
import { ModelRunError } from '../learning/model-run-error';
import type { ObjectStore } from '../storage/object-store';
import { checkDrift } from './drift-check';

export interface DriftActivitiesDeps {
  readonly store: ObjectStore;
  readonly stateDir: string;
  /** Of the bootstrap that bounds the AUC. */
  readonly seed: number;
  /** Starts a retraining or joins the running one. */
  readonly startRetraining: (trigger: RetrainingTrigger) => Promise<unknown>;
}

export function createDriftActivities({
  store,
  stateDir,
  seed,
  startRetraining,
}: DriftActivitiesDeps): DriftActivities {
  return {
    async checkDrift({ account }) {
      const last = await readLastCheck(store, account);
      const source = { kind: 'journal', stateDir, account } as const;
      const question = {
        store,
        source,
        audit: { stateDir, account },
        runId: null,
        tradeDate: null,
        instruments: null,
        seed,
      };
      try {
        const check = keptCheck(
          await checkDrift(
            question,
            (runId) => (input) => checkInstrument(input, stateBefore(last, runId, input.symbol)),
          ),
        );
        if (last !== null && last.runId === check.runId && !isAnotherCheck(last.through, check.through))
          return verdictOf(last, account, false);
        await writeLastCheck(store, account, check);
        return verdictOf(check, account, true);
      } catch (error) {
        if (error instanceof DriftError || error instanceof ModelRunError) return nothingChecked(error.message);
        throw error;
      }
    },
    async askForRetraining(trigger) {
      await startRetraining(trigger);
    },
  };
}

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
  triggers: alarms.map(({ cause, why }) => ({ cause, why, by: driftMonitorWorkflowId(account) })),
});

const nothingChecked = (why: string): DriftVerdict => ({
  runId: null,
  through: null,
  state: 'not-judged',
  fresh: false,
  why: [why],
  triggers: [],
});
