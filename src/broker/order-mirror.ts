/**
 * What the broker holds of our account, merged from every callback about orders, executions, commissions and positions.
 * Invariants:
 *  1. Deterministic: the state depends on the messages alone; doubled messages change nothing, and executions, commissions and the ends
 *     of orders come out the same in any order of arrival.
 *  2. An order is one permId. Several permIds under one orderRef or orderId are incarnations, each kept for itself.
 *  3. Quantities done are sums of executions, de-duplicated by execId, a correction (`.02`) replacing what it corrects; never a
 *     `filled` field.
 *  4. An end (filled, cancelled) is not undone by a late callback, only by a snapshot that shows the order live.
 *  5. After a snapshot, an order that was live before and is in neither list is forgotten, not believed.
 * The state is changed in place: a copy for every callback of a day would cost more than it shows.
 */
import type { BrokerCommission, BrokerEvent, BrokerExecution } from '../domain/broker-events';
import { signedShares } from '../domain/positions';
import {
  executionsOfPermId,
  identityOf,
  isComplete,
  isOurs,
  isTerminalStatus,
  mirrored,
  putExecution,
  putOrder,
  removeOrder,
  type MirrorEntry,
  type OrderMirror,
} from './mirror-state';
import type { OrderDescription, OrderMessage } from './order-messages';
import { isCorrection } from './standing-executions';

function orderEvent(mirror: OrderMirror, entry: MirrorEntry): BrokerEvent {
  const type = isOurs(mirror, entry.orderRef) ? 'order' : 'foreign-order';
  return { type, order: mirrored(mirror, entry) };
}

/** Stores an entry and tells it when anything visible changed. */
function store(mirror: OrderMirror, identity: string, entry: MirrorEntry): readonly BrokerEvent[] {
  const before = mirror.orders.get(identity);
  putOrder(mirror, identity, entry);
  const event = orderEvent(mirror, entry);
  const unchanged =
    before !== undefined && JSON.stringify({ ...before, touched: 0 }) === JSON.stringify({ ...entry, touched: 0 });
  return unchanged ? [] : [event];
}

/** An order whose permId was not known yet is the same order once it is: same client, same id, same reference. */
function adoptNameless(mirror: OrderMirror, order: OrderDescription): MirrorEntry | undefined {
  if (order.permId === 0) return undefined;
  const nameless = identityOf(0, order.clientId, order.orderId);
  const entry = mirror.orders.get(nameless);
  if (entry === undefined || entry.orderRef !== order.orderRef) return undefined;
  removeOrder(mirror, nameless);
  return entry;
}

function applyDescription(mirror: OrderMirror, order: OrderDescription, completed: boolean): readonly BrokerEvent[] {
  const identity = identityOf(order.permId, order.clientId, order.orderId);
  const known = mirror.orders.get(identity) ?? adoptNameless(mirror, order);
  if (known !== undefined && !mirror.orders.has(identity)) putOrder(mirror, identity, known);
  const early = mirror.earlyStatus.get(identity);
  const said = early !== undefined && isTerminalStatus(early) ? early : order.status;
  mirror.earlyStatus.delete(identity);
  const revived = mirror.inSnapshot && !completed;
  const status = known !== undefined && isTerminalStatus(known.status) && !revived ? known.status : said;
  // A completed order carries neither its id nor its client.
  const [sameOrder] = executionsOfPermId(mirror, order.permId);
  const orderId = order.orderId !== 0 ? order.orderId : (known?.orderId ?? sameOrder?.orderId ?? 0);
  const clientId = order.clientId ?? known?.clientId ?? sameOrder?.clientId ?? null;
  return store(mirror, identity, { ...order, orderId, clientId, status, touched: mirror.snapshot });
}

function applyStatus(
  mirror: OrderMirror,
  message: Extract<OrderMessage, { type: 'order-status' }>,
): readonly BrokerEvent[] {
  const { permId, clientId, orderId, status } = message;
  const named = identityOf(permId, clientId, orderId);
  const nameless = identityOf(0, clientId, orderId);
  const identity = mirror.orders.has(named) || !mirror.orders.has(nameless) ? named : nameless;
  const known = mirror.orders.get(identity);
  if (known === undefined) {
    const early = mirror.earlyStatus.get(identity);
    if (early === undefined || !isTerminalStatus(early)) mirror.earlyStatus.set(identity, status);
    return [];
  }
  const touched = mirror.snapshot;
  const kept = isTerminalStatus(known.status) ? known.status : status;
  if (identity === named) return store(mirror, identity, { ...known, status: kept, touched });
  removeOrder(mirror, nameless);
  putOrder(mirror, named, known);
  return store(mirror, named, { ...known, permId, status: kept, touched });
}

