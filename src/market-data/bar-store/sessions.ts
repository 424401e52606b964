/**
 * When bars of a contract are to be expected: the regular hours of its exchange, holidays and half days by rule. Outside them silence says
 * nothing: a back-month future may not trade for an hour. Pure.
 */
import { minutesToRegularClose } from '../../domain/calendar';
import { addDays, isBusinessDay } from '../../domain/exchange-holidays';
import { DAY_MS, exchangeTime, MINUTE_MS, utcOf } from '../../domain/exchange-time';
import { INSTRUMENTS } from '../../domain/instruments';
import { dateOfExpiry, lastTradeDate } from '../../domain/roll';
import { stockHours } from '../../domain/stock-hours';
import { namedContract } from './contract-name';

/** One exchange day of regular hours, UTC ms, [open, close). */
export interface Session {
  /** `YYYY-MM-DD` where the exchange is. */
  readonly date: string;
  readonly open: number;
  readonly close: number;
}

function sessionOn(contract: string, date: string): Session | null {
  const named = namedContract(contract);
  if (named.kind === 'stock') {
    const hours = stockHours(date);
    return hours === null ? null : { date, ...hours };
  }
  if (!isBusinessDay(date)) return null;
  const { regularHours, timeZone } = INSTRUMENTS[named.symbol];
  const open = utcOf(date, regularHours.open, timeZone);
  if (date > dateOfExpiry(lastTradeDate(named.symbol, named.deliveryMonth))) return null;
  const minutes = minutesToRegularClose(open, INSTRUMENTS[named.symbol]);
  return minutes === null || minutes <= 0 ? null : { date, open, close: open + minutes * MINUTE_MS };
}

/** Sessions that touch [from, to), ascending; a future's end with its last trade date. */
export function sessionsBetween(contract: string, from: number, to: number): readonly Session[] {
  const sessions: Session[] = [];
  const last = exchangeTime(to + DAY_MS, 'UTC').date;
  for (let date = exchangeTime(from - DAY_MS, 'UTC').date; date <= last; date = addDays(date, 1)) {
    const session = sessionOn(contract, date);
    if (session !== null && session.close > from && session.open < to) sessions.push(session);
  }
  return sessions;
}
