/**
 * The halt latch (F2): ACTIVE → REDUCING → HALTED, with cause and market time; only a human's lift-halt goes back. Pure.
 * Equity decides here and nowhere else: a loss beyond the daily limit, or a drawdown beyond its own, latches.
 * Invariants: 1. lifting forgives the limit that the halt was for, and no other: one that is reached besides halts anew; 2. once the daily
 * limit is reached, no entry is made on that trade date, whatever is lifted.
 */
import type { EquityReport } from './proposals';
import { dailyLoss, dailyLossLimit, lossNumbers } from './risk/daily-loss';
import { drawdownNumbers, isDrawnDown } from './risk/drawdown';
import type { HaltState } from './session-snapshot';
import { ACTIVE, later, type HaltLimit, type SessionState } from './session-state';

const HALT_LIMITS: readonly HaltLimit[] = ['LIMIT_DAILY_LOSS', 'LIMIT_DRAWDOWN'];

/** Latches for a cause that is no limit, unless latched already: the first cause is kept. Its time is stamped when the clock was asked. */
export const latch = (state: SessionState, cause: string): SessionState =>
  latched(state, { cause, limit: null, since: null });

interface Latching {
  readonly cause: string;
  readonly limit: HaltLimit | null;
  readonly since: number | null;
}

function latched(state: SessionState, { cause, limit, since }: Latching): SessionState {
  if (state.halt.phase !== 'ACTIVE') return state;
  return {
    ...state,
    haltEvents: state.haltEvents + 1,
    haltLimit: limit,
    halt: { phase: 'REDUCING', cause, since },
  };
}

/** Dates the halt numbered `haltEvents`, unless it is dated or was lifted; `marketTime` null: by the latest time heard. */
export function dated(state: SessionState, haltEvents: number, marketTime: number | null): SessionState {
  const heard = marketTime === null ? state : { ...state, marketTime: later(state.marketTime, marketTime) };
  const { halt } = heard;
  if (halt.phase === 'ACTIVE' || halt.since !== null || heard.haltEvents !== haltEvents) return heard;
  return { ...heard, halt: { ...halt, since: heard.marketTime } };
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
  const isReached = heard.lossLimitReached === null && dailyLoss(heard) >= dailyLossLimit(heard);
  return latchedAtLimit(isReached ? { ...heard, lossLimitReached: lossNumbers(heard) } : heard, report.marketTime);
}

function latchedAtLimit(state: SessionState, since: number | null): SessionState {
  const breach = breachOf(state);
  return breach === null
    ? state
    : latched(state, { cause: `${breach.limit}: ${breach.numbers}`, limit: breach.limit, since });
}

/** Why the account is halted at a limit (daily loss, drawdown); null when it is not, or by a person or for another cause. */
export const limitCause = ({ phase, cause }: HaltState): string | null =>
  phase !== 'ACTIVE' && cause !== null && HALT_LIMITS.some((limit) => cause.startsWith(`${limit}: `)) ? cause : null;

/** The limit that equity has reached, with its numbers, or null. */
function breachOf(state: SessionState): { readonly limit: HaltLimit; readonly numbers: string } | null {
  if (dailyLoss(state) >= dailyLossLimit(state) + state.acceptedLoss) {
    return { limit: 'LIMIT_DAILY_LOSS', numbers: lossNumbers(state) };
  }
  return isDrawnDown(state) ? { limit: 'LIMIT_DRAWDOWN', numbers: drawdownNumbers(state) } : null;
}

/**
 * A human lifts the halt. Of a daily-loss halt, the loss so far is accepted: entries stay refused for the trade date, but only as much
 * again halts anew. Of a drawdown halt, the high-water mark starts from here, else the account could never trade again. Of any other,
 * nothing is forgiven.
 */
export function lift(state: SessionState): SessionState {
  const { haltLimit, lossLimitReached, acceptedLoss } = state;
  const acceptsLoss = haltLimit === 'LIMIT_DAILY_LOSS' && lossLimitReached !== null;
  const lifted: SessionState = {
    ...state,
    halt: ACTIVE,
    haltLimit: null,
    haltEvents: state.haltEvents + 1,
    acceptedLoss: acceptsLoss ? Math.max(acceptedLoss, dailyLoss(state)) : acceptedLoss,
    highWaterMark: haltLimit === 'LIMIT_DRAWDOWN' ? state.lastNetLiquidation : state.highWaterMark,
  };
  return latchedAtLimit(lifted, state.marketTime);
}
