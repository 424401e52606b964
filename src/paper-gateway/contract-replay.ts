/**
 * One recorded contract on the virtual clock. Everything is a function of the data, the seed and the time: nothing is remembered, so a
 * restarted gateway sees the same market. Invariants:
 *  1. Nothing with a time after `now` is visible: trades of a 5-second bar at its start + 3 s, the bar at its end, the quote at 59 s.
 *  2. Events of a span come in time order and each exactly once for adjacent spans (from, to].
 *  3. A quote older than QUOTE_LIFETIME_MS is shown but no longer traded against.
 */
import { isTwoSided, type Bar, type Quote } from '../domain/bars';
import { tradeDateBounds, tradeDateOf } from '../domain/calendar';
import { MINUTE_MS } from '../domain/exchange-time';
import { INSTRUMENTS, type FutureSymbol } from '../domain/instruments';
import { firstMinuteFrom, type RecordedContract, type RecordedMinute } from '../market-data/recorded-market';
import {
  lastAtOrBefore,
  type DayStatistics,
  type LastTrade,
  type MarketEvent,
  type MarketReplay,
  type TwoSidedQuote,
} from './market-replay';
import type { PricedInstrument } from './priced-instrument';
import { isMatchingOpen } from './matching-hours';
import { quietSlot, SLOT_MS, SLOTS_PER_MINUTE, slotsOfMinute, TRADE_OFFSET_MS, type Slot } from './minute-path';

export const QUOTE_LIFETIME_MS = 5 * MINUTE_MS;

interface DayPrefix {
  readonly tradeDate: string;
  readonly open: number | null;
  readonly high: number | null;
  readonly low: number | null;
  readonly volume: number;
  readonly previousClose: number | null;
}

/** Statistics before each minute, so that a tick costs no scan of the day. */
function dayPrefixes(minutes: readonly RecordedMinute[]): readonly DayPrefix[] {
  const prefixes: DayPrefix[] = [];
  let day: DayPrefix = { tradeDate: '', open: null, high: null, low: null, volume: 0, previousClose: null };
  let dayEnd = -Infinity;
  let lastClose: number | null = null;
  for (const { start, bar } of minutes) {
    if (start >= dayEnd) {
      const tradeDate = tradeDateOf(start);
      dayEnd = tradeDateBounds(tradeDate).end;
      day = { tradeDate, open: null, high: null, low: null, volume: 0, previousClose: lastClose };
    }
    prefixes.push(day);
    if (bar === null) continue;
    day = {
      ...day,
      open: day.open ?? bar.open,
      high: Math.max(day.high ?? bar.high, bar.high),
      low: Math.min(day.low ?? bar.low, bar.low),
      volume: day.volume + bar.volume,
    };
    lastClose = bar.close;
  }
  return prefixes;
}

export class ContractReplay implements MarketReplay {
  readonly minutes: readonly RecordedMinute[];
  private readonly name: string;
  private readonly quotes: readonly Quote[];
  private readonly traded: readonly Bar[];
  private readonly prefixes: readonly DayPrefix[];
  private readonly slotCache = new Map<number, readonly Slot[]>();

  constructor(
    recorded: Omit<RecordedContract, 'symbol' | 'file'> & { readonly symbol: string },
    private readonly seed: number,
    /** What is traded; the future of the recorded symbol when left out. */
    readonly instrument: PricedInstrument = INSTRUMENTS[recorded.symbol as FutureSymbol],
  ) {
    this.minutes = recorded.minutes;
    this.name = `${recorded.symbol}${recorded.deliveryMonth}`;
    this.quotes = recorded.minutes.flatMap(({ quote }) => (quote === null ? [] : [quote]));
    this.traded = recorded.minutes.flatMap(({ bar }) => (bar === null ? [] : [bar]));
    this.prefixes = dayPrefixes(recorded.minutes);
  }

  isOpenAt(now: number): boolean {
    return isMatchingOpen(now, this.instrument);
  }

  /** The twelve 5-second bars of a traded minute. */
  slotsOf(bar: Bar): readonly Slot[] {
    let slots = this.slotCache.get(bar.start);
    if (slots === undefined) {
      slots = slotsOfMinute(bar, this.instrument, this.seed, this.name);
      if (this.slotCache.size > 8) this.slotCache.clear();
      this.slotCache.set(bar.start, slots);
    }
    return slots;
  }

