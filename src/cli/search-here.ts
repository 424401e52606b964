/** A hyperparameter search in this process, for `omega search` and for the searches of `--set-and-forget`. */
import { recordedSource } from '../activities/recorded-source';
import { finishSearchStep, judgeTrialStep, prepareSearchStep, runTrialStep } from '../activities/search-steps';
import type { Config, StorageConfig } from '../config/config';
import { runSearch } from '../domain/hyperparameter-search';
import type { SearchCourse, SearchOutcome, SearchRequest, SearchSteps } from '../domain/hyperparameter-search';
import { FeatureError } from '../features/feature-error';
import { EvaluationError } from '../learning/evaluation/evaluation-error';
import { SearchError } from '../learning/search/search-error';
import { RecordedDataError } from '../market-data/recorded-market';
import type { ObjectStore } from '../storage/object-store';
import { CliError } from './cli-error';
import { outsideSettings } from './outside-settings';

export interface SearchPlace {
  readonly config: Config;
  readonly storage: StorageConfig;
  readonly store: ObjectStore;
  /** Of recorded minutes. */
  readonly folder: string;
}

/** Rejects as the steps do: `searchFailure` makes this command's own errors of it. */
export function searchHere(
  { config, storage, store, folder }: SearchPlace,
  request: SearchRequest,
  course: SearchCourse,
): Promise<SearchOutcome> {
  const parts = { storage, store, source: recordedSource(folder, config, store, outsideSettings(config)) };
  const steps: SearchSteps = {
    prepareSearch: (asks) => prepareSearchStep(parts, asks),
    runTrial: (task) => runTrialStep(parts, task),
    judgeTrial: (task) => judgeTrialStep(parts, task),
    finishSearch: (plan, outcome) => finishSearchStep(parts, plan, outcome),
  };
  return runSearch(request, steps, course);
}

/** What a search cannot be made of, as this command's own error; anything else as it is. */
export const searchFailure = (error: unknown): unknown =>
  error instanceof SearchError ||
  error instanceof RecordedDataError ||
  error instanceof EvaluationError ||
  error instanceof FeatureError ||
  error instanceof RangeError
    ? new CliError('DATA', error.message, { cause: error })
    : error;
