/**
 * What an order of ours costs in a back-test with modelled fills. Prices in points, money in dollars. Pure.
 * Impact is the square-root law, impact = Y · σ · √(q / V): the price moves against an order by its share of the volume, in units of the
 * volatility over the same time. One minute serves for both σ and V: the law does not depend on the unit of time.
 */
import type { Bar } from '../domain/bars';
import type { Instrument } from '../domain/instruments';

export interface CostModel {
  /** Dollars per contract and side; null: the registry's fee of each instrument. */
  readonly feePerContract: number | null;
  /** Ticks that a market or stop order slips beyond the spread. */
  readonly slippageTicks: number;
  /** Y of the square-root law; 0 switches impact off. */
  readonly impact: number;
}

export const DEFAULT_COSTS: CostModel = { feePerContract: null, slippageTicks: 1, impact: 1 };

/** Bars that volatility and volume of a minute are taken from. */
export const IMPACT_BARS = 60;

/** Standard deviation of close-to-close changes, points, and mean volume of the bars; null with fewer than two changes. */
export function minuteActivity(bars: readonly Bar[]): { readonly deviation: number; readonly volume: number } | null {
  const changes = bars.slice(1).map((bar, index) => bar.close - bars[index].close);
  if (changes.length < 2) return null;
  const mean = changes.reduce((sum, change) => sum + change, 0) / changes.length;
  const variance = changes.reduce((sum, change) => sum + (change - mean) ** 2, 0) / (changes.length - 1);
  return { deviation: Math.sqrt(variance), volume: bars.reduce((sum, { volume }) => sum + volume, 0) / bars.length };
}

/** Points by which an order of `quantity` moves the price against itself; 0 while nothing is known of the market. */
export function squareRootImpact(coefficient: number, quantity: number, bars: readonly Bar[]): number {
  const activity = minuteActivity(bars.slice(-IMPACT_BARS));
  if (activity === null || activity.volume <= 0) return 0;
  return coefficient * activity.deviation * Math.sqrt(quantity / activity.volume);
}

export const feeOf = ({ feePerContract }: CostModel, instrument: Instrument, quantity: number): number =>
  (feePerContract ?? instrument.feePerContract) * quantity;
