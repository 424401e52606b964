/**
 * A stock on the virtual clock: by its recorded minutes on the days that have them, else by its daily bars. Minutes are recorded without
 * quotes; theirs are modelled around the close of each minute, at its 59th second as recorded ones are.
 */
import type { Bar, Quote } from '../domain/bars';
import { exchangeTime } from '../domain/exchange-time';
import { ContractReplay } from './contract-replay';
import type { DailyBar } from './daily-bars';
import { DailyReplay, stockHoursOn } from './daily-replay';
import type { DayStatistics, LastTrade, MarketEvent, MarketReplay, TwoSidedQuote } from './market-replay';
import type { PricedInstrument } from './priced-instrument';
import { modelledQuote } from './modelled-quote';

/** Shares that the modelled quote of a minute offers at most, as a share of the minute's volume. */
const MINUTE_SIZE_SHARE = 0.1;
const QUOTE_OFFSET_MS = 59_000;

export interface RecordedStockMarket {
  readonly ticker: string;
  readonly daily: readonly DailyBar[];
  /** One-minute bars of regular hours; empty for a stock without any. */
  readonly minutes: readonly Bar[];
}

export class StockReplay implements MarketReplay {
  readonly daily: DailyReplay;
  private readonly minutes: ContractReplay;
  private readonly minuteDates: ReadonlySet<string>;

  constructor(
    readonly instrument: PricedInstrument,
    recorded: RecordedStockMarket,
    seed: number,
  ) {
    this.daily = new DailyReplay(instrument, recorded.daily);
    const minutes = recorded.minutes.map((bar) => ({ start: bar.start, bar, quote: quoteOf(bar) }));
    this.minutes = new ContractReplay({ symbol: recorded.ticker, deliveryMonth: '', minutes }, seed, instrument);
    this.minuteDates = new Set(recorded.minutes.map(({ start }) => this.dateOf(start)));
  }

  /** The recorded minutes, on a day that has them; null on any other. */
  minutesAt(now: number): ContractReplay | null {
    return this.minuteDates.has(this.dateOf(now)) ? this.minutes : null;
  }

  /** All recorded minutes, for history; null when there are none. */
  allMinutes(): ContractReplay | null {
    return this.minuteDates.size === 0 ? null : this.minutes;
  }

  isListedAt(now: number): boolean {
    return this.minutesAt(now) !== null || this.daily.isListedAt(now);
  }

  isOpenAt(now: number): boolean {
    if (this.minutesAt(now) === null) return this.daily.isOpenAt(now);
    const { open, close } = stockHoursOn(this.dateOf(now), this.instrument.regularHours);
    return now >= open && now < close;
  }

  quoteAt(now: number): Quote | null {
    return this.at(now).quoteAt(now);
  }

  tradableQuoteAt(now: number): TwoSidedQuote | null {
    return this.isOpenAt(now) ? this.at(now).tradableQuoteAt(now) : null;
  }

  lastTradeAt(now: number): LastTrade | null {
    return this.at(now).lastTradeAt(now);
  }

  dayStatisticsAt(now: number): DayStatistics {
    return this.at(now).dayStatisticsAt(now);
  }

  events(from: number, to: number): readonly MarketEvent[] {
    const daily = this.daily.events(from, to).filter(({ time }) => this.minutesAt(time) === null);
    return [...daily, ...(this.minuteDates.size === 0 ? [] : this.minutes.events(from, to))].sort(
      (a, b) => a.time - b.time,
    );
  }

  private at(now: number): MarketReplay {
    return this.minutesAt(now) ?? this.daily;
  }

  private dateOf(utcMs: number): string {
    return exchangeTime(utcMs, this.instrument.timeZone).date;
  }
}

function quoteOf(bar: Bar): Quote {
  const size = Math.max(100, Math.floor((bar.volume * MINUTE_SIZE_SHARE) / 100) * 100);
  return { time: bar.start + QUOTE_OFFSET_MS, ...modelledQuote(bar.close), bidSize: size, askSize: size };
}
