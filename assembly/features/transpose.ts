/** Columns in double precision to rows in float32, as models read them. */
import { output } from './series';

/** Writes `rows` rows of `columns` float32 each to `matrix`, from the output columns. */
export function transpose(columns: i32, rows: i32, matrix: usize): void {
  const pitch = output(1) - output(0);
  const width = (<usize>columns) << 2;
  let c = 0;
  for (; c + 4 <= columns; c += 4) {
    let from = output(c);
    let to = matrix + ((<usize>c) << 2);
    for (let r = 0; r < rows; r++, from += 8, to += width) {
      const first = f64x2.replace_lane(f64x2.splat(load<f64>(from)), 1, load<f64>(from + pitch));
      const second = f64x2.replace_lane(f64x2.splat(load<f64>(from + 2 * pitch)), 1, load<f64>(from + 3 * pitch));
      v128.store(to, v128.shuffle<f32>(f32x4.demote_f64x2_zero(first), f32x4.demote_f64x2_zero(second), 0, 1, 4, 5));
    }
  }
  for (; c < columns; c++) {
    let from = output(c);
    let to = matrix + ((<usize>c) << 2);
    for (let r = 0; r < rows; r++, from += 8, to += width) store<f32>(to, <f32>load<f64>(from));
  }
}

/**
 * Writes to `valid`, a byte a row, whether every chosen value of the row is finite. `mask`: a float32's width of ones for each chosen
 * column, of zeros for the others, filled up to a multiple of four columns; the matrix has 16 bytes of room behind its last row.
 */
export function markValid(columns: i32, rows: i32, matrix: usize, mask: usize, valid: usize): void {
  const width = (<usize>columns) << 2;
  for (let r = 0; r < rows; r++, matrix += width) {
    let probe = i64x2.splat(0);
    for (let c: usize = 0; c < width; c += 16) {
      // A finite value less itself has no bit set, an infinite or absent one is NaN.
      const values = v128.load(matrix + c);
      probe = v128.or(probe, v128.and(f32x4.sub(values, values), v128.load(mask + c)));
    }
    store<u8>(valid + <usize>r, v128.any_true(probe) ? 0 : 1);
  }
}
