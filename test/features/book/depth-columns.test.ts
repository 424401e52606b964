/** The book's depth as columns of a schema: those of the book's own stream, in batch and bar by bar, and none where no book was consumed. */
import type { BarWithQuote, Book } from '../../../src/domain/bars';
import { MINUTE_MS } from '../../../src/domain/exchange-time';
import { INSTRUMENTS } from '../../../src/domain/instruments';
import { BookStream } from '../../../src/features/book/book-stream';
import { configuredSchema, featuresOf } from '../../../src/features/configured-schema';
import { computeFeatures, createFeatureStream } from '../../../src/features/pipeline';

const ES = INSTRUMENTS.ES;
const LEVELS = 3;
const BARS = 40;
const FROM = Date.parse('2013-10-09T14:00:00Z');
const SCHEMA = configuredSchema({
  indicators: [
    { kind: 'rsi', period: 5 },
    { kind: 'depth', levels: LEVELS },
  ],
  modelColumns: null,
});

const bookAt = (i: number): Book => {
  const side = (sign: 1 | -1) =>
    Array.from({ length: 5 }, (_item, k) => ({
      price: 1650 + sign * (0.25 + 0.25 * k) + 0.25 * (i % 3),
      size: 1 + ((7 * i + 3 * k + (sign > 0 ? 1 : 0)) % 11),
    }));
  return { time: 0, bids: side(-1), asks: side(1) };
};
const EMPTY = { time: 0, bids: [], asks: [] };
const DISORDERED = { ...bookAt(1), bids: bookAt(1).bids.toReversed() };

const bars = (book: (i: number) => Book | null | undefined): readonly BarWithQuote[] =>
  Array.from({ length: BARS }, (_item, i) => {
    const close = 1650 + Math.sin(i);
    const bar = { start: FROM + i * MINUTE_MS, open: close, high: close + 1, low: close - 1, close, volume: 10 };
    const found = book(i);
    return { bar, quote: null, ...(found !== undefined && { book: found }) };
  });

const BOOK_COLUMNS = new BookStream(LEVELS).columns;
const valuesOf = (row: Float32Array): readonly number[] =>
  BOOK_COLUMNS.map((name) => row[SCHEMA.columns.indexOf(name)]);

/** What the book's own stream says of the books, a minute each. */
function expected(book: (i: number) => Book): readonly (readonly number[])[] {
  const stream = new BookStream(LEVELS);
  return Array.from({ length: BARS }, (_item, i) =>
    Array.from(stream.push({ ...book(i), time: FROM + (i + 1) * MINUTE_MS })),
  );
}

test('a schema with depth has its columns, those fit for models among the model columns, and comes back from its file', () => {
  expect(SCHEMA.columns).toEqual(['rsi', ...BOOK_COLUMNS]);
  expect(SCHEMA.modelColumns).toEqual([
    'rsi',
    'depth_imbalance_3',
    'depth_ofi_rel_3',
    'bid_queue',
    'ask_queue',
    'book_vwap_to_mid_3',
  ]);
  expect(
    configuredSchema(featuresOf({ ...SCHEMA, parameters: SCHEMA.parameters.map((spec) => ({ ...spec })) })).hash,
  ).toBe(SCHEMA.hash);
  for (const levels of [0, 11, 2.5])
    expect(() => configuredSchema({ indicators: [{ kind: 'depth', levels }], modelColumns: null })).toThrow(
      'levels must be a whole number of levels a side from 1 to 10',
    );
});

test.each([
  ['each bar with its book', bookAt, bookAt],
  ['some without', (i: number) => (i % 7 === 3 ? null : bookAt(i)), (i: number) => (i % 7 === 3 ? EMPTY : bookAt(i))],
  ['one in disorder', (i: number) => (i === 9 ? DISORDERED : bookAt(i)), (i: number) => (i === 9 ? EMPTY : bookAt(i))],
  ['none', () => undefined, () => EMPTY],
])('%s: batch and stream equal the book’s own stream', (_name, given, meant) => {
  const rows = bars(given);
  const wanted = expected(meant);
  const batch = computeFeatures(rows, SCHEMA, ES);
  const stream = createFeatureStream(SCHEMA, ES);
  for (const [i, row] of rows.entries()) {
    stream.push(row);
    const live = stream.row();
    expect(valuesOf(live ?? new Float32Array())).toEqual(wanted[i]);
    expect(valuesOf(batch.values.subarray(i * SCHEMA.columns.length))).toEqual(wanted[i]);
  }
});
