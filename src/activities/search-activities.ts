/** The search's steps as activities; each heartbeats while its thread fits, and ends the thread when it is cancelled. */
import { Context } from '@temporalio/activity';
import { ApplicationFailure } from '@temporalio/common';
import type { SearchSteps } from '../domain/hyperparameter-search';
import type { ObjectStore } from '../storage/object-store';
import { prepareSearchInThread, searchFailureOf, type SearchPlace } from './search-step-job';
import { finishSearchStep, judgeTrialStep, runTrialStep } from './search-steps';
import { StepError, type StepThreadOptions } from './step-thread';
import type { SearchThreadOptions } from '../learning/search/trial-job';

const HEARTBEAT_MS = 1_000;

export interface SearchDeps extends SearchPlace {
  readonly store: ObjectStore;
  /** Node's own options for the threads. */
  readonly threadArguments?: readonly string[];
}

/** What another attempt would not mend ends the search; TRIAL_FAILED may be a thread that was killed. */
async function told<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const { code, message } = error instanceof StepError ? error : searchFailureOf(error);
    if (code === null || !(error instanceof Error)) throw error;
    throw ApplicationFailure.create({ message, type: code, nonRetryable: code !== 'TRIAL_FAILED', cause: error });
  }
}

export function createSearchActivities(deps: SearchDeps): SearchSteps {
  const { storage, dataFolder, features, outside, threadArguments } = deps;
  const inThread = async <T>(work: (options: StepThreadOptions & SearchThreadOptions) => Promise<T>): Promise<T> => {
    const context = Context.current();
    const beat = setInterval(() => context.heartbeat(), HEARTBEAT_MS);
    try {
      return await told(() =>
        work({ signal: context.cancellationSignal, ...(threadArguments && { threadArguments }) }),
      );
    } finally {
      clearInterval(beat);
    }
  };
  return {
    prepareSearch: (request) =>
      inThread((options) => prepareSearchInThread({ storage, dataFolder, features, outside, request }, options)),
    runTrial: (task) => inThread((options) => runTrialStep(deps, task, options)),
    judgeTrial: (task) => inThread((options) => judgeTrialStep(deps, task, options)),
    finishSearch: (plan, outcome) => told(() => finishSearchStep(deps, plan, outcome)),
  };
}
