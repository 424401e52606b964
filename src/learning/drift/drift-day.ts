/**
 * Feature rows as drift sees them: by trade date and time of day, one row per slot of a few minutes, so that days compare at equal
 * times. Clock columns are left out: the time of day is what is held equal.
 */
import { tradeDateBounds, tradeDateOf } from '../../domain/calendar';
import { MINUTE_MS } from '../../domain/exchange-time';
import { describeSpec, timeframeOf } from '../../features/feature-spec';
import type { FeatureSchema } from '../../features/schema';
import { DriftError } from './drift-error';

export const CLOCK_COLUMNS: readonly string[] = ['minute_of_day', 'hour', 'day_of_week'];
/** Neighbouring minutes say nearly the same: a row every five minutes keeps the reference small. */
export const SLOT_MINUTES = 5;

export interface DriftFeature {
  /** Column of the feature schema. */
  readonly name: string;
  readonly timeframeMinutes: number;
}

/** Feature rows in time order: `starts` UTC ms, `values` rows × columns, NaN where a feature has no value. */
export interface TimedFeatureRows {
  readonly starts: ArrayLike<number>;
  readonly values: Float32Array;
  readonly columns: readonly string[];
}

/** One trade date's rows: `slots` ascending, each once; `values` slots × features. */
export interface DriftDay {
  readonly tradeDate: string;
  readonly slots: Int16Array;
  readonly values: Float32Array;
}

function checkRows({ starts, values, columns }: TimedFeatureRows, features: readonly DriftFeature[]): void {
  if (values.length !== starts.length * columns.length) {
    throw new DriftError(
      'ROWS_INVALID',
      `There are ${values.length} values for ${starts.length} rows of ${columns.length} columns.`,
    );
  }
  for (let i = 1; i < starts.length; i += 1) {
    if (starts[i] <= starts[i - 1])
      throw new DriftError('ROWS_INVALID', `Row ${i} is not later than the one before it: sort the rows by time.`);
  }
  const absent = features.find(({ name }) => !columns.includes(name));
  if (absent !== undefined)
    throw new DriftError('FEATURES_DIFFER', `The rows have no column "${absent.name}": give rows of the same schema.`);
}

/**
 * What is watched of a schema: the columns that models read, with the length of their bars, without the clock's and those of the world
 * outside, which stand still for days and then differ from every earlier day.
 */
export function watchedFeatures({ parameters, modelColumns }: FeatureSchema): readonly DriftFeature[] {
  const described = parameters.flatMap((spec) =>
    spec.kind === 'outside'
      ? []
      : describeSpec(spec).columns.map(({ name }) => ({ name, timeframeMinutes: timeframeOf(spec) })),
  );
  return described.filter(({ name }) => modelColumns.includes(name) && !CLOCK_COLUMNS.includes(name));
}

/** The rows of each trade date, ascending, the last row of each slot. Throws DriftError ROWS_INVALID, FEATURES_DIFFER. */
export function driftDays(rows: TimedFeatureRows, features: readonly DriftFeature[]): readonly DriftDay[] {
  checkRows(rows, features);
  const bySlot = new Map<string, Map<number, number>>();
  let tradeDate = '';
  let bounds = { start: Infinity, end: -Infinity };
  for (let row = 0; row < rows.starts.length; row += 1) {
    const start = rows.starts[row];
    if (start < bounds.start || start >= bounds.end) {
      tradeDate = tradeDateOf(start);
      bounds = tradeDateBounds(tradeDate);
    }
    const day = bySlot.get(tradeDate) ?? new Map<number, number>();
    bySlot.set(tradeDate, day);
    day.set(Math.floor((start - bounds.start) / (SLOT_MINUTES * MINUTE_MS)), row);
  }
  const indexes = features.map(({ name }) => rows.columns.indexOf(name));
  return [...bySlot].map(([date, slots]) => ({
    tradeDate: date,
    slots: Int16Array.from(slots.keys()),
    values: Float32Array.from(
      [...slots.values()].flatMap((row) => indexes.map((i) => rows.values[row * rows.columns.length + i])),
    ),
  }));
}

/** The last trade date's worth of rows; its slots are each once, the newest day's before the others. */
export interface DriftWindow extends DriftDay {
  /** Trade dates that it has rows of, the newest (`tradeDate`) first. */
  readonly tradeDates: readonly string[];
}

/** The newest day's rows, and for the times of day it has not reached the day's before. Null without days. */
export function driftWindow(days: readonly DriftDay[]): DriftWindow | null {
  const newest = days.at(-1);
  if (newest === undefined) return null;
  const alone = { ...newest, tradeDates: [newest.tradeDate] };
  const before = days.at(-2);
  const reached = newest.slots.at(-1) ?? -1;
  if (before === undefined) return alone;
  const firstKept = before.slots.findIndex((slot) => slot > reached);
  if (firstKept < 0) return alone;
  const width = before.values.length / before.slots.length;
  return {
    tradeDate: newest.tradeDate,
    tradeDates: [newest.tradeDate, before.tradeDate],
    slots: Int16Array.from([...newest.slots, ...before.slots.subarray(firstKept)]),
    values: Float32Array.from([...newest.values, ...before.values.subarray(firstKept * width)]),
  };
}
