/** What is traded at a weekly rebalance: the decision itself, and the two plain portfolios beside which it is shown. Pure. */
import { closesOn } from '../../domain/rebalance/account-value';
import { decideRebalance, type RebalanceInput } from '../../domain/rebalance/decide-rebalance';
import { deltaTrades, type PlannedTrade } from '../../domain/rebalance/delta-trades';
import { RebalanceError } from '../../domain/rebalance/rebalance-error';
import type { RebalanceList } from '../../domain/rebalance/rebalance-list';
import type { RebalanceRules } from '../../domain/rebalance/rebalance-rules';

export interface PolicyDecision {
  readonly trades: readonly PlannedTrade[];
  /** Null for the plain portfolios. */
  readonly list: RebalanceList | null;
  /** Why nothing could be decided; null when it could. */
  readonly failure: string | null;
}

export type Policy = (input: RebalanceInput) => PolicyDecision;

/** The code that decides live. */
export const rebalancePolicy =
  (rules: RebalanceRules): Policy =>
  (input) => {
    try {
      const list = decideRebalance(input, rules);
      return { trades: list.trades, list, failure: null };
    } catch (error) {
      if (!(error instanceof RebalanceError)) throw error;
      return { trades: [], list: null, failure: `${error.code}: ${error.message}` };
    }
  };

/** Every name of the universe that has a price, alike. */
export const equalWeightPolicy =
  (rules: RebalanceRules): Policy =>
  ({ universe, histories, decidedOn, holdings, cash }) => {
    const prices = closesOn(histories, decidedOn);
    const held = new Map(holdings.map(({ ticker, quantity }) => [ticker, quantity]));
    const names = [...universe].sort().filter((ticker) => prices.has(ticker));
    const equity = names.reduce((sum, ticker) => sum + (held.get(ticker) ?? 0) * (prices.get(ticker) ?? 0), cash);
    const deltas = names.map((ticker, rank) => {
      const price = prices.get(ticker) ?? 0;
      const shares = held.get(ticker) ?? 0;
      const weightTarget = rules.investedShare / names.length;
      return { ticker, price, rank, held: shares, weightNow: (shares * price) / equity, weightTarget };
    });
    // A hundredth of the equity is a third of a place among thirty names: it would never trade.
    const { trades } = deltaTrades(deltas, equity, cash, { ...rules, significance: rules.significance / names.length });
    return { trades, list: null, failure: null };
  };

/** Bought alike on the first day and never touched again. */
export function buyAndHoldPolicy(rules: RebalanceRules): Policy {
  const buy = equalWeightPolicy(rules);
  return (input) => (input.holdings.length === 0 ? buy(input) : { trades: [], list: null, failure: null });
}
