import fc from 'fast-check';
import { FUTURE_SYMBOLS, INSTRUMENTS, isOnTick, roundToTick } from '../../src/domain/instruments';
import type { Bar } from '../../src/domain/bars';
import { slotsOfMinute, ticksOfSlot } from '../../src/paper-gateway/minute-path';
import { sampleMarket } from './exchange-rig';

const barArb = fc
  .record({
    symbol: fc.constantFrom(...FUTURE_SYMBOLS),
    base: fc.integer({ min: 2000, max: 8000 }),
    steps: fc.tuple(fc.nat(60), fc.nat(60), fc.nat(60), fc.nat(60)),
    volume: fc.oneof(fc.integer({ min: 1, max: 20 }), fc.integer({ min: 1, max: 50_000 })),
  })
  .map(({ symbol, base, steps, volume }) => {
    const instrument = INSTRUMENTS[symbol];
    const prices = steps.map((step) => roundToTick((base + step) * instrument.tickSize, instrument));
    const [open, , , close] = prices;
    const bar: Bar = {
      start: 1_381_329_000_000,
      open,
      high: Math.max(...prices),
      low: Math.min(...prices),
      close,
      volume,
    };
    return { instrument, bar };
  });

describe('the synthesised inside of a minute', () => {
  it('aggregates exactly to the minute, on the tick grid', () => {
    fc.assert(
      fc.property(barArb, fc.nat(5), ({ instrument, bar }, seed) => {
        const slots = slotsOfMinute(bar, instrument, seed, 'X');
        expect(slots.map(({ start }) => start - bar.start)).toEqual(Array.from({ length: 12 }, (_, i) => i * 5000));
        const traded = slots.filter(({ volume }) => volume > 0);
        expect({
          open: traded[0].open,
          high: Math.max(...traded.map(({ high }) => high)),
          low: Math.min(...traded.map(({ low }) => low)),
          close: traded[traded.length - 1].close,
          volume: traded.reduce((sum, { volume }) => sum + volume, 0),
        }).toEqual({ open: bar.open, high: bar.high, low: bar.low, close: bar.close, volume: bar.volume });
        expect(slots[0].volume).toBeGreaterThan(0);
        for (const slot of slots) {
          expect(slot.prices.every((price) => isOnTick(price, instrument))).toBe(true);
          expect(slot.low).toBeGreaterThanOrEqual(bar.low);
          expect(slot.high).toBeLessThanOrEqual(bar.high);
        }
      }),
    );
  });

  it('gives ticks whose sizes sum to the volume', () => {
    fc.assert(
      fc.property(barArb, ({ instrument, bar }) => {
        const ticks = slotsOfMinute(bar, instrument, 1, 'X')
          .filter(({ volume }) => volume > 0)
          .flatMap(ticksOfSlot);
        expect(ticks.reduce((sum, { size }) => sum + size, 0)).toBe(bar.volume);
        expect(ticks.every(({ size }) => size > 0)).toBe(true);
        expect(ticks[ticks.length - 1].price).toBe(bar.close);
      }),
    );
  });

  it('depends on seed, contract and minute, and on nothing else', () => {
    const bar: Bar = { start: 0, open: 100, high: 110, low: 90, close: 105, volume: 5000 };
    const path = (seed: number, name: string, start = 0): string =>
      JSON.stringify(
        slotsOfMinute({ ...bar, start }, INSTRUMENTS.ES, seed, name).map(({ close, volume }) => [close, volume]),
      );
    expect(path(1, 'A')).toBe(path(1, 'A'));
    expect(path(2, 'A')).not.toBe(path(1, 'A'));
    expect(path(1, 'B')).not.toBe(path(1, 'A'));
    expect(path(1, 'A', 60_000)).not.toBe(path(1, 'A'));
  });

  it('holds for every recorded minute', async () => {
    for (const { symbol, minutes } of (await sampleMarket()).contracts) {
      for (const { bar } of minutes) {
        if (bar === null) continue;
        const traded = slotsOfMinute(bar, INSTRUMENTS[symbol], 1, symbol).filter(({ volume }) => volume > 0);
        const sum = traded.reduce((total, { volume }) => total + volume, 0);
        const high = Math.max(...traded.map((slot) => slot.high));
        const low = Math.min(...traded.map((slot) => slot.low));
        const same =
          traded[0].open === bar.open &&
          high === bar.high &&
          low === bar.low &&
          traded[traded.length - 1].close === bar.close;
        if (!same || sum !== bar.volume) throw new Error(`${symbol} ${new Date(bar.start).toISOString()}`);
      }
    }
  });
});
