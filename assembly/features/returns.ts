/** Log-returns that know where the market was closed. */
import { pairAt, pairOf, putPair } from './pairs';
import { afterBreak, close, Kernel, output, put } from './series';

/** The host's Math.log: large moves are the same to the last bit wherever they are computed. */
declare function hostLog(value: f64): f64;

/** Moves up to this go through the series below; its first term left out is then under 1e-17 of the result. */
const SMALL_MOVE: f64 = 0.02;

/**
 * ln of two ratios. Near 1, where prices of a minute lie, by 2·atanh((r − 1)/(r + 1)): several times faster than a logarithm, and as
 * exact.
 */
function logRatios(ratios: v128): v128 {
  const one = f64x2.splat(1);
  const z = f64x2.div(f64x2.sub(ratios, one), f64x2.add(ratios, one));
  const square = f64x2.mul(z, z);
  let series = f64x2.add(f64x2.splat(1.0 / 7), f64x2.div(square, f64x2.splat(9)));
  series = f64x2.add(f64x2.splat(1.0 / 5), f64x2.mul(square, series));
  series = f64x2.add(f64x2.splat(1.0 / 3), f64x2.mul(square, series));
  series = f64x2.add(one, f64x2.mul(square, series));
  const near = f64x2.mul(f64x2.mul(f64x2.splat(2), z), series);
  const small = f64x2.lt(f64x2.abs(z), f64x2.splat(SMALL_MOVE / 2));
  if (i64x2.all_true(small)) return near;
  const far = pairOf(hostLog(f64x2.extract_lane(ratios, 0)), hostLog(f64x2.extract_lane(ratios, 1)));
  return v128.bitselect(near, far, small);
}

/** Flags that are looked at together: most rows lie far from any break. */
const FLAGS = 16;

/** Log-return of the close over `period` bars; null for the first `period` bars after a break. */
export class Return extends Kernel {
  /** Bars since the last break, or fewer once there are as many as the return needs. */
  private sinceBreak: i32 = 0;

  constructor(
    first: i32,
    private readonly period: i32,
  ) {
    super(first);
  }

  run(from: i32, rows: i32, _bar: i32): void {
    const period = this.period;
    const prices = close();
    const breaks = afterBreak();
    const values = output(this.first);
    for (let r = 0; r < rows; r += 2) {
      const i = from + r;
      putPair(values, r, logRatios(f64x2.div(pairAt(prices, i), pairAt(prices, i - period))));
    }
    let sinceBreak = this.sinceBreak;
    let r = 0;
    while (r < rows) {
      if (sinceBreak >= period && r + FLAGS <= rows && !v128.any_true(v128.load(breaks + <usize>(from + r)))) {
        r += FLAGS;
        continue;
      }
      sinceBreak = load<u8>(breaks + <usize>(from + r)) === 1 ? 0 : sinceBreak + 1;
      if (sinceBreak < period) put(values, r, NaN);
      r++;
    }
    this.sinceBreak = sinceBreak;
  }
}
