/**
 * A stock that is recorded in daily bars, on the virtual clock. Invariants:
 *  1. All day long the market stands at the day's open: the quote is modelled around it, and orders fill there.
 *  2. High, low, close and volume are visible from the close on.
 *  3. The size on offer is modelled from the volume of the day before: what is known at the open.
 *  4. Outside regular hours, and on days without a bar, nothing matches.
 */
import type { Quote } from '../domain/bars';
import { addDays, isStockDay, isEarlyClose } from '../domain/exchange-holidays';
import { exchangeTime, utcOf } from '../domain/exchange-time';
import { STOCK_EARLY_CLOSE } from '../domain/stock-hours';
import {
  lastAtOrBefore,
  type DayStatistics,
  type LastTrade,
  type MarketEvent,
  type MarketReplay,
  type TwoSidedQuote,
} from './market-replay';
import type { PricedInstrument } from './priced-instrument';
import type { DailyBar } from './daily-bars';
import { modelledQuote } from './modelled-quote';

const NEW_YORK = 'America/New_York';
/** Share of a day's volume that the modelled quote offers on each side, and the least that it offers. */
const SIZE_SHARE = 0.01;
const LEAST_SIZE = 100;

/** A recorded day between its opening and its close, UTC ms. */
export interface TradedDay {
  readonly bar: DailyBar;
  readonly open: number;
  readonly close: number;
  /** Shares on offer on each side. */
  readonly size: number;
}

const hoursByDate = new Map<string, { readonly open: number; readonly close: number }>();

/** Regular hours of US stocks on a date, UTC ms; shared by all tickers because time zones are dear. */
export function stockHoursOn(
  date: string,
  { open, close }: PricedInstrument['regularHours'],
): { readonly open: number; readonly close: number } {
  let hours = hoursByDate.get(date);
  if (hours === undefined) {
    const end = isEarlyClose(date) ? Math.min(STOCK_EARLY_CLOSE, close) : close;
    hours = { open: utcOf(date, open, NEW_YORK), close: utcOf(date, end, NEW_YORK) };
    hoursByDate.set(date, hours);
  }
  return hours;
}

/** The close of US stocks that comes next after `now`, by the exchange's calendar: the end of a DAY order. */
export function nextStockClose(now: number, hours: PricedInstrument['regularHours']): number {
  let { date } = exchangeTime(now, NEW_YORK);
  while (!isStockDay(date) || stockHoursOn(date, hours).close <= now) date = addDays(date, 1);
  return stockHoursOn(date, hours).close;
}

export class DailyReplay implements MarketReplay {
  readonly days: readonly TradedDay[];

  constructor(
    readonly instrument: PricedInstrument,
    bars: readonly DailyBar[],
  ) {
    this.days = bars.map((bar, index) => {
      const before = bars[Math.max(0, index - 1)];
      const size = Math.max(LEAST_SIZE, Math.floor((before.volume * SIZE_SHARE) / 100) * 100);
      return { bar, ...stockHoursOn(bar.date, instrument.regularHours), size };
    });
  }

  /** The recorded day that began last; null before the first. */
  dayAt(now: number): TradedDay | null {
    return this.days[this.indexAt(now)] ?? null;
  }

  /** Between the first and the last recorded date: it is listed. */
  isListedAt(now: number): boolean {
    const date = exchangeTime(now, NEW_YORK).date;
    return this.days.length > 0 && date >= this.days[0].bar.date && date <= this.days[this.days.length - 1].bar.date;
  }

  isOpenAt(now: number): boolean {
    const day = this.dayAt(now);
    return day !== null && now < day.close;
  }

  quoteAt(now: number): Quote | null {
    const day = this.dayAt(now);
    if (day === null) return null;
    return now < day.close ? quoteOf(day, day.open, day.bar.open) : quoteOf(day, day.close, day.bar.close);
  }

  tradableQuoteAt(now: number): TwoSidedQuote | null {
    const day = this.dayAt(now);
    return day !== null && now < day.close ? quoteOf(day, day.open, day.bar.open) : null;
  }

  lastTradeAt(now: number): LastTrade | null {
    const day = this.dayAt(now);
    if (day === null) return null;
    return now < day.close
      ? { time: day.open, price: day.bar.open, size: LEAST_SIZE }
      : { time: day.close, price: day.bar.close, size: LEAST_SIZE };
  }

  dayStatisticsAt(now: number): DayStatistics {
    const index = this.indexAt(now);
    const day = this.days[index];
    const previousClose = this.days[index - 1]?.bar.close ?? null;
    if (day === undefined) return { open: null, high: null, low: null, volume: 0, previousClose: null };
    if (exchangeTime(now, NEW_YORK).date !== day.bar.date) {
      return { open: null, high: null, low: null, volume: 0, previousClose: day.bar.close };
    }
    const { open, high, low, volume } = day.bar;
    return now < day.close
      ? { open, high: open, low: open, volume: 0, previousClose }
      : { open, high, low, volume, previousClose };
  }

  events(from: number, to: number): readonly MarketEvent[] {
    const events: MarketEvent[] = [];
    const first = Math.max(0, this.indexAt(from));
    for (let index = first; index < this.days.length && this.days[index].open <= to; index += 1) {
      const day = this.days[index];
      for (const [time, price] of [
        [day.open, day.bar.open],
        [day.close, day.bar.close],
      ] as const) {
        if (time > from && time <= to) events.push({ kind: 'quote', time, quote: quoteOf(day, time, price) });
      }
    }
    return events;
  }

  private indexAt(now: number): number {
    return lastAtOrBefore(this.days, now, ({ open }) => open);
  }
}

const quoteOf = ({ size }: TradedDay, time: number, price: number): TwoSidedQuote => ({
  time,
  ...modelledQuote(price),
  bidSize: size,
  askSize: size,
});
