import { refusal } from '../refusals';
import type { StateRule } from './rule';

export const pausedRule: StateRule = ({ state }) =>
  state.pausedBy === null ? null : refusal('PAUSED', `by ${state.pausedBy}; go on with omega resume`);
