/**
 * One nested hyperparameter search (requirement E8): trials fan out over the workers of the training queue, every finished one is in the
 * store. Invariant: whatever dies, a trial that was stored is not run again: its activity reads it back.
 */
import { proxyActivities, setCurrentDetails, setHandler } from '@temporalio/workflow';
import { ApplicationFailure } from '@temporalio/common';
import { TRAINING_QUEUE } from '../domain/ids';
import { NO_PROGRESS, runSearch } from '../domain/hyperparameter-search';
import type { SearchOutcome, SearchProgress, SearchRequest, SearchSteps } from '../domain/hyperparameter-search';
import { searchProgress } from './search-messages';

/** Tasks on the queue at a time: enough for every worker there may be. */
const PARALLEL = 32;

// A worker that dies is noticed by its heartbeat; what is refused for good is not retried (src/activities/search-activities).
const threads = proxyActivities<SearchSteps>({
  taskQueue: TRAINING_QUEUE,
  startToCloseTimeout: '2 hours',
  heartbeatTimeout: '10 s',
  retry: { initialInterval: '1 s', maximumInterval: '1 minute' },
});
// It reads and writes for a moment, without a heartbeat.
const ends = proxyActivities<SearchSteps>({
  taskQueue: TRAINING_QUEUE,
  startToCloseTimeout: '10 minutes',
  retry: { initialInterval: '1 s', maximumInterval: '1 minute' },
});

export async function hyperparameterSearch(request: SearchRequest): Promise<SearchOutcome> {
  let progress: SearchProgress = NO_PROGRESS;
  setHandler(searchProgress, () => progress);
  const steps: SearchSteps = {
    prepareSearch: threads.prepareSearch,
    runTrial: threads.runTrial,
    judgeTrial: threads.judgeTrial,
    finishSearch: ends.finishSearch,
  };
  const onProgress = (now: SearchProgress): void => {
    progress = now;
    const { phase, finished, planned, best } = now;
    const leads = best === null ? '' : `, trial ${best.trial} leads with an AUC of ${best.auc.toFixed(3)}`;
    setCurrentDetails(`${request.symbol} ${request.family}: ${phase}, ${finished} of ${planned}${leads}`);
  };
  try {
    return await runSearch(request, steps, { parallel: PARALLEL, onProgress });
  } catch (error) {
    // A plain error would retry the workflow's task for ever.
    if (!(error instanceof RangeError)) throw error;
    throw ApplicationFailure.nonRetryable(error.message, 'NOTHING_TO_SEARCH');
  }
}
