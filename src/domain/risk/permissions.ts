import { refusal } from '../refusals';
import type { RiskRule } from './rule';

/** Learning-only and dry-run sessions decide and record, and order nothing (F5). */
export const permissionsRule: RiskRule = ({ state }) =>
  state.mode === 'trading' ? null : refusal('ORDERS_DISABLED', `mode=${state.mode}`);
