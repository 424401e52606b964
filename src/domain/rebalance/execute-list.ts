/** The arithmetic of carrying a list out: what may be bought with the cash there is, what became of the legs, what should be held. Pure. */
import type { BrokerPosition } from '../broker-events';
import { ownTicker } from '../share-class';
import type { PlannedTrade } from './delta-trades';
import { LARGEST_JUMP } from './eligibility';
import { isEnded } from './open-orders';
import type { LegOrder, LegReport, PositionDifference } from './rebalance-run';
import { cashOf, feeOf, type TradeCosts } from './trade-costs';

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
  sizedAt: null,
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

/** Cash after what was filled, with the fees told so far, dollars. */
export const cashAfterFills = (cash: number, legs: readonly LegReport[]): number =>
  legs.reduce(
    (left, { side, filled, averagePrice, referencePrice, fees }) =>
      left + filled * (averagePrice ?? referencePrice) * (side === 'buy' ? -1 : 1) - fees,
    cash,
  );

/**
 * Cash that may be spent: after what was filled, and after what was asked for and may still fill at the price it was sized with. Sells that
 * wait bring nothing yet; fees that the broker has not told yet count as modelled.
 */
export function cashLeft(cash: number, legs: readonly LegReport[], costs: TradeCosts): number {
  return legs.reduce(
    (left, { side, asked, filled, referencePrice, sizedAt, fees, state }) => {
      const untold = Math.max(0, feeOf(filled, costs) - fees);
      const waits = side === 'buy' && !isOver(state) && asked > filled;
      return left - untold + (waits ? cashOf('buy', asked - filled, sizedAt ?? referencePrice, costs) : 0);
    },
    cashAfterFills(cash, legs),
  );
}

/** What a market order may pay beyond the price offered a moment before, and beyond the evening's close where no price is offered. */
const QUOTED_MARGIN = 0.01;
const UNQUOTED_MARGIN = 0.1;

/**
 * Price a purchase is sized with, dollars: the live ask, else the reference price raised by the worst rise that a purchase of this rebalance
 * has met, each with its margin. `affordableQuantity` turns it into shares, here as in the back-test, whose opens are known and need none.
 */
export function purchasePrice(referencePrice: number, ask: number | null, legs: readonly LegReport[]): number {
  if (ask !== null && ask > 0) return ask * (1 + QUOTED_MARGIN);
  const rises = legs.map(({ side, averagePrice, referencePrice: expected }) =>
    side === 'buy' && averagePrice !== null ? averagePrice / expected : 1,
  );
  return referencePrice * Math.max(1, ...rises) * (1 + UNQUOTED_MARGIN);
}

/**
 * Why nothing is bought at this offer, or null. A step as large as one that excludes a name from the list (a split, a reverse split, a fault of
 * the data) leaves the number of shares, which was decided on the close, without a reason.
 */
export function stepText(referencePrice: number, ask: number | null): string | null {
  if (ask === null || !(ask > 0)) return null;
  const step = ask / referencePrice - 1;
  return Math.abs(step) <= LARGEST_JUMP
    ? null
    : `it is offered at ${ask.toFixed(2)}, ${(step * 100).toFixed(0)} % from the close of ${referencePrice.toFixed(2)} that the list was decided on`;
}

/** Ends of a leg that became no order. */
const NO_ORDER: ReadonlySet<string> = new Set(['refused', 'not-sent', 'not-asked']);
/** Whether nothing more happens to a leg in this state. */
export const isOver = (state: string): boolean => isEnded(state) || NO_ORDER.has(state);

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
    if (secType === 'STK') held.set(ownTicker(symbol), (held.get(ownTicker(symbol)) ?? 0) + quantity);
  return [...expected]
    .map(([ticker, shares]) => ({ ticker, expected: shares, broker: held.get(ticker) ?? 0 }))
    .filter(({ expected: shares, broker }) => shares !== broker)
    .sort((a, b) => (a.ticker < b.ticker ? -1 : 1));
}
