/**
 * US exchange holidays by rule, enough to count business days for contract expiries. One-off closures (hurricanes, state funerals)
 * are not rules: those of the stock exchanges are listed, those of the futures exchanges are absent. Dates are `YYYY-MM-DD`, months 1–12, no time zone involved.
 */
import { DAY_MS } from './exchange-time';

const SATURDAY = 6;
const SUNDAY = 0;
/** Juneteenth became an exchange holiday in 2022. */
const JUNETEENTH_SINCE = 2022;

const dayNumber = (year: number, month: number, day: number): number => Date.UTC(year, month - 1, day) / DAY_MS;
const dateOfDay = (day: number): string => new Date(day * DAY_MS).toISOString().slice(0, 10);
const weekdayOfDay = (day: number): number => (((day + 4) % 7) + 7) % 7;

/** The n-th given weekday (0 = Sunday … 6 = Saturday) of a month, as a calendar date. */
export function nthWeekday(year: number, month: number, weekday: number, n: number): string {
  const first = dayNumber(year, month, 1);
  return dateOfDay(first + ((weekday - weekdayOfDay(first) + 7) % 7) + 7 * (n - 1));
}

function lastWeekday(year: number, month: number, weekday: number): string {
  const last = dayNumber(year, month + 1, 0);
  return dateOfDay(last - ((weekdayOfDay(last) - weekday + 7) % 7));
}

/** Easter Sunday by the anonymous Gregorian algorithm, as days since the epoch. */
function easterDay(year: number): number {
  const a = year % 19;
  const b = Math.floor(year / 100);
  const c = year % 100;
  const d = (19 * a + b - Math.floor(b / 4) - Math.floor((b - Math.floor((b + 8) / 25) + 1) / 3) + 15) % 30;
  const e = (32 + 2 * (b % 4) + 2 * Math.floor(c / 4) - d - (c % 4)) % 7;
  const f = d + e - 7 * Math.floor((a + 11 * d + 22 * e) / 451) + 114;
  return dayNumber(year, Math.floor(f / 31), (f % 31) + 1);
}

/** A fixed date, kept on Monday when it falls on Sunday and on Friday when it falls on Saturday. */
function observed(year: number, month: number, day: number): string {
  const exact = dayNumber(year, month, day);
  const weekday = weekdayOfDay(exact);
  return dateOfDay(weekday === SUNDAY ? exact + 1 : weekday === SATURDAY ? exact - 1 : exact);
}

function holidaysOf(year: number): ReadonlySet<string> {
  const dates = [
    // A New Year's Day on Saturday is not moved into the old year by the exchanges.
    ...(weekdayOfDay(dayNumber(year, 1, 1)) === SATURDAY ? [] : [observed(year, 1, 1)]),
    nthWeekday(year, 1, 1, 3),
    nthWeekday(year, 2, 1, 3),
    dateOfDay(easterDay(year) - 2),
    lastWeekday(year, 5, 1),
    ...(year >= JUNETEENTH_SINCE ? [observed(year, 6, 19)] : []),
    observed(year, 7, 4),
    nthWeekday(year, 9, 1, 1),
    nthWeekday(year, 11, 4, 4),
    observed(year, 12, 25),
  ];
  return new Set(dates);
}

const holidayCache = new Map<number, ReadonlySet<string>>();

/** True for a weekday that is no exchange holiday. */
export function isBusinessDay(date: string): boolean {
  const year = Number(date.slice(0, 4));
  let holidays = holidayCache.get(year);
  if (holidays === undefined) {
    holidays = holidaysOf(year);
    holidayCache.set(year, holidays);
  }
  const weekday = weekdayOfDay(Date.parse(`${date}T00:00:00Z`) / DAY_MS);
  return weekday !== SATURDAY && weekday !== SUNDAY && !holidays.has(date);
}

/** Days on which the New York Stock Exchange stayed closed and no rule says so: September 2001, four presidents' funerals, a hurricane. */
const STOCK_CLOSURES: ReadonlySet<string> = new Set([
  '2001-09-11',
  '2001-09-12',
  '2001-09-13',
  '2001-09-14',
  '2004-06-11',
  '2007-01-02',
  '2012-10-29',
  '2012-10-30',
  '2018-12-05',
  '2025-01-09',
]);

/** True for a day on which US stocks trade. */
export const isStockDay = (date: string): boolean => isBusinessDay(date) && !STOCK_CLOSURES.has(date);

/**
 * The day before Independence Day, the day after Thanksgiving and Christmas Eve, where they are business days: US exchanges close early.
 * One-off early closes are not rules and are absent.
 */
export function isEarlyClose(date: string): boolean {
  const [year, month, day] = date.split('-').map(Number);
  const eve = (month === 7 && day === 3) || (month === 12 && day === 24);
  return (eve || date === addDays(nthWeekday(year, 11, 4, 4), 1)) && isBusinessDay(date);
}

/** `date` plus calendar days. */
export const addDays = (date: string, days: number): string =>
  new Date(Date.parse(`${date}T00:00:00Z`) + days * DAY_MS).toISOString().slice(0, 10);

/** The n-th business day strictly before `date`. */
export function businessDaysBefore(date: string, n: number): string {
  let current = date;
  for (let counted = 0; counted < n;) {
    current = addDays(current, -1);
    if (isBusinessDay(current)) counted += 1;
  }
  return current;
}

/** `date` itself when it is a business day, else the one before it. */
export const businessDayAtOrBefore = (date: string): string =>
  isBusinessDay(date) ? date : businessDaysBefore(date, 1);
