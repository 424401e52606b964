/** Executions as round trips: from flat to flat in one contract, with prices, costs and the reason of the end. Pure. */
import { INSTRUMENTS, type FutureSymbol } from '../domain/instruments';
import { addCosts, NO_COSTS, type ExecutionCosts } from './simulated-broker';
import type { TapedExecution } from './taped-broker';

export interface RoundTrip {
  /** Trade date of the exit; of the entry while it is open. */
  readonly tradeDate: string;
  readonly symbol: FutureSymbol;
  readonly side: 'long' | 'short';
  /** Largest number of contracts held. */
  readonly contracts: number;
  readonly enteredAt: number;
  readonly entryPrice: number;
  /** Null while it is open at the end of the back-test. */
  readonly exitedAt: number | null;
  readonly exitPrice: number | null;
  /** Price result before fees, dollars; of an open trip what was realised so far. */
  readonly grossPnl: number;
  readonly netPnl: number;
  readonly costs: ExecutionCosts;
  readonly exit: string;
}

interface Leg {
  readonly quantity: number;
  readonly notional: number;
}

const NOTHING: Leg = { quantity: 0, notional: 0 };
const average = ({ quantity, notional }: Leg): number => notional / quantity;

/** `causeOf` says why an order of the session's own closed a position. */
export function roundTrips(
  executions: readonly TapedExecution[],
  causeOf: (key: string) => string | undefined,
): readonly RoundTrip[] {
  const byContract = new Map<number, TapedExecution[]>();
  for (const execution of executions) {
    byContract.set(execution.conId, [...(byContract.get(execution.conId) ?? []), execution]);
  }
  return [...byContract.values()]
    .flatMap((ofContract) => tripsOf(ofContract, causeOf))
    .sort((a, b) => a.enteredAt - b.enteredAt || a.symbol.localeCompare(b.symbol));
}

function tripsOf(
  executions: readonly TapedExecution[],
  causeOf: (key: string) => string | undefined,
): readonly RoundTrip[] {
  const trips: RoundTrip[] = [];
  let held = 0;
  let current: TapedExecution[] = [];
  for (const execution of executions) {
    current.push(execution);
    held += execution.side === 'buy' ? execution.shares : -execution.shares;
    if (held !== 0) continue;
    trips.push(tripOf(current, true, causeOf));
    current = [];
  }
  return current.length === 0 ? trips : [...trips, tripOf(current, false, causeOf)];
}

function tripOf(
  executions: readonly TapedExecution[],
  closed: boolean,
  causeOf: (key: string) => string | undefined,
): RoundTrip {
  const [first] = executions;
  const last = executions[executions.length - 1];
  const sum = (side: 'buy' | 'sell'): Leg =>
    executions
      .filter((execution) => execution.side === side)
      .reduce(
        (leg, { shares, price }) => ({ quantity: leg.quantity + shares, notional: leg.notional + shares * price }),
        NOTHING,
      );
  const [entry, exit] = first.side === 'buy' ? [sum('buy'), sum('sell')] : [sum('sell'), sum('buy')];
  const direction = first.side === 'buy' ? 1 : -1;
  const { multiplier } = INSTRUMENTS[first.symbol];
  const grossPnl = exit.quantity === 0 ? 0 : (average(exit) - average(entry)) * exit.quantity * direction * multiplier;
  const costs = executions.reduce((total, execution) => addCosts(total, execution.costs), NO_COSTS);
  return {
    tradeDate: last.tradeDate,
    symbol: first.symbol,
    side: first.side === 'buy' ? 'long' : 'short',
    contracts: entry.quantity,
    enteredAt: first.time,
    entryPrice: average(entry),
    exitedAt: closed ? last.time : null,
    exitPrice: exit.quantity === 0 ? null : average(exit),
    grossPnl,
    netPnl: grossPnl - costs.fee,
    costs,
    exit: closed ? exitOf(last, causeOf) : 'open at the end',
  };
}

const exitOf = ({ leg, key }: TapedExecution, causeOf: (key: string) => string | undefined): string =>
  leg === 'entry' ? (causeOf(key) ?? 'closed') : leg;
