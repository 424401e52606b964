/**
 * A model run's manifest and files in the object store (requirement B7); keys and the list of runs are the model registry's.
 * Invariant: the manifest is written last and created once, so nothing half-written can be loaded and no finished run is changed.
 */
import { isRunId } from '../domain/ids';
import { isStoreError } from '../storage/object-store';
import { lastTrained, manifestKey, modelKey, stampLastTrained } from '../storage/model-registry';
import type { ObjectStore } from '../storage/object-store';
import { parseStoredJson, storedJson } from '../storage/stored-json';
import { runManifestSchema } from './manifest';
import type { RunManifest } from './manifest';
import { ModelRunError } from './model-run-error';

/** Throws ModelRunError RUN_ID_INVALID. */
export function checkedRunId(runId: string): string {
  if (!isRunId(runId)) {
    throw new ModelRunError('RUN_ID_INVALID', `"${runId}" is not a model run id; write YYYYMMDD_HHMMSS in UTC.`);
  }
  return runId;
}

/** Throws ModelRunError RUN_ID_INVALID, RUN_NOT_FOUND or MANIFEST_INVALID; store failures pass through. */
export async function readManifest(store: ObjectStore, runId: string): Promise<RunManifest> {
  const key = manifestKey(checkedRunId(runId));
  let bytes: Uint8Array;
  try {
    bytes = await store.get(key);
  } catch (error) {
    if (!isStoreError(error, 'NOT_FOUND')) throw error;
    throw new ModelRunError(
      'RUN_NOT_FOUND',
      `There is no model run ${runId} in ${store.location}: fit one, or name a run that is there.`,
      { cause: error },
    );
  }
  return parseManifest(bytes, key, runId);
}

function parseManifest(bytes: Uint8Array, key: string, runId: string): RunManifest {
  const invalid = (what: string, cause?: unknown): ModelRunError =>
    new ModelRunError('MANIFEST_INVALID', `${key} ${what}: fit the run again.`, { cause });
  let content: unknown;
  try {
    content = parseStoredJson(bytes);
  } catch (error) {
    throw invalid('is not JSON', error);
  }
  const parsed = runManifestSchema.safeParse(content);
  if (!parsed.success) {
    const { path, message } = parsed.error.issues[0];
    throw invalid(`is not a manifest of this version (${path.join('.')}: ${message})`, parsed.error);
  }
  if (parsed.data.runId !== runId) throw invalid(`is the manifest of run ${parsed.data.runId}`);
  return parsed.data;
}

/** The run's manifest, null while there is none. Throws as readManifest does otherwise. */
export async function findManifest(store: ObjectStore, runId: string): Promise<RunManifest | null> {
  return (await store.exists(manifestKey(checkedRunId(runId)))) ? readManifest(store, runId) : null;
}

export async function writeModel(store: ObjectStore, runId: string, file: string, bytes: Uint8Array): Promise<void> {
  await store.put(modelKey(checkedRunId(runId), file), bytes);
}

/** Throws ModelRunError RUN_EXISTS when another fit completed the run with other content meanwhile. */
export async function writeManifest(store: ObjectStore, manifest: RunManifest): Promise<void> {
  const key = manifestKey(checkedRunId(manifest.runId));
  const bytes = storedJson(manifest);
  if ((await store.create(key, bytes)) === 'created' || Buffer.from(bytes).equals(await store.get(key))) return;
  throw runExists(store, manifest.runId);
}

export const runExists = (store: ObjectStore, runId: string): ModelRunError =>
  new ModelRunError(
    'RUN_EXISTS',
    `Model run ${runId} is in ${store.location} already, made of other data: use another id.`,
  );

/** The `last_trained` stamp moves forward only: a repeated fit of an older run leaves it. */
export async function stampRun(store: ObjectStore, { runId, created, data }: RunManifest): Promise<void> {
  const last = await lastTrained(store);
  if (last !== null && last.runId >= runId) return;
  await stampLastTrained(store, { runId, at: created, dataTo: data.days[data.days.length - 1], dataHash: data.sha256 });
}
