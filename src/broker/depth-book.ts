/** The order book from IB's depth operations: insert, update or delete a row of one side. Pure. */
import type { Depth, DepthLevel } from './market-data-port';

export const EMPTY_DEPTH: Depth = { bids: [], asks: [] };

const BID_SIDE = 1;
type Operation = 0 | 1 | 2;

const isOperation = (operation: number): operation is Operation => operation >= 0 && operation <= 2;

function applyRow(
  rows: readonly DepthLevel[],
  position: number,
  operation: Operation,
  level: DepthLevel,
): readonly DepthLevel[] {
  switch (operation) {
    case 0:
      return [...rows.slice(0, position), level, ...rows.slice(position)];
    case 1:
      return rows.map((row, index) => (index === position ? level : row));
    case 2:
      return rows.filter((_, index) => index !== position);
  }
}

export interface DepthChange {
  readonly position: number;
  readonly operation: number;
  /** 1 bid, 0 ask. */
  readonly side: number;
  readonly price: number;
  readonly size: number;
}

/** An operation IB does not define leaves the book as it is. */
export function applyDepth(depth: Depth, { position, operation, side, price, size }: DepthChange): Depth {
  if (!isOperation(operation)) return depth;
  return side === BID_SIDE
    ? { ...depth, bids: applyRow(depth.bids, position, operation, { price, size }) }
    : { ...depth, asks: applyRow(depth.asks, position, operation, { price, size }) };
}
