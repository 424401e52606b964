/**
 * The drift reference of a training run, `models/{run_id}/{symbol}/drift-reference.json`: written before the run's manifest, so that a
 * complete run has one for each of its instruments.
 */
import type { FeatureSchema } from '../../features/schema';
import { isStoreError } from '../../storage/object-store';
import type { ObjectStore } from '../../storage/object-store';
import { modelKey } from '../../storage/model-registry';
import type { TrainingSet } from '../training/training-set';
import { watchedFeatures } from './drift-day';
import { DriftError } from './drift-error';
import { decodeReference, driftReference, encodeReference } from './drift-reference';
import type { DriftReference } from './drift-reference';

export const referenceKey = (runId: string, symbol: string): string =>
  modelKey(runId, `${symbol}/drift-reference.json`);

/** Of the rows that the run's final models are fitted on. Pure. Throws DriftError FEATURES_DIFFER. */
export function referenceOfSet({ rows, columns }: TrainingSet, schema: FeatureSchema): DriftReference {
  return driftReference({ starts: rows.starts, values: rows.data.x, columns }, watchedFeatures(schema), schema.hash);
}

/** One file an instrument; the same sets give the same bytes. */
export async function writeReferences(
  store: ObjectStore,
  runId: string,
  sets: readonly TrainingSet[],
  schema: FeatureSchema,
): Promise<void> {
  for (const set of sets) {
    await store.put(referenceKey(runId, set.symbol), Buffer.from(encodeReference(referenceOfSet(set, schema))));
  }
}

/** Rejects with DriftError REFERENCE_MISSING, for a run of before or brought from elsewhere, or REFERENCE_INVALID. */
export async function readReference(store: ObjectStore, runId: string, symbol: string): Promise<DriftReference> {
  const key = referenceKey(runId, symbol);
  try {
    return decodeReference(Buffer.from(await store.get(key)).toString('utf8'));
  } catch (error) {
    if (!isStoreError(error, 'NOT_FOUND')) throw error;
    const message = `Run ${runId} has no drift reference of ${symbol} (${key}): train one that has with omega train.`;
    throw new DriftError('REFERENCE_MISSING', message, { cause: error });
  }
}

/** The reference of a run that has the same models under another id; a run without one leaves none. */
export async function copyReference(store: ObjectStore, symbol: string, from: string, to: string): Promise<void> {
  try {
    await store.put(referenceKey(to, symbol), await store.get(referenceKey(from, symbol)));
  } catch (error) {
    if (!isStoreError(error, 'NOT_FOUND')) throw error;
  }
}
