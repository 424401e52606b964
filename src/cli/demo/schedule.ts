/** The minutes of a trade date that were recorded: the steps of the lock-step clock. */
import { tradeDateBounds } from '../../domain/calendar';
import { MINUTE_MS } from '../../domain/exchange-time';
import type { FutureSymbol } from '../../domain/instruments';
import { frontMinutesOn } from '../../market-data/front-series';
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
  const ends = new Set(
    instruments.flatMap((symbol) => frontMinutesOn(market, symbol, tradeDate).map(({ start }) => start + MINUTE_MS)),
  );
  const { start, end } = tradeDateBounds(tradeDate);
  const played = (time: number): boolean => time < end && time > window.from && time <= window.until;
  const minuteEnds = [...ends].filter(played).sort((a, b) => a - b);
  return { tradeDate, start, end, minuteEnds };
}

/** Steps still to do when the gateway's clock stands at `clock`: a minute it stands at may not have been settled, so it counts. */
export const remainingSteps = (schedule: DaySchedule, clock: number): readonly number[] =>
  schedule.minuteEnds.filter((time) => time >= clock);
