/**
 * Equity of the shown account from what the screen knows: realized results of the session and open positions at the last price.
 * For the view and the day's drawdown only; the session's limits use the broker's own net liquidation. Pure.
 */
import { isStockKey } from '../../domain/contracts';
import { INSTRUMENTS } from '../../domain/instruments';
import type { PositionView, SessionSnapshot } from '../../domain/session-snapshot';

export type LastPrices = ReadonlyMap<string, number>;

/** Dollars an open position has gained since its entry at the last price; 0 before a price is known. */
export function unrealizedOf(position: PositionView, prices: LastPrices): number {
  const last = prices.get(position.symbol);
  if (last === undefined) return 0;
  const multiplier = isStockKey(position.symbol) ? 1 : INSTRUMENTS[position.symbol].multiplier;
  return (last - position.averagePrice) * position.quantity * multiplier;
}

export const unrealizedPnl = (positions: readonly PositionView[], prices: LastPrices): number =>
  positions.reduce((sum, position) => sum + unrealizedOf(position, prices), 0);

/** Result of the trade date so far, dollars: realized and unrealized price results less the fees paid. */
export const dayPnl = (snapshot: SessionSnapshot, prices: LastPrices): number =>
  snapshot.day.realizedPnl - snapshot.day.fees + unrealizedPnl(snapshot.positions, prices);
