import { refusal } from '../refusals';
import type { SessionState } from '../session-state';
import type { StateRule } from './rule';

/** Fraction of the durable high-water mark lost now; 0 before both are known. */
export const drawdown = (state: SessionState): number =>
  state.highWaterMark === null || state.highWaterMark <= 0 || state.lastNetLiquidation === null
    ? 0
    : Math.max(0, 1 - state.lastNetLiquidation / state.highWaterMark);

/** Compared as money: 96,000 of 120,000 is 20 % exactly, and 1 − 96/120 is not in binary. */
export const isDrawnDown = ({ highWaterMark, lastNetLiquidation, limits }: SessionState): boolean =>
  highWaterMark !== null &&
  lastNetLiquidation !== null &&
  highWaterMark > 0 &&
  highWaterMark - lastNetLiquidation >= highWaterMark * limits.drawdownFraction;

/** `drawdown=0.2000 limit=0.2` */
export const drawdownNumbers = (state: SessionState): string =>
  `drawdown=${drawdown(state).toFixed(4)} limit=${state.limits.drawdownFraction}`;

export const drawdownRule: StateRule = ({ state }) =>
  isDrawnDown(state) ? refusal('LIMIT_DRAWDOWN', drawdownNumbers(state)) : null;
