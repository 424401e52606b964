/** Features of the book's depth on a recorded book: numpy's values (golden.py), nothing of the future, and what is refused. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import fc from 'fast-check';
import { bookColumns } from '../../../src/features/book/book-columns';
import type { BookLevel, BookRow } from '../../../src/features/book/book-row';
import { BookStream, computeBookFeatures } from '../../../src/features/book/book-stream';

interface Column {
  readonly sum: number;
  readonly deviation: number;
  readonly values: readonly number[];
}
const golden = JSON.parse(readFileSync(join(__dirname, 'golden.json'), 'utf8')) as {
  readonly rows: number;
  readonly levels: Readonly<Record<string, Readonly<Record<string, Column>>>>;
};

/** `timestamp`, then bid price and size, ask price and size, level by level. */
function recordedBook(): readonly BookRow[] {
  const file = '../../../data/lob/BTCUSDT_binance_usdm_book10_500ms_20240808.csv.gz';
  const [, ...lines] = gunzipSync(readFileSync(join(__dirname, file)))
    .toString('utf8')
    .trim()
    .split('\n');
  return lines.map((line) => {
    const [time, ...cells] = line.split(',');
    const side = (from: number): BookLevel[] =>
      Array.from({ length: 10 }, (_item, i) => ({
        price: Number(cells[4 * i + from]),
        size: Number(cells[4 * i + from + 1]),
      }));
    return { time: Date.parse(time), bids: side(0), asks: side(2) };
  });
}
const rows = recordedBook();

describe.each([5, 10])('over %i levels', (levels) => {
  const { columns, values } = computeBookFeatures(rows, levels);
  const column = (name: string) => rows.map((_row, r) => values[r * columns.length + columns.indexOf(name)]);

  it.each(Object.keys(golden.levels[levels]))('%s is as numpy has it', (name) => {
    const { values: theirs, sum, deviation } = golden.levels[levels][name];
    const ours = column(name);
    expect(ours).toHaveLength(golden.rows);
    // Rounding to float32 is all that may lie between.
    theirs.forEach((value, i) => expect(ours[1 + 13 * i]).toBe(Math.fround(value)));
    const total = ours.reduce((whole, value) => whole + (Number.isNaN(value) ? 0 : value), 0);
    expect(Math.abs(total - sum) / rows.length).toBeLessThan(1e-3 * deviation);
  });

  it('gives the same bits row by row, whatever follows', () => {
    const stream = new BookStream(levels);
    rows.slice(0, 200).forEach((row, r) => {
      expect(stream.push(row)).toEqual(values.slice(r * columns.length, (r + 1) * columns.length));
    });
  });
});

describe('a book', () => {
  const at = (time: number, bids: readonly [number, number][], asks: readonly [number, number][]): BookRow => ({
    time,
    bids: bids.map(([price, size]) => ({ price, size })),
    asks: asks.map(([price, size]) => ({ price, size })),
  });
  const pushed = (...books: readonly BookRow[]) => {
    const stream = new BookStream(2);
    const found = books.map((book) => stream.push(book));
    return (name: string) => found.map((values) => values[stream.columns.indexOf(name)]);
  };

  it('that is one-sided, crossed or long unseen has no flow after it', () => {
    const good = (time: number) => at(time, [[99, 5]], [[100, 5]]);
    const MINUTES = 60_000;
    const column = pushed(
      good(1),
      good(2),
      at(3, [[99, 5]], []),
      good(4),
      at(5, [[101, 1]], [[100, 5]]),
      good(6),
      good(6 + 20 * MINUTES),
    );
    const none = Number.NaN;
    expect(column('depth_ofi_2')).toEqual([none, 0, none, none, none, none, none]);
    expect(column('bid_depth_2')).toEqual([5, 5, none, 5, none, 5, 5]);
    expect(column('bid_price_2')).toEqual(new Array(7).fill(none));
  });

  it('lets the queue ahead of an order only shrink while its price lasts', () => {
    const bid = (time: number, price: number, size: number) => at(time, [[price, size]], [[100, 5]]);
    const column = pushed(bid(1, 99, 8), bid(2, 99, 16), bid(3, 99, 4), bid(4, 99, 8), bid(5, 98, 3));
    expect(column('bid_queue')).toEqual([1, 0.5, 1, 0.5, 1]);
  });

  it('has flow as its levels change, those that appear and vanish included', () => {
    const column = pushed(
      at(
        1,
        [[99, 5]],
        [
          [100, 5],
          [101, 7],
        ],
      ),
      at(
        2,
        [
          [99, 6],
          [98, 2],
        ],
        [[100, 5]],
      ),
    );
    // +1 and +2 at the bids; the second ask went.
    expect(column('depth_ofi_2')[1]).toBe(10);
    expect(column('depth_ofi_rel_2')[1]).toBe(Math.fround(10 / 30));
  });

  it('swapped with its mirror image has the opposite flow and imbalance', () => {
    const mirrored = ({ time, bids, asks }: BookRow): BookRow => {
      const turned = (levels: readonly BookLevel[]) =>
        levels.map(({ price, size }) => ({ price: 125_000 - price, size }));
      return { time, bids: turned(asks), asks: turned(bids) };
    };
    fc.assert(
      fc.property(fc.integer({ min: 0, max: rows.length - 4 }), (from) => {
        const some = rows.slice(from, from + 4);
        const there = pushed(...some);
        const back = pushed(...some.map(mirrored));
        for (const name of ['depth_imbalance_2', 'depth_ofi_2']) {
          const sums = back(name).map((value, i) => value + there(name)[i]);
          expect(sums.filter((sum) => sum !== 0)).toEqual(name === 'depth_ofi_2' ? [Number.NaN] : []);
        }
        expect(back('bid_queue')).toEqual(there('ask_queue'));
      }),
      { numRuns: 50 },
    );
  });

  it('out of order, without sizes or with levels nobody has is refused by code', () => {
    const stream = new BookStream(2);
    stream.push(at(2, [[99, 5]], [[100, 5]]));
    expect(() => stream.push(at(2, [[99, 5]], [[100, 5]]))).toThrow(/BARS_UNSORTED/);
    expect(() =>
      stream.push(
        at(
          3,
          [
            [98, 5],
            [99, 5],
          ],
          [[100, 5]],
        ),
      ),
    ).toThrow(/BOOK_INVALID/);
    expect(() => stream.push(at(3, [[99, 0]], [[100, 5]]))).toThrow(/BOOK_INVALID/);
    expect(stream.push(at(3, [[99, 6]], [[100, 5]]))[stream.columns.indexOf('depth_ofi_2')]).toBe(1);
    expect(() => new BookStream(11)).toThrow(/levels is 11; give a whole number from 1 to 10/);
    expect(new Set(bookColumns(10).map(({ name }) => name)).size).toBe(51);
  });
});
