/**
 * The model registry (requirement B7): runs `models/{run_id}/…`, run_id `YYYYMMDD_HHMMSS` in UTC, and beside them `last_trained.json`;
 * which run is promoted, and what was decided about the others, is the review log's.
 * Invariants:
 *  1. A run is complete when it has its manifest, which is written last; without one it is not listed and never latest.
 *  2. Run ids sort by time: the latest run is the lexicographically greatest.
 *  3. The stamp is one object, replaced whole.
 *  4. A file is used only if it has the hash that the manifest names.
 */
import { createHash } from 'node:crypto';
import { z } from 'zod';
import { isRunId } from '../domain/ids';
import { errorText } from './durable-files';
import { isStoreError } from './object-store';
import type { ObjectStore } from './object-store';
import { readReviewLog } from './review-log';
import { parseStoredJson, storedJson } from './stored-json';

export type ModelRegistryErrorCode =
  'RUN_ID_INVALID' | 'RUN_NOT_FOUND' | 'FILE_MISSING' | 'FILE_DAMAGED' | 'STAMP_DAMAGED';

export class ModelRegistryError extends Error {
  override readonly name = 'ModelRegistryError';

  constructor(
    readonly code: ModelRegistryErrorCode,
    message: string,
    /** The key concerned. */
    readonly key: string,
    options?: { readonly cause?: unknown },
  ) {
    super(message, options);
  }
}

const ROOT = 'models/';
const LAST_TRAINED = `${ROOT}last_trained.json`;

export const manifestKey = (runId: string): string => `${ROOT}${runId}/manifest.json`;
/** Key of a file of a run: `models/20131009_210000/ES/sgd.onnx`. */
export const modelKey = (runId: string, file: string): string => `${ROOT}${runId}/${file}`;

/** Ids of complete runs, ascending. */
export async function listRuns(store: ObjectStore): Promise<readonly string[]> {
  return (await runFolders(store)).filter(({ complete }) => complete).map(({ runId }) => runId);
}

/** Ids of runs without a manifest: being written, or left by a killed fit. */
export async function unfinishedRuns(store: ObjectStore): Promise<readonly string[]> {
  return (await runFolders(store)).filter(({ complete }) => !complete).map(({ runId }) => runId);
}

/** The latest complete run, optionally other than `excluding`; null when there is none. */
export async function latestRun(store: ObjectStore, excluding?: string): Promise<string | null> {
  return (await listRuns(store)).filter((runId) => runId !== excluding).at(-1) ?? null;
}

/**
 * The run whose votes count: the one that was promoted by name. Null: nobody votes, before the first promotion as after a rollback to
 * nobody; a run that was only fitted decides nothing. Throws ReviewLogError LOG_DAMAGED.
 */
export const votingRun = async (store: ObjectStore): Promise<string | null> =>
  (await readReviewLog(store)).review.promoted;

async function runFolders(
  store: ObjectStore,
): Promise<readonly { readonly runId: string; readonly complete: boolean }[]> {
  const keys = new Set(await store.list(ROOT));
  const runIds = new Set([...keys].map((key) => key.split('/')[1]).filter(isRunId));
  return [...runIds].sort().map((runId) => ({ runId, complete: keys.has(manifestKey(runId)) }));
}

/** A run's file, checked against the hash that its manifest names. Throws ModelRegistryError FILE_MISSING or FILE_DAMAGED, naming it. */
export async function readModelFile(
  store: ObjectStore,
  runId: string,
  { file, sha256 }: { readonly file: string; readonly sha256: string },
): Promise<Uint8Array> {
  const key = modelKey(runId, file);
  let bytes: Uint8Array;
  try {
    bytes = await store.get(key);
  } catch (error) {
    if (!isStoreError(error, 'NOT_FOUND')) throw error;
    const message = `${key} is missing from ${store.location}: restore it or fit the run again.`;
    throw new ModelRegistryError('FILE_MISSING', message, key, { cause: error });
  }
  if (createHash('sha256').update(bytes).digest('hex') === sha256) return bytes;
  const message = `${key} is damaged (not the content that the manifest names): restore it or fit the run again.`;
  throw new ModelRegistryError('FILE_DAMAGED', message, key);
}

const lastTrainedSchema = z.object({
  runId: z.string(),
  /** UTC, ISO 8601. */
  at: z.string(),
  /** Last trade date the run was fitted on, and the hash of all data read. */
  dataTo: z.string(),
  dataHash: z.string(),
});
export type LastTrained = Readonly<z.infer<typeof lastTrainedSchema>>;

/** The stamp of the last training, or null before the first. Throws ModelRegistryError STAMP_DAMAGED. */
export async function lastTrained(store: ObjectStore): Promise<LastTrained | null> {
  let bytes: Uint8Array;
  try {
    bytes = await store.get(LAST_TRAINED);
  } catch (error) {
    if (isStoreError(error, 'NOT_FOUND')) return null;
    throw error;
  }
  try {
    return lastTrainedSchema.parse(parseStoredJson(bytes));
  } catch (error) {
    const message = `${LAST_TRAINED} in ${store.location} is damaged: restore it, or delete it; the next fit sets it again.`;
    throw new ModelRegistryError('STAMP_DAMAGED', message, LAST_TRAINED, { cause: errorText(error) });
  }
}

/** Stamps a complete run as the last trained. Throws ModelRegistryError RUN_NOT_FOUND. */
export async function stampLastTrained(store: ObjectStore, stamp: LastTrained): Promise<void> {
  await demandRun(store, stamp.runId);
  await store.put(LAST_TRAINED, storedJson(stamp));
}

/**
 * Whether a retraining would see anything new (`new_data_available`): a later trade date, or other data up to the same one; without a
 * hash only the dates are compared.
 */
export function newDataAvailable(
  stamp: LastTrained | null,
  data: { readonly to: string; readonly sha256?: string },
): boolean {
  if (stamp === null || data.to > stamp.dataTo) return true;
  return data.to === stamp.dataTo && data.sha256 !== undefined && data.sha256 !== stamp.dataHash;
}

async function demandRun(store: ObjectStore, runId: string): Promise<void> {
  const key = manifestKey(runId);
  if (!isRunId(runId)) {
    const message = `${JSON.stringify(runId)} is not a model run id: write YYYYMMDD_HHMMSS in UTC.`;
    throw new ModelRegistryError('RUN_ID_INVALID', message, key);
  }
  if (await store.exists(key)) return;
  const message = `There is no complete model run ${runId} in ${store.location}: choose one that is listed.`;
  throw new ModelRegistryError('RUN_NOT_FOUND', message, key);
}
