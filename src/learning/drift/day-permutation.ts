/**
 * p-values by permuting whole days (requirement E9): minutes of one day resemble each other, days are exchangeable. Each day takes
 * the window's role against all others; the p-value is the share of days at least as far from the rest as the window is.
 * Sources: Good, "Permutation, Parametric and Bootstrap Tests of Hypotheses", ch. 3 (exchangeable blocks); Phipson & Smyth 2010
 * (the window itself counts, so no p-value is 0).
 */
import { meanShift, momentsOf, momentsWithout } from './mean-shift';
import type { Moments } from './mean-shift';
import { binCounts, PSI_BINS, stabilityIndex } from './population-stability';
import { mergedDays } from './merged-days';
import type { DayPlacement, MergedDays } from './merged-days';

/** How far one day lies from all the others together. */
export interface DayDistance {
  readonly absoluteMeanShift: number;
  readonly psi: number;
  readonly ks: number;
}

export type DayPValues = Readonly<Record<keyof DayDistance, number>>;

/** KS distance of `day` from the rest of `pool`, both ascending. The extremes lie at the day's own values. */
function ksFromRest(day: Float32Array, pool: Float32Array, { below, upTo }: DayPlacement): number {
  const rest = pool.length - day.length;
  let largest = 0;
  for (let from = 0; from < day.length;) {
    let to = from + 1;
    while (to < day.length && day[to] === day[from]) to += 1;
    const before = Math.abs(from / day.length - (below[from] - from) / rest);
    const after = Math.abs(to / day.length - (upTo[from] - to) / rest);
    largest = Math.max(largest, before, after);
    from = to;
  }
  return largest;
}

/** Quantile edges of `pool` without `day`, as quantileEdges would give them; the day's values stand first among equal ones. */
function edgesOfRest(day: Float32Array, pool: Float32Array, { below }: DayPlacement): number[] {
  const rest = pool.length - day.length;
  const edges: number[] = [];
  let passed = 0;
  let firstEqual = 0;
  for (let k = 1; k < PSI_BINS; k += 1) {
    const rank = Math.ceil((k * rest) / PSI_BINS) - 1;
    while (passed < day.length) {
      if (passed > 0 && day[passed] !== day[passed - 1]) firstEqual = passed;
      if (below[passed] + passed - firstEqual > rank + passed) break;
      passed += 1;
    }
    const edge = pool[rank + passed];
    if (edge !== edges[edges.length - 1]) edges.push(edge);
  }
  return edges;
}

/** PSI of `day` over the quantile bins of the rest of `pool`. */
function psiFromRest(day: Float32Array, pool: Float32Array, placement: DayPlacement): number {
  const edges = edgesOfRest(day, pool, placement);
  const own = binCounts(day, edges);
  const all = binCounts(pool, edges);
  return stabilityIndex(
    all.map((count, bin) => count - own[bin]),
    own,
  );
}

/** Distance of each day from the others; at least two days, each ascending and not empty. */
export function dayDistances(
  days: readonly Float32Array[],
  merged: MergedDays = mergedDays(days),
): readonly DayDistance[] {
  const { pool, placements } = merged;
  const whole: Moments = momentsOf(pool);
  return days.map((day, index) => {
    const own = momentsOf(day);
    return {
      absoluteMeanShift: Math.abs(meanShift(momentsWithout(whole, own), own)),
      psi: psiFromRest(day, pool, placements[index]),
      ks: ksFromRest(day, pool, placements[index]),
    };
  });
}

/** Equal distances differ in their last bits by the order of summation: this close counts as equal. */
const TOLERANCE = 1e-12;

/** p-values of the day at index `window` among all days. The smallest possible one is 1 / days. */
export function permutationPValues(distances: readonly DayDistance[], window: number): DayPValues {
  const share = (statistic: keyof DayDistance): number => {
    const own = distances[window][statistic];
    const reached = own === Infinity ? own : own - TOLERANCE * Math.abs(own);
    return distances.filter((distance) => distance[statistic] >= reached).length / distances.length;
  };
  return { absoluteMeanShift: share('absoluteMeanShift'), psi: share('psi'), ks: share('ks') };
}
