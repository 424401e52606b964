/**
 * Two rows at once. Loops step by 2 and may write one row behind the last: every column has room for it. Arithmetic is the scalar's,
 * lane by lane, so a row has the same bits wherever it lies in a call.
 */

export function pairAt(values: usize, i: i32): v128 {
  return v128.load(values + ((<usize>i) << 3));
}
export function putPair(values: usize, i: i32, pair: v128): void {
  v128.store(values + ((<usize>i) << 3), pair);
}
export function pairOf(first: f64, second: f64): v128 {
  return f64x2.replace_lane(f64x2.splat(first), 1, second);
}

/** The pair that belongs to row `r`, where each row has one. */
export function rowPair(values: usize, r: i32): v128 {
  return v128.load(values + ((<usize>r) << 4));
}
export function putRowPair(values: usize, r: i32, pair: v128): void {
  v128.store(values + ((<usize>r) << 4), pair);
}
/** The first values of two rows' pairs. */
export function firstOf(a: v128, b: v128): v128 {
  return v128.shuffle<f64>(a, b, 0, 2);
}
/** The second values of two rows' pairs. */
export function secondOf(a: v128, b: v128): v128 {
  return v128.shuffle<f64>(a, b, 1, 3);
}

/** prices / levels − 1, a row of `prices` beginning at `from`. */
export function relate(prices: usize, from: i32, levels: usize, to: usize, rows: i32): void {
  const one = f64x2.splat(1);
  for (let r = 0; r < rows; r += 2)
    putPair(to, r, f64x2.sub(f64x2.div(pairAt(prices, from + r), pairAt(levels, r)), one));
}

/** Means of the `count` values that end at row r + count − 1, for each r. */
export function rollMeans(values: usize, count: i32, to: usize, rows: i32): void {
  const divisor = f64x2.splat(count);
  for (let r = 0; r < rows; r += 2) {
    let sum = f64x2.splat(0);
    for (let k = r; k < r + count; k++) sum = f64x2.add(sum, pairAt(values, k));
    putPair(to, r, f64x2.div(sum, divisor));
  }
}

/** No value before the bar that completes `needed` bars; row 0 is bar number `bar`. */
export function blankUntil(needed: i32, bar: i32, values: usize, rows: i32): void {
  const blank = min(needed - 1 - bar, rows);
  for (let r = 0; r < blank; r++) store<f64>(values + ((<usize>r) << 3), NaN);
}
