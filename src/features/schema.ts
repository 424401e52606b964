/**
 * The versioned feature schema (requirement C4): which indicators, which columns in which order, which of them a model reads.
 * Invariants:
 *  1. The hash covers everything that decides a row's values or order; a model refuses rows of another hash.
 *  2. Column names are unique and their order is the order of the specs; models read `modelColumns` in column order.
 */
import { createHash } from 'node:crypto';
import { catalogueParameters, catalogueProblems } from './catalogue/indicators';
import { FeatureError } from './feature-error';
import { describeSpec, TIMEFRAMES, type FeatureSpec, type Timeframe } from './feature-spec';

/** Rises whenever the same specs would give other values: part of the hash. */
export const SCHEMA_VERSION = 1;

export interface FeatureSchema {
  readonly version: number;
  /** Every column of a row, in order. */
  readonly columns: readonly string[];
  /** The columns that models read, a subset in the same order. */
  readonly modelColumns: readonly string[];
  readonly parameters: readonly FeatureSpec[];
  /** Bars until every column has a value. */
  readonly firstValueAfter: number;
  /** Bars to warm up with, so that a stream's rows no longer depend on where it began (VWAP needs its trade date from the start, too). */
  readonly warmupBars: number;
  /** sha256 of the canonical JSON of version, parameters, columns and modelColumns, hex. */
  readonly hash: string;
}

/** JSON with sorted keys: equal values give equal text. */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_key, item: unknown) =>
    item !== null && typeof item === 'object' && !Array.isArray(item)
      ? Object.fromEntries(Object.entries(item).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)))
      : item,
  );
}

const invalid = (message: string): never => {
  throw new FeatureError('SCHEMA_INVALID', message);
};

function checkTimeframe(spec: FeatureSpec, minutes: number): void {
  if (spec.kind === 'top-of-book' || spec.kind === 'depth' || spec.kind === 'clock' || spec.kind === 'outside')
    invalid(`${spec.kind} belongs to the minute: leave minutes out.`);
  if (!TIMEFRAMES.includes(minutes as Timeframe))
    invalid(`${spec.kind} "${spec.name}": minutes is ${minutes}; give one of ${TIMEFRAMES.join(', ')}.`);
}

function checkWindows(spec: FeatureSpec): void {
  if (spec.kind === 'catalogue') {
    const [problem] = catalogueProblems(spec.indicator, catalogueParameters(spec));
    if (problem !== undefined) invalid(`catalogue "${spec.name}": ${problem}`);
    if (spec.minutes !== undefined) checkTimeframe(spec, Number(spec.minutes));
    return;
  }
  for (const [key, value] of Object.entries(spec)) {
    if (typeof value !== 'number') continue;
    if (key === 'minutes') checkTimeframe(spec, value);
    const fits = key === 'deviations' ? value > 0 && Number.isFinite(value) : Number.isInteger(value) && value >= 1;
    if (!fits) invalid(`${spec.kind} "${spec.name}": ${key} is ${value}; give a whole number of bars, 1 or more.`);
  }
  if ((spec.kind === 'macd' || spec.kind === 'ppo' || spec.kind === 'ppo-simple') && spec.fast >= spec.slow)
    invalid(`${spec.kind} "${spec.name}": fast (${spec.fast}) must be shorter than slow (${spec.slow}).`);
  if ((spec.kind === 'bollinger' || spec.kind === 'open-close-correlation') && spec.period < 2)
    invalid(`${spec.kind} "${spec.name}": period must be at least 2 bars.`);
}

/**
 * A schema from its parameters. `modelColumns` defaults to every column that is fit for models.
 * Throws FeatureError SCHEMA_INVALID for repeated or unknown columns and impossible windows.
 */
export function defineSchema(parameters: readonly FeatureSpec[], modelColumns?: readonly string[]): FeatureSchema {
  parameters.forEach(checkWindows);
  const descriptions = parameters.map(describeSpec);
  const described = descriptions.flatMap(({ columns }) => columns);
  const columns = described.map(({ name }) => name);
  const repeated = columns.find((name, index) => columns.indexOf(name) !== index);
  if (repeated !== undefined) invalid(`column "${repeated}" appears twice; give one of the indicators another name.`);
  const unknown = modelColumns?.find((name) => !columns.includes(name));
  if (unknown !== undefined) invalid(`model column "${unknown}" is not among the columns ${columns.join(', ')}.`);

  const unfit = described.find(({ name, cumulative }) => cumulative === true && modelColumns?.includes(name));
  if (unfit !== undefined)
    invalid(`model column "${unfit.name}" counts from the first bar of the data: two streams of it never agree.`);

  const chosen = new Set(modelColumns ?? described.filter(({ forModels }) => forModels).map(({ name }) => name));
  const identity = {
    version: SCHEMA_VERSION,
    columns,
    modelColumns: columns.filter((name) => chosen.has(name)),
    parameters,
  };
  return Object.freeze({
    ...identity,
    firstValueAfter: Math.max(1, ...descriptions.map(({ firstValueAfter }) => firstValueAfter)),
    warmupBars: Math.max(1, ...descriptions.map(({ memory }) => memory)),
    hash: createHash('sha256').update(canonicalJson(identity)).digest('hex'),
  });
}

/** Position of `column` in a row of this schema. Throws FeatureError COLUMN_UNKNOWN. */
export function columnIndex(schema: FeatureSchema, column: string): number {
  const index = schema.columns.indexOf(column);
  if (index < 0) throw new FeatureError('COLUMN_UNKNOWN', `"${column}" is not a column of schema ${schema.hash}.`);
  return index;
}

/** Requirement C1's hot set, C2 on top of book and C3, all on one-minute bars. */
export const DEFAULT_SCHEMA: FeatureSchema = defineSchema([
  { kind: 'rsi', name: 'rsi', period: 14 },
  { kind: 'macd', name: 'macd', fast: 12, slow: 26, signal: 9 },
  { kind: 'ppo', name: 'ppo', fast: 12, slow: 26 },
  { kind: 'roc', name: 'roc', period: 10 },
  { kind: 'sma', name: 'sma', period: 20 },
  { kind: 'ema', name: 'ema', period: 20 },
  { kind: 'vwap', name: 'vwap' },
  { kind: 'stochastic', name: 'stoch', period: 14, slowK: 3, slowD: 3 },
  { kind: 'atr', name: 'atr', period: 14 },
  { kind: 'bollinger', name: 'bb', period: 20, deviations: 2 },
  { kind: 'top-of-book', name: '' },
  { kind: 'clock', name: '' },
  { kind: 'return', name: 'ret_1', period: 1 },
  { kind: 'return', name: 'ret_5', period: 5 },
  { kind: 'return', name: 'ret_15', period: 15 },
  { kind: 'open-close-correlation', name: 'roll_corr_open', period: 20 },
  { kind: 'volume', name: 'vol', period: 20 },
]);
