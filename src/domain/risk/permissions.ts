import { refusal } from '../refusals';
import type { StateRule } from './rule';

/** Learning-only and dry-run sessions decide and record, and order nothing (F5). */
export const permissionsRule: StateRule = ({ state }) =>
  state.mode === 'trading' ? null : refusal('ORDERS_DISABLED', `mode=${state.mode}`);
