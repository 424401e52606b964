/** Indicators on longer bars: equal to the same indicator over bars made in advance, known at their close and not before. */
import * as fc from 'fast-check';
import type { BarWithQuote } from '../../src/domain/bars';
import { MINUTE_MS } from '../../src/domain/exchange-time';
import { INSTRUMENTS } from '../../src/domain/instruments';
import type { FeatureSpec } from '../../src/features/feature-spec';
import { computeFeatures, createFeatureStream } from '../../src/features/pipeline';
import { columnIndex, DEFAULT_SCHEMA, defineSchema } from '../../src/features/schema';
import { MONDAY_MORNING, syntheticBars } from './synthetic-bars';

const { GC } = INSTRUMENTS;
const SPECS: readonly FeatureSpec[] = [
  { kind: 'rsi', name: 'rsi', period: 14 },
  { kind: 'macd', name: 'macd', fast: 3, slow: 6, signal: 4 },
  { kind: 'stochastic', name: 'stoch', period: 5, slowK: 3, slowD: 3 },
  { kind: 'atr', name: 'atr', period: 7 },
  { kind: 'vwap', name: 'vwap' },
  { kind: 'bollinger', name: 'bb', period: 8, deviations: 2 },
  { kind: 'volume', name: 'vol', period: 6 },
  { kind: 'stochastic-rsi', name: 'srsi', period: 6, fastK: 4, fastD: 3 },
  { kind: 'obv', name: 'obv', period: 5 },
  { kind: 'mfi', name: 'mfi', period: 5 },
];
const on = (minutes: 5 | 10 | 15 | 60): readonly FeatureSpec[] =>
  SPECS.map((spec) => ({ ...spec, minutes }) as FeatureSpec);
const MIXED = defineSchema([...on(15), ...DEFAULT_SCHEMA.parameters, ...on(60), ...on(5)]);

/** Bars of `minutes`, each with the time at which it is known: its close, or that of the first minute behind it. */
function longerBars(rows: readonly BarWithQuote[], minutes: number) {
  const length = minutes * MINUTE_MS;
  const groups = new Map<number, BarWithQuote['bar'][]>();
  for (const { bar } of rows) {
    const start = Math.floor(bar.start / length) * length;
    groups.set(start, [...(groups.get(start) ?? []), bar]);
  }
  return [...groups].map(([start, bars]) => {
    const end = start + length;
    const closing = bars.some((bar) => bar.start === end - MINUTE_MS);
    const next = rows.find(({ bar }) => bar.start >= end)?.bar.start ?? Infinity;
    return {
      knownAt: closing ? end - MINUTE_MS : next,
      row: {
        bar: {
          start,
          open: bars[0].open,
          high: Math.max(...bars.map(({ high }) => high)),
          low: Math.min(...bars.map(({ low }) => low)),
          close: bars[bars.length - 1].close,
          volume: bars.reduce((sum, { volume }) => sum + volume, 0),
        },
        quote: null,
      },
    };
  });
}

it.each([5, 10, 15, 60] as const)('bars of %i minutes give the values of the last one that is known', (minutes) => {
  const rows = syntheticBars(GC, { bars: 2500, seed: minutes });
  const plain = defineSchema(SPECS);
  const matrix = computeFeatures(rows, defineSchema(on(minutes)), GC);
  const bars = longerBars(rows, minutes);
  const expected = computeFeatures(
    bars.map(({ row }) => row),
    plain,
    GC,
  );
  const width = plain.columns.length;
  let last = -1;
  rows.forEach(({ bar }, r) => {
    while (last + 1 < bars.length && bars[last + 1].knownAt <= bar.start) last += 1;
    const actual = [...matrix.values.subarray(r * width, (r + 1) * width)];
    const wanted =
      last < 0 ? plain.columns.map(() => NaN) : [...expected.values.subarray(last * width, (last + 1) * width)];
    expect([r, actual]).toEqual([r, wanted]);
  });
  expect(last).toBeGreaterThan(30);
});

it('batch and stream give the same bits on mixed timeframes, and nothing looks ahead', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 1300 }), fc.integer(), fc.nat(), (bars, seed, at) => {
      const rows = syntheticBars(GC, { bars, seed });
      const whole = computeFeatures(rows, MIXED, GC);
      const stream = createFeatureStream(MIXED, GC);
      const streamed = rows.map((row) => {
        stream.push(row);
        return Buffer.from(stream.row()!.buffer);
      });
      expect(Buffer.concat(streamed).equals(Buffer.from(whole.values.buffer))).toBe(true);
      const cut = 1 + (at % bars);
      const part = computeFeatures(rows.slice(0, cut), MIXED, GC);
      const past = Buffer.from(whole.values.buffer, 0, cut * MIXED.columns.length * Float32Array.BYTES_PER_ELEMENT);
      expect(Buffer.from(part.values.buffer).equals(past)).toBe(true);
    }),
    { numRuns: 6 },
  );
});

it('a 15-minute column changes with the minute that closes its bar', () => {
  const schema = defineSchema([{ kind: 'sma', name: 'sma', period: 1, minutes: 15 }]);
  const minute = (m: number, close: number): BarWithQuote => ({
    bar: { start: MONDAY_MORNING + m * MINUTE_MS, open: close, high: close, low: close, close, volume: 1 },
    quote: null,
  });
  // The bar from 15 on lacks its last minute: it is known with minute 31.
  const rows = [0, 5, 13, 14, 15, 28, 31, 44].map((m) => minute(m, 100 + m));
  const { values, columns } = computeFeatures(rows, schema, GC);
  expect(columns).toEqual(['sma_15m', 'close_to_sma_15m']);
  expect(rows.map((_row, r) => values[r * 2])).toEqual([NaN, NaN, NaN, 114, 114, 114, 128, 144]);
});

it('every column has a value after firstValueAfter minutes, and names say the timeframe', () => {
  const rows = syntheticBars(GC, { bars: 1500, seed: 9, holes: 0 });
  const schema = defineSchema(on(15));
  const { values } = computeFeatures(rows, schema, GC);
  const row = values.subarray(
    (schema.firstValueAfter - 1) * schema.columns.length,
    schema.firstValueAfter * schema.columns.length,
  );
  expect([...row].some(Number.isNaN)).toBe(false);
  expect(columnIndex(schema, 'vol_spike_15m')).toBeGreaterThan(0);
});

it('refuses timeframes that are not, a longer bar for the book, and a cumulative model column', () => {
  const wrong = { kind: 'rsi', name: 'rsi', period: 14, minutes: 7 } as unknown as FeatureSpec;
  expect(() => defineSchema([wrong])).toThrow(/minutes is 7; give one of 1, 5, 10, 15, 60/);
  const book = { kind: 'top-of-book', name: '', minutes: 5 } as unknown as FeatureSpec;
  expect(() => defineSchema([book])).toThrow(/belongs to the minute/);
  expect(() => defineSchema([{ kind: 'obv', name: 'obv', period: 5 }], ['obv'])).toThrow(/counts from the first bar/);
  const fifteen = defineSchema([{ kind: 'rsi', name: 'rsi', period: 14, minutes: 15 }]);
  expect(fifteen.hash).not.toBe(defineSchema([{ kind: 'rsi', name: 'rsi', period: 14, minutes: 60 }]).hash);
});