function applyExecution(mirror: OrderMirror, heard: BrokerExecution): readonly BrokerEvent[] {
  if (mirror.executions.has(heard.execId)) return [];
  const entry = mirror.orders.get(identityOf(heard.permId, heard.clientId, heard.orderId));
  const execution = heard.orderRef === '' && entry !== undefined ? { ...heard, orderRef: entry.orderRef } : heard;
  putExecution(mirror, execution);
  if (!isCorrection(execution)) {
    const { conId, side, shares } = execution;
    mirror.tradedSince.set(conId, (mirror.tradedSince.get(conId) ?? 0) + signedShares(side, shares));
  }
  const commission = mirror.commissions.get(execution.execId);
  return [
    { type: 'execution', execution },
    ...(commission === undefined ? [] : [{ type: 'commission', commission, orderRef: execution.orderRef } as const]),
    // The quantity may be complete now.
    ...(entry === undefined ? [] : [orderEvent(mirror, entry)]),
  ];
}

function applyCommission(mirror: OrderMirror, commission: BrokerCommission): readonly BrokerEvent[] {
  const known = mirror.commissions.get(commission.execId);
  if (known !== undefined && JSON.stringify(known) === JSON.stringify(commission)) return [];
  mirror.commissions.set(commission.execId, commission);
  const execution = mirror.executions.get(commission.execId);
  // Without its execution it is told when that arrives.
  return execution === undefined ? [] : [{ type: 'commission', commission, orderRef: execution.orderRef }];
}

function noteOrderId(mirror: OrderMirror, orderId: number, clientId: number | null): void {
  if (clientId === mirror.clientId || clientId === null)
    mirror.highestOrderId = Math.max(mirror.highestOrderId, orderId);
}

/** Takes one message in; returns what changed, to be told to listeners in this order. */
export function applyOrderMessage(mirror: OrderMirror, message: OrderMessage): readonly BrokerEvent[] {
  switch (message.type) {
    case 'open-order':
      noteOrderId(mirror, message.order.orderId, message.order.clientId);
      return applyDescription(mirror, message.order, false);
    case 'completed-order':
      return applyDescription(mirror, message.order, true);
    case 'order-status':
      noteOrderId(mirror, message.orderId, message.clientId);
      return applyStatus(mirror, message);
    case 'execution':
      noteOrderId(mirror, message.execution.orderId, message.execution.clientId);
      return applyExecution(mirror, message.execution);
    case 'commission':
      return applyCommission(mirror, message.commission);
    case 'position':
      mirror.positionsSeen.add(message.position.conId);
      mirror.positions.set(message.position.conId, message.position);
      mirror.tradedSince.delete(message.position.conId);
      return [];
  }
}

/** From here on what the broker lists is authoritative. */
export function beginSnapshot(mirror: OrderMirror): void {
  mirror.snapshot += 1;
  mirror.inSnapshot = true;
  mirror.earlyStatus.clear();
  mirror.positionsSeen = new Set();
}

/** The broker's open orders were all listed: from here on a live status revives nothing. */
export function endOpenOrders(mirror: OrderMirror): void {
  mirror.inSnapshot = false;
}

/** Everything was listed. Returns the orders that were believed live and that the broker does not know. */
export function endSnapshot(mirror: OrderMirror): readonly MirrorEntry[] {
  mirror.inSnapshot = false;
  const forgotten: MirrorEntry[] = [];
  for (const [identity, entry] of mirror.orders) {
    if (entry.touched >= mirror.snapshot || isComplete(mirror, entry)) continue;
    removeOrder(mirror, identity);
    forgotten.push(entry);
  }
  for (const known of [mirror.positions, mirror.tradedSince]) {
    for (const conId of known.keys()) if (!mirror.positionsSeen.has(conId)) known.delete(conId);
  }
  return forgotten;
}
