import { refusal } from '../refusals';
import type { RiskRule } from './rule';

/** One decision per instrument and bar, in order; a batch of another trade date came too late or too early. */
export const staleBarRule: RiskRule = ({ state, proposal, batch }) => {
  if (state.tradeDate !== batch.tradeDate) {
    return refusal('STALE_BAR', `trade date=${batch.tradeDate} session=${state.tradeDate ?? 'closed'}`);
  }
  const decided = state.watermarks[proposal.symbol];
  return decided === undefined || batch.barClose > decided.barClose
    ? null
    : refusal(
        'STALE_BAR',
        `bar=${new Date(batch.barClose).toISOString()} decided=${new Date(decided.barClose).toISOString()}`,
      );
};
