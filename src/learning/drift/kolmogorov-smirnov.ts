/** Two-sample Kolmogorov–Smirnov test. */
import { kolmogorovSurvival } from './kolmogorov-distribution';

export interface KolmogorovSmirnov {
  /** Largest distance of the two empirical distribution functions, 0 … 1. */
  readonly statistic: number;
  /** Two-sided, for independent rows: autocorrelated minutes make it far too small, so it is shown and never alarms. */
  readonly pValue: number;
}

/** Largest distance of the empirical distribution functions of two ascending samples, neither empty. */
export function ksDistance(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let i = 0;
  let j = 0;
  let largest = 0;
  while (i < a.length && j < b.length) {
    const value = Math.min(a[i], b[j]);
    while (i < a.length && a[i] === value) i += 1;
    while (j < b.length && b[j] === value) j += 1;
    largest = Math.max(largest, Math.abs(i / a.length - j / b.length));
  }
  return largest;
}

/** Rounds halves to even, as numpy does. */
function roundHalfEven(value: number): number {
  const rounded = Math.round(value);
  return rounded - value === 0.5 && rounded % 2 !== 0 ? rounded - 1 : rounded;
}

/**
 * The test of two ascending samples, neither empty: scipy.stats.ks_2samp(a, b, method='asymp'), which takes the one-sample
 * distribution at the rounded size nm/(n + m).
 */
export function ksTest(a: ArrayLike<number>, b: ArrayLike<number>): KolmogorovSmirnov {
  const statistic = ksDistance(a, b);
  const size = roundHalfEven((a.length * b.length) / (a.length + b.length));
  return { statistic, pValue: size < 1 ? 1 : kolmogorovSurvival(size, statistic) };
}
