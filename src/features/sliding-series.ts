/** The bars that kernels still need. */
import type { BarWithQuote } from '../domain/bars';
import { FLAG_FIELDS, NUMBER_FIELDS, setRow } from './bar-series';
import type { BarColumns, BarSeries, NumberField } from './bar-series';

export type SeriesColumns = Omit<BarSeries, 'base'>;

/** The last bars of a stream or batch: room for `keep` earlier ones, moved to the front whenever the columns are full. */
export class SlidingSeries implements BarSeries {
  readonly length: number;
  readonly start: Float64Array;
  readonly open: Float64Array;
  readonly high: Float64Array;
  readonly low: Float64Array;
  readonly close: Float64Array;
  readonly volume: Float64Array;
  readonly bid: Float64Array;
  readonly ask: Float64Array;
  readonly bidSize: Float64Array;
  readonly askSize: Float64Array;
  readonly opensTradeDate: Uint8Array;
  readonly afterBreak: Uint8Array;
  base: number;
  private next: number;

  /** `columns` are this series' own from now on, longer than `keep`; `offerColumns` copies the `read` ones. */
  constructor(
    columns: SeriesColumns,
    private readonly keep: number,
    private readonly read: readonly NumberField[] = NUMBER_FIELDS,
  ) {
    this.length = columns.length;
    this.start = columns.start;
    this.open = columns.open;
    this.high = columns.high;
    this.low = columns.low;
    this.close = columns.close;
    this.volume = columns.volume;
    this.bid = columns.bid;
    this.ask = columns.ask;
    this.bidSize = columns.bidSize;
    this.askSize = columns.askSize;
    this.opensTradeDate = columns.opensTradeDate;
    this.afterBreak = columns.afterBreak;
    // Nothing lies before the first bar, but a kernel may look there and throw away what it saw.
    this.next = keep;
    this.base = -keep;
  }

  /** Writes the row behind the others and returns its index; it stays only if `accept` follows. */
  offer(row: BarWithQuote): number {
    const index = this.roomFor(1);
    setRow(this, index, row);
    return index;
  }

  /** Writes rows [from, to) of a series behind the others and returns the first one's index; they stay only if `accept` follows. */
  offerColumns(columns: BarColumns, from: number, to: number): number {
    const index = this.roomFor(to - from);
    for (const field of this.read) this[field].set(columns[field].subarray(from, to), index);
    return index;
  }

  accept(rows: number): void {
    this.next += rows;
  }

  private roomFor(rows: number): number {
    if (this.next + rows > this.length) this.moveToFront();
    return this.next;
  }

  private moveToFront(): void {
    const from = this.next - this.keep;
    for (const field of NUMBER_FIELDS) this[field].copyWithin(0, from, this.next);
    for (const field of FLAG_FIELDS) this[field].copyWithin(0, from, this.next);
    this.base += from;
    this.next = this.keep;
  }
}
