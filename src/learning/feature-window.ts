/** What a windowed model is asked with, live and in training by one rule: a window never reaches before its series' first row, which is repeated. */

/** The window that ends at the last of `rows` (equally long, oldest first, all of one series): window × columns, oldest row first. */
export function windowInput(rows: readonly Float32Array[], window: number): Float32Array {
  const last = rows.length - 1;
  const columns = rows[last].length;
  const input = new Float32Array(window * columns);
  for (let k = 0; k < window; k += 1) input.set(rows[Math.max(0, last + k + 1 - window)], k * columns);
  return input;
}
