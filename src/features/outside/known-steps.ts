/** A series that holds a value until the next one is known: macro levels, flows, sentiment of a day. */
import type { OutsideReader } from './outside-values';

/** A value told for a period; a later telling for the same period is a revision. Times are UTC ms. */
export interface ReleasedValue {
  /** Start of what it measures: the month of a price index, the day of a flow. */
  readonly period: number;
  /** When it could be known: its release, never the end of its period. */
  readonly knownFrom: number;
  readonly value: number;
}

/** What holds from an instant on. */
interface Step {
  readonly from: number;
  readonly level: number;
  /** Less the value of the period before, as both were known then; NaN for the first. */
  readonly change: number;
}

export type StepMeasure = 'level' | 'change';

/**
 * Reads the newest period's latest vintage. A revision of an older period moves `change` alone. Values that are no numbers are left out:
 * who validates them says so (requirement B8).
 */
export function releasedReader(releases: readonly ReleasedValue[], measure: StepMeasure): OutsideReader {
  const steps = stepsOf(releases);
  const from = Float64Array.from(steps, (step) => step.from);
  const values = Float64Array.from(steps, (step) => step[measure]);
  return (at) => {
    const index = lastAtOrBefore(from, at);
    return index < 0 ? Number.NaN : values[index];
  };
}

function stepsOf(releases: readonly ReleasedValue[]): readonly Step[] {
  const told = releases
    .filter(({ value, knownFrom, period }) => [value, knownFrom, period].every(Number.isFinite))
    .toSorted((a, b) => a.knownFrom - b.knownFrom || a.period - b.period);
  const known = new Map<number, number>();
  let newest = -Infinity;
  let before = -Infinity;
  return told.map(({ period, knownFrom, value }) => {
    known.set(period, value);
    if (period > newest) [before, newest] = [newest, period];
    else if (period < newest && period > before) before = period;
    const level = known.get(newest) ?? Number.NaN;
    return { from: knownFrom, level, change: level - (known.get(before) ?? Number.NaN) };
  });
}

/** Position of the last entry of ascending `times` that is not after `at`, −1 when all are. */
export function lastAtOrBefore(times: Float64Array, at: number): number {
  let [low, high] = [0, times.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (times[middle] <= at) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}
