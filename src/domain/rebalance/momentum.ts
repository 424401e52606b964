/** Momentum of one name: its total return over a window that ends some sessions ago. Pure. Source: Jegadeesh and Titman 1993. */

/**
 * Return over `window` sessions up to `skip` sessions before the last, as a fraction; `closes` adjusted, ascending.
 * Throws RangeError when there are fewer than `window + skip + 1`.
 */
export function momentum(closes: readonly number[], window: number, skip: number): number {
  const end = closes.length - 1 - skip;
  if (end - window < 0)
    throw new RangeError(`Momentum over ${window} sessions with ${skip} left out needs ${window + skip + 1} closes.`);
  return closes[end] / closes[end - window] - 1;
}
