/**
 * When bars of a contract are to be expected: the regular hours of its exchange, holidays and half days by rule. Outside them silence says
 * nothing: a back-month future may not trade for an hour. Pure.
 */
import { minutesToRegularClose } from '../../domain/calendar';
import { addDays, isBusinessDay, isEarlyClose, isStockDay } from '../../domain/exchange-holidays';
import { DAY_MS, exchangeTime, MINUTE_MS, utcOf } from '../../domain/exchange-time';
import { INSTRUMENTS, STOCKS } from '../../domain/instruments';
import { dateOfExpiry, lastTradeDate } from '../../domain/roll';
import { namedContract } from './contract-name';

/** One exchange day of regular hours, UTC ms, [open, close). */
export interface Session {
  /** `YYYY-MM-DD` where the exchange is. */
  readonly date: string;
  readonly open: number;
  readonly close: number;
}

/** US stocks have one set of hours. */
const STOCK_HOURS = STOCKS.SPY;
/** Stock exchanges close at 13:00 New York on half days. */
const STOCK_EARLY_CLOSE = 13 * 60;

function sessionOn(contract: string, date: string): Session | null {
  const named = namedContract(contract);
  if (named.kind === 'stock' ? !isStockDay(date) : !isBusinessDay(date)) return null;
  const { regularHours, timeZone } = named.kind === 'future' ? INSTRUMENTS[named.symbol] : STOCK_HOURS;
  const open = utcOf(date, regularHours.open, timeZone);
  if (named.kind === 'stock') {
    const close = isEarlyClose(date) ? STOCK_EARLY_CLOSE : regularHours.close;
    return { date, open, close: utcOf(date, close, timeZone) };
  }
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
