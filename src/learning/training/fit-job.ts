/** One family for one instrument as a job: what it needs, and the doing of it, here or in a thread of its own. */
import { extname, join } from 'node:path';
import { Worker } from 'node:worker_threads';
import type { StorageConfig } from '../../config/config';
import type { LearningSymbol } from '../../domain/instruments';
import { openStore } from '../../storage/open-store';
import { isStoreError } from '../../storage/object-store';
import type { ObjectStore } from '../../storage/object-store';
import { tunedFamily } from '../families/tuned-family';
import type { Parameters } from '../families/model-recipe';
import { fitFamily } from './fit-family';
import type { FitTarget } from './fit-part';
import { meanAuc } from '../metrics';
import { TrainingError } from './training-error';
import { fitPin, partStore, setKey } from './training-parts';
import { decodeTrainingSet, hashOf } from './training-set-file';
import type { TrainingSet } from './training-set';

export interface FitJob {
  readonly storage: StorageConfig;
  readonly runId: string;
  readonly symbol: LearningSymbol;
  readonly setHash: string;
  readonly family: string;
  /** Changes to the family's shipped parameters. */
  readonly parameters?: Parameters;
  readonly seed: number;
  readonly schemaHash: string;
}

/** What a fitted family is worth, in figures; its parts are in the store. */
export interface FamilySummary {
  readonly symbol: LearningSymbol;
  readonly family: string;
  /** Fits done by this attempt, and fits that an attempt before had stored. */
  readonly fitted: number;
  readonly kept: number;
  readonly seconds: number;
  /** Mean over the folds that have one. */
  readonly foldAuc: number | null;
  readonly holdOutAuc: number | null;
}

export interface FitProgress {
  readonly target: FitTarget;
  readonly kept: boolean;
}

export type FitThreadMessage =
  | ({ readonly kind: 'progress' } & FitProgress)
  | { readonly kind: 'done'; readonly summary: FamilySummary }
  | { readonly kind: 'failed'; readonly message: string };

/** The stored set. Rejects with TrainingError SET_MISSING, or SET_DAMAGED when it is not the one that was prepared. */
export async function readTrainingSet(
  store: ObjectStore,
  runId: string,
  symbol: string,
  setHash: string,
): Promise<TrainingSet> {
  const key = setKey(runId, symbol);
  const bytes = await store.get(key).catch((error: unknown) => {
    if (!isStoreError(error, 'NOT_FOUND')) throw error;
    throw new TrainingError('SET_MISSING', `${key} is not in ${store.location}: prepare the training first.`);
  });
  if (hashOf(bytes) !== setHash)
    throw new TrainingError('SET_DAMAGED', `${key} is not the set that was prepared: train under a new run id.`);
  return decodeTrainingSet(bytes);
}

/** Fits on the calling thread. */
export async function fitHere(job: FitJob, onProgress: (progress: FitProgress) => void): Promise<FamilySummary> {
  const { runId, symbol, setHash, family, parameters, seed, schemaHash } = job;
  const store = await openStore(job.storage);
  const set = await readTrainingSet(store, runId, symbol, setHash);
  let kept = 0;
  const parts = await fitFamily({
    set,
    recipe: tunedFamily(family, parameters),
    seed,
    schemaHash,
    parts: partStore(store, runId, symbol, fitPin(setHash, parameters)),
    onPart: (target, was) => {
      kept += Number(was);
      onProgress({ target, kept: was });
    },
  });
  return {
    symbol,
    family,
    fitted: parts.length - kept,
    kept,
    seconds: parts.reduce((sum, part) => sum + part.seconds, 0),
    foldAuc: meanAuc(parts.flatMap(({ target, result }) => (target.startsWith('fold') ? [result] : []))),
    holdOutAuc: parts.find(({ target }) => target === 'hold-out')?.result.auc ?? null,
  };
}

export interface FitThreadOptions {
  readonly onProgress?: (progress: FitProgress) => void;
  /** Ends the thread; the fits that were stored stay. */
  readonly signal?: AbortSignal;
  /** Node's own options for the thread. */
  readonly threadArguments?: readonly string[];
}

/** Fits in a thread: a fit blocks the event loop that heartbeats need. Rejects with TrainingError FIT_FAILED and why. */
export function fitInThread(job: FitJob, options: FitThreadOptions = {}): Promise<FamilySummary> {
  const { onProgress, signal, threadArguments } = options;
  return new Promise((resolve, reject) => {
    const failed = (why: string): void =>
      reject(
        new TrainingError('FIT_FAILED', `${job.symbol} ${job.family} could not be fitted: ${why.replace(/\.$/, '')}.`),
      );
    // Beside this file, compiled or not.
    const thread = new Worker(join(__dirname, `fit-thread${extname(__filename)}`), {
      workerData: job,
      ...(threadArguments === undefined ? {} : { execArgv: [...threadArguments] }),
    });
    signal?.addEventListener('abort', () => void thread.terminate(), { once: true });
    thread.on('message', (message: FitThreadMessage) => {
      switch (message.kind) {
        case 'progress':
          return onProgress?.(message);
        case 'done':
          return resolve(message.summary);
        case 'failed':
          return failed(message.message);
      }
    });
    thread.on('error', (error) => failed(error.message));
    thread.on('exit', () => failed('its thread ended before it was done'));
  });
}
