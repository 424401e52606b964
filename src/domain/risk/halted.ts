import { refusal } from '../refusals';
import type { StateRule } from './rule';

export const haltedRule: StateRule = ({ state: { halt, account } }) =>
  halt.phase === 'ACTIVE'
    ? null
    : refusal(
        'HALTED',
        `account=${account} phase=${halt.phase} cause=${halt.cause ?? 'none'}; lift with omega lift-halt`,
      );
