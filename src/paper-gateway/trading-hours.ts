/** Trading and liquid hours of a contract in IB's text form, for the coming days: `20131009:1700-20131010:1615;…;20131012:CLOSED`. */
import { DAY_MS, exchangeTime, utcOf } from '../domain/exchange-time';
import { addDays } from '../domain/exchange-holidays';
import { weekdayOf } from '../domain/calendar';
import type { Instrument } from '../domain/instruments';

const SATURDAY = 6;
const DAYS_LISTED = 5;
const SESSION_START = 17 * 60;
/** Globex closes here from September 2015 on; it was a quarter of an hour later before. */
const SESSION_END = 16 * 60;
const OLD_SESSION_END = 16 * 60 + 15;
const SESSION_END_CHANGED = '2015-09-21';

const compact = (date: string): string => date.replaceAll('-', '');
const clock = (minute: number): string =>
  `${String(Math.floor(minute / 60)).padStart(2, '0')}${String(minute % 60).padStart(2, '0')}`;

/** A Chicago wall-clock instant printed in the instrument's own zone. */
function inZone(date: string, minuteOfDay: number, timeZone: string): string {
  const local = exchangeTime(utcOf(date, minuteOfDay, 'America/Chicago'), timeZone);
  return `${compact(local.date)}:${clock(local.minuteOfDay)}`;
}

function comingDates(now: number): readonly string[] {
  const today = exchangeTime(now, 'America/Chicago').date;
  return Array.from({ length: DAYS_LISTED }, (_, index) => addDays(today, index));
}

const isWeekend = (date: string): boolean => weekdayOf(date) >= SATURDAY;

/** Globex hours of the coming dates, each session named by the date it ends on. */
export function tradingHours(instrument: Instrument, now: number): string {
  return comingDates(now)
    .map((date) => {
      if (isWeekend(date)) return `${compact(date)}:CLOSED`;
      const end = date < SESSION_END_CHANGED ? OLD_SESSION_END : SESSION_END;
      const opens = inZone(addDays(date, -1), SESSION_START, instrument.timeZone);
      return `${opens}-${inZone(date, end, instrument.timeZone)}`;
    })
    .join(';');
}

/** Regular hours of the coming dates. */
export function liquidHours(instrument: Instrument, now: number): string {
  const { open, close } = instrument.regularHours;
  return comingDates(now)
    .map((date) =>
      isWeekend(date) ? `${compact(date)}:CLOSED` : `${compact(date)}:${clock(open)}-${compact(date)}:${clock(close)}`,
    )
    .join(';');
}

/** Hours of US stocks in New York time: extended and regular. */
export function stockHours(now: number): { readonly trading: string; readonly liquid: string } {
  const hours = (from: string, to: string): string =>
    comingDates(now + DAY_MS / 24)
      .map((date) => (isWeekend(date) ? `${compact(date)}:CLOSED` : `${compact(date)}:${from}-${compact(date)}:${to}`))
      .join(';');
  return { trading: hours('0400', '2000'), liquid: hours('0930', '1600') };
}

/** IB's names of the zones. */
export const zoneNameOf = (timeZone: Instrument['timeZone']): string =>
  timeZone === 'America/Chicago' ? 'US/Central' : 'US/Eastern';
