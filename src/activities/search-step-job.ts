/** The beginning of a search, its rows computed and pinned, as a job for a thread. */
import { join } from 'node:path';
import type { Config, StorageConfig } from '../config/config';
import type { SearchPlan, SearchRequest } from '../domain/hyperparameter-search';
import { SearchError } from '../learning/search/search-error';
import { openStore } from '../storage/open-store';
import type { OutsideSettings } from './open-outside';
import { recordedSource } from './recorded-source';
import { prepareSearchStep } from './search-steps';
import { inStepThread, type StepFailure, type StepThreadOptions } from './step-thread';

/** JSON-safe: it crosses threads. */
export interface SearchPlace {
  readonly storage: StorageConfig;
  /** Folder of recorded minutes. */
  readonly dataFolder: string;
  readonly features: Config['features'];
  readonly outside: OutsideSettings;
}

export interface PrepareSearchJob extends SearchPlace {
  readonly request: SearchRequest;
}

/** Does it on the calling thread. Rejects as prepareSearchStep does. */
export async function prepareSearchHere({ request, ...place }: PrepareSearchJob): Promise<SearchPlan> {
  const { storage, dataFolder, outside } = place;
  const store = await openStore(storage);
  return prepareSearchStep({ storage, store, source: recordedSource(dataFolder, place, store, outside) }, request);
}

/** Rejects with StepError, under the code of a SearchError. */
export const prepareSearchInThread = (job: PrepareSearchJob, options: StepThreadOptions): Promise<SearchPlan> =>
  inStepThread(join(__dirname, 'search-step-thread'), job, options);

/** What another attempt would not mend has a code. */
export const searchFailureOf = (error: unknown): StepFailure => ({
  code: error instanceof SearchError ? error.code : null,
  message: error instanceof Error ? error.message : String(error),
});
