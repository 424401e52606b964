/** One pipeline for batch and stream: equality, no look-ahead, warm-up, gaps, quotes, clocks. */
import * as fc from 'fast-check';
import type { BarWithQuote } from '../../src/domain/bars';
import { MINUTE_MS } from '../../src/domain/exchange-time';
import { INSTRUMENTS } from '../../src/domain/instruments';
import type { FeatureError } from '../../src/features/feature-error';
import { computeFeatures, createFeatureStream, featureHash, missingColumns } from '../../src/features/pipeline';
import { columnIndex, DEFAULT_SCHEMA, defineSchema } from '../../src/features/schema';
import { MONDAY_MORNING, syntheticBars } from './synthetic-bars';

const { GC, ES } = INSTRUMENTS;
const schema = DEFAULT_SCHEMA;
const width = schema.columns.length;
const rowAt = (values: Float32Array, row: number) => values.subarray(row * width, (row + 1) * width);
const cell = (values: Float32Array, row: number, column: string) => values[row * width + columnIndex(schema, column)];

function streamed(rows: readonly BarWithQuote[]): Float32Array[] {
  const stream = createFeatureStream(schema, GC);
  return rows.map((row) => {
    stream.push(row);
    return stream.row()!;
  });
}

const minuteBar = (start: number, close: number, quote: BarWithQuote['quote'] = null): BarWithQuote => ({
  bar: { start, open: close, high: close, low: close, close, volume: 10 },
  quote,
});
const quote = (bid: number | null, ask: number | null, bidSize = 5, askSize = 5) => ({
  time: 0,
  bid,
  ask,
  bidSize,
  askSize,
});

describe('batch and stream', () => {
  it('give the same bits, whatever the data and wherever blocks end', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 700 }), fc.integer(), (bars, seed) => {
        const rows = syntheticBars(GC, { bars, seed });
        const batch = computeFeatures(rows, schema, GC);
        const bytes = Buffer.concat(streamed(rows).map(({ buffer }) => Buffer.from(buffer)));
        expect(bytes.equals(Buffer.from(batch.values.buffer))).toBe(true);
      }),
      { numRuns: 15 },
    );
  });

  it('never look ahead: cutting the future off changes no past row', () => {
    const rows = syntheticBars(GC, { bars: 900, seed: 7 });
    const whole = computeFeatures(rows, schema, GC);
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 900 }), (cut) => {
        const part = computeFeatures(rows.slice(0, cut), schema, GC);
        const past = Buffer.from(whole.values.buffer, 0, cut * width * Float32Array.BYTES_PER_ELEMENT);
        expect(Buffer.from(part.values.buffer).equals(past)).toBe(true);
        expect(part.valid).toEqual(whole.valid.slice(0, cut));
      }),
      { numRuns: 25 },
    );
  });

  it('agree to 1e-9 after warmupBars, whenever the stream began in the trade date before', () => {
    const rows = syntheticBars(GC, { bars: 3000, seed: 3, holes: 0 });
    const whole = computeFeatures(rows, schema, GC);
    const begin = 800;
    const late = computeFeatures(rows.slice(begin), schema, GC);
    const secondDate = rows.findIndex(({ bar }) => bar.start >= Date.parse('2013-10-08T22:00:00Z'));
    const differing = new Set<string>();
    for (let r = Math.max(begin + schema.warmupBars, secondDate); r < rows.length; r += 1) {
      schema.columns.forEach((name, c) => {
        const expected = whole.values[r * width + c];
        const actual = late.values[(r - begin) * width + c];
        // float32 rounding may turn a difference in the 10th digit into one in the 7th.
        const tolerance = Math.max(Math.abs(expected) * 1.2e-7, 1e-9);
        const equal = Number.isNaN(expected) ? Number.isNaN(actual) : Math.abs(expected - actual) <= tolerance;
        if (!equal) differing.add(name);
      });
    }
    expect(secondDate).toBeGreaterThan(begin);
    expect([...differing]).toEqual([]);
  });

  it('keep a window free of what left it: a price spike is forgotten exactly', () => {
    const plain = syntheticBars(GC, { bars: 400, seed: 11, holes: 0 });
    const spiked = plain.map((row, i) =>
      i === 100 ? { ...row, bar: { ...row.bar, open: 9000, high: 9000, low: 9000, close: 9000, volume: 1e7 } } : row,
    );
    const [a, b] = [plain, spiked].map((rows) => computeFeatures(rows, schema, GC).values);
    for (let r = 150; r < 400; r += 1) {
      for (const name of ['sma', 'bb_upper', 'bb_width', 'roll_corr_open', 'stoch_k', 'vol_sma_20', 'roc', 'ret_15']) {
        expect(Math.abs(cell(a, r, name) - cell(b, r, name))).toBeLessThanOrEqual(1e-6 * Math.abs(cell(a, r, name)));
      }
    }
  });
});

