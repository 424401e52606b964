/**
 * The halt latch (F2): ACTIVE → REDUCING → HALTED, with cause and market time; only a human's lift-halt goes back. Pure.
 * Equity decides here and nowhere else: a loss beyond the daily limit, or a drawdown beyond its own, latches.
 */
import type { EquityReport } from './proposals';
import { dailyLoss, dailyLossLimit } from './risk/daily-loss';
import { drawdown, isDrawnDown } from './risk/drawdown';
import { ACTIVE, later, type SessionState } from './session-state';

/** Latches unless latched already: the first cause is kept. */
export function latch(state: SessionState, cause: string): SessionState {
  if (state.halt.phase !== 'ACTIVE') return state;
  return { ...state, haltEvents: state.haltEvents + 1, halt: { phase: 'REDUCING', cause, since: state.marketTime } };
}

/** Everything is flat and cancelled. */
export const reduced = (state: SessionState): SessionState =>
  state.halt.phase === 'REDUCING' ? { ...state, halt: { ...state.halt, phase: 'HALTED' } } : state;

/** Takes net liquidation from the broker: high-water mark, and the latch when a limit is reached. */
export function hearEquity(state: SessionState, report: EquityReport): SessionState {
  const heard: SessionState = {
    ...state,
    lastNetLiquidation: report.netLiquidation,
    highWaterMark: Math.max(
      state.highWaterMark ?? report.netLiquidation,
      report.netLiquidation,
      report.highNetLiquidation ?? report.netLiquidation,
    ),
    marketTime: later(state.marketTime, report.marketTime),
  };
  const cause = breachOf(heard);
  return cause === null ? heard : latch(heard, cause);
}

/** The limit that equity has reached, with its numbers, or null. */
export function breachOf(state: SessionState): string | null {
  const [loss, lossLimit] = [dailyLoss(state), dailyLossLimit(state)];
  if (loss >= lossLimit + state.acceptedLoss) {
    return `LIMIT_DAILY_LOSS: loss=${loss.toFixed(2)} limit=${lossLimit.toFixed(2)}`;
  }
  if (isDrawnDown(state)) {
    return `LIMIT_DRAWDOWN: drawdown=${drawdown(state).toFixed(4)} limit=${state.limits.drawdownFraction}`;
  }
  return null;
}

/**
 * A human lifts the halt. The day's loss so far is accepted: entries stay refused for the trade date (LIMIT_DAILY_LOSS), but only as much
 * again halts anew. After a drawdown halt the high-water mark starts from here, else the account could never trade again.
 */
export function lift(state: SessionState): SessionState {
  return {
    ...state,
    halt: ACTIVE,
    haltEvents: state.haltEvents + 1,
    acceptedLoss: Math.max(state.acceptedLoss, dailyLoss(state), 0),
    highWaterMark: isDrawnDown(state) ? state.lastNetLiquidation : state.highWaterMark,
  };
}
