/** The feature schema of a stored run: what its models read is said by its manifest, not by the configuration of the day. */
import { configuredSchema, featuresOf } from '../features/configured-schema';
import { FeatureError } from '../features/feature-error';
import type { FeatureSchema } from '../features/schema';
import type { RunManifest } from './manifest';
import { ModelRunError } from './model-run-error';

/**
 * The schema that `run` was fitted on, computed anew. Throws ModelRunError SCHEMA_MISMATCH when this version would compute other values or
 * columns than the ones its models have learned from.
 */
export function schemaOfRun({ runId, schema: stored }: Pick<RunManifest, 'runId' | 'schema'>): FeatureSchema {
  const mismatch = (why: string, cause?: unknown): ModelRunError =>
    new ModelRunError(
      'SCHEMA_MISMATCH',
      `Run ${runId} was fitted on features that this version does not compute (${why}): fit it again.`,
      { cause },
    );
  let schema: FeatureSchema;
  try {
    schema = configuredSchema(featuresOf(stored));
  } catch (error) {
    if (error instanceof FeatureError) throw mismatch(error.message, error);
    throw error;
  }
  if (schema.hash === stored.hash) return schema;
  throw mismatch(`its schema is ${stored.hash.slice(0, 12)}, the same columns are ${schema.hash.slice(0, 12)} here`);
}
