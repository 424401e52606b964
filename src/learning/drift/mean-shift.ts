/** Shift of the mean in standard deviations of the reference. */

/** Count, sum and sum of squared deviations of a sample: two samples' moments add and subtract. */
export interface Moments {
  readonly count: number;
  readonly mean: number;
  readonly squares: number;
}

export function momentsOf(values: ArrayLike<number>): Moments {
  let sum = 0;
  for (let i = 0; i < values.length; i += 1) sum += values[i];
  const mean = values.length === 0 ? 0 : sum / values.length;
  let squares = 0;
  for (let i = 0; i < values.length; i += 1) squares += (values[i] - mean) ** 2;
  return { count: values.length, mean, squares };
}

/** Moments of `whole` without `part` (Chan, Golub & LeVeque's update, backwards). */
export function momentsWithout(whole: Moments, part: Moments): Moments {
  const count = whole.count - part.count;
  if (count <= 0) return { count: 0, mean: 0, squares: 0 };
  const mean = (whole.count * whole.mean - part.count * part.mean) / count;
  const between = ((part.mean - mean) ** 2 * part.count * count) / whole.count;
  return { count, mean, squares: Math.max(0, whole.squares - part.squares - between) };
}

/**
 * (mean of the window − mean of the reference) / standard deviation of the reference (population). A reference without spread
 * answers 0 for an equal mean and ±Infinity otherwise.
 */
export function meanShift(reference: Moments, window: Moments): number {
  const difference = window.mean - reference.mean;
  const deviation = Math.sqrt(reference.squares / reference.count);
  // Rounding alone makes a constant column vary by a few ulp of its mean.
  const noise = 10 * Number.EPSILON * Math.max(Math.abs(reference.mean), Math.abs(window.mean));
  if (Math.abs(difference) <= noise) return 0;
  return deviation <= noise ? Math.sign(difference) * Infinity : difference / deviation;
}
