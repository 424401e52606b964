/** The search's steps as activities; each heartbeats while its thread fits, and ends the thread when it is cancelled. */
import { Context } from '@temporalio/activity';
import { ApplicationFailure } from '@temporalio/common';
import type { SearchSteps } from '../domain/hyperparameter-search';
import { SearchError } from '../learning/search/search-error';
import { finishSearchStep, judgeTrialStep, prepareSearchStep, runTrialStep } from './search-steps';
import type { SearchParts } from './search-steps';
import type { SearchThreadOptions } from '../learning/search/trial-job';

const HEARTBEAT_MS = 1_000;

export interface SearchDeps extends SearchParts {
  /** Node's own options for the threads of trials. */
  readonly threadArguments?: readonly string[];
}

/** What another attempt would not mend ends the search; TRIAL_FAILED may be a thread that was killed. */
async function told<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof SearchError)) throw error;
    throw ApplicationFailure.create({
      message: error.message,
      type: error.code,
      nonRetryable: error.code !== 'TRIAL_FAILED',
      cause: error,
    });
  }
}

export function createSearchActivities(deps: SearchDeps): SearchSteps {
  const { threadArguments } = deps;
  const inThread = async <T>(work: (options: SearchThreadOptions) => Promise<T>): Promise<T> => {
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
    prepareSearch: (request) => told(() => prepareSearchStep(deps, request)),
    runTrial: (task) => inThread((options) => runTrialStep(deps, task, options)),
    judgeTrial: (task) => inThread((options) => judgeTrialStep(deps, task, options)),
    finishSearch: (plan, outcome) => told(() => finishSearchStep(deps, plan, outcome)),
  };
}
