import { refusal } from '../refusals';
import type { SessionState } from '../session-state';
import type { StateRule } from './rule';

/** Net liquidation lost since the start of the trade date, unrealised included; 0 before both ends are known, negative for a gain. */
export const dailyLoss = (state: SessionState): number =>
  state.startOfDayNetLiquidation === null || state.lastNetLiquidation === null
    ? 0
    : state.startOfDayNetLiquidation - state.lastNetLiquidation;

/** Dollars; infinite before the trade date's start is known. */
export const dailyLossLimit = (state: SessionState): number =>
  state.startOfDayNetLiquidation === null ? Infinity : state.startOfDayNetLiquidation * state.limits.dailyLossFraction;

/** `loss=2140.00 limit=2000.00` */
export const lossNumbers = (state: SessionState): string =>
  `loss=${dailyLoss(state).toFixed(2)} limit=${dailyLossLimit(state).toFixed(2)}`;

/** A limit that was reached stays reached for the trade date: neither a lifted halt nor a recovery opens it again. */
export const dailyLossRule: StateRule = ({ state }) => {
  if (dailyLoss(state) >= dailyLossLimit(state)) return refusal('LIMIT_DAILY_LOSS', lossNumbers(state));
  const { lossLimitReached: reached } = state;
  return reached === null
    ? null
    : refusal('LIMIT_DAILY_LOSS', `${lossNumbers(state)}; reached on this trade date: ${reached}`);
};
