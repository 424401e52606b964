/** The minutes of a trade date that were recorded: the steps of the lock-step clock. */
import { tradeDateBounds } from '../../domain/calendar';
import { MINUTE_MS } from '../../domain/exchange-time';
import type { FutureSymbol } from '../../domain/instruments';
import { localSymbolOf } from '../../domain/roll';
import { frontMinutesOn, frontMonth } from '../../market-data/front-series';
import type { RecordedMarket } from '../../market-data/recorded-market';

export interface DaySchedule {
  readonly tradeDate: string;
  /** Bounds of the trade date, UTC ms. */
  readonly start: number;
  readonly end: number;
  /**
   * Ends of the recorded minutes, ascending, UTC ms; a minute with quotes alone is one (a stop may trigger in it). A minute that ends
   * with the trade date is no step: the day's close covers it.
   */
  readonly minuteEnds: readonly number[];
  /** Instruments whose front contract traded on the date. */
  readonly instruments: readonly FutureSymbol[];
  /** One sentence for each of the others. */
  readonly absent: readonly string[];
}

/** UTC ms, both inclusive. */
export interface Window {
  readonly from: number;
  readonly until: number;
}

const WHOLE_DAY: Window = { from: -Infinity, until: Infinity };

/** A `window` plays a part of the day only: for trials and the scripted crash, never for a result. */
export function scheduleOf(
  market: RecordedMarket,
  instruments: readonly FutureSymbol[],
  tradeDate: string,
  window: Window = WHOLE_DAY,
): DaySchedule {
  const fronts = instruments.map((symbol) => ({ symbol, minutes: frontMinutesOn(market, symbol, tradeDate) }));
  const ends = new Set(fronts.flatMap(({ minutes }) => minutes.map(({ start }) => start + MINUTE_MS)));
  const traded = fronts.filter(({ minutes }) => minutes.some(({ bar }) => bar !== null)).map(({ symbol }) => symbol);
  const { start, end } = tradeDateBounds(tradeDate);
  const played = (time: number): boolean => time < end && time > window.from && time <= window.until;
  const minuteEnds = [...ends].filter(played).sort((a, b) => a - b);
  const absent = instruments
    .filter((symbol) => !traded.includes(symbol))
    .map((symbol) => absence(market, symbol, tradeDate));
  return { tradeDate, start, end, minuteEnds, instruments: traded, absent };
}

function absence(market: RecordedMarket, symbol: FutureSymbol, tradeDate: string): string {
  const month = frontMonth(market, symbol, tradeDate);
  return `${symbol} is not traded on ${tradeDate}: no trade of its front contract ${localSymbolOf(symbol, month)} (${month}) is recorded`;
}

/** Steps still to do when the gateway's clock stands at `clock`: a minute it stands at may not have been settled, so it counts. */
export const remainingSteps = (schedule: DaySchedule, clock: number): readonly number[] =>
  schedule.minuteEnds.filter((time) => time >= clock);