describe('what cannot be known', () => {
  it('is NaN while warming up, named, and complete after firstValueAfter bars', () => {
    const rows = syntheticBars(GC, { bars: 60, seed: 5, holes: 0 });
    const stream = createFeatureStream(schema, GC);
    expect(stream.row()).toBeNull();
    expect(stream.hash()).toBeNull();
    expect(stream.missing()).toEqual(schema.modelColumns);
    rows.forEach((row, i) => {
      stream.push(row);
      expect(stream.missing().length === 0).toBe(i + 1 >= schema.firstValueAfter);
    });
    const { valid } = computeFeatures(rows, schema, GC);
    expect(valid.indexOf(1)).toBe(schema.firstValueAfter - 1);
    expect(stream.firstBar).toBe(rows[0].bar.start);
    expect(stream.lastBar).toBe(rows[59].bar.start);
    expect(stream.bars).toBe(60);
  });

  it('names the quote columns of a bar without a usable quote, and order flow on the bar after', () => {
    const rows = syntheticBars(GC, { bars: 60, seed: 5, holes: 0 });
    const bad = [null, quote(null, 1300), quote(1300.2, 1300.1)];
    for (const [i, unusable] of bad.entries()) {
      const changed = rows.map((row, r) => (r === 50 ? { ...row, quote: unusable } : row));
      const { values, valid } = computeFeatures(changed, schema, GC);
      expect([i, missingColumns(rowAt(values, 50), schema)]).toEqual([i, ['spread_ticks', 'imbalance', 'ofi_rel']]);
      expect(missingColumns(rowAt(values, 51), schema)).toEqual(['ofi_rel']);
      expect(missingColumns(rowAt(values, 52), schema)).toEqual([]);
      expect([valid[49], valid[50], valid[51], valid[52]]).toEqual([1, 0, 0, 1]);
    }
  });

  it('does not span breaks with returns: a new trade date and 15 silent minutes', () => {
    const lastBar = Date.parse('2013-10-08T21:14:00Z');
    const before = Array.from({ length: 30 }, (_item, i) => minuteBar(lastBar - (29 - i) * MINUTE_MS, 100));
    const reopened = Date.parse('2013-10-08T22:00:00Z');
    const after = [...Array(20).keys(), 36, 37].map((minute) => minuteBar(reopened + minute * MINUTE_MS, 101));
    const { values } = computeFeatures([...before, ...after], schema, GC);
    const returns = (name: string) => Array.from({ length: 22 }, (_item, i) => cell(values, 30 + i, name));
    expect(returns('ret_1').map(Number.isNaN)).toEqual([true, ...Array<boolean>(19).fill(false), true, false]);
    expect(returns('ret_5').findIndex((value) => !Number.isNaN(value))).toBe(5);
    expect(
      returns('ret_15')
        .slice(15, 20)
        .every((value) => value === 0),
    ).toBe(true);
    expect(returns('ret_5').slice(20).every(Number.isNaN)).toBe(true);
    // The volatility of a position held over the break is not hidden.
    expect(cell(values, 30, 'atr')).toBeGreaterThan(0);
    expect(cell(values, 30, 'vwap')).toBe(101);
  });

  it('takes a gap of 15 minutes between starts as 14 silent ones: no break', () => {
    const rows = [minuteBar(MONDAY_MORNING, 100), minuteBar(MONDAY_MORNING + 15 * MINUTE_MS, 101)];
    expect(cell(computeFeatures(rows, schema, GC).values, 1, 'ret_1')).toBeCloseTo(Math.log(1.01), 7);
    const halted = [minuteBar(MONDAY_MORNING, 100), minuteBar(MONDAY_MORNING + 16 * MINUTE_MS, 101)];
    expect(cell(computeFeatures(halted, schema, GC).values, 1, 'ret_1')).toBeNaN();
  });
});

describe('top of book', () => {
  const flowOf = (first: ReturnType<typeof quote>, second: ReturnType<typeof quote>) => {
    const rows = [minuteBar(MONDAY_MORNING, 100, first), minuteBar(MONDAY_MORNING + MINUTE_MS, 100, second)];
    return cell(computeFeatures(rows, schema, ES).values, 1, 'ofi');
  };

  it('counts size that arrives at the bid as demand and at the ask as supply', () => {
    expect(flowOf(quote(100, 100.25, 5, 5), quote(100, 100.25, 9, 5))).toBe(4);
    expect(flowOf(quote(100, 100.25, 5, 5), quote(100, 100.25, 5, 9))).toBe(-4);
    expect(flowOf(quote(100, 100.25, 5, 7), quote(100.25, 100.5, 3, 2))).toBe(3 + 7);
    expect(flowOf(quote(100, 100.25, 5, 7), quote(99.75, 100, 3, 2))).toBe(-5 - 2);
  });

  it('keeps the relative flow and imbalance inside ±1 and the spread in ticks', () => {
    const { values, rows } = computeFeatures(syntheticBars(ES, { bars: 500, seed: 2 }), schema, ES);
    for (let r = 0; r < rows; r += 1) {
      for (const name of ['ofi_rel', 'imbalance']) {
        const value = cell(values, r, name);
        if (!Number.isNaN(value)) expect(Math.abs(value)).toBeLessThanOrEqual(1);
      }
      const ticks = cell(values, r, 'spread_ticks');
      if (!Number.isNaN(ticks)) expect(ticks).toBeCloseTo(cell(values, r, 'spread') / ES.tickSize, 5);
    }
  });
});

