/** Judging of one check: distances and p-values by whole days against their definitions, the alarm rule, what cannot be judged. */
import * as fc from 'fast-check';
import { dayDistances, permutationPValues } from '../../../src/learning/drift/day-permutation';
import { driftDays, driftWindow, watchedFeatures } from '../../../src/learning/drift/drift-day';
import type { DriftDay } from '../../../src/learning/drift/drift-day';
import { decodeReference, encodeReference } from '../../../src/learning/drift/drift-reference';
import { judgeDrift } from '../../../src/learning/drift/judge-drift';
import { ksDistance } from '../../../src/learning/drift/kolmogorov-smirnov';
import { meanShift, momentsOf } from '../../../src/learning/drift/mean-shift';
import { mergedDays, poolWithout } from '../../../src/learning/drift/merged-days';
import { populationStabilityIndex } from '../../../src/learning/drift/population-stability';
import { defineSchema } from '../../../src/features/schema';
import { createRandom } from '../../../src/learning/random';
import { UNCHANGED, simulatedDays } from '../../../bench/drift-simulation';

const day = fc
  .array(fc.integer({ min: -6, max: 6 }), { minLength: 1, maxLength: 30 })
  .map((values) => Float32Array.from(values).sort());

test('each day lies from the others as mean shift, PSI and KS of the two samples say', () => {
  fc.assert(
    fc.property(fc.array(day, { minLength: 2, maxLength: 6 }), (days) => {
      const merged = mergedDays(days);
      dayDistances(days).forEach(({ absoluteMeanShift, psi, ks }, i) => {
        const rest = Float32Array.from(days.flatMap((other, j) => (j === i ? [] : Array.from(other)))).sort();
        expect(poolWithout(merged, i)).toEqual(rest);
        expect(ks).toBeCloseTo(ksDistance(rest, days[i]), 12);
        expect(psi).toBeCloseTo(populationStabilityIndex(rest, days[i]), 9);
        const shift = Math.abs(meanShift(momentsOf(rest), momentsOf(days[i])));
        if (Number.isFinite(shift)) expect(absoluteMeanShift).toBeCloseTo(shift, 6);
      });
    }),
  );
});

test('days merge in order whatever their signs, fractions and zeros', () => {
  const value = fc.oneof(fc.float({ noNaN: true, noDefaultInfinity: true }), fc.constantFrom(0, -0));
  fc.assert(
    fc.property(fc.array(fc.array(value, { minLength: 1 }), { minLength: 1, maxLength: 4 }), (raw) => {
      const days = raw.map((values) => Float32Array.from(values).sort());
      const all = Float32Array.from(days.flatMap((values) => Array.from(values, (one) => one + 0))).sort();
      expect(mergedDays(days).pool).toEqual(all);
    }),
  );
});

test('the p-value of a window is the share of days at least as far out', () => {
  const at = (ks: number) => ({ absoluteMeanShift: 0, psi: 0, ks });
  const distances = [0.1, 0.2, 0.3, 0.2].map(at);
  expect(permutationPValues(distances, 2)).toEqual({ absoluteMeanShift: 1, psi: 1, ks: 0.25 });
  expect(permutationPValues(distances, 1).ks).toBe(0.75);
});

const FEATURES = ['a', 'b', 'c'].map((name) => ({ name, timeframeMinutes: 1 }));
const days = simulatedDays({ ...UNCHANGED, seed: 4, features: 3, referenceDays: 24, days: 1 });
const reference = { schemaHash: 'h', features: FEATURES, days: days.slice(0, 24) };
const shifted = (by: number): DriftDay => ({ ...days[24], values: days[24].values.map((value) => value + by) });

