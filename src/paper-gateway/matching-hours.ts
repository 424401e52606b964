/**
 * When orders can match, by Chicago's clock. Quotes recorded outside are pre-open indications: shown, not traded. An order that arrives at
 * the very instant of a close still meets the last quote, because a bar's decision is made at the bar's end.
 */
import { exchangeTime } from '../domain/exchange-time';
import type { PricedInstrument } from './priced-instrument';

const SATURDAY = 6;
const SUNDAY = 7;
const FRIDAY = 5;
const SESSION_START = 17 * 60;
/** The latest close of a Globex session in the history of the data (16:15 until 2015). */
const SESSION_END = 16 * 60 + 15;
/** Stock-index futures paused for a quarter of an hour after the pit's close until this date. */
const INDEX_PAUSE_UNTIL = '2021-06-27';
const INDEX_PAUSE_MINUTES = 15;
const INDEX_FUTURES: readonly string[] = ['ES', 'NQ'];

function inSession(now: number, instrument: PricedInstrument): boolean {
  const { date, dayOfWeek, minuteOfDay } = exchangeTime(now, 'America/Chicago');
  if (dayOfWeek === SATURDAY) return false;
  if (dayOfWeek === SUNDAY) return minuteOfDay >= SESSION_START;
  const pauseStart = instrument.regularHours.close;
  const pauses = INDEX_FUTURES.includes(instrument.symbol) && date < INDEX_PAUSE_UNTIL;
  if (pauses && minuteOfDay >= pauseStart && minuteOfDay < pauseStart + INDEX_PAUSE_MINUTES) return false;
  return minuteOfDay < SESSION_END || (dayOfWeek !== FRIDAY && minuteOfDay >= SESSION_START);
}

/** Orders in the instrument can match at `now` (UTC ms). */
export const isMatchingOpen = (now: number, instrument: PricedInstrument): boolean =>
  inSession(now, instrument) || inSession(now - 1, instrument);
