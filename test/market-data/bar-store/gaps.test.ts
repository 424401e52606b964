/** What counts as a hole, with holidays and half days; property: what was cut out of whole sessions is found, and nothing else. */
import fc from 'fast-check';
import { findGaps } from '../../../src/market-data/bar-store/gaps';
import { sessionsBetween } from '../../../src/market-data/bar-store/sessions';
import type { SeriesKey } from '../../../src/market-data/bar-store/series-key';
import { DAY, ES, MINUTE, time } from './store-rig';

const SPY: SeriesKey = { contract: 'SPY', whatToShow: 'TRADES', interval: '1m' };
const iso = (gaps: readonly { from: number; to: number }[]) =>
  gaps.map(({ from, to }) => [from, to].map((at) => new Date(at).toISOString().slice(0, 16)));
const range = (from: string, to: string, step = MINUTE): number[] => {
  const starts: number[] = [];
  for (let at = time(from); at < time(to); at += step) starts.push(at);
  return starts;
};

test('sessions know holidays, half days, time zones and the last trade date', () => {
  const sessions = sessionsBetween('SPY', time('2013-11-27'), time('2013-12-03'));
  expect(sessions.map(({ date, open, close }) => [date, (close - open) / MINUTE])).toEqual([
    ['2013-11-27', 390],
    ['2013-11-29', 210],
    ['2013-12-02', 390],
  ]);
  expect(new Date(sessions[0].open).toISOString()).toBe('2013-11-27T14:30:00.000Z');
  expect(sessionsBetween('ES_201312', time('2013-11-29'), time('2013-11-30')).map(({ close }) => close)).toEqual([
    time('2013-11-29T18:15:00Z'),
  ]);
  expect(sessionsBetween('ES_201312', time('2013-12-19'), time('2014-01-10')).map(({ date }) => date)).toEqual([
    '2013-12-19',
    '2013-12-20',
  ]);
});

test('silence within the hours is a hole, silence outside them is none', () => {
  const starts = [
    ...range('2013-10-08T13:30:00Z', '2013-10-08T15:00:00Z'),
    ...range('2013-10-08T15:15:00Z', '2013-10-08T19:46:00Z'),
  ];
  expect(iso(findGaps(SPY, starts, time('2013-10-08'), time('2013-10-09')))).toEqual([
    ['2013-10-08T15:00', '2013-10-08T15:15'],
  ]);
  expect(iso(findGaps(SPY, starts, time('2013-10-08T16:00:00Z'), time('2013-10-09')))).toEqual([]);
});

test('days that are missing on end are one hole, cut by every bar between them', () => {
  const whole = [time('2013-10-07'), time('2013-10-12')] as const;
  expect(iso(findGaps(ES, [], ...whole))).toEqual([['2013-10-07T13:30', '2013-10-11T20:15']]);
  expect(findGaps(ES, [time('2013-10-09T02:00:00Z')], ...whole)).toHaveLength(2);
});

test('of daily and hourly bars every missing one is a hole', () => {
  const daily: SeriesKey = { ...SPY, interval: '1d' };
  const dates = ['2013-08-29', '2013-09-03', '2013-09-05'].map(time);
  expect(iso(findGaps(daily, dates, dates[0], dates[2] + DAY))).toEqual([
    ['2013-08-30T00:00', '2013-08-31T00:00'],
    ['2013-09-04T00:00', '2013-09-05T00:00'],
  ]);
  const hours = range('2013-10-08T13:00:00Z', '2013-10-08T20:00:00Z', 60 * MINUTE);
  const hourly: SeriesKey = { ...SPY, interval: '60m' };
  expect(findGaps(hourly, hours, time('2013-10-08'), time('2013-10-09'))).toEqual([]);
  expect(iso(findGaps(hourly, hours.toSpliced(3, 1), time('2013-10-08'), time('2013-10-09')))).toEqual([
    ['2013-10-08T16:00', '2013-10-08T17:00'],
  ]);
});

test('property: every stretch that is cut out is found, none is invented', () => {
  const from = time('2013-10-07');
  const to = time('2013-10-12');
  const session = sessionsBetween('SPY', from, to);
  const all = session.flatMap(({ open, close }) => {
    const starts: number[] = [];
    for (let at = open; at < close; at += MINUTE) starts.push(at);
    return starts;
  });
  const cut = fc.record({ first: fc.nat(all.length - 1), length: fc.integer({ min: 1, max: 900 }) });
  fc.assert(
    fc.property(fc.array(cut, { maxLength: 5 }), (cuts) => {
      const missing = new Set(cuts.flatMap(({ first, length }) => all.slice(first, first + length)));
      const gaps = findGaps(
        SPY,
        all.filter((start) => !missing.has(start)),
        from,
        to,
      );
      const inGap = (start: number) => gaps.some((gap) => start >= gap.from && start < gap.to);
      // No stored bar lies in a hole, and a bar outside of all holes is missing only in a short stretch.
      expect(all.filter((start) => !missing.has(start) && inGap(start))).toEqual([]);
      let [run, longest] = [0, 0];
      all.forEach((start, i) => {
        const sameDay = i > 0 && start - all[i - 1] === MINUTE;
        run = missing.has(start) && !inGap(start) ? (sameDay ? run + 1 : 1) : 0;
        longest = Math.max(longest, run);
      });
      expect(longest).toBeLessThan(15);
    }),
    { numRuns: 100 },
  );
});
