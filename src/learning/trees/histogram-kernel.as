// The inner loops of histogram boosting, in AssemblyScript: plain typed arrays in JavaScript take three to four times as long (bounds checks).
// histogram-kernel.ts holds the compiled module; after a change here, with assemblyscript 0.28 at hand, copy this file to kernel.ts and
//   asc kernel.ts -O3 --runtime stub --noAssert --enable simd --importMemory --noExportMemory -o kernel.wasm && base64 -w 120 kernel.wasm
//
// A histogram entry is one 64-bit integer, gradient sum × 2³² + hessian sum: one addition per row and column, exact whatever the order.
// A column's histogram is 256 entries (2,048 bytes). Pointers are byte offsets into the imported memory.

const COLUMN: usize = 2048;

/** Sums of the `n` rows listed at `samples`, for `count` columns listed at `columns`; `ordered` holds the rows' entries in that order. */
export function fill(bins: usize, rows: usize, columns: usize, count: i32, histogram: usize, samples: usize, ordered: usize, n: i32): void {
  memory.fill(histogram, 0, <usize>count * COLUMN);
  let c: i32 = 0;
  for (; c + 4 <= count; c += 4) {
    const at = columns + (<usize>c << 2);
    const b0 = bins + <usize>load<u32>(at) * rows;
    const b1 = bins + <usize>load<u32>(at, 4) * rows;
    const b2 = bins + <usize>load<u32>(at, 8) * rows;
    const b3 = bins + <usize>load<u32>(at, 12) * rows;
    const h = histogram + <usize>c * COLUMN;
    for (let i: i32 = 0; i < n; i++) {
      const row: usize = load<u32>(samples + (<usize>i << 2));
      const entry = load<i64>(ordered + (<usize>i << 3));
      const p0 = h + (<usize>load<u8>(b0 + row) << 3);
      store<i64>(p0, load<i64>(p0) + entry);
      const p1 = h + (<usize>load<u8>(b1 + row) << 3);
      store<i64>(p1, load<i64>(p1, 2048) + entry, 2048);
      const p2 = h + (<usize>load<u8>(b2 + row) << 3);
      store<i64>(p2, load<i64>(p2, 4096) + entry, 4096);
      const p3 = h + (<usize>load<u8>(b3 + row) << 3);
      store<i64>(p3, load<i64>(p3, 6144) + entry, 6144);
    }
  }
  for (; c < count; c++) {
    const column = bins + <usize>load<u32>(columns + (<usize>c << 2)) * rows;
    const h = histogram + <usize>c * COLUMN;
    for (let i: i32 = 0; i < n; i++) {
      const p = h + (<usize>load<u8>(column + <usize>load<u32>(samples + (<usize>i << 2))) << 3);
      store<i64>(p, load<i64>(p) + load<i64>(ordered + (<usize>i << 3)));
    }
  }
}

/** parent −= child: what is left is the other child. */
export function subtract(parent: usize, child: usize, count: i32): void {
  const end = parent + <usize>count * COLUMN;
  for (; parent < end; parent += 16, child += 16) v128.store(parent, i64x2.sub(v128.load(parent), v128.load(child)));
}

/**
 * The cut with the highest score Gl² / (Hl + lambda) + Gr² / (Hr + lambda) above `floor` that leaves both sides a hessian of `minimum`;
 * two columns at a time, by cross-multiplication. Writes [score, column index (−1: none), bin, Gl, Hl] as doubles to `out`.
 */
