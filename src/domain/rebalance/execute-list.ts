/** The arithmetic of carrying a list out: what may be bought with the cash there is, what became of the legs, what should be held. Pure. */
import type { BrokerPosition } from '../broker-events';
import type { PlannedTrade } from './delta-trades';
import type { LegOrder, LegReport, PositionDifference } from './rebalance-run';
import { affordableQuantity, cashOf, type TradeCosts } from './trade-costs';

/** Before it was asked for. */
export const plannedLeg = ({ leg, ticker, side, quantity, price }: PlannedTrade): LegReport => ({
  leg,
  ticker,
  side,
  planned: quantity,
  asked: 0,
  filled: 0,
  averagePrice: null,
  referencePrice: price,
  fees: 0,
  state: 'not-asked',
  why: null,
  key: null,
});

/** A leg as the session shows its order now. */
export const withOrder = (leg: LegReport, order: LegOrder | undefined): LegReport =>
  order === undefined
    ? leg
    : {
        ...leg,
        key: order.key,
        state: order.state,
        filled: order.filled,
        averagePrice: order.averagePrice,
        fees: order.fees,
        why: order.why,
      };

/** Cash after what was filled, and after what was asked for and may still fill at modelled prices. Sells that wait bring nothing yet. */
export function cashLeft(cash: number, legs: readonly LegReport[], costs: TradeCosts): number {
  return legs.reduce((left, { side, asked, filled, averagePrice, referencePrice, fees, state }) => {
    const traded = filled * (averagePrice ?? referencePrice) * (side === 'buy' ? -1 : 1) - fees;
    const waits = side === 'buy' && !isOver(state) && asked > filled;
    return left + traded + (waits ? cashOf('buy', asked - filled, referencePrice, costs) : 0);
  }, cash);
}

/** States in which nothing more happens to a leg. */
const OVER: ReadonlySet<string> = new Set([
  'filled',
  'cancelled',
  'rejected',
  'expired',
  'refused',
  'not-sent',
  'not-asked',
]);
export const isOver = (state: string): boolean => OVER.has(state);

/** Shares that a planned purchase may be of, with the cash there is; 0 asks for none. */
export const quantityToBuy = (
  { planned, referencePrice }: LegReport,
  cash: number,
  lot: number,
  costs: TradeCosts,
): number => affordableQuantity(planned, referencePrice, cash, lot, costs);

/** Tickers of which the broker does not hold what was held before and was filled since; other stocks of the account are not looked at. */
export function positionDifferences(
  before: readonly { readonly ticker: string; readonly quantity: number }[],
  legs: readonly LegReport[],
  positions: readonly BrokerPosition[],
): readonly PositionDifference[] {
  const expected = new Map(before.map(({ ticker, quantity }) => [ticker, quantity]));
  for (const { ticker, side, filled } of legs)
    expected.set(ticker, (expected.get(ticker) ?? 0) + (side === 'buy' ? filled : -filled));
  const held = new Map<string, number>();
  for (const { symbol, secType, quantity } of positions)
    if (secType === 'STK') held.set(symbol, (held.get(symbol) ?? 0) + quantity);
  return [...expected]
    .map(([ticker, shares]) => ({ ticker, expected: shares, broker: held.get(ticker) ?? 0 }))
    .filter(({ expected: shares, broker }) => shares !== broker)
    .sort((a, b) => (a.ticker < b.ticker ? -1 : 1));
}
