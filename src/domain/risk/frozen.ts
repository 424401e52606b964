import { refusal } from '../refusals';
import { freezeOf } from '../session-orders';
import type { RiskRule } from './rule';

/** No entry in a symbol whose position is in doubt. */
export const frozenRule: RiskRule = ({ state, proposal }) => {
  const why = freezeOf(state, proposal.symbol);
  return why === null ? null : refusal('SYMBOL_FROZEN', `symbol=${proposal.symbol} ${why}`);
};
