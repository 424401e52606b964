import { byProcess, recoveryOf, StrikeLog } from '../../../src/cli/drill/strike-log';
import { longestUnknownMs } from '../../../src/cli/drill/unknown-spans';

describe('recovery after a strike', () => {
  it('of a strike in the last minutes lasts until the day is closed', () => {
    const log = new StrikeLog(() => undefined);
    log.strike(['trader'], null, 10, 1_000);
    log.settled(11, 1_500);
    expect(recoveryOf(log.strikes).max).toBeNull();
    log.ended(3_000);
    expect(recoveryOf(log.strikes)).toEqual({ p50: 2, max: 2 });
  });

  it('lasts until a minute begun after it is settled; the one in work does not count', () => {
    const told: number[] = [];
    const log = new StrikeLog((_record, number) => told.push(number));
    log.strike(['gateway'], 60_000, 10, 1_000);
    log.settled(11, 1_005);
    expect(log.strikes[0].recoverySeconds).toBeNull();
    log.strike(['trader', 'market'], 120_000, 11, 2_000);
    log.settled(12, 4_000);
    expect(log.strikes[0].recoverySeconds).toBe(3);
    expect(log.strikes[1].recoverySeconds).toBeNull();
    log.settled(13, 4_500);
    expect(log.strikes[1].recoverySeconds).toBe(2.5);
    expect(told).toEqual([1, 2]);
  });

  it('has a median and a maximum, and no maximum while one strike is open', () => {
    const strikes = [1, 4, 2].map((recoverySeconds) => ({
      victims: ['trader' as const],
      marketTime: null,
      recoverySeconds,
    }));
    expect(recoveryOf(strikes)).toEqual({ p50: 2, max: 4 });
    expect(recoveryOf([...strikes, { ...strikes[0], recoverySeconds: null }])).toEqual({ p50: 2, max: null });
    expect(recoveryOf([])).toEqual({ p50: null, max: null });
  });

  it('is told by process, a double kill for both', () => {
    const strikes = [
      { victims: ['trader', 'gateway'] as const, marketTime: null, recoverySeconds: 6 },
      { victims: ['trader'] as const, marketTime: null, recoverySeconds: 2 },
    ];
    expect(byProcess(strikes)).toEqual({
      gateway: { kills: 1, recoverySeconds: { p50: 6, max: 6 } },
      trader: { kills: 2, recoverySeconds: { p50: 2, max: 6 } },
    });
  });
});

describe('time of unknown outcome', () => {
  const moment = (key: string, at: number, entry: 'unknown' | 'working' | 'filled') => ({
    key,
    at,
    states: [entry, null, null],
  });

  it('runs from the first word of it to the first word without it, for each order by itself', () => {
    const moments = [
      moment('a', 5_000, 'filled'),
      moment('a', 1_000, 'unknown'),
      moment('a', 2_000, 'unknown'),
      moment('b', 4_500, 'unknown'),
      moment('b', 5_500, 'working'),
    ];
    expect(longestUnknownMs(moments, 100_000)).toBe(4_000);
  });

  it('runs on for an order that nobody resolved, and is nothing for orders that were always known', () => {
    expect(longestUnknownMs([moment('a', 1_000, 'unknown')], 61_000)).toBe(60_000);
    expect(longestUnknownMs([moment('a', 1_000, 'working')], 61_000)).toBe(0);
    expect(longestUnknownMs([], 1)).toBe(0);
  });
});
