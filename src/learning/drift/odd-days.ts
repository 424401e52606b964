/**
 * How odd the window is among the training days as a whole: each day is judged as the window is, against all others, and counted when as
 * many of its features drift. Days are exchangeable when nothing has changed, so the window is among the oddest 1 % in 1 % of the checks only.
 */
import { permutationPValues } from './day-permutation';
import type { DayDistance, DayPValues } from './day-permutation';
import { adjustedPValues } from './false-discovery';

export const FALSE_DISCOVERY_RATE = 0.05;
/** Share of the days that may be as odd as a window that exceeds; of fewer than a hundred days, the window alone. */
const ODD_SHARE = 0.01;

export interface JudgedFeature {
  /** Reference days compared, ascending. */
  readonly tradeDates: readonly string[];
  /** Of each of them from all others, the window's last. */
  readonly distances: readonly DayDistance[];
}

const STATISTICS = ['absoluteMeanShift', 'psi', 'ks'] as const;

/** Per feature the smallest of its three p-values, adjusted over all features and statistics. */
export function smallestAdjusted(pValues: readonly DayPValues[]): readonly number[] {
  const adjusted = adjustedPValues(pValues.flatMap((feature) => STATISTICS.map((name) => feature[name])));
  return pValues.map((_feature, i) => Math.min(...adjusted.slice(i * STATISTICS.length, (i + 1) * STATISTICS.length)));
}

/** Share of the days, the window among them, with at least `count` drifted features, and the largest share that is odd. */
export function daysAsOdd(
  features: readonly JudgedFeature[],
  count: number,
): { readonly share: number; readonly allowed: number } {
  const [first, ...others] = features.map(({ tradeDates }) => tradeDates);
  const shared = first.filter((date) => others.every((dates) => dates.includes(date)));
  const drifted = (date: string): number => {
    const pValues = features.map(({ tradeDates, distances }) =>
      permutationPValues(distances, tradeDates.indexOf(date)),
    );
    return smallestAdjusted(pValues).filter((adjusted) => adjusted <= FALSE_DISCOVERY_RATE).length;
  };
  const days = shared.length + 1;
  const asOdd = 1 + shared.filter((date) => drifted(date) >= count).length;
  return { share: asOdd / days, allowed: Math.max(ODD_SHARE, 1 / days) };
}
