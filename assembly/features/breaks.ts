/** The part of marking breaks that needs no calendar. */
import { pairAt } from './pairs';
import { afterBreak, at, close, high, low, open, opensTradeDate, start, volume } from './series';

/** Rows that are marked together where nothing happens; even. */
const CHUNK = 64;

/**
 * Marks rows from `from` on for as long as they lie within one trade date, and answers the first one that the host has to judge: at or
 * after `checkFrom`, not after the row before it, or with a price or volume that is not a number; `to` when there is none.
 * It may stop earlier: every row before the answer is marked.
 * `last`: start of the bar before row `from`, `gap`: longest time between two starts without a break, UTC ms and ms.
 */
export function markWithinDate(from: i32, to: i32, last: f64, checkFrom: f64, gap: f64): i32 {
  for (; from + CHUNK <= to && isQuiet(from, last, checkFrom, gap); from += CHUNK) {
    memory.fill(opensTradeDate() + <usize>from, 0, CHUNK);
    memory.fill(afterBreak() + <usize>from, 0, CHUNK);
    last = at(start(), from + CHUNK - 1);
  }
  const starts = start();
  const opens = open();
  const highs = high();
  const lows = low();
  const closes = close();
  const volumes = volume();
  const openings = opensTradeDate();
  const breaks = afterBreak();
  const end = min(to, from + CHUNK);
  for (let i = from; i < end; i++) {
    const time = at(starts, i);
    if (!(time > last) || time >= checkFrom) return i;
    // One sum finds every NaN and infinity: their difference with themselves is not 0.
    const sum = at(opens, i) + at(highs, i) + (at(lows, i) + at(closes, i)) + at(volumes, i);
    if (sum - sum !== 0) return i;
    store<u8>(openings + <usize>i, 0);
    store<u8>(breaks + <usize>i, time - last > gap ? 1 : 0);
    last = time;
  }
  return end;
}

/** Whether rows [from, from + CHUNK) are whole, in order and without a break, all of one trade date: two rows at once, as nearly all are. */
function isQuiet(from: i32, last: f64, checkFrom: f64, gap: f64): bool {
  const to = from + CHUNK;
  const starts = start();
  const opens = open();
  const highs = high();
  const lows = low();
  const closes = close();
  const volumes = volume();
  const step = at(starts, from) - last;
  if (!(step > 0 && step <= gap)) return false;
  const second = at(starts, from + 1) - at(starts, from);
  if (!(second > 0 && second <= gap)) return false;
  const gaps = f64x2.splat(gap);
  let probe = i64x2.splat(0);
  let fits = i64x2.splat(-1);
  for (let i = from; i < to; i += 2) {
    const prices = f64x2.add(
      f64x2.add(pairAt(opens, i), pairAt(highs, i)),
      f64x2.add(pairAt(lows, i), pairAt(closes, i)),
    );
    const sums = f64x2.add(prices, pairAt(volumes, i));
    probe = v128.or(probe, f64x2.sub(sums, sums));
    if (i > from) {
      const steps = f64x2.sub(pairAt(starts, i), pairAt(starts, i - 1));
      fits = v128.and(fits, v128.and(f64x2.gt(steps, f64x2.splat(0)), f64x2.le(steps, gaps)));
    }
  }
  return !v128.any_true(probe) && i64x2.all_true(fits) && at(starts, to - 1) < checkFrom;
}
