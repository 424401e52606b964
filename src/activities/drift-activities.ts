/** The drift monitor's activities on queue `training`: the check, in a thread, and the asking for a retraining. */
import { Context } from '@temporalio/activity';
import type { DriftActivities } from '../domain/drift-monitor';
import type { RetrainingTrigger } from '../domain/retraining';
import { checkDriftInThread, type DriftPlace } from './drift-step-job';

export interface DriftActivitiesDeps extends DriftPlace {
  /** Starts a retraining or joins the running one. */
  readonly startRetraining: (trigger: RetrainingTrigger) => Promise<unknown>;
  /** Node's own options for the thread. */
  readonly threadArguments?: readonly string[];
}

const HEARTBEAT_MS = 2_000;

export const createDriftActivities = ({
  startRetraining,
  threadArguments,
  ...place
}: DriftActivitiesDeps): DriftActivities => ({
  async checkDrift({ account }) {
    const context = Context.current();
    const beat = setInterval(() => context.heartbeat(), HEARTBEAT_MS);
    try {
      const options = { signal: context.cancellationSignal, ...(threadArguments && { threadArguments }) };
      return await checkDriftInThread({ ...place, account }, options);
    } finally {
      clearInterval(beat);
    }
  },
  async askForRetraining(trigger) {
    await startRetraining(trigger);
  },
});
