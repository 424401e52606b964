import { refusal } from '../refusals';
import { isTrade, ordersOf } from '../session-orders';
import type { SessionState } from '../session-state';
import type { RiskRule } from './rule';

/** Entries of the trade date that traded or still may. */
export const tradesToday = (state: SessionState): number =>
  ordersOf(state).filter((order) => order.tradeDate === state.tradeDate && isTrade(order)).length;

export const tradesPerDayRule: RiskRule = ({ state }) => {
  const trades = tradesToday(state);
  return trades < state.limits.tradesPerDay
    ? null
    : refusal('LIMIT_TRADES_PER_DAY', `trades=${trades} limit=${state.limits.tradesPerDay}`);
};
