/** The mirror's state, its indexes, and everything that is read from it. order-mirror.ts says what it promises and changes it. */
import type { BrokerCommission, BrokerExecution, BrokerPosition, MirroredOrder } from '../domain/broker-events';
import { orderRef, ORDER_LEGS, parseOrderKey, parseOrderRef } from '../domain/ids';
import { IdsByKey } from './ids-by-key';
import type { OrderDescription } from './order-messages';
import { sharesOf, standingExecutions } from './standing-executions';

/** One incarnation of an order with everything needed to change or cancel it. */
export interface MirrorEntry extends OrderDescription {
  /** Snapshot number of the last message about it. */
  readonly touched: number;
}

export interface OrderMirror {
  readonly account: string;
  readonly clientId: number;
  /** By identity (permId, or client and order id while there is none). Changed by putOrder and removeOrder alone. */
  readonly orders: Map<string, MirrorEntry>;
  readonly identitiesOfRef: IdsByKey<string, string>;
  readonly identitiesOfOrderId: IdsByKey<number, string>;
  /** Statuses that came before the order they belong to was described. */
  readonly earlyStatus: Map<string, string>;
  /** By execId. Changed by putExecution alone. */
  readonly executions: Map<string, BrokerExecution>;
  readonly execIdsOfRef: IdsByKey<string, string>;
  readonly execIdsOfPermId: IdsByKey<number, string>;
  readonly commissions: Map<string, BrokerCommission>;
  readonly positions: Map<number, BrokerPosition>;
  positionsSeen: Set<number>;
  /** Signed contracts executed since the broker last told the position, by conId: it tells one after the other, in either order. */
  readonly tradedSince: Map<number, number>;
  /** Rises with each snapshot taken from the broker. */
  snapshot: number;
  inSnapshot: boolean;
  /** Highest order id heard of under our client id. */
  highestOrderId: number;
}

export const emptyMirror = (account: string, clientId: number): OrderMirror => ({
  account,
  clientId,
  orders: new Map(),
  identitiesOfRef: new IdsByKey(),
  identitiesOfOrderId: new IdsByKey(),
  earlyStatus: new Map(),
  executions: new Map(),
  execIdsOfRef: new IdsByKey(),
  execIdsOfPermId: new IdsByKey(),
  commissions: new Map(),
  positions: new Map(),
  positionsSeen: new Set(),
  tradedSince: new Map(),
  snapshot: 0,
  inSnapshot: false,
  highestOrderId: 0,
});

const TERMINAL_STATUSES = ['Filled', 'Cancelled', 'ApiCancelled'];
export const isTerminalStatus = (status: string): boolean => TERMINAL_STATUSES.includes(status);

export const identityOf = (permId: number, clientId: number | null, orderId: number): string =>
  permId > 0 ? `perm ${permId}` : `id ${clientId ?? '?'}/${orderId}`;

export function putOrder(mirror: OrderMirror, identity: string, entry: MirrorEntry): void {
  const before = mirror.orders.get(identity);
  // What stays where it was keeps its place: incarnations are read in the order they were learned.
  if (before !== undefined && (before.orderRef !== entry.orderRef || before.orderId !== entry.orderId)) {
    removeOrder(mirror, identity);
  }
  mirror.orders.set(identity, entry);
  mirror.identitiesOfRef.add(entry.orderRef, identity);
  mirror.identitiesOfOrderId.add(entry.orderId, identity);
}

export function removeOrder(mirror: OrderMirror, identity: string): void {
  const entry = mirror.orders.get(identity);
  if (entry === undefined) return;
  mirror.orders.delete(identity);
  mirror.identitiesOfRef.remove(entry.orderRef, identity);
  mirror.identitiesOfOrderId.remove(entry.orderId, identity);
}

export function putExecution(mirror: OrderMirror, execution: BrokerExecution): void {
  mirror.executions.set(execution.execId, execution);
  mirror.execIdsOfRef.add(execution.orderRef, execution.execId);
  mirror.execIdsOfPermId.add(execution.permId, execution.execId);
}

