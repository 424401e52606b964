/**
 * 5-second real-time bars and quotes of one instrument into closed minutes, as the feature pipeline eats them.
 * Invariants: 1. a minute without volume is not a bar, as in history; 2. a minute closes once and in order; 3. a bar that arrives after
 * its minute was closed is counted as late, never merged.
 */
import type { Bar, BarWithQuote, Quote } from '../domain/bars';
import { MINUTE_MS } from '../domain/exchange-time';

const minuteOf = (time: number): number => Math.floor(time / MINUTE_MS) * MINUTE_MS;

export class MinuteAggregator {
  private readonly forming = new Map<number, Bar>();
  private readonly complete = new Set<number>();
  private quote: Quote | null = null;
  private closedThrough: number;
  /** Bars that came after their minute was closed. */
  lateBars = 0;

  /** @param closedThrough end of the last minute already known from journal or history, UTC ms. */
  constructor(closedThrough: number) {
    this.closedThrough = closedThrough;
  }

  /** A 5-second TRADES bar, start of bar in UTC ms. */
  addBar(bar: Bar): void {
    const start = minuteOf(bar.start);
    if (start < this.closedThrough) {
      this.lateBars += 1;
      return;
    }
    if (bar.start - start === MINUTE_MS - 5_000) this.complete.add(start);
    if (bar.volume <= 0) return;
    const known = this.forming.get(start);
    this.forming.set(start, known === undefined ? { ...bar, start } : merge(known, bar));
  }

  addQuote(quote: Quote): void {
    this.quote = quote;
  }

  /** Top of book now, whatever minute it came in. */
  latestQuote(): Quote | null {
    return this.quote;
  }

  /** The last 5-second bar of the minute that ends at `minuteEnd` has arrived. */
  isComplete(minuteEnd: number): boolean {
    return this.complete.has(minuteEnd - MINUTE_MS);
  }

  /** Ends of the minutes up to `through` that hold a bar and are not closed yet, oldest first. */
  dueMinutes(through: number): readonly number[] {
    return [...this.forming.keys()]
      .map((start) => start + MINUTE_MS)
      .filter((end) => end <= through)
      .sort((a, b) => a - b);
  }

  /** Closes the minute that ends at `minuteEnd`: its bar with the latest quote, or null when nothing traded in it. */
  close(minuteEnd: number): BarWithQuote | null {
    const start = minuteEnd - MINUTE_MS;
    const bar = this.forming.get(start);
    this.closedThrough = Math.max(this.closedThrough, minuteEnd);
    for (const key of this.forming.keys()) if (key < this.closedThrough) this.forming.delete(key);
    for (const key of this.complete) if (key < this.closedThrough) this.complete.delete(key);
    return bar === undefined ? null : { bar, quote: this.quote };
  }
}

function merge(minute: Bar, bar: Bar): Bar {
  return {
    start: minute.start,
    open: minute.open,
    high: Math.max(minute.high, bar.high),
    low: Math.min(minute.low, bar.low),
    close: bar.close,
    volume: minute.volume + bar.volume,
  };
}
