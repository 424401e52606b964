/**
 * Trade dates and sessions (requirement F2): a trade date begins at 17:00 Chicago the evening before, so Sunday evening
 * belongs to Monday and Friday's ends at the week's close. All arguments and results are UTC epoch milliseconds.
 */
import { isBusinessDay, isEarlyClose } from './exchange-holidays';
import { DAY_MS, exchangeTime, MINUTE_MS, utcOf, zoneOffsetMs } from './exchange-time';
import type { Instrument, TradedUnit } from './instruments';

const CHICAGO = 'America/Chicago';
const SESSION_START = 17 * 60;
/** CME Globex pauses 16:00–17:00 Chicago each weekday. */
const MAINTENANCE_START = 16 * 60;

const SATURDAY = 6;
const SUNDAY = 7;

const plusDays = (date: string, days: number): string =>
  new Date(Date.parse(`${date}T00:00:00Z`) + days * DAY_MS).toISOString().slice(0, 10);

/** ISO weekday of a calendar date, 1 = Monday … 7 = Sunday. */
export function weekdayOf(date: string): number {
  return exchangeTime(Date.parse(`${date}T12:00:00Z`), 'UTC').dayOfWeek;
}

/** The trade date (`YYYY-MM-DD`) that `utcMs` belongs to; weekend times belong to Monday. */
export function tradeDateOf(utcMs: number): string {
  const local = exchangeTime(utcMs, CHICAGO);
  let date = local.minuteOfDay >= SESSION_START ? plusDays(local.date, 1) : local.date;
  while (weekdayOf(date) >= SATURDAY) date = plusDays(date, 1);
  return date;
}

/** Bounds of a trade date: [17:00 Chicago the session evening before, 17:00 Chicago of the date). Monday's begins on Sunday. */
export function tradeDateBounds(tradeDate: string): { readonly start: number; readonly end: number } {
  return {
    start: utcOf(plusDays(tradeDate, -1), SESSION_START, CHICAGO),
    end: utcOf(tradeDate, SESSION_START, CHICAGO),
  };
}

/** The next 17:00 Chicago after `utcMs`, weekends included: until then the trade date stays what it is. */
export function nextSessionStart(utcMs: number): number {
  const local = utcMs + zoneOffsetMs(utcMs, CHICAGO);
  const days = Math.floor(local / DAY_MS - SESSION_START / (24 * 60)) + 1;
  const start = days * DAY_MS + SESSION_START * MINUTE_MS;
  // The clocks change at 02:00, so a day's 17:00 has the offset of the hours just before it.
  return start - zoneOffsetMs(start - zoneOffsetMs(utcMs, CHICAGO) - 3 * 60 * MINUTE_MS, CHICAGO);
}

/** The trade date after `tradeDate`, weekends skipped (exchange holidays are days without data, not missing days). */
export function nextTradeDate(tradeDate: string): string {
  let date = plusDays(tradeDate, 1);
  while (weekdayOf(date) >= SATURDAY) date = plusDays(date, 1);
  return date;
}

/** Globex is open: Sunday 17:00 to Friday 16:00 Chicago, with the daily pause. Recorded gaps inside (15:15–15:30 in 2013) are data, not rules. */
export function isGlobexOpen(utcMs: number): boolean {
  const { dayOfWeek, minuteOfDay } = exchangeTime(utcMs, CHICAGO);
  if (dayOfWeek === SATURDAY) return false;
  if (dayOfWeek === SUNDAY) return minuteOfDay >= SESSION_START;
  const paused = minuteOfDay >= MAINTENANCE_START && minuteOfDay < SESSION_START;
  if (paused) return false;
  return !(dayOfWeek === 5 && minuteOfDay >= SESSION_START);
}

/** CME ends the day of stocks and currencies at 12:15 Chicago on early closes; metals' regular hours are over before theirs. */
const EARLY_CLOSE = 12 * 60 + 15;

/** Minute of day at which regular hours end on a date of the instrument's zone; null on weekends and exchange holidays, which have none. */
function regularCloseOn(date: string, { regularHours, timeZone }: TradedUnit): number | null {
  if (!isBusinessDay(date)) return null;
  return isEarlyClose(date) && timeZone === CHICAGO ? Math.min(EARLY_CLOSE, regularHours.close) : regularHours.close;
}

/** Inside the instrument's regular hours: never on a weekend or an exchange holiday, to 12:15 Chicago on early closes. */
export function inRegularHours(utcMs: number, instrument: TradedUnit): boolean {
  const { date, minuteOfDay } = exchangeTime(utcMs, instrument.timeZone);
  if (minuteOfDay < instrument.regularHours.open || minuteOfDay >= instrument.regularHours.close) return false;
  const close = regularCloseOn(date, instrument);
  return close !== null && minuteOfDay < close;
}

/** Minutes until the regular close of the current day; negative after it, null on days without regular hours. */
export function minutesToRegularClose(utcMs: number, instrument: Instrument): number | null {
  const { date, minuteOfDay } = exchangeTime(utcMs, instrument.timeZone);
  const close = regularCloseOn(date, instrument);
  return close === null ? null : close - minuteOfDay;
}
