import { refusal } from '../refusals';
import type { RiskRule } from './rule';

/** A decision made for another account never trades here. */
export const accountRule: RiskRule = ({ state, proposal, batch }) => {
  const decision = batch.decisions.find(({ decisionId }) => decisionId === proposal.decisionId);
  return decision === undefined || decision.account === state.account
    ? null
    : refusal('ACCOUNT_MISMATCH', `decided for ${decision.account}, session trades ${state.account}`);
};
