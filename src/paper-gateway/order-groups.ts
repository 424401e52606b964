/** Which orders cancel each other: an explicit OCA group, or the orders attached to one parent. */
import type { OrderRecord } from './ledger-records';

/** IB's OCA type 1: any fill cancels the rest of the group. Types 2 and 3 reduce it by the filled size. */
const CANCEL_WITH_BLOCK = 1;

/** Name of the order's group; null when it stands alone. */
export function ocaGroupOf(order: OrderRecord): string | null {
  if (order.order.ocaGroup !== '') return `group:${order.order.ocaGroup}`;
  return order.parentPermId === null ? null : `parent:${order.parentPermId}`;
}

/** Orders attached to a parent without a group of their own share the parent's quantity: a fill of one reduces the others. */
export const ocaReduces = (order: OrderRecord): boolean =>
  order.order.ocaGroup === '' || order.order.ocaType !== CANCEL_WITH_BLOCK;
