// Dot products of one vector of signed bytes with many, in AssemblyScript: JavaScript has no such instruction and takes ten times as long.
// dot-kernel.ts holds the compiled module; after a change here, with assemblyscript 0.28 at hand, copy this file to kernel.ts and
//   asc kernel.ts -O3 --runtime stub --noAssert --enable simd --importMemory --noExportMemory -o kernel.wasm && base64 -w 120 kernel.wasm

/** For `count` rows of `stride` bytes (a multiple of 16) at `rows`: their dot product with the row at `query`, as i32 at `out`. */
export function dots(rows: usize, count: i32, stride: usize, query: usize, out: usize): void {
  let row = rows;
  for (let i: i32 = 0; i < count; i++) {
    let low = i32x4.splat(0);
    let high = i32x4.splat(0);
    for (let at: usize = 0; at < stride; at += 16) {
      const a = v128.load(row + at);
      const b = v128.load(query + at);
      low = i32x4.add(low, i32x4.extadd_pairwise_i16x8_s(i16x8.extmul_low_i8x16_s(a, b)));
      high = i32x4.add(high, i32x4.extadd_pairwise_i16x8_s(i16x8.extmul_high_i8x16_s(a, b)));
    }
    const sum = i32x4.add(low, high);
    store<i32>(
      out + (<usize>i << 2),
      i32x4.extract_lane(sum, 0) + i32x4.extract_lane(sum, 1) + i32x4.extract_lane(sum, 2) + i32x4.extract_lane(sum, 3),
    );
    row += stride;
  }
}
