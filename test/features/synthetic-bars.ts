/** Seeded random-walk bars with quotes on a tick grid, for tests: gaps, missing and crossed quotes included. */
import type { BarWithQuote } from '../../src/domain/bars';
import { MINUTE_MS } from '../../src/domain/exchange-time';
import type { Instrument } from '../../src/domain/instruments';
import { roundToTick } from '../../src/domain/instruments';
import { createRandom } from '../../src/learning/random';

export interface SyntheticOptions {
  readonly bars: number;
  readonly seed: number;
  /** UTC ms of the first minute. */
  readonly start?: number;
  readonly basePrice?: number;
  /** Share of minutes without a bar and of bars without a usable quote. */
  readonly holes?: number;
}

/** Monday 2013-10-07, 08:00 in Chicago. */
export const MONDAY_MORNING = Date.parse('2013-10-07T13:00:00Z');

export function syntheticBars(instrument: Instrument, options: SyntheticOptions): BarWithQuote[] {
  const { bars, seed, start = MONDAY_MORNING, basePrice = 1300, holes = 0.02 } = options;
  const random = createRandom(seed);
  const tick = instrument.tickSize;
  const ticks = (count: number) => roundToTick(count * tick, instrument);
  let level = Math.round(basePrice / tick);
  let time = start;
  const rows: BarWithQuote[] = [];
  while (rows.length < bars) {
    const hole = random.next() < holes;
    time += MINUTE_MS * (hole ? 1 + random.below(30) : 1);
    const open = level + random.below(3) - 1;
    const close = open + random.below(7) - 3;
    const high = Math.max(open, close) + random.below(3);
    const low = Math.min(open, close) - random.below(3);
    level = close;
    const spread = 1 + random.below(2);
    const kind = random.next();
    const bid = close - random.below(2);
    const quote = {
      time: time + 59_000,
      bid: kind < holes / 2 ? null : ticks(bid),
      ask: kind > 1 - holes / 2 ? ticks(bid - 1) : ticks(bid + spread),
      bidSize: kind < holes / 2 ? 0 : 1 + random.below(40),
      askSize: 1 + random.below(40),
    };
    rows.push({
      bar: {
        start: time,
        open: ticks(open),
        high: ticks(high),
        low: ticks(low),
        close: ticks(close),
        volume: 1 + random.below(200),
      },
      quote: random.next() < holes ? null : quote,
    });
  }
  return rows;
}
