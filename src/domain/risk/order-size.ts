import { refusal } from '../refusals';
import type { RiskRule } from './rule';

export const orderSizeRule: RiskRule = ({ state, proposal }) =>
  proposal.quantity <= state.limits.orderContracts
    ? null
    : refusal('LIMIT_ORDER_SIZE', `quantity=${proposal.quantity} limit=${state.limits.orderContracts}`);
