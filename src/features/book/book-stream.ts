/**
 * Features of the order book's depth, row by row; batch is the same code. Values are computed in double precision and rounded to
 * float32 on leaving; a book that is one-sided or crossed has none, and neither has the flow after it.
 * Sources: order-flow imbalance of one level, Cont, Kukanov, Stoikov 2014; of many, summed level by level, Xu, Gould, Howison 2019.
 */
import { BREAK_GAP_MINUTES } from '../bar-series';
import { MINUTE_MS } from '../../domain/exchange-time';
import { bookColumns } from './book-columns';
import { checkBookRow, isTwoSidedBook } from './book-row';
import type { BookLevel, BookRow } from './book-row';
import { QueuePlace } from './queue-place';

export interface BookMatrix {
  readonly columns: readonly string[];
  readonly rows: number;
  /** Row-major, NaN where there is no value. */
  readonly values: Float32Array;
}

export class BookStream {
  readonly columns: readonly string[];
  private before: BookRow | null = null;
  private last = Number.NEGATIVE_INFINITY;
  private readonly bidQueue = new QueuePlace();
  private readonly askQueue = new QueuePlace();

  /** Throws FeatureError SCHEMA_INVALID for an impossible number of levels. */
  constructor(private readonly levels: number) {
    this.columns = bookColumns(levels).map(({ name }) => name);
  }

  /** The row's values in column order. Throws FeatureError BARS_UNSORTED or BOOK_INVALID and is unchanged then. */
  push(row: BookRow): Float32Array {
    checkBookRow(row, this.last);
    const { levels } = this;
    const gap = row.time - this.last >= BREAK_GAP_MINUTES * MINUTE_MS;
    this.last = row.time;
    if (gap) this.forget();
    if (!isTwoSidedBook(row)) {
      this.forget();
      return new Float32Array(this.columns.length).fill(Number.NaN);
    }
    const [bids, asks] = [row.bids.slice(0, levels), row.asks.slice(0, levels)];
    const values = [
      ...depthOf(bids, asks),
      ...flowOf(this.before, bids, asks, levels),
      this.bidQueue.after(bids[0]),
      this.askQueue.after(asks[0]),
      ...pricesOf(bids, asks),
      ...Array.from({ length: levels }, (_item, i) => [
        bids[i]?.price ?? Number.NaN,
        bids[i]?.size ?? Number.NaN,
        asks[i]?.price ?? Number.NaN,
        asks[i]?.size ?? Number.NaN,
      ]).flat(),
    ];
    this.before = { time: row.time, bids, asks };
    return Float32Array.from(values);
  }

  private forget(): void {
    this.before = null;
    this.bidQueue.leave();
    this.askQueue.leave();
  }
}

/** Every row by a stream of its own. Throws as BookStream does. */
export function computeBookFeatures(rows: readonly BookRow[], levels: number): BookMatrix {
  const stream = new BookStream(levels);
  const values = new Float32Array(rows.length * stream.columns.length);
  rows.forEach((row, r) => values.set(stream.push(row), r * stream.columns.length));
  return { columns: stream.columns, rows: rows.length, values };
}

const sizeOf = (side: readonly BookLevel[]): number => side.reduce((sum, { size }) => sum + size, 0);
const valueOf = (side: readonly BookLevel[]): number => side.reduce((sum, { price, size }) => sum + price * size, 0);

function depthOf(bids: readonly BookLevel[], asks: readonly BookLevel[]): readonly number[] {
  const [bid, ask] = [sizeOf(bids), sizeOf(asks)];
  return [bid, ask, (bid - ask) / (bid + ask)];
}

/** Size that came to each level's bid minus what came to its ask, summed; relative to the depth of both books. */
function flowOf(
  before: BookRow | null,
  bids: readonly BookLevel[],
  asks: readonly BookLevel[],
  levels: number,
): readonly number[] {
  if (before === null) return [Number.NaN, Number.NaN];
  let flow = 0;
  for (let i = 0; i < levels; i += 1)
    flow += arrived(before.bids[i], bids[i], 1) - arrived(before.asks[i], asks[i], -1);
  const depth = sizeOf(bids) + sizeOf(asks) + sizeOf(before.bids) + sizeOf(before.asks);
  return [flow, flow / depth];
}

/** A level that is not there is worse than any price. `sign`: 1 for bids, whose better prices are higher. */
function arrived(then: BookLevel | undefined, now: BookLevel | undefined, sign: 1 | -1): number {
  const before = then === undefined ? -Infinity : sign * then.price;
  const after = now === undefined ? -Infinity : sign * now.price;
  return (after >= before ? (now?.size ?? 0) : 0) - (after <= before ? (then?.size ?? 0) : 0);
}

/** Volume-weighted prices of the sides and of both together, and how far the last lies from the mid, relative to it. */
function pricesOf(bids: readonly BookLevel[], asks: readonly BookLevel[]): readonly number[] {
  const mid = (bids[0].price + asks[0].price) / 2;
  const both = (valueOf(bids) + valueOf(asks)) / (sizeOf(bids) + sizeOf(asks));
  return [valueOf(bids) / sizeOf(bids), valueOf(asks) / sizeOf(asks), both, (both - mid) / mid];
}
