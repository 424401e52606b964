/**
 * What the retraining workflow has done on `training`: thin clothes around the steps that `omega train` calls too. A step that is begun
 * again after a kill finds what is stored and goes on.
 */
import { Context } from '@temporalio/activity';
import { ApplicationFailure } from '@temporalio/common';
import { tradeHoldOut } from '../backtest/hold-out-trading';
import { isFuture } from '../domain/instruments';
import { EvaluationError } from '../learning/evaluation/evaluation-error';
import { ModelRunError } from '../learning/model-run-error';
import { gatesText } from '../learning/training/run-card';
import { TrainingError } from '../learning/training/training-error';
import { RecordedDataError } from '../market-data/recorded-market';
import { loadRecordedMarket } from '../market-data/recorded-minutes';
import type { JudgedTraining, RetrainingRequest, TrainingActivities } from '../workflows/activity-types';
import { assembleStep, fitStep, prepareStep, type TrainedRun, type TrainingParts } from './training-steps';

export interface TrainingDeps extends Omit<TrainingParts, 'market' | 'stock' | 'tradeHoldOut'> {
  /** Folder of recorded minutes for requests that name none. */
  readonly dataFolder: string;
}

const HEARTBEAT_MS = 2_000;
/** A fit may fail because the disk was full for a while; three times is not for a while. */
const FIT_ATTEMPTS = 3;

export function createTrainingActivities(deps: TrainingDeps): TrainingActivities {
  const partsOf = ({ dataFolder, instruments }: RetrainingRequest): TrainingParts => ({
    ...deps,
    market: () => loadRecordedMarket(dataFolder ?? deps.dataFolder, { instruments: instruments.filter(isFuture) }),
    tradeHoldOut,
  });
  return {
    prepareTraining: (request) => beating('preparing', () => prepareStep(partsOf(request), request)),
    fitFamily: ({ request, instrument, family }) => {
      const done: string[] = [];
      const onProgress = ({ target }: { readonly target: string }): void => void done.push(target);
      const signal = Context.current().cancellationSignal;
      return beating(done, () => fitStep(partsOf(request), request, instrument, family, { onProgress, signal }));
    },
    assembleRun: ({ request, prepared }) =>
      beating('assembling', async () => judged(await assembleStep(partsOf(request), request, prepared))),
  };
}

const judged = ({ manifest, verdict, instruments }: TrainedRun): JudgedTraining => ({
  runId: manifest.runId,
  verdict,
  why: gatesText(verdict),
  instruments,
  skipped: manifest.skipped,
});

/** Heartbeats `progress`, read anew each time, while `work` goes on. Rejects with ApplicationFailure of the code that was thrown. */
async function beating<T>(progress: unknown, work: () => Promise<T>): Promise<T> {
  const context = Context.current();
  const beat = setInterval(() => context.heartbeat(progress), HEARTBEAT_MS);
  try {
    return await work();
  } catch (error) {
    // Cut short by the end of its worker: no fault of the fit.
    if (context.cancellationSignal.aborted) throw ApplicationFailure.retryable('its worker ended', 'INTERRUPTED');
    throw failureOf(error, context.info.attempt);
  } finally {
    clearInterval(beat);
  }
}

/** What no repetition mends is said at once; the rest is tried again by the workflow's policy. */
function failureOf(error: unknown, attempt: number): unknown {
  if (
    error instanceof TrainingError ||
    error instanceof ModelRunError ||
    error instanceof EvaluationError ||
    error instanceof RecordedDataError
  ) {
    const nonRetryable = error.code !== 'FIT_FAILED' || attempt >= FIT_ATTEMPTS;
    return ApplicationFailure.create({ message: error.message, type: error.code, nonRetryable, cause: error });
  }
  return error;
}
