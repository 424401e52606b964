/**
 * The windows of a schema's indicators as hyperparameters (requirement E8): each kind of indicator is made shorter or longer by one factor on
 * all its timeframes. Returns stay: the label's horizon fixes what they mean.
 */
import { SHIPPED_TRIAL } from '../../domain/hyperparameter-search';
import type { FeatureSpec } from '../../features/feature-spec';
import { defineSchema } from '../../features/schema';
import type { FeatureSchema } from '../../features/schema';
import { createRandom, seedOf } from '../random';

/** Of the shipped window. */
export const WINDOW_FACTORS = [0.5, 0.7, 1, 1.4, 2] as const;
const WINDOWS: ReadonlySet<string> = new Set(['period', 'fast', 'slow', 'signal', 'slowK', 'slowD', 'fastK', 'fastD']);
const FIXED: ReadonlySet<FeatureSpec['kind']> = new Set(['return', 'clock', 'outside', 'top-of-book', 'depth', 'vwap']);
/** Two bars are the least that a mean, a range or a correlation says something of. */
const SHORTEST = 2;

/** Factor by kind of indicator; 1 where a kind is left out. */
export type WindowFactors = Readonly<Partial<Record<FeatureSpec['kind'], number>>>;

export function drawWindows({ parameters }: FeatureSchema, seed: number, trial: number): WindowFactors {
  if (trial === SHIPPED_TRIAL) return {};
  const kinds = [...new Set(parameters.map(({ kind }) => kind))].filter((kind) => !FIXED.has(kind));
  const random = createRandom(seedOf(seed, 'windows', trial));
  return Object.fromEntries(kinds.map((kind) => [kind, WINDOW_FACTORS[random.below(WINDOW_FACTORS.length)]]));
}

/** The factors that make every window as long as any trial may have it. */
export const longestWindows = ({ parameters }: FeatureSchema): WindowFactors =>
  Object.fromEntries(
    parameters.filter(({ kind }) => !FIXED.has(kind)).map(({ kind }) => [kind, Math.max(...WINDOW_FACTORS)]),
  );

function scaled(spec: FeatureSpec, factor: number): FeatureSpec {
  const entries = Object.entries(spec).map(([name, value]: [string, string | number]) => [
    name,
    typeof value === 'number' && WINDOWS.has(name) ? longer(value, factor) : value,
  ]);
  // The same kind with the same fields: only their numbers are others.
  return Object.fromEntries(entries) as FeatureSpec;
}

const longer = (bars: number, factor: number): number =>
  factor === 1 ? bars : Math.max(Math.min(bars, SHORTEST), Math.round(bars * factor));

/** The schema with its windows changed; a model reads the columns at the places where it read them. */
export function withWindows(schema: FeatureSchema, factors: WindowFactors): FeatureSchema {
  const specs = schema.parameters.map((spec) => scaled(spec, factors[spec.kind] ?? 1));
  const { columns } = defineSchema(specs);
  const chosen = new Set(schema.modelColumns);
  return defineSchema(
    specs,
    columns.filter((_name, place) => chosen.has(schema.columns[place])),
  );
}
