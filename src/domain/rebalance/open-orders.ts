/**
 * Orders of stocks that may still trade: a list made beside them would sell or buy the same shares again, and count on cash that they take. Pure.
 */
import { isStockKey, tickerOf } from '../contracts';
import { isTerminal, ORDER_STATES, type OrderState } from '../orders';
import type { OrderView } from '../session-snapshot';
import { RebalanceError } from './rebalance-error';

/** Orders that a sentence names. */
const NAMED = 5;

const isOrderState = (state: string): state is OrderState => (ORDER_STATES as readonly string[]).includes(state);

/** Whether nothing more happens to an order in this state; an unknown one may still trade. */
export const isEnded = (state: string): boolean => isOrderState(state) && isTerminal(state);

/** `buy 873 BAC (KEY)` of each open order of a stock, at most five of them; null when none is open. */
export function openOrdersText(orders: readonly OrderView[]): string | null {
  const open = orders.flatMap(({ symbol, state, side, quantity, key }) =>
    isStockKey(symbol) && !isEnded(state) ? [`${side} ${quantity} ${tickerOf(symbol)} (${key})`] : [],
  );
  if (open.length === 0) return null;
  const more = open.length > NAMED ? [`${open.length - NAMED} more`] : [];
  return [...open.slice(0, NAMED), ...more].join(', ');
}

/** Throws RebalanceError ORDERS_OPEN. */
export function needNoOpenOrders(orders: readonly OrderView[]): void {
  const open = openOrdersText(orders);
  if (open !== null)
    throw new RebalanceError(
      'ORDERS_OPEN',
      `Nothing is ordered beside orders of stocks that may still trade: ${open}. Wait for their end, or end them with omega cancel ORDER, and start again.`,
    );
}
