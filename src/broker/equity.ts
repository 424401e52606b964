/**
 * The account's equity between two reports of net liquidation: the last one carried on by the change of unrealized P&L. Pure.
 * The baseline is the first P&L heard after a report, so nothing is counted twice; when realized P&L changes, a trade closed and IB
 * reports anew, so nothing is carried until then.
 */
import type { Equity } from './market-data-port';

export interface PnlReport {
  readonly daily: number | null;
  readonly unrealized: number | null;
  readonly realized: number | null;
}

export interface EquityState {
  readonly reported: number | null;
  readonly totalCash: number | null;
  readonly baseline: PnlReport | null;
  readonly latest: PnlReport | null;
}

export const NO_EQUITY: EquityState = { reported: null, totalCash: null, baseline: null, latest: null };

export const withNetLiquidation = (state: EquityState, reported: number): EquityState => ({
  ...state,
  reported,
  baseline: null,
});

export const withTotalCash = (state: EquityState, totalCash: number): EquityState => ({ ...state, totalCash });

export const withPnl = (state: EquityState, latest: PnlReport): EquityState => ({
  ...state,
  latest,
  baseline: state.baseline ?? latest,
});

/** Null before the first report of net liquidation. */
export function equityOf({ reported, totalCash, baseline, latest }: EquityState): Equity | null {
  if (reported === null) return null;
  const carried =
    baseline !== null && latest !== null && baseline.realized === latest.realized
      ? (latest.unrealized ?? 0) - (baseline.unrealized ?? 0)
      : 0;
  return {
    netLiquidation: reported + carried,
    reportedNetLiquidation: reported,
    totalCash,
    dailyPnl: latest?.daily ?? null,
    unrealizedPnl: latest?.unrealized ?? null,
    realizedPnl: latest?.realized ?? null,
  };
}
