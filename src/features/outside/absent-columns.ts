/** A schema without the columns of the world outside that nobody provides (requirements C7, D5: absent, and said). */
import { describeSpec } from '../feature-spec';
import { defineSchema } from '../schema';
import type { FeatureSchema } from '../schema';
import type { OutsideValues } from './outside-values';

export interface ProvidedSchema {
  readonly schema: FeatureSchema;
  /** A sentence for each column that was left out. */
  readonly absent: readonly string[];
}

/** True when any column comes from outside the market's data. */
export const readsOutside = ({ parameters }: Pick<FeatureSchema, 'parameters'>): boolean =>
  parameters.some(({ kind }) => kind === 'outside');

/** The schema itself when everything is provided. Throws FeatureError SCHEMA_INVALID when nothing is left for models to read. */
export function withoutAbsent(schema: FeatureSchema, outside: OutsideValues): ProvidedSchema {
  const absent = schema.parameters.flatMap((spec) =>
    spec.kind === 'outside' && outside.reader(spec.series) === null ? [spec] : [],
  );
  if (absent.length === 0) return { schema, absent: [] };
  const gone = new Set(absent.flatMap((spec) => describeSpec(spec).columns.map(({ name }) => name)));
  const kept = schema.parameters.filter((spec) => !(absent as readonly unknown[]).includes(spec));
  return {
    schema: defineSchema(
      kept,
      schema.modelColumns.filter((column) => !gone.has(column)),
    ),
    absent: absent.map(
      ({ name, series }) => `column ${name} is left out: nobody provides ${series} (omega data outside)`,
    ),
  };
}
