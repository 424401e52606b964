import fc from 'fast-check';
import type { Bar } from '../../src/domain/bars';
import { MinuteAggregator } from '../../src/market-data/minute-aggregator';

const start = Date.parse('2013-10-09T14:30:00Z');
const bar = (offset: number, price: number, volume: number): Bar => ({
  start: start + offset,
  open: price,
  high: price + 1,
  low: price - 1,
  close: price,
  volume,
});

describe('MinuteAggregator', () => {
  it('merges twelve 5-second bars into the minute, whatever traded when', () => {
    const slots = fc.array(
      fc.record({ price: fc.integer({ min: 10, max: 20 }), volume: fc.integer({ min: 0, max: 3 }) }),
      {
        minLength: 12,
        maxLength: 12,
      },
    );
    fc.assert(
      fc.property(slots, (parts) => {
        const minutes = new MinuteAggregator(start);
        parts.forEach(({ price, volume }, index) => minutes.addBar(bar(index * 5_000, price, volume)));
        const traded = parts.filter(({ volume }) => volume > 0);
        const closed = minutes.close(start + 60_000);
        expect(minutes.isComplete(start + 120_000)).toBe(false);
        if (traded.length === 0) {
          expect(closed).toBeNull();
          return;
        }
        expect(closed?.bar).toEqual({
          start,
          open: traded[0].price,
          high: Math.max(...traded.map(({ price }) => price)) + 1,
          low: Math.min(...traded.map(({ price }) => price)) - 1,
          close: traded[traded.length - 1].price,
          volume: traded.reduce((sum, { volume }) => sum + volume, 0),
        });
      }),
    );
  });

  it('knows that a minute is complete by its last 5-second bar, also an empty one', () => {
    const minutes = new MinuteAggregator(start);
    minutes.addBar(bar(50_000, 10, 1));
    expect(minutes.isComplete(start + 60_000)).toBe(false);
    minutes.addBar(bar(55_000, 10, 0));
    expect(minutes.isComplete(start + 60_000)).toBe(true);
  });

  it('counts bars of a closed minute as late and keeps them out', () => {
    const minutes = new MinuteAggregator(start);
    minutes.addBar(bar(0, 10, 1));
    expect(minutes.close(start + 60_000)?.bar.volume).toBe(1);
    minutes.addBar(bar(5_000, 10, 1));
    expect(minutes.lateBars).toBe(1);
    expect(minutes.dueMinutes(Infinity)).toEqual([]);
    expect(minutes.close(start + 60_000)).toBeNull();
  });

  it('hands out the latest quote with the bar and lists due minutes in order', () => {
    const minutes = new MinuteAggregator(start);
    const quote = { time: start + 59_000, bid: 9, ask: 10, bidSize: 1, askSize: 2 };
    minutes.addBar(bar(60_000, 11, 1));
    minutes.addBar(bar(0, 10, 1));
    minutes.addQuote(quote);
    expect(minutes.dueMinutes(start + 120_000)).toEqual([start + 60_000, start + 120_000]);
    expect(minutes.dueMinutes(start + 119_999)).toEqual([start + 60_000]);
    expect(minutes.close(start + 60_000)).toEqual({ bar: bar(0, 10, 1), quote });
  });
});
