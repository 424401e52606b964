/**
 * The gates' trading evidence where no quotes were recorded, and so no order could be filled: each signal of the run, by the code that
 * decides live, is a trade from its bar's close to the end of the label horizon, at the modelled cost of the round trip.
 * Invariants: 1. one trade at a time, the next signal counts when the last trade is over; 2. no limits, stops or vetoes: those are of the
 * session, which trades no stock.
 */
import { tradeDateOf } from '../../domain/calendar';
import { netPoints } from '../../domain/decision-vetoes';
import { unitOf } from '../../domain/instruments';
import type { TradingEvidence } from '../evaluation/gates';
import type { FittedInstrument } from './assemble-run';
import type { HoldOutAnswers } from './hold-out-answers';

/** Shares of a trade; the Sharpe ratio does not depend on it. */
const SHARES = 200;

/** `held`: what the run said on the held-out rows. Daily net results in dollars, one entry for each held-out trade date. Pure. */
export function horizonTrading(fitted: readonly FittedInstrument[], held: readonly HoldOutAnswers[]): TradingEvidence {
  const netByDate = new Map<string, number>(fitted.flatMap(({ set }) => set.holdOutDays.map((day) => [day, 0])));
  let trades = 0;
  for (const { set } of fitted) {
    const { multiplier } = unitOf(set.symbol);
    const signals = held.find(({ symbol }) => symbol === set.symbol)?.signals ?? [];
    let busyUntil = -Infinity;
    set.holdOut.forEach((row, i) => {
      const side = signals[i] ?? 'hold';
      const start = set.rows.starts[row];
      if (side === 'hold' || start < busyUntil) return;
      const { from, to, cost } = set.spans[row];
      const day = tradeDateOf(start);
      netByDate.set(day, (netByDate.get(day) ?? 0) + netPoints(side, from, to, cost) * multiplier * SHARES);
      busyUntil = set.rows.ends[row];
      trades += 1;
    });
  }
  const daily = [...netByDate].sort(([a], [b]) => (a < b ? -1 : 1));
  return { daily: daily.map(([tradeDate, netPnl]) => ({ tradeDate, netPnl })), trades };
}
