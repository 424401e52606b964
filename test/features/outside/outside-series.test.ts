/** Series of the world outside: nothing is read before it was known. */
import * as fc from 'fast-check';
import { HORIZON_MINUTES, minutesSince, minutesTo } from '../../../src/features/outside/event-minutes';
import { releasedReader, type ReleasedValue } from '../../../src/features/outside/known-steps';

const DAY = 86_400_000;
const MINUTE = 60_000;

describe('released values', () => {
  const releases: readonly ReleasedValue[] = [
    { period: 0, knownFrom: 10 * DAY, value: 100 },
    { period: 30 * DAY, knownFrom: 40 * DAY, value: 102 },
    // A revision of the first period, after the second was told.
    { period: 0, knownFrom: 45 * DAY, value: 101 },
  ];

  it('hold from their release on, not from their period', () => {
    const level = releasedReader(releases, 'level');
    expect([9.9, 10, 39.9, 40, 50].map((day) => level(day * DAY))).toEqual([NaN, 100, 100, 102, 102]);
  });

  it('change as it was known: a revision of an older period moves the change alone', () => {
    const change = releasedReader(releases, 'change');
    expect([10, 40, 45].map((day) => change(day * DAY))).toEqual([NaN, 2, 1]);
  });

  it('a revision of the newest period moves the level', () => {
    const level = releasedReader([...releases, { period: 30 * DAY, knownFrom: 50 * DAY, value: 103 }], 'level');
    expect([49, 50].map((day) => level(day * DAY))).toEqual([102, 103]);
  });

  it('leaves values out that are no numbers', () => {
    const level = releasedReader([...releases, { period: 60 * DAY, knownFrom: 60 * DAY, value: NaN }], 'level');
    expect(level(61 * DAY)).toBe(102);
  });

  const told = fc.record({
    period: fc.integer({ min: 0, max: 50 }),
    knownFrom: fc.integer({ min: 0, max: 100 }),
    value: fc.integer({ min: -5, max: 5 }),
  });
  it('never show what was told later: cutting the future off changes nothing', () => {
    fc.assert(
      fc.property(fc.array(told, { maxLength: 20 }), fc.integer({ min: 0, max: 100 }), (all, at) => {
        const known = all.filter(({ knownFrom }) => knownFrom <= at);
        for (const measure of ['level', 'change'] as const)
          expect(releasedReader(known, measure)(at)).toEqual(releasedReader(all, measure)(at));
      }),
    );
  });

  it('give the newest period told so far, whatever the order of the list', () => {
    fc.assert(
      fc.property(fc.array(told, { maxLength: 20 }), fc.integer({ min: 0, max: 100 }), (all, at) => {
        const known = all.filter(({ knownFrom }) => knownFrom <= at);
        const newest = Math.max(...known.map(({ period }) => period));
        const vintage = known
          .filter(({ period }) => period === newest)
          .reduce((last, one) => (one.knownFrom >= last.knownFrom ? one : last), {
            period: 0,
            knownFrom: -1,
            value: NaN,
          });
        expect(releasedReader(all, 'level')(at)).toEqual(vintage.value);
      }),
    );
  });
});

describe('events of a calendar', () => {
  const events = [
    { time: 1_000 * MINUTE, knownFrom: 0 },
    { time: 1_500 * MINUTE, knownFrom: 1_200 * MINUTE },
  ];

  it('count down to the next and up from the last', () => {
    const at = [940, 1_000, 1_030].map((minute) => minute * MINUTE);
    expect(at.map(minutesTo(events))).toEqual([60, HORIZON_MINUTES, HORIZON_MINUTES]);
    expect(at.map(minutesSince(events))).toEqual([HORIZON_MINUTES, 0, 30]);
  });

  it('do not exist before they were announced', () => {
    expect([1_199, 1_200].map((minute) => minutesTo(events)(minute * MINUTE))).toEqual([HORIZON_MINUTES, 300]);
  });

  it('further away than the horizon are none', () => {
    const far = [{ time: 10_000 * MINUTE, knownFrom: 0 }];
    expect(minutesTo(far)(0)).toBe(HORIZON_MINUTES);
    expect(minutesSince(far)(20_000 * MINUTE)).toBe(HORIZON_MINUTES);
  });
});
