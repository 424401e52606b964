import fc from 'fast-check';
import type { Bar, BarWithQuote } from '../../src/domain/bars';
import { feedTradeDate, mergeWarmUp, warmUpStart } from '../../src/market-data/warm-up';

const from = Date.parse('2013-10-07T22:00:00Z');
const MINUTES = 200;
const at = (minute: number): number => from + minute * 60_000;
const bar = (minute: number, close: number, volume = 1): Bar => ({
  start: at(minute),
  open: close,
  high: close,
  low: close,
  close,
  volume,
});
const row = (minute: number, close: number): BarWithQuote => ({
  bar: bar(minute, close),
  quote: { time: at(minute) + 59_000, bid: close, ask: close, bidSize: 1, askSize: 1 },
});

describe('mergeWarmUp', () => {
  const minutes = fc.uniqueArray(fc.integer({ min: -5, max: MINUTES + 5 }));

  it('is one ascending series without gap or duplicate, the journal before history', () => {
    fc.assert(
      fc.property(minutes, minutes, fc.integer({ min: 0, max: MINUTES }), (journal, history, now) => {
        const to = at(now);
        const merged = mergeWarmUp(
          journal.map((minute) => row(minute, 2)),
          history.map((minute) => bar(minute, 1)),
          from,
          to,
        );
        const wanted = [...new Set([...journal, ...history])].filter((minute) => minute >= 0 && minute < now);
        expect(merged.map(({ bar: { start } }) => start)).toEqual(wanted.sort((a, b) => a - b).map(at));
        for (const { bar: merges, quote } of merged) {
          const journaled = journal.some((minute) => at(minute) === merges.start);
          expect(merges.close).toBe(journaled ? 2 : 1);
          expect(quote === null).toBe(!journaled);
        }
      }),
    );
  });

  it('leaves out minutes of history that did not trade, as the stream does', () => {
    expect(mergeWarmUp([], [bar(0, 1, 0), bar(1, 1)], from, at(5)).map(({ bar: { start } }) => start)).toEqual([at(1)]);
  });
});

describe('warmUpStart', () => {
  it.each([
    ['2013-10-09', '2013-10-06T22:00:00Z'],
    ['2013-10-07', '2013-10-02T22:00:00Z'],
    ['2013-12-04', '2013-12-01T23:00:00Z'],
  ])('%s warms up from %s', (date, start) => {
    expect(new Date(warmUpStart(date)).toISOString()).toBe(start.replace('Z', '.000Z'));
  });

  it('begins earlier for columns that remember longer, three weeks at most', () => {
    const begin = (warmupBars: number): string => new Date(warmUpStart('2013-10-09', warmupBars)).toISOString();
    expect(begin(398)).toBe('2013-10-06T22:00:00.000Z');
    expect(begin(2_001)).toBe('2013-10-03T22:00:00.000Z');
    expect(begin(17_760)).toBe(begin(1e6));
    expect(begin(1e6)).toBe('2013-09-17T22:00:00.000Z');
  });
});

describe('feedTradeDate', () => {
  it.each([
    ['2013-10-09T14:30:00Z', '2013-10-09'],
    // The pause of 16:00–17:00 Chicago and the weekend belong to the coming session.
    ['2013-10-09T21:30:00Z', '2013-10-10'],
    ['2013-10-11T21:30:00Z', '2013-10-14'],
    ['2013-10-13T15:00:00Z', '2013-10-14'],
  ])('at %s it is %s', (iso, date) => {
    expect(feedTradeDate(Date.parse(iso))).toBe(date);
  });
});
