/**
 * Position and profit arithmetic of one contract: average price, realized P&L with the multiplier, flips. Quantities are signed contracts,
 * prices are points, money is in the contract's currency and before fees.
 */
import type { TradableContract } from './contracts';
import type { Side } from './proposals';

export interface Position {
  readonly contract: TradableContract;
  readonly quantity: number;
  /** Average price of the open contracts, points; 0 when flat. */
  readonly averagePrice: number;
  /** Market time of the execution that opened the position, UTC ms; null when flat. */
  readonly enteredAt: number | null;
}

export interface Fill {
  readonly side: Side;
  readonly shares: number;
  readonly price: number;
  readonly time: number;
}

export const flatPosition = (contract: TradableContract): Position => ({
  contract,
  quantity: 0,
  averagePrice: 0,
  enteredAt: null,
});

export const signedShares = (side: Side, shares: number): number => (side === 'buy' ? shares : -shares);

/** The position after `fill`, and the P&L it realized. */
export function applyFill(
  position: Position,
  fill: Fill,
): { readonly position: Position; readonly realizedPnl: number } {
  const change = signedShares(fill.side, fill.shares);
  const quantity = position.quantity + change;
  const adds = position.quantity === 0 || Math.sign(position.quantity) === Math.sign(change);
  if (adds) {
    const cost = position.averagePrice * Math.abs(position.quantity) + fill.price * fill.shares;
    const averagePrice = cost / Math.abs(quantity);
    return {
      position: { ...position, quantity, averagePrice, enteredAt: position.enteredAt ?? fill.time },
      realizedPnl: 0,
    };
  }
  const closed = Math.min(Math.abs(position.quantity), fill.shares);
  const points = (fill.price - position.averagePrice) * Math.sign(position.quantity);
  const realizedPnl = points * closed * position.contract.multiplier;
  if (quantity === 0) return { position: flatPosition(position.contract), realizedPnl };
  const flipped = Math.sign(quantity) !== Math.sign(position.quantity);
  return {
    position: flipped
      ? { ...position, quantity, averagePrice: fill.price, enteredAt: fill.time }
      : { ...position, quantity },
    realizedPnl,
  };
}
