/** How far a loss has eaten into a limit (requirement F2): the feed reports equity when a new band is reached, and never twice a band. */

export const EQUITY_BANDS = [50, 75, 100] as const;
export type EquityBand = 0 | (typeof EQUITY_BANDS)[number];

/** Highest band reached by `loss` against `limit` (both in account currency; a gain or no limit is band 0). */
export function bandOf(loss: number, limit: number): EquityBand {
  if (!(limit > 0)) return 0;
  const percent = (loss / limit) * 100;
  return [...EQUITY_BANDS].reverse().find((band) => percent >= band) ?? 0;
}

export interface EquityBasis {
  /** Net liquidation at the start of the trade date; null before it is known. */
  readonly startOfDay: number | null;
  /** Durable high-water mark of net liquidation; null before the first report. */
  readonly highWaterMark: number | null;
  /** Loss of the day that a human accepted by lifting a halt: only what is lost beyond it counts. */
  readonly acceptedLoss?: number;
  readonly dailyLossFraction: number;
  readonly drawdownFraction: number;
}

/** The worse of the two bands, daily loss and drawdown, at `netLiquidation`. */
export function equityBand(netLiquidation: number, basis: EquityBasis): EquityBand {
  const daily =
    basis.startOfDay === null
      ? 0
      : bandOf(
          basis.startOfDay - netLiquidation - (basis.acceptedLoss ?? 0),
          basis.startOfDay * basis.dailyLossFraction,
        );
  const drawdown =
    basis.highWaterMark === null
      ? 0
      : bandOf(basis.highWaterMark - netLiquidation, basis.highWaterMark * basis.drawdownFraction);
  return Math.max(daily, drawdown) as EquityBand;
}
