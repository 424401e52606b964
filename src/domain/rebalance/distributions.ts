/**
 * What a holder of shares gets between two sessions: splits change the number of shares, everything else is cash. Read from the steps of the
 * adjustment factor, whose reciprocal falls by dividend ÷ close before, or by the split. Pure.
 * Source: the CRSP convention of adjusted prices, which Yahoo Finance follows.
 */
import type { DailyBar } from './daily-history';

export type Distribution =
  /** Shares after for each share before. */
  | { readonly date: string; readonly kind: 'split'; readonly ratio: number }
  /** Dollars a share held at the close before; of a spin-off, what was spun off was worth. */
  | { readonly date: string; readonly kind: 'cash'; readonly perShare: number };

/** Half of the cent that adjusted closes may be rounded to: smaller steps of the factor are rounding. */
const ROUNDING = 0.005;
const SPLITS = [5 / 4, 4 / 3, 3 / 2, 5 / 3, 2, 5 / 2, 3, 4, 5, 7, 10, 15, 20];
/** A split's factor holds a dividend of the same day as well. */
const SPLIT_TOLERANCE = 0.01;
/** A split moves the unadjusted price by its ratio, give or take a day's return. */
const LARGEST_RETURN = 0.15;

function splitRatio(step: number, open: number, closeBefore: number): number | null {
  const ratio = [...SPLITS, ...SPLITS.map((n) => 1 / n)].find((n) => Math.abs(step / n - 1) < SPLIT_TOLERANCE);
  const moved = ratio === undefined ? NaN : (open / closeBefore) * ratio;
  return ratio !== undefined && Math.abs(moved - 1) < LARGEST_RETURN ? ratio : null;
}

/** Ascending; a step within rounding waits until it has become more than that. Bars without a price change nothing. */
export function distributionsOf(bars: readonly DailyBar[]): readonly Distribution[] {
  const found: Distribution[] = [];
  let before: DailyBar | null = null;
  let accepted = bars[0]?.factor ?? 1;
  for (const bar of bars) {
    if (!(bar.close > 0 && bar.factor > 0)) continue;
    if (before !== null) {
      const rounding = ROUNDING / (bar.close * bar.factor) + ROUNDING / (before.close * accepted);
      const kept = accepted / bar.factor;
      if (Math.abs(1 - kept) > rounding) {
        const ratio = splitRatio(1 / kept, bar.open, before.close);
        found.push(
          ratio === null
            ? { date: bar.date, kind: 'cash', perShare: before.close * (1 - kept) }
            : { date: bar.date, kind: 'split', ratio },
        );
        accepted = bar.factor;
      }
    }
    before = bar;
  }
  return found;
}
