import { refusal } from '../refusals';
import { isEntryLive, netPosition, ordersIn } from '../session-orders';
import type { RiskRule } from './rule';

/** A flip is an exit now and an entry on a later bar: no entry against a position, a live order, or while the symbol is being closed. */
export const positionOpenRule: RiskRule = ({ state, proposal }) => {
  const { symbol, side } = proposal;
  if (state.flattening[symbol] !== undefined) return refusal('POSITION_OPEN', `${symbol} is being closed`);
  const position = netPosition(state, symbol);
  const against = side === 'buy' ? position < 0 : position > 0;
  if (against) return refusal('POSITION_OPEN', `position=${position} side=${side}`);
  const opposed = ordersIn(state, symbol).find((order) => isEntryLive(order) && order.intent.side !== side);
  return opposed === undefined ? null : refusal('POSITION_OPEN', `order=${opposed.intent.key} is on the other side`);
};
