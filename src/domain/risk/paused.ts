import { refusal } from '../refusals';
import type { RiskRule } from './rule';

export const pausedRule: RiskRule = ({ state }) =>
  state.pausedBy === null ? null : refusal('PAUSED', `by ${state.pausedBy}; go on with omega resume`);
