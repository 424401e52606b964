/**
 * Population stability index over the reference's quantile bins (Siddiqi 2006, "Credit Risk Scorecards"): Σ (p − q)·ln(p/q).
 * By its users' custom < 0.1 is stable and > 0.25 is a shift; the alarm does not read these thresholds.
 */
import { countUpTo } from './sorted-sample';

export const PSI_BINS = 10;
/** Share that an empty bin counts as: keeps the logarithm finite. */
export const EMPTY_SHARE = 1e-4;

/** Inner edges of `bins` equal-count bins of an ascending sample, repeated values once: the k-th is its value at rank ⌈k·n/bins⌉. */
export function quantileEdges(sorted: ArrayLike<number>, bins = PSI_BINS): number[] {
  const edges: number[] = [];
  for (let k = 1; k < bins; k += 1) {
    const edge = sorted[Math.ceil((k * sorted.length) / bins) - 1];
    if (edge !== edges[edges.length - 1]) edges.push(edge);
  }
  return edges;
}

/** Rows in each bin (…, e₁], (e₁, e₂], …, (eₖ, …) of an ascending sample. */
export function binCounts(sorted: ArrayLike<number>, edges: readonly number[]): number[] {
  const upTo = edges.map((edge) => countUpTo(sorted, edge));
  return [...upTo, sorted.length].map((count, i) => count - (i === 0 ? 0 : upTo[i - 1]));
}

/** Index of two sets of counts over the same bins. */
export function stabilityIndex(reference: readonly number[], window: readonly number[]): number {
  const total = (counts: readonly number[]): number => counts.reduce((sum, count) => sum + count, 0);
  const referenceTotal = total(reference);
  const windowTotal = total(window);
  return reference.reduce((sum, count, bin) => {
    const expected = Math.max(count / referenceTotal, EMPTY_SHARE);
    const actual = Math.max(window[bin] / windowTotal, EMPTY_SHARE);
    return sum + (actual - expected) * Math.log(actual / expected);
  }, 0);
}

/** Index of a window against a reference, both ascending and not empty. */
export function populationStabilityIndex(reference: ArrayLike<number>, window: ArrayLike<number>): number {
  const edges = quantileEdges(reference);
  return stabilityIndex(binCounts(reference, edges), binCounts(window, edges));
}
