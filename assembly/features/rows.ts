/** Columns in double precision to rows in float32, as models read them. */
import { pairAt } from './pairs';
import { output } from './series';

/**
 * Writes `rows` rows of `columns` float32 each to `matrix`, from the output columns, and to `valid`, a byte a row, whether every chosen
 * value of the row is finite. `mask`: a float32's width of ones for each chosen column, of zeros for the others, filled up to a multiple
 * of four columns. Goes by two rows and may write one row behind the last, in both.
 */
export function writeRows(columns: i32, rows: i32, matrix: usize, mask: usize, valid: usize): void {
  const pitch = output(1) - output(0);
  const width = (<usize>columns) << 2;
  const whole = (<usize>(columns & ~3)) << 2;
  for (let r = 0; r < rows; r += 2) {
    const to = matrix + <usize>r * width;
    let from = output(0) + ((<usize>r) << 3);
    let first = i64x2.splat(0);
    let second = i64x2.splat(0);
    let c: usize = 0;
    for (; c < whole; c += 16, from += pitch << 2) {
      const ab = interleave(from, from + pitch);
      const cd = interleave(from + 2 * pitch, from + 3 * pitch);
      const above = v128.shuffle<f32>(ab, cd, 0, 1, 4, 5);
      const below = v128.shuffle<f32>(ab, cd, 2, 3, 6, 7);
      const chosen = v128.load(mask + c);
      v128.store(to + c, above);
      v128.store(to + width + c, below);
      // A finite value less itself has no bit set, an infinite or absent one is NaN.
      first = v128.or(first, v128.and(f32x4.sub(above, above), chosen));
      second = v128.or(second, v128.and(f32x4.sub(below, below), chosen));
    }
    for (; c < width; c += 4, from += pitch) {
      const pair = f32x4.demote_f64x2_zero(pairAt(from, 0));
      const chosen = f32x4.splat(load<f32>(mask + c));
      store<f32>(to + c, f32x4.extract_lane(pair, 0));
      store<f32>(to + width + c, f32x4.extract_lane(pair, 1));
      const probe = v128.and(f32x4.sub(pair, pair), chosen);
      first = v128.or(first, v128.shuffle<f32>(probe, probe, 0, 0, 0, 0));
      second = v128.or(second, v128.shuffle<f32>(probe, probe, 1, 1, 1, 1));
    }
    store<u8>(valid + <usize>r, v128.any_true(first) ? 0 : 1);
    store<u8>(valid + <usize>(r + 1), v128.any_true(second) ? 0 : 1);
  }
}

/** Two rows of two columns, in float32, row by row. */
function interleave(left: usize, right: usize): v128 {
  const a = f32x4.demote_f64x2_zero(pairAt(left, 0));
  const b = f32x4.demote_f64x2_zero(pairAt(right, 0));
  return v128.shuffle<f32>(a, b, 0, 4, 1, 5);
}
