import { refusal } from '../refusals';
import type { SessionState } from '../session-state';
import type { RiskRule } from './rule';

/** Net liquidation lost since the start of the trade date, unrealised included; 0 before both ends are known, negative for a gain. */
export const dailyLoss = (state: SessionState): number =>
  state.startOfDayNetLiquidation === null || state.lastNetLiquidation === null
    ? 0
    : state.startOfDayNetLiquidation - state.lastNetLiquidation;

/** Dollars; infinite before the trade date's start is known. */
export const dailyLossLimit = (state: SessionState): number =>
  state.startOfDayNetLiquidation === null ? Infinity : state.startOfDayNetLiquidation * state.limits.dailyLossFraction;

export const dailyLossRule: RiskRule = ({ state }) => {
  const [loss, limit] = [dailyLoss(state), dailyLossLimit(state)];
  return loss < limit ? null : refusal('LIMIT_DAILY_LOSS', `loss=${loss.toFixed(2)} limit=${limit.toFixed(2)}`);
};
