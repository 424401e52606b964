/** Numbers of different kinds made comparable across names. Pure; the result has the order of the values. */

/** Beyond this many standard deviations a value counts as this many: one wild name does not decide for all. */
export const WINSOR = 3;

/** (value − mean) / population standard deviation, within ± WINSOR; all 0 where nothing differs. */
export function zScores(values: readonly number[]): readonly number[] {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const deviation = Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length);
  // Rounding alone spreads equal values by about one part in 1e15.
  const flat = deviation <= 1e-12 * Math.max(1, Math.abs(mean));
  return values.map((value) => (flat ? 0 : Math.min(WINSOR, Math.max(-WINSOR, (value - mean) / deviation))));
}

/** Ranks spread evenly over −1 … 1, the highest value 1; equal values share the mean of their ranks; a single one is 0. */
export function rankScores(values: readonly number[]): readonly number[] {
  if (values.length < 2) return values.map(() => 0);
  return values.map((value) => {
    const below = values.filter((other) => other < value).length;
    const equal = values.filter((other) => other === value).length;
    return (2 * (below + (equal - 1) / 2)) / (values.length - 1) - 1;
  });
}

export const standardised = (values: readonly number[], method: 'z-score' | 'rank'): readonly number[] =>
  method === 'rank' ? rankScores(values) : zScores(values);
