/**
 * Labels of requirement E8: the sign of the mid's log-return over the horizon, hold inside ± the round trip's cost.
 * Invariants:
 *  1. A label looks forward within one stretch of bars: rows whose horizon crosses a break, or the end of the series (a roll), have none.
 *  2. Both mids are of two-sided quotes; a row without one has no label.
 *  3. The band comes from the training part alone and is a constant in price points: spread, both fees, one tick.
 */
import type { BarSeries } from '../features/bar-series';
import type { TradedUnit } from '../domain/instruments';
import type { LabelBand } from './manifest';

export const HORIZON_BARS = 20;

/** Class indexes, in the order of Vote.probabilities. */
export const SELL = 0;
export const HOLD = 1;
export const BUY = 2;
export const CLASS_NAMES = ['sell', 'hold', 'buy'] as const;
export const UNLABELLED = 255;

/** Cost of one contract bought and sold, in price points, at the given spread. */
export function labelBand(spreadPoints: number, instrument: TradedUnit, horizonBars = HORIZON_BARS): LabelBand {
  const feePoints = (2 * instrument.feePerContract) / instrument.multiplier;
  const tickPoints = instrument.tickSize;
  return { horizonBars, bandPoints: spreadPoints + feePoints + tickPoints, spreadPoints, feePoints, tickPoints };
}

/** Median spread of the two-sided quotes of bars that start before `before`, in points; null when there is none. */
export function medianSpread(blocks: readonly BarSeries[], before = Infinity): number | null {
  const spreads: number[] = [];
  for (const { length, start, bid, ask } of blocks) {
    for (let i = 0; i < length && start[i] < before; i += 1) {
      if (bid[i] <= ask[i]) spreads.push(ask[i] - bid[i]);
    }
  }
  if (spreads.length === 0) return null;
  spreads.sort((a, b) => a - b);
  const middle = spreads.length >> 1;
  return spreads.length % 2 === 1 ? spreads[middle] : (spreads[middle - 1] + spreads[middle]) / 2;
}

const midOf = (block: BarSeries, row: number): number =>
  block.bid[row] <= block.ask[row] ? (block.bid[row] + block.ask[row]) / 2 : Number.NaN;

/** Class index of each row, UNLABELLED where invariants 1 or 2 leave none. */
export function labelRows(block: BarSeries, band: LabelBand): Uint8Array {
  const labels = new Uint8Array(block.length).fill(UNLABELLED);
  const { horizonBars } = band;
  let stretchBegins = 0;
  for (let end = 0; end < block.length; end += 1) {
    if (block.afterBreak[end] === 1) stretchBegins = end;
    const row = end - horizonBars;
    if (row < stretchBegins) continue;
    const mid = midOf(block, row);
    const move = Math.log(midOf(block, end) / mid);
    if (Number.isNaN(move)) continue;
    const cost = band.bandPoints / mid;
    labels[row] = move > cost ? BUY : move < -cost ? SELL : HOLD;
  }
  return labels;
}
