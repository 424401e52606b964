/**
 * When a futures contract ends for us: last trade date and first notice date from its delivery month (`YYYYMM`), and which contract is
 * the front one on a date. Expiries are integers YYYYMMDD (requirement A3); trade dates are `YYYY-MM-DD`.
 * Invariants:
 *  1. A contract stops being front `rollRule.daysBefore` calendar days before its last trade or first notice date, whichever is earlier.
 *  2. The front contract never moves back to an earlier delivery month as dates rise.
 *  3. Dates count business days with the exchange holidays of exchange-holidays.ts.
 */
import { addDays, businessDayAtOrBefore, businessDaysBefore, nthWeekday } from './exchange-holidays';
import { INSTRUMENTS, type FutureSymbol } from './instruments';

const MONTH_CODES = 'FGHJKMNQUVXZ';
const WEDNESDAY = 3;
const FRIDAY = 5;

export const expiryInteger = (date: string): number => Number(date.replace(/-/g, ''));

/** `YYYYMMDD` as an integer back to `YYYY-MM-DD`. */
export function dateOfExpiry(expiry: number): string {
  const text = String(expiry);
  return `${text.slice(0, 4)}-${text.slice(4, 6)}-${text.slice(6, 8)}`;
}

function monthOf(deliveryMonth: string): { readonly year: number; readonly month: number } {
  const year = Number(deliveryMonth.slice(0, 4));
  const month = Number(deliveryMonth.slice(4));
  if (!/^\d{6}$/.test(deliveryMonth) || month < 1 || month > 12) {
    throw new RangeError(`"${deliveryMonth}" is not a delivery month; write YYYYMM, for example 201312`);
  }
  return { year, month };
}

const firstOfMonth = (year: number, month: number): string =>
  `${String(year).padStart(4, '0')}-${String(month).padStart(2, '0')}-01`;

/** Last trade date of the contract, YYYYMMDD. Throws RangeError on text that is no delivery month. */
export function lastTradeDate(symbol: FutureSymbol, deliveryMonth: string): number {
  const { year, month } = monthOf(deliveryMonth);
  const rule = INSTRUMENTS[symbol].rollRule.lastTradeRule;
  switch (rule) {
    case 'third-friday':
      return expiryInteger(businessDayAtOrBefore(nthWeekday(year, month, FRIDAY, 3)));
    case 'second-business-day-before-third-wednesday':
      return expiryInteger(businessDaysBefore(nthWeekday(year, month, WEDNESDAY, 3), 2));
    case 'third-last-business-day': {
      const nextMonth = month === 12 ? firstOfMonth(year + 1, 1) : firstOfMonth(year, month + 1);
      return expiryInteger(businessDaysBefore(nextMonth, 3));
    }
  }
}

/** First notice date (last business day of the month before delivery), YYYYMMDD; null for cash-settled and currency futures. */
export function firstNoticeDate(symbol: FutureSymbol, deliveryMonth: string): number | null {
  const { year, month } = monthOf(deliveryMonth);
  return INSTRUMENTS[symbol].rollRule.firstNotice
    ? expiryInteger(businessDaysBefore(firstOfMonth(year, month), 1))
    : null;
}

/** First date (`YYYY-MM-DD`) on which the contract is no longer front: no entries in it from here on. */
export function rollDate(symbol: FutureSymbol, deliveryMonth: string): string {
  const last = lastTradeDate(symbol, deliveryMonth);
  const end = Math.min(last, firstNoticeDate(symbol, deliveryMonth) ?? last);
  return addDays(dateOfExpiry(end), -INSTRUMENTS[symbol].rollRule.daysBefore);
}

/** The front delivery month among those given on `date` (`YYYY-MM-DD`, a trade date); null when all have rolled off. */
export function frontContract(symbol: FutureSymbol, deliveryMonths: readonly string[], date: string): string | null {
  return [...deliveryMonths].sort().find((month) => date < rollDate(symbol, month)) ?? null;
}

/** The first `count` delivery months of the instrument's cycle not yet rolled off on `date`: front, next, … */
export function listedDeliveryMonths(symbol: FutureSymbol, date: string, count: number): readonly string[] {
  const cycle = INSTRUMENTS[symbol].cycleMonths;
  const months: string[] = [];
  for (let year = Number(date.slice(0, 4)); months.length < count; year += 1) {
    for (const month of cycle) {
      const deliveryMonth = `${year}${String(month).padStart(2, '0')}`;
      if (months.length < count && date < rollDate(symbol, deliveryMonth)) months.push(deliveryMonth);
    }
  }
  return months;
}

/** Exchange ticker of a contract with a one-digit year, as IBKR's localSymbol: ESZ3, 6EZ3, GCZ3. */
export function localSymbolOf(symbol: FutureSymbol, deliveryMonth: string): string {
  const { year, month } = monthOf(deliveryMonth);
  return `${INSTRUMENTS[symbol].tradingClass}${MONTH_CODES[month - 1]}${year % 10}`;
}
