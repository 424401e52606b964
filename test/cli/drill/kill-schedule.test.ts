import fc from 'fast-check';
import { mostKills, planKills } from '../../../src/cli/drill/kill-schedule';

const MINUTE = 60_000;
const START = Date.UTC(2013, 9, 10, 13, 0);
const minutes = (count: number): readonly number[] => Array.from({ length: count }, (_, i) => START + i * MINUTE);
const minuteEnds = minutes(400);
const busyTimes = [START + 100 * MINUTE, START + 300 * MINUTE - 1_000];

describe('schedule of kills', () => {
  it('is a function of seed and day', () => {
    const input = { kills: 50, seed: 1, minuteEnds, busyTimes };
    expect(planKills(input)).toEqual(planKills(input));
    expect(planKills({ ...input, seed: 2 })).not.toEqual(planKills(input));
  });

  it('kills as many as asked for, in market order, each at a minute of its own, never in the last minutes', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 195 }), fc.nat(), (kills, seed) => {
        const strikes = planKills({ kills, seed, minuteEnds, busyTimes });
        expect(strikes.reduce((sum, { victims }) => sum + victims.length, 0)).toBe(kills);
        for (const { victims } of strikes) expect(new Set(victims).size).toBe(victims.length);
        const own = strikes.flatMap(({ afterMinute }) => afterMinute ?? []);
        expect(own).toEqual([...new Set(own)].sort((a, b) => a - b));
        expect(own.every((minute) => minute <= minuteEnds[minuteEnds.length - 6])).toBe(true);
        expect(strikes[0]?.afterMinute).not.toBeNull();
      }),
    );
  });

  it('reaches every process, two at once, kills during a recovery and the minutes that traded', () => {
    const strikes = planKills({ kills: 100, seed: 7, minuteEnds, busyTimes });
    expect(new Set(strikes.flatMap(({ victims }) => victims)).size).toBe(4);
    expect(strikes.some(({ victims }) => victims.length === 2)).toBe(true);
    expect(strikes.some(({ afterMinute }) => afterMinute === null)).toBe(true);
    expect(strikes.some(({ afterMinute }) => afterMinute === START + 100 * MINUTE)).toBe(true);
  });

  it('refuses a day that is too short', () => {
    const most = mostKills(60);
    expect(most).toBe(27);
    expect(planKills({ kills: most, seed: 3, minuteEnds: minutes(60), busyTimes: [] })).not.toHaveLength(0);
    expect(() => planKills({ kills: most + 1, seed: 3, minuteEnds: minutes(60), busyTimes: [] })).toThrow(
      '28 kills do not fit into 60 minutes; 27 do',
    );
  });
});