describe('clock columns', () => {
  const clockOf = (iso: string, instrument = GC) => {
    const { values } = computeFeatures([minuteBar(Date.parse(iso), 100)], schema, instrument);
    return ['minute_of_day', 'hour', 'day_of_week'].map((name) => cell(values, 0, name));
  };

  it('are exchange time, on both sides of a change of the clocks', () => {
    expect(clockOf('2013-10-09T12:20:00Z')).toEqual([500, 8, 3]);
    expect(clockOf('2013-11-04T13:20:00Z')).toEqual([500, 8, 1]);
    expect(clockOf('2013-03-08T13:20:00Z')).toEqual([500, 8, 5]);
    expect(clockOf('2013-03-11T12:20:00Z')).toEqual([500, 8, 1]);
    expect(clockOf('2013-10-09T13:30:00Z', ES)).toEqual([510, 8, 3]);
    expect(clockOf('2013-10-06T23:00:00Z', ES)).toEqual([1080, 18, 7]);
  });

  it('follow the change inside one stream', () => {
    const start = Date.parse('2013-11-03T22:59:00Z');
    const stream = createFeatureStream(schema, ES);
    const hours = [Date.parse('2013-11-01T19:59:00Z'), start, start + MINUTE_MS].map((time) => {
      stream.push(minuteBar(time, 100));
      return stream.value('hour');
    });
    expect(hours).toEqual([14, 16, 17]);
  });
});

describe('refusals and identity', () => {
  it('refuses unsorted and broken bars and stays as it was', () => {
    const rows = syntheticBars(GC, { bars: 50, seed: 1 });
    const stream = createFeatureStream(schema, GC);
    rows.forEach((row) => stream.push(row));
    const before = stream.hash();
    const codeOf = (row: BarWithQuote) => {
      try {
        stream.push(row);
        return 'accepted';
      } catch (error) {
        return (error as FeatureError).code;
      }
    };
    expect(codeOf(rows[49])).toBe('BARS_UNSORTED');
    expect(codeOf({ ...rows[49], bar: { ...rows[49].bar, start: NaN } })).toBe('BARS_UNSORTED');
    const next = rows[49].bar.start + MINUTE_MS;
    expect(codeOf({ ...rows[49], bar: { ...rows[49].bar, start: next, close: NaN } })).toBe('BAR_INVALID');
    expect(stream.hash()).toBe(before);
    expect(codeOf({ ...rows[49], bar: { ...rows[49].bar, start: next } })).toBe('accepted');
  });

  it('hashes what decides a row: parameters, order, model columns', () => {
    const again = defineSchema(schema.parameters);
    expect(again.hash).toBe(schema.hash);
    expect(defineSchema([...schema.parameters].reverse()).hash).not.toBe(schema.hash);
    expect(defineSchema(schema.parameters, ['rsi']).hash).not.toBe(schema.hash);
    const other = schema.parameters.map((spec) => (spec.kind === 'rsi' ? { ...spec, period: 15 } : spec));
    expect(defineSchema(other).hash).not.toBe(schema.hash);
  });

  it('refuses schemas that cannot be', () => {
    expect(() => defineSchema([{ kind: 'sma', name: 'a', period: 0 }])).toThrow(/SCHEMA_INVALID.*period is 0/);
    expect(() => defineSchema([{ kind: 'macd', name: 'm', fast: 26, slow: 12, signal: 9 }])).toThrow(/fast/);
    const twice = { kind: 'rsi', name: 'rsi', period: 14 } as const;
    expect(() => defineSchema([twice, twice])).toThrow(/appears twice/);
    expect(() => defineSchema([twice], ['nothing'])).toThrow(/model column "nothing"/);
  });

  it('hashes NaN alike, whatever its bits', () => {
    const odd = new Float32Array(1);
    new DataView(odd.buffer).setUint32(0, 0x7fc00001, true);
    expect(featureHash(odd)).toBe(featureHash(Float32Array.of(NaN)));
    expect(featureHash(Float32Array.of(1))).not.toBe(featureHash(Float32Array.of(2)));
  });
});
