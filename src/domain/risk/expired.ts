import { refusal } from '../refusals';
import type { RiskRule } from './rule';

/** Judged by the latest market time heard; the guard judges again by the broker's clock before the write. */
export const expiredRule: RiskRule = ({ state, proposal, batch }) => {
  const now = Math.max(batch.barClose, state.marketTime ?? 0);
  return now <= proposal.expiresAt
    ? null
    : refusal('EXPIRED', `now=${new Date(now).toISOString()} expired=${new Date(proposal.expiresAt).toISOString()}`);
};
