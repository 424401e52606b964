/** The columns for a stock whose minutes have no quotes, from the schema that is configured. */
import { TIMEFRAMES } from './feature-spec';
import type { FeatureSpec, Timeframe } from './feature-spec';
import { defineSchema } from './schema';
import type { FeatureSchema } from './schema';

const STOCK_TIMEFRAMES: readonly Timeframe[] = TIMEFRAMES.filter((minutes) => [1, 5, 15].includes(minutes));

/**
 * The schema without the columns of the book, its indicators of minutes on bars of 5 and 15 minutes, too; those that name their
 * minutes stay as they are. Returns stay on minutes: one of longer bars has no value for as many minutes of every morning.
 */
export function stockSchema({ parameters, modelColumns }: FeatureSchema): FeatureSchema {
  const chosen = new Set(modelColumns);
  const specs = parameters.flatMap((spec): readonly FeatureSpec[] => {
    if (spec.kind === 'top-of-book' || spec.kind === 'depth') return [];
    if (spec.kind === 'clock' || spec.kind === 'outside' || spec.kind === 'return' || spec.minutes !== undefined)
      return [spec];
    return STOCK_TIMEFRAMES.map((minutes) => (minutes === 1 ? spec : { ...spec, minutes }));
  });
  const { columns } = defineSchema(specs);
  return defineSchema(
    specs,
    columns.filter((name) => chosen.has(name) || chosen.has(name.replace(/_(5|15)m$/, ''))),
  );
}
