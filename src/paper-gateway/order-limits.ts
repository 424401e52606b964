/** Refusals that depend on the account: too little equity, too many active orders. */
import type { Ledger } from './ledger';
import { directionOf, remainingOf, type OrderRecord } from './ledger-records';
import type { WireOrder } from './messages';
import type { OrderRefusal } from './order-validation';
import type { PaperAccount } from './paper-account';

/** IB's limit of active orders per contract, side and account. */
const MAX_ACTIVE_PER_SIDE = 20;

const sideOf = (order: WireOrder): 1 | -1 => (order.action.toUpperCase() === 'BUY' ? 1 : -1);

/**
 * Too little equity for the position that the order and all working ones of its side could lead to. Orders that only reduce always pass,
 * attached orders too: they close what their parent opens. `replaced` is the order that a modification stands in for.
 */
export function marginRefusal(
  ledger: Ledger,
  account: PaperAccount,
  conId: number,
  order: WireOrder,
  replaced: OrderRecord | null,
): OrderRefusal | null {
  if (order.parentId !== 0) return null;
  const signed = sideOf(order) * (order.totalQuantity - (replaced?.filled ?? 0));
  const working = ledger
    .openOrders()
    .filter((open) => open.conId === conId && open.parentPermId === null && open.permId !== replaced?.permId)
    .filter((open) => directionOf(open) === sideOf(order))
    .reduce((sum, open) => sum + directionOf(open) * remainingOf(open), 0);
  const before = account.marginWith(null).initial;
  const after = account.marginWith({ conId, signedQuantity: signed + working }).initial;
  const { netLiquidation } = account.figures();
  if (after <= before || after <= netLiquidation) return null;
  return {
    code: 201,
    message:
      'Order rejected - reason:YOUR ORDER IS NOT ACCEPTED. IN ORDER TO OBTAIN THE DESIRED POSITION YOUR EQUITY WITH LOAN VALUE ' +
      `[${netLiquidation.toFixed(2)} USD] MUST EXCEED THE INITIAL MARGIN [${after.toFixed(2)} USD]`,
  };
}

/** More active orders in the contract and on the side than IB takes. */
export function crowdRefusal(ledger: Ledger, conId: number, order: WireOrder): OrderRefusal | null {
  const active = ledger.openOrders().filter((open) => open.conId === conId && directionOf(open) === sideOf(order));
  if (active.length < MAX_ACTIVE_PER_SIDE) return null;
  const reason = `Maximum of ${MAX_ACTIVE_PER_SIDE} active orders per contract and side reached`;
  return { code: 201, message: `Order rejected - reason:${reason}` };
}
