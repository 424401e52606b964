/** Stops and targets that rest at the broker, asked of the order workflows: the session's own view has entries and exits only. */
import { tradedSymbolOf } from '../domain/contracts';
import { orderWorkflowId } from '../domain/ids';
import type { OrderBook } from '../domain/order-book';
import { isTerminal, type OrderState } from '../domain/orders';
import type { Side } from '../domain/proposals';
import { orderBook } from '../workflows/messages';
import type { SessionAccess } from './session-access';

export interface ProtectiveOrder {
  /** Its orderRef at the broker: `<key>/stop`, `<key>/target`. */
  readonly ref: string;
  readonly orderId: number;
  readonly symbol: string;
  readonly side: Side;
  /** Contracts not executed yet. */
  readonly quantity: number;
  readonly kind: 'stop' | 'target';
  readonly price: number;
  readonly state: OrderState;
}

/** Legs of an intent that are not at their end. Pure. */
export function protectiveOrdersOf({ intent, legs }: Pick<OrderBook, 'intent' | 'legs'>): readonly ProtectiveOrder[] {
  const { bracket, key, contract } = intent;
  if (bracket === null) return [];
  return (['stop', 'target'] as const).flatMap((kind) => {
    const leg = legs[kind];
    if (leg === null || isTerminal(leg.state)) return [];
    return {
      ref: `${key}/${kind}`,
      orderId: leg.orderId,
      symbol: tradedSymbolOf(contract),
      side: leg.side,
      quantity: leg.quantity - leg.executed,
      kind,
      price: kind === 'stop' ? bracket.stopPrice : bracket.targetPrice,
      state: leg.state,
    };
  });
}

/** Every protective order of the account; null when the order workflows cannot be asked. An order's workflow runs until it is flat. */
export async function readProtectiveOrders({
  client,
  place,
}: Pick<SessionAccess, 'client' | 'place'>): Promise<readonly ProtectiveOrder[] | null> {
  const ids: string[] = [];
  const ours = orderWorkflowId(`${place.account}-`);
  try {
    const running = client.workflow.list({ query: `WorkflowType = 'order' AND ExecutionStatus = 'Running'` });
    for await (const { workflowId } of running) if (workflowId.startsWith(ours)) ids.push(workflowId);
    const books = await Promise.all(ids.map((id) => client.workflow.getHandle(id).query(orderBook)));
    return books.flatMap(protectiveOrdersOf);
  } catch {
    // The session has answered: its view is worth showing without this.
    return null;
  }
}
