/**
 * What the retraining workflow has done on `training`: thin clothes around the steps that `omega train` calls too. A step that is begun
 * again after a kill finds what is stored and goes on.
 * Invariant: whatever computes does so in a thread, so that a worker that is silent is a dead one.
 */
import { Context } from '@temporalio/activity';
import { ApplicationFailure } from '@temporalio/common';
import type { RetrainingRequest, TrainingActivities } from '../workflows/activity-types';
import { assembleInThread, failureOf, prepareInThread, type StepJob } from './training-step-job';
import { fitStep } from './training-steps';

/** `dataFolder`: for requests that name none. */
export type TrainingDeps = Omit<StepJob, 'request'>;

const HEARTBEAT_MS = 2_000;
/** A fit may fail because the disk was full for a while; three times is not for a while. */
const FIT_ATTEMPTS = 3;

export function createTrainingActivities(deps: TrainingDeps): TrainingActivities {
  const jobOf = (request: RetrainingRequest): StepJob => ({
    ...deps,
    dataFolder: request.dataFolder ?? deps.dataFolder,
    request,
  });
  return {
    prepareTraining: (request) => beating('preparing', (signal) => prepareInThread(jobOf(request), signal)),
    fitFamily: ({ request, instrument, family }) => {
      const done: string[] = [];
      const onProgress = ({ target }: { readonly target: string }): void => void done.push(target);
      return beating(done, (signal) => fitStep(deps, request, instrument, family, { onProgress, signal }));
    },
    assembleRun: ({ request, prepared }) =>
      beating('assembling', (signal) => assembleInThread({ ...jobOf(request), prepared }, signal)),
  };
}

/** Heartbeats `progress`, read anew each time, while `work` goes on. Rejects with ApplicationFailure of the code that was thrown. */
async function beating<T>(progress: unknown, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const context = Context.current();
  const beat = setInterval(() => context.heartbeat(progress), HEARTBEAT_MS);
  try {
    return await work(context.cancellationSignal);
  } catch (error) {
    // Cut short by the end of its worker: no fault of the fit.
    if (context.cancellationSignal.aborted) throw ApplicationFailure.retryable('its worker ended', 'INTERRUPTED');
    throw toldTo(context.info.attempt, error);
  } finally {
    clearInterval(beat);
  }
}

/** What no repetition mends is said at once; the rest is tried again by the workflow's policy. */
function toldTo(attempt: number, error: unknown): unknown {
  const { code, message } = failureOf(error);
  if (code === null || !(error instanceof Error)) return error;
  const nonRetryable = code !== 'FIT_FAILED' || attempt >= FIT_ATTEMPTS;
  return ApplicationFailure.create({ message, type: code, nonRetryable, cause: error });
}