test('a shifted day exceeds first and alarms at the next check running; a quiet or missing check between begins anew', () => {
  const window = driftWindow([shifted(3)]);
  const first = judgeDrift(reference, window, null);
  expect(first).toMatchObject({ state: 'exceeded', share: 1, referenceDays: 24 });
  expect(judgeDrift(reference, window, 'exceeded').state).toBe('alarm');
  expect(judgeDrift(reference, window, 'alarm').state).toBe('alarm');
  expect(judgeDrift(reference, window, 'quiet').state).toBe('exceeded');
  expect(judgeDrift(reference, window, 'not-judged').state).toBe('exceeded');
  expect(judgeDrift(reference, driftWindow([shifted(0)]), 'exceeded').state).toBe('quiet');
});

test('a window is not compared with itself: its own trade date in the reference is left out', () => {
  const own = { ...shifted(3), tradeDate: days[23].tradeDate };
  const withOwn = { ...reference, days: [...days.slice(0, 23), own] };
  expect(judgeDrift(withOwn, driftWindow([own]), null)).toMatchObject({ state: 'exceeded', referenceDays: 23 });
});

test('fewer than nineteen days show statistics and judge nothing; half a day is no window', () => {
  const few = { ...reference, days: days.slice(0, 5) };
  const report = judgeDrift(few, driftWindow([shifted(3)]), 'exceeded');
  expect(report.state).toBe('not-judged');
  expect(report.features.map(({ meanShift: by, pValues }) => [by > 1, pValues])).toEqual(
    FEATURES.map(() => [true, null]),
  );
  const short = { ...days[24], slots: days[24].slots.slice(0, 100), values: days[24].values.slice(0, 300) };
  expect(judgeDrift(reference, driftWindow([short]), null)).toMatchObject({ state: 'not-judged', features: [] });
});

test('a column without values is named, and the others are judged', () => {
  const holes = { ...shifted(3), values: shifted(3).values.map((value, i) => (i % 3 === 1 ? Number.NaN : value)) };
  const report = judgeDrift(reference, driftWindow([holes]), null);
  expect(report.skipped.map(({ feature }) => feature)).toEqual(['b']);
  expect(report.features.map(({ name }) => name)).toEqual(['a', 'c']);
});

test('the window fills the times of day that today has not reached with yesterday', () => {
  const start = Date.parse('2013-10-09T22:00:00Z');
  const minutes = Array.from({ length: 2 * 60 }, (_item, i) => start + i * 60_000);
  const next = minutes.slice(0, 60).map((time) => time + 24 * 3_600_000);
  const starts = [...minutes, ...next];
  const rows = { starts, values: Float32Array.from(starts, (_time, i) => i), columns: ['a'] };
  const window = driftWindow(driftDays(rows, [FEATURES[0]]));
  expect(window).toMatchObject({ tradeDate: '2013-10-11', tradeDates: ['2013-10-11', '2013-10-10'] });
  expect(Array.from(window?.slots ?? [])).toEqual(Array.from({ length: 24 }, (_item, i) => i));
  expect(window?.values[0]).toBe(124);
  expect(window?.values[23]).toBe(119);
});

test('a reference reads back as it was; a damaged one is refused', () => {
  const text = encodeReference(reference);
  expect(decodeReference(text)).toEqual(reference);
  expect(() => decodeReference(text.slice(0, -9))).toThrow('REFERENCE_INVALID');
  const random = createRandom(1);
  expect(() => decodeReference(text.replace(/"slots":"../, `"slots":"${random.below(10)}`))).toThrow(
    'REFERENCE_INVALID',
  );
});

test('what is watched: the columns that models read, each with its timeframe, without the clock', () => {
  const schema = defineSchema([
    { kind: 'rsi', name: 'rsi', period: 14 },
    { kind: 'rsi', name: 'rsi', period: 14, minutes: 15 },
    { kind: 'clock', name: '' },
  ]);
  expect(schema.modelColumns.length).toBeGreaterThan(2);
  expect(watchedFeatures(schema)).toEqual([
    { name: 'rsi', timeframeMinutes: 1 },
    { name: 'rsi_15m', timeframeMinutes: 15 },
  ]);
});