const found = <Id, Value>(ids: readonly Id[], values: ReadonlyMap<Id, Value>): readonly Value[] =>
  ids.flatMap((id) => values.get(id) ?? []);

/** Executions of one incarnation, corrections and what they correct. */
export const executionsOfPermId = (mirror: OrderMirror, permId: number): readonly BrokerExecution[] =>
  permId > 0 ? found(mirror.execIdsOfPermId.of(permId), mirror.executions) : [];

/** Quantity executed of one incarnation. */
export function executedQuantity(mirror: OrderMirror, entry: MirrorEntry): number {
  const { permId, orderRef: ref, orderId, clientId } = entry;
  const executions =
    permId > 0
      ? executionsOfPermId(mirror, permId)
      : found(mirror.execIdsOfRef.of(ref), mirror.executions).filter(
          (execution) => execution.orderId === orderId && execution.clientId === clientId,
        );
  return sharesOf(standingExecutions(executions));
}

export const isComplete = (mirror: OrderMirror, entry: MirrorEntry): boolean =>
  isTerminalStatus(entry.status) || (entry.quantity > 0 && executedQuantity(mirror, entry) >= entry.quantity);

export const isOurs = (mirror: OrderMirror, ref: string): boolean => {
  const parsed = parseOrderRef(ref);
  return parsed !== null && parseOrderKey(parsed.key)?.account === mirror.account;
};

/** The order as the rest of the house sees it. */
export function mirrored(mirror: OrderMirror, entry: MirrorEntry): MirroredOrder {
  const { orderId, permId, conId, side, quantity, orderType, lmtPrice, auxPrice, status } = entry;
  const completed = isComplete(mirror, entry);
  const { orderRef: ref } = entry;
  return { orderRef: ref, orderId, permId, conId, side, quantity, orderType, lmtPrice, auxPrice, status, completed };
}

const refsOf = (key: string): readonly string[] => ORDER_LEGS.map((leg) => orderRef(key, leg));

/** Every incarnation of one orderRef. */
export const entriesOfRef = (mirror: OrderMirror, ref: string): readonly MirrorEntry[] =>
  found(mirror.identitiesOfRef.of(ref), mirror.orders);

/** Every incarnation of every leg of an intent. */
export const entriesOf = (mirror: OrderMirror, key: string): readonly MirrorEntry[] =>
  refsOf(key).flatMap((ref) => entriesOfRef(mirror, ref));

/** Incarnations of these references that are not complete. */
export const liveEntriesOf = (mirror: OrderMirror, refs: readonly string[]): readonly MirrorEntry[] =>
  refs.flatMap((ref) => entriesOfRef(mirror, ref)).filter((entry) => !isComplete(mirror, entry));

/** Our orders that are not complete. */
export const liveEntries = (mirror: OrderMirror): readonly MirrorEntry[] =>
  [...mirror.orders.values()].filter((entry) => isOurs(mirror, entry.orderRef) && !isComplete(mirror, entry));

/** Executions of every leg of an intent, in the order they were learned. */
export function executionsOf(mirror: OrderMirror, key: string): readonly BrokerExecution[] {
  const ids = new Set([
    ...refsOf(key).flatMap((ref) => mirror.execIdsOfRef.of(ref)),
    ...entriesOf(mirror, key).flatMap(({ permId }) => (permId > 0 ? mirror.execIdsOfPermId.of(permId) : [])),
  ]);
  return found([...ids], mirror.executions);
}

/** The orderRef that an order id of our client belongs to, null when it is not known. */
export function refOfOrderId(mirror: OrderMirror, orderId: number): string | null {
  const holders = found(mirror.identitiesOfOrderId.of(orderId), mirror.orders);
  const ours = holders.find(({ clientId }) => clientId === mirror.clientId || clientId === null);
  return ours?.orderRef ?? null;
}
