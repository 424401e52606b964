/** Exact distribution of the one-sided Kolmogorov–Smirnov statistic (Smirnov's sum), without cancellation: scipy.special.smirnov. */

/** ln n! − ln(√(2πn)·(n/e)ⁿ), the error of Stirling's formula (Loader 2000, "Fast and accurate computation of binomial probabilities"). */
export function stirlingError(n: number): number {
  if (n < 16) {
    let logFactorial = 0;
    for (let i = 2; i <= n; i += 1) logFactorial += Math.log(i);
    return logFactorial - (n + 0.5) * Math.log(n) + n - 0.5 * Math.log(2 * Math.PI);
  }
  const square = n * n;
  return (1 / 12 - (1 / 360 - (1 / 1260 - (1 / 1680 - 1 / 1188 / square) / square) / square) / square) / n;
}

/**
 * P(D⁺ > x) = x·Σⱼ C(n, j)·(x + j/n)^(j−1)·(1 − x − j/n)^(n−j) over 0 ≤ j ≤ n(1 − x), for 0 < x < 1. Each term is taken as the
 * binomial probability at its own mode times a ratio near 1, so no large logarithms cancel. O(n).
 */
export function onesidedSurvival(n: number, x: number): number {
  let sum = (1 - x) ** n;
  const last = Math.floor(n * (1 - x));
  const whole = stirlingError(n);
  for (let j = 1; j <= last && j < n; j += 1) {
    const left = 1 - (n * x) / (n - j);
    if (left <= 0) break;
    const atMode = whole - stirlingError(j) - stirlingError(n - j) - 0.5 * Math.log((2 * Math.PI * j * (n - j)) / n);
    const ratio = j * Math.log1p((n * x) / j) + (n - j) * Math.log1p((-n * x) / (n - j));
    sum += (x / (x + j / n)) * Math.exp(atMode + ratio);
  }
  return sum;
}
