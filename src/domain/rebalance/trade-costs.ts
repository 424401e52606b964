/** What a trade in shares costs, known before it is made: fees as the broker's plan has them, spread and slippage as modelled. Pure. */

export interface TradeCosts {
  /** Dollars. */
  readonly feePerShare: number;
  /** Dollars an order. */
  readonly minimumFee: number;
  /** Half of the quoted spread, in hundredths of a percent of the price. */
  readonly halfSpreadBps: number;
  /** Beyond the half spread, in the same unit. */
  readonly slippageBps: number;
}

export const BASIS_POINT = 1e-4;

/** Dollars for an order of `quantity` shares; 0 for none. */
export const feeOf = (quantity: number, { feePerShare, minimumFee }: TradeCosts): number =>
  quantity === 0 ? 0 : Math.max(minimumFee, feePerShare * quantity);

/** Price that a market order is modelled to get: worse than `price` by half spread and slippage. */
export const filledPrice = (side: 'buy' | 'sell', price: number, { halfSpreadBps, slippageBps }: TradeCosts): number =>
  price * (1 + (side === 'buy' ? 1 : -1) * (halfSpreadBps + slippageBps) * BASIS_POINT);

/** Cash that the trade brings (a sale) or takes (a purchase, negative), dollars. */
export const cashOf = (side: 'buy' | 'sell', quantity: number, price: number, costs: TradeCosts): number =>
  (side === 'buy' ? -1 : 1) * quantity * filledPrice(side, price, costs) - feeOf(quantity, costs);

/** Most shares, in whole lots, that `cash` buys at `price` with all costs; at most `wanted`. */
export function affordableQuantity(
  wanted: number,
  price: number,
  cash: number,
  lot: number,
  costs: TradeCosts,
): number {
  const perShare = filledPrice('buy', price, costs) + costs.feePerShare;
  let quantity = Math.min(wanted, Math.max(0, Math.floor((cash + 1e-9) / perShare / lot + 1) * lot));
  quantity = Math.floor(quantity / lot) * lot;
  while (quantity > 0 && cash + cashOf('buy', quantity, price, costs) < 0) quantity -= lot;
  return Math.max(0, quantity);
}
