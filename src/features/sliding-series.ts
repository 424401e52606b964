/** The bars that a stream still needs. */
import type { BarWithQuote } from '../domain/bars';
import { emptyColumns, FLAG_FIELDS, NUMBER_FIELDS, setRow, unmarkedSeries } from './bar-series';
import type { BarSeries } from './bar-series';

/** The last bars of a stream: room for `keep` earlier ones, moved to the front whenever the buffer is full. */
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
  base = 0;
  private next = 0;

  constructor(private readonly keep: number) {
    this.length = 2 * keep + 1;
    const columns = unmarkedSeries(emptyColumns(this.length));
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
  }

  /** Writes the row behind the others and returns its index; it stays only if `accept` follows. */
  offer(row: BarWithQuote): number {
    if (this.next === this.length) this.moveToFront();
    setRow(this, this.next, row);
    return this.next;
  }

  accept(): void {
    this.next += 1;
  }

  private moveToFront(): void {
    const from = this.length - this.keep;
    for (const field of NUMBER_FIELDS) this[field].copyWithin(0, from);
    for (const field of FLAG_FIELDS) this[field].copyWithin(0, from);
    this.base += from;
    this.next = this.keep;
  }
}