export function bestCut(histogram: usize, count: i32, bins: usize, g: f64, h: f64, lambda: f64, minimum: f64, floor: f64, out: usize): void {
  const G = f64x2.splat(g), H = f64x2.splat(h), L = f64x2.splat(lambda), M = f64x2.splat(minimum);
  let best = floor;
  store<f64>(out, floor);
  store<f64>(out, -1, 8);
  for (let c: i32 = 0; c < count; c += 2) {
    const second = min(c + 1, count - 1);
    let p0 = histogram + <usize>c * COLUMN;
    let p1 = histogram + <usize>second * COLUMN;
    const last: i32 = max(<i32>load<u16>(bins + (<usize>c << 1)), <i32>load<u16>(bins + (<usize>second << 1))) - 1;
    let sum = i64x2.splat(0);
    let bestNumerator = f64x2.splat(best), bestDenominator = f64x2.splat(1);
    let bestG = f64x2.splat(0), bestH = f64x2.splat(0), bestBin = f64x2.splat(-1), bin = f64x2.splat(0);
    const one = f64x2.splat(1);
    for (let b: i32 = 0; b < last; b++, p0 += 8, p1 += 8) {
      sum = i64x2.add(sum, v128.load_lane<u64>(p1, v128.load_zero<u64>(p0), 1));
      const gl = f64x2.convert_low_i32x4_s(v128.shuffle<i32>(sum, sum, 1, 3, 1, 3));
      const hl = f64x2.convert_low_i32x4_u(v128.shuffle<i32>(sum, sum, 0, 2, 0, 2));
      const gr = f64x2.sub(G, gl), hr = f64x2.sub(H, hl);
      const dl = f64x2.add(hl, L), dr = f64x2.add(hr, L);
      const numerator = f64x2.add(f64x2.mul(f64x2.mul(gl, gl), dr), f64x2.mul(f64x2.mul(gr, gr), dl));
      const denominator = f64x2.mul(dl, dr);
      const better = v128.and(
        v128.and(f64x2.ge(hl, M), f64x2.ge(hr, M)),
        f64x2.gt(f64x2.mul(numerator, bestDenominator), f64x2.mul(bestNumerator, denominator)),
      );
      bestNumerator = v128.bitselect(numerator, bestNumerator, better);
      bestDenominator = v128.bitselect(denominator, bestDenominator, better);
      bestG = v128.bitselect(gl, bestG, better);
      bestH = v128.bitselect(hl, bestH, better);
      bestBin = v128.bitselect(bin, bestBin, better);
      bin = f64x2.add(bin, one);
    }
    const score = f64x2.div(bestNumerator, bestDenominator);
    if (f64x2.extract_lane(bestBin, 0) >= 0 && f64x2.extract_lane(score, 0) > best) {
      best = f64x2.extract_lane(score, 0);
      keep(out, best, c, f64x2.extract_lane(bestBin, 0), f64x2.extract_lane(bestG, 0), f64x2.extract_lane(bestH, 0));
    }
    if (f64x2.extract_lane(bestBin, 1) >= 0 && f64x2.extract_lane(score, 1) > best) {
      best = f64x2.extract_lane(score, 1);
      keep(out, best, second, f64x2.extract_lane(bestBin, 1), f64x2.extract_lane(bestG, 1), f64x2.extract_lane(bestH, 1));
    }
  }
}

function keep(out: usize, score: f64, column: i32, bin: f64, g: f64, h: f64): void {
  store<f64>(out, score);
  store<f64>(out, <f64>column, 8);
  store<f64>(out, bin, 16);
  store<f64>(out, g, 24);
  store<f64>(out, h, 32);
}

/** Adds to `scores` (256 doubles a column) what each cut of this leaf is worth; a side without hessian is worth nothing. */
export function addScores(histogram: usize, count: i32, g: f64, h: f64, lambda: f64, scores: usize): void {
  for (let c: i32 = 0; c < count; c++) {
    let sum: i64 = 0;
    for (let b: i32 = 0; b < 256; b++) {
      const at = (<usize>c << 8) + b;
      sum += load<i64>(histogram + (at << 3));
      const gl = <f64>(sum >> 32), hl = <f64>(sum & 0xffffffff);
      const gr = g - gl, hr = h - hl;
      const left = hl > 0 ? (gl * gl) / (hl + lambda) : 0;
      const right = hr > 0 ? (gr * gr) / (hr + lambda) : 0;
      const p = scores + (at << 3);
      store<f64>(p, load<f64>(p) + left + right);
    }
  }
}

/** Stable partition of the `n` rows at `samples` by bin ≤ cut; returns how many are left of it. */
export function partition(samples: usize, n: i32, column: usize, cut: i32, scratch: usize): i32 {
  let left: i32 = 0;
  for (let i: i32 = 0; i < n; i++) {
    const row = load<u32>(samples + (<usize>i << 2));
    const isLeft: i32 = <i32>((<i32>load<u8>(column + row)) <= cut);
    store<u32>(samples + (<usize>left << 2), row);
    store<u32>(scratch + (<usize>(i - left) << 2), row);
    left += isLeft;
  }
  memory.copy(samples + (<usize>left << 2), scratch, <usize>(n - left) << 2);
  return left;
}

/** The rows' entries in the order of `samples`. */
export function gather(samples: usize, n: i32, entries: usize, ordered: usize): void {
  for (let i: i32 = 0; i < n; i++)
    store<i64>(ordered + (<usize>i << 3), load<i64>(entries + (<usize>load<u32>(samples + (<usize>i << 2)) << 3)));
}
