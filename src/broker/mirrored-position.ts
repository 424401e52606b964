/**
 * What an order may do to the position that the mirror holds. A fill reaches it as an execution and as a position, in either order: both
 * readings of the position are asked, the one told last and that one with what executed since.
 */
import type { Side } from '../domain/proposals';
import { orderRef, parseOrderRef } from '../domain/ids';
import { eventOfStatus } from '../domain/order-status';
import {
  entriesOf,
  entriesOfRef,
  executedQuantity,
  isComplete,
  liveEntries,
  type MirrorEntry,
  type OrderMirror,
} from './mirror-state';

/** Contracts that orders of this side could take from the position, by each reading of it; negative: it lies on the other side. */
function takeable({ positions, tradedSince }: OrderMirror, conId: number, side: Side): readonly [number, number] {
  const told = positions.get(conId)?.quantity ?? 0;
  const since = tradedSince.get(conId) ?? 0;
  return side === 'sell' ? [told, told + since] : [-told, -told - since];
}

const remaining = (mirror: OrderMirror, entry: MirrorEntry): number => entry.quantity - executedQuantity(mirror, entry);

const isLeg = (ref: string): boolean => parseOrderRef(ref)?.leg !== 'entry';

/**
 * Most contracts that a further order of this side can close without opening or flipping the position: what both readings hold, less what
 * other orders of ours still have to trade on that side. Stops and targets are not counted: they rest beside the order that closes.
 */
export function closableBy(mirror: OrderMirror, conId: number, side: Side, exceptKey: string | null): number {
  const others = liveEntries(mirror).filter(
    (entry) =>
      entry.conId === conId &&
      entry.side === side &&
      !isLeg(entry.orderRef) &&
      eventOfStatus(entry.status) !== 'rejected' &&
      parseOrderRef(entry.orderRef)?.key !== exceptKey,
  );
  const taken = others.reduce((sum, entry) => sum + remaining(mirror, entry), 0);
  return Math.max(0, Math.min(...takeable(mirror, conId, side)) - taken);
}

/** No fill of this order can open or enlarge a position; it may be what closes one, or what protects one. */
export function onlyReduces(mirror: OrderMirror, entry: MirrorEntry): boolean {
  const { conId, side, orderRef: ref } = entry;
  const key = parseOrderRef(ref)?.key ?? null;
  if (isLeg(ref)) return Math.max(...takeable(mirror, conId, side)) > 0 || (key !== null && mayStillEnter(mirror, key));
  const hasLegs = key !== null && entriesOf(mirror, key).some((one) => isLeg(one.orderRef));
  return !hasLegs && remaining(mirror, entry) <= closableBy(mirror, conId, side, key);
}

/** The entry of a bracket may trade, or has and its executions are on their way: its legs go with it or protect what it bought. */
const mayStillEnter = (mirror: OrderMirror, key: string): boolean =>
  entriesOfRef(mirror, orderRef(key, 'entry')).some(
    (entry) => !isComplete(mirror, entry) || (entry.status === 'Filled' && remaining(mirror, entry) > 0),
  );