  /** The last quote at or before `now`, of any age; null before the first. */
  quoteAt(now: number): Quote | null {
    const index = lastAtOrBefore(this.quotes, now, (quote) => quote.time);
    return index === -1 ? null : this.quotes[index];
  }

  /** The quote that an order can trade against now: two-sided and fresh. */
  tradableQuoteAt(now: number): TwoSidedQuote | null {
    const quote = this.quoteAt(now);
    return isTwoSided(quote) && now - quote.time < QUOTE_LIFETIME_MS ? quote : null;
  }

  /** The last trade at or before `now`; null before the first. */
  lastTradeAt(now: number): LastTrade | null {
    for (let index = lastAtOrBefore(this.traded, now, (bar) => bar.start); index >= 0; index -= 1) {
      const slots = this.slotsOf(this.traded[index]);
      const slot = slots.findLast(({ start, volume }) => volume > 0 && start + TRADE_OFFSET_MS <= now);
      if (slot !== undefined) return { time: slot.start + TRADE_OFFSET_MS, price: slot.close, size: slot.volume };
    }
    return null;
  }

  dayStatisticsAt(now: number): DayStatistics {
    const index = firstMinuteFrom(this.minutes, now + 1) - 1;
    const tradeDate = tradeDateOf(now);
    if (index < 0) return { open: null, high: null, low: null, volume: 0, previousClose: null };
    const minute = this.minutes[index];
    const slots = (minute.bar === null ? [] : this.slotsOf(minute.bar)).filter(
      ({ start, volume }) => volume > 0 && start + TRADE_OFFSET_MS <= now,
    );
    const before = this.prefixes[index];
    if (before.tradeDate !== tradeDate) {
      return { open: null, high: null, low: null, volume: 0, previousClose: this.lastTradeAt(now)?.price ?? null };
    }
    if (slots.length === 0) return before;
    return {
      open: before.open ?? slots[0].open,
      high: Math.max(before.high ?? -Infinity, ...slots.map(({ high }) => high)),
      low: Math.min(before.low ?? Infinity, ...slots.map(({ low }) => low)),
      volume: before.volume + slots.reduce((sum, { volume }) => sum + volume, 0),
      previousClose: before.previousClose,
    };
  }

  /** Market events with from < time ≤ to, in time order. */
  events(from: number, to: number): readonly MarketEvent[] {
    const events: MarketEvent[] = [];
    let minuteStart = Math.floor(from / MINUTE_MS) * MINUTE_MS - MINUTE_MS;
    while (minuteStart <= to) {
      const index = firstMinuteFrom(this.minutes, minuteStart);
      const recorded = this.minutes[index]?.start === minuteStart ? this.minutes[index] : null;
      const bar = recorded?.bar ?? null;
      const inMinute = bar === null ? this.quietMinute(minuteStart) : this.tradedMinute(bar);
      for (const event of inMinute) if (event.time > from && event.time <= to) events.push(event);
      const quote = recorded?.quote ?? null;
      if (quote !== null && quote.time > from && quote.time <= to)
        events.push({ kind: 'quote', time: quote.time, quote });
      // Without a fresh quote nothing happens until the next recorded minute: skip the night.
      const next = minuteStart + MINUTE_MS;
      const fresh = recorded !== null || this.tradableQuoteAt(next) !== null;
      minuteStart = fresh ? next : Math.max(next, this.minutes[firstMinuteFrom(this.minutes, next)]?.start ?? Infinity);
    }
    return events.sort((a, b) => a.time - b.time);
  }

  private tradedMinute(bar: Bar): readonly MarketEvent[] {
    return this.slotsOf(bar).flatMap((slot): readonly MarketEvent[] => {
      const closed: MarketEvent = { kind: 'five-second-bar', time: slot.start + SLOT_MS, bar: slot };
      if (slot.volume === 0) return [closed];
      return [{ kind: 'trades', time: slot.start + TRADE_OFFSET_MS, slot }, closed];
    });
  }

  /** Bars of volume 0 while a quote stands. */
  private quietMinute(minuteStart: number): readonly MarketEvent[] {
    const last = this.lastTradeAt(minuteStart);
    if (last === null) return [];
    return Array.from({ length: SLOTS_PER_MINUTE }, (_, index) => minuteStart + index * SLOT_MS)
      .filter((start) => this.tradableQuoteAt(start + SLOT_MS) !== null)
      .map((start) => ({ kind: 'five-second-bar', time: start + SLOT_MS, bar: quietSlot(start, last.price) }));
  }
}
