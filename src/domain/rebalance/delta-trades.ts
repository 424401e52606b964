/**
 * From target weights to orders: whole shares in lots, sells before buys, paid for by the cash there is. Pure.
 * Invariants: 1. nothing is sold that is not held; 2. with the costs as modelled, cash that was not negative is not negative after any of
 * the trades in their order; 3. buys come in the order of rank, so that the last are given up first when cash is short.
 */
import type { RebalanceRules } from './rebalance-rules';
import { affordableQuantity, cashOf } from './trade-costs';

export interface DeltaName {
  readonly ticker: string;
  /** Whole or fractional shares held, at least 0. */
  readonly held: number;
  readonly price: number;
  readonly weightNow: number;
  readonly weightTarget: number;
  readonly rank: number;
}

export interface PlannedTrade {
  /** From 0, in the order in which they are sent. */
  readonly leg: number;
  readonly ticker: string;
  readonly side: 'buy' | 'sell';
  /** Whole shares. */
  readonly quantity: number;
  /** Close of the day of decision, dollars. */
  readonly price: number;
  /** What it brings in cash after modelled costs, negative for a purchase. */
  readonly cash: number;
}

export interface DeltaTrades {
  readonly trades: readonly PlannedTrade[];
  /** Why a name that is off its target is not, or not wholly, traded. */
  readonly notes: ReadonlyMap<string, string>;
  readonly cashAfter: number;
}

const percent = (share: number): string => `${(share * 100).toFixed(2)} %`;
const dollars = (value: number): string => `$${value.toFixed(0)}`;

interface Wish {
  readonly name: DeltaName;
  readonly side: 'buy' | 'sell';
  readonly quantity: number;
}

/** The trade that a name asks for, or why there is none. */
function wishOf(name: DeltaName, equity: number, rules: RebalanceRules): Wish | string | null {
  const { held, price, weightNow, weightTarget } = name;
  const change = weightTarget - weightNow;
  if (weightTarget === 0 && held > 0) {
    const quantity = Math.floor(held);
    if (quantity === 0) return `${held} shares are less than one: sell them by hand`;
    return cashOf('sell', quantity, price, rules.costs) > 0
      ? { name, side: 'sell', quantity }
      : `selling ${quantity} shares costs more than they bring`;
  }
  const away = Math.abs(change) * equity;
  const shares = Math.floor(away / price / rules.lot + 1e-9) * rules.lot;
  const quantity = change < 0 ? Math.min(shares, Math.floor(held)) : shares;
  if (change === 0) return null;
  if (Math.abs(change) < rules.significance)
    return `a change of ${percent(Math.abs(change))} is below ${percent(rules.significance)}`;
  if (quantity === 0) return `${dollars(away)} is less than ${rules.lot === 1 ? 'one share' : `a lot of ${rules.lot}`}`;
  if (quantity * price < rules.minimumTrade)
    return `a trade of ${dollars(quantity * price)} is below ${dollars(rules.minimumTrade)}`;
  const side = change < 0 ? 'sell' : 'buy';
  if (side === 'sell' && cashOf('sell', quantity, price, rules.costs) <= 0)
    return `selling ${quantity} shares costs more than they bring`;
  return { name, side, quantity };
}

/** `names` in any order; `equity` and `cash` in dollars. */
export function deltaTrades(
  names: readonly DeltaName[],
  equity: number,
  cash: number,
  rules: RebalanceRules,
): DeltaTrades {
  const notes = new Map<string, string>();
  const wishes = [...names]
    .sort((a, b) => a.rank - b.rank || (a.ticker < b.ticker ? -1 : 1))
    .flatMap((name) => {
      const wish = wishOf(name, equity, rules);
      if (typeof wish === 'string') notes.set(name.ticker, wish);
      return wish === null || typeof wish === 'string' ? [] : [wish];
    });
  const trades: PlannedTrade[] = [];
  let left = cash;
  const add = ({ name: { ticker, price }, side }: Wish, quantity: number): void => {
    const moved = cashOf(side, quantity, price, rules.costs);
    left += moved;
    trades.push({ leg: trades.length, ticker, side, quantity, price, cash: moved });
  };
  // The lowest ranks are sold first: they leave, the others only shrink.
  for (const wish of wishes.filter(({ side }) => side === 'sell').reverse()) add(wish, wish.quantity);
  for (const wish of wishes.filter(({ side }) => side === 'buy')) {
    const { ticker, price } = wish.name;
    const quantity = affordableQuantity(wish.quantity, price, left, rules.lot, rules.costs);
    if (quantity < wish.quantity)
      notes.set(ticker, `cash of ${dollars(left)} buys ${quantity} of ${wish.quantity} shares`);
    if (quantity > 0 && quantity * price >= rules.minimumTrade) add(wish, quantity);
  }
  return { trades, notes, cashAfter: left };
}
