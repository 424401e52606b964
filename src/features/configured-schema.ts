/** The feature schema that a configuration asks for, with a sentence for whatever is wrong in it. */
import { z } from 'zod';
import type { FeaturesConfig, IndicatorSetting } from '../config/config';
import { MOST_LEVELS } from './book/book-row';
import { catalogueParameters, catalogueProblems } from './catalogue/indicators';
import { FeatureError } from './feature-error';
import { TIMEFRAMES } from './feature-spec';
import type { CatalogueSpec, FeatureKind, FeatureSpec, Timeframe } from './feature-spec';
import { DEFAULT_SCHEMA, defineSchema } from './schema';
import type { FeatureSchema } from './schema';

const LONGEST_WINDOW = 100_000;
const BARS = `must be a whole number of bars from 1 to ${LONGEST_WINDOW}`;
const bars = z.number(BARS).int(BARS).min(1, BARS).max(LONGEST_WINDOW, BARS);
const DEVIATIONS = 'must be a number above 0 and at most 100';
const deviations = z.number(DEVIATIONS).gt(0, DEVIATIONS).max(100, DEVIATIONS);
const LEVELS = `must be a whole number of levels a side from 1 to ${MOST_LEVELS}`;
const levels = z.number(LEVELS).int(LEVELS).min(1, LEVELS).max(MOST_LEVELS, LEVELS);
const minutes = z.literal([...TIMEFRAMES], `must be one of ${TIMEFRAMES.join(', ')}`).optional();
const NAME = 'must be letters, digits and underscores, beginning with a letter';
const name = z
  .string(NAME)
  .regex(/^[a-z][a-z0-9_]*$/i, NAME)
  .optional();

const SERIES = 'must name a series of the world outside, such as macro/FEDFUNDS/level (docs/features.md)';
const SERIES_NAME = /^[a-z][a-z0-9_-]*(\/[A-Za-z0-9._^-]+)+$/;

const of = <Shape extends z.ZodRawShape>(windows: Shape) =>
  z.strictObject({ kind: z.string(), name, minutes, ...windows });
const context = z.strictObject({ kind: z.string() });
/** The rest are the indicator's own parameters: the catalogue says which. */
const catalogue = z.looseObject({ kind: z.string(), name: z.unknown(), as: name, minutes });

/** What each kind needs; the names are the words of the configuration. */
const KINDS: Readonly<Record<FeatureKind, z.ZodType>> = {
  rsi: of({ period: bars }),
  macd: of({ fast: bars, slow: bars, signal: bars }),
  ppo: of({ fast: bars, slow: bars }),
  'ppo-simple': of({ fast: bars, slow: bars }),
  roc: of({ period: bars }),
  sma: of({ period: bars }),
  ema: of({ period: bars }),
  vwap: of({}),
  stochastic: of({ period: bars, slowK: bars, slowD: bars }),
  'stochastic-rsi': of({ period: bars, fastK: bars, fastD: bars }),
  atr: of({ period: bars }),
  bollinger: of({ period: bars, deviations }),
  obv: of({ period: bars }),
  mfi: of({ period: bars }),
  catalogue,
  return: of({ period: bars }),
  'open-close-correlation': of({ period: bars }),
  volume: of({ period: bars }),
  'top-of-book': context,
  depth: z.strictObject({ kind: z.string(), levels }),
  clock: context,
  outside: z.strictObject({ kind: z.string(), name, series: z.string(SERIES).regex(SERIES_NAME, SERIES) }),
};

/** Every kind that a configuration may name. */
export const FEATURE_KINDS = Object.keys(KINDS) as readonly FeatureKind[];

/** Specs as files keep them, which this version may not know. */
export interface StoredFeatures {
  readonly parameters: readonly Readonly<Record<string, string | number>>[];
  readonly modelColumns: readonly string[];
}

export interface ConfiguredFeatures {
  readonly indicators: Record<string, string | number>[];
  readonly modelColumns: string[];
}

const isKind = (kind: unknown): kind is FeatureKind => typeof kind === 'string' && Object.hasOwn(KINDS, kind);

/** The shipped schema where nothing is configured. Throws FeatureError SCHEMA_INVALID that names each setting that is wrong. */
export function configuredSchema({ indicators, modelColumns }: FeaturesConfig): FeatureSchema {
  if (indicators === null && modelColumns === null) return DEFAULT_SCHEMA;
  if (indicators === null) return defineSchema(DEFAULT_SCHEMA.parameters, modelColumns ?? undefined);
  const problems = indicators.flatMap(problemsOf);
  if (problems.length > 0) throw new FeatureError('SCHEMA_INVALID', problems.join(' '));
  return defineSchema(indicators.map(specOf), modelColumns ?? undefined);
}

function problemsOf(setting: IndicatorSetting, index: number): readonly string[] {
  const { kind } = setting;
  if (!isKind(kind)) {
    const said = kind === undefined ? 'kind is missing' : `kind "${kind}" is not known`;
    return [`features.indicators[${index}]: ${said}; give one of ${FEATURE_KINDS.join(', ')}.`];
  }
  const parsed = KINDS[kind].safeParse(setting);
  const own = kind === 'catalogue' ? catalogueProblems(setting.name, catalogueParameters(setting)) : [];
  const said = own.map((problem) => `features.indicators[${index}] (${kind}): ${problem}`);
  return (parsed.error?.issues ?? [])
    .map((issue) => {
      const where = `features.indicators[${index}] (${kind})`;
      if (issue.code === 'unrecognized_keys') return `${where}: ${issue.keys.join(', ')} is not a setting of ${kind}.`;
      return `${where}: ${issue.path.join('.')} ${issue.message}.`;
    })
    .concat(said);
}

/** A checked setting as the schema keeps it: named after its kind unless it has a name, minutes only where they are more than one. */
function specOf(setting: IndicatorSetting): FeatureSpec {
  if (setting.kind === 'catalogue') return catalogueSpec(setting);
  const { minutes: length, ...rest } = setting;
  const unnamed = ['top-of-book', 'depth', 'clock'].includes(String(setting.kind));
  const named = { ...rest, name: unnamed ? '' : (setting.name ?? String(setting.kind).replaceAll('-', '_')) };
  return (length === undefined || length === 1 ? named : { ...named, minutes: length }) as unknown as FeatureSpec;
}

/** `name` is the library's; columns are named after it in small letters, or `as` it is said. */
function catalogueSpec(setting: IndicatorSetting): FeatureSpec {
  const indicator = String(setting.name);
  const named = { kind: 'catalogue', name: String(setting.as ?? indicator.toLowerCase()), indicator } as const;
  const spec: CatalogueSpec = { ...catalogueParameters(setting), ...named };
  const { minutes: length } = setting;
  return length === undefined || length === 1 ? spec : { ...spec, minutes: length as Timeframe };
}

/** A spec in the words of the configuration. */
function settingOf(spec: Readonly<Record<string, string | number>>): Record<string, string | number> {
  const { name, indicator, ...rest } = spec;
  if (indicator !== undefined) return { ...rest, name: indicator, as: name };
  return name === '' ? rest : { ...rest, name };
}

/** The features that configure `schema`: as files keep them, and `configuredSchema` reads them. */
export const featuresOf = ({ parameters, modelColumns }: StoredFeatures): ConfiguredFeatures => ({
  indicators: parameters.map(settingOf),
  modelColumns: [...modelColumns],
});
