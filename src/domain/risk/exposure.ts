import { FUTURE_SYMBOLS, type FutureSymbol } from '../instruments';
import type { Side } from '../proposals';
import { refusal } from '../refusals';
import { isEntryLive, netPosition, ordersIn } from '../session-orders';
import type { SessionState } from '../session-state';
import type { RiskRule } from './rule';

/** Contracts of live orders on one side that have not traded yet: proposed, working and unknown alike. */
function pending(state: SessionState, symbol: FutureSymbol, side: Side): number {
  return ordersIn(state, symbol)
    .filter((order) => order.intent.side === side && isEntryLive(order))
    .reduce((sum, { intent, entryExecuted }) => sum + intent.quantity - entryExecuted, 0);
}

/** Largest position, in contracts, that live orders can still make of the present one, with `more` contracts on a side. */
function worstCase(
  state: SessionState,
  symbol: FutureSymbol,
  more: { readonly buy: number; readonly sell: number },
): number {
  const position = netPosition(state, symbol);
  const highest = position + pending(state, symbol, 'buy') + more.buy;
  const lowest = position - pending(state, symbol, 'sell') - more.sell;
  return Math.max(Math.abs(highest), Math.abs(lowest));
}

/** Worst case summed over all instruments. */
export const exposure = (state: SessionState): number =>
  FUTURE_SYMBOLS.reduce((sum, symbol) => sum + worstCase(state, symbol, { buy: 0, sell: 0 }), 0);

export const exposureRule: RiskRule = ({ state, proposal }) => {
  const { symbol, side, quantity } = proposal;
  const more = { buy: side === 'buy' ? quantity : 0, sell: side === 'sell' ? quantity : 0 };
  const others = exposure(state) - worstCase(state, symbol, { buy: 0, sell: 0 });
  const wanted = others + worstCase(state, symbol, more);
  const limit = state.limits.exposureContracts;
  return wanted <= limit ? null : refusal('LIMIT_EXPOSURE', `worst case=${wanted} limit=${limit}`);
};
