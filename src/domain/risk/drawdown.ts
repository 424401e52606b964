import { refusal } from '../refusals';
import type { SessionState } from '../session-state';
import type { RiskRule } from './rule';

/** Fraction of the durable high-water mark lost now; 0 before both are known. */
export const drawdown = (state: SessionState): number =>
  state.highWaterMark === null || state.highWaterMark <= 0 || state.lastNetLiquidation === null
    ? 0
    : Math.max(0, 1 - state.lastNetLiquidation / state.highWaterMark);

export const drawdownRule: RiskRule = ({ state }) => {
  const now = drawdown(state);
  const limit = state.limits.drawdownFraction;
  return now < limit ? null : refusal('LIMIT_DRAWDOWN', `drawdown=${now.toFixed(4)} limit=${limit}`);
};
