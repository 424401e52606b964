/** Regular hours of the US stock exchanges. Pure; dates of New York (`YYYY-MM-DD`), times UTC ms. One-off early closes are no rule and absent. */
import { isEarlyClose, isStockDay } from './exchange-holidays';
import { exchangeTime, MINUTE_MS, utcOf } from './exchange-time';

const NEW_YORK = 'America/New_York';
const OPEN = 9 * 60 + 30;
const CLOSE = 16 * 60;
/** On half days, minutes after midnight in New York. */
export const STOCK_EARLY_CLOSE = 13 * 60;
/** No market order leaves in the last minutes: what is late there would be queued for another day. */
const LAST_ORDER_BEFORE_CLOSE = 5 * MINUTE_MS;

export interface StockHours {
  readonly open: number;
  /** The first moment at which nothing trades any more. */
  readonly close: number;
}

/** From the open to the close of a date; null when stocks do not trade on it. */
export const stockHours = (date: string): StockHours | null =>
  isStockDay(date)
    ? {
        open: utcOf(date, OPEN, NEW_YORK),
        close: utcOf(date, isEarlyClose(date) ? STOCK_EARLY_CLOSE : CLOSE, NEW_YORK),
      }
    : null;

/** The hours that `at` lies in; null outside of regular hours. */
export function stockHoursAt(at: number): StockHours | null {
  const hours = stockHours(exchangeTime(at, NEW_YORK).date);
  return hours !== null && hours.open <= at && at < hours.close ? hours : null;
}

export interface OrderWindow {
  readonly from: number;
  /** The last moment at which an order may leave. */
  readonly until: number;
}

/** When orders of a date may leave: from the open to five minutes before the close; null when stocks do not trade on it. */
export function orderWindow(date: string): OrderWindow | null {
  const hours = stockHours(date);
  return hours === null ? null : { from: hours.open, until: hours.close - LAST_ORDER_BEFORE_CLOSE };
}
