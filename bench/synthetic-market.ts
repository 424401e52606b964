/** Seeded random-walk minutes for benches; not recorded data, and shaped like it only as far as speed depends on it. */
import type { BarWithQuote } from '../src/domain/bars';
import { isGlobexOpen } from '../src/domain/calendar';
import { MINUTE_MS } from '../src/domain/exchange-time';
import type { Instrument } from '../src/domain/instruments';
import { emptyColumns } from '../src/features/bar-series';
import type { BarColumns } from '../src/features/bar-series';
import { createRandom } from '../src/learning/random';
import type { RecordedMarket } from '../src/market-data/recorded-market';

/** Sunday 2013-10-06, 17:00 in Chicago. */
const FIRST_MINUTE = Date.parse('2013-10-06T22:00:00Z');
const MINUTES_PER_DATE = 23 * 60;
const DAY_MINUTES = 24 * 60;

/** `rows` bars, 23 hours a day without weekends, with a quote on each. */
export function syntheticSeries(rows: number, instrument: Instrument, seed: number): BarColumns {
  const random = createRandom(seed);
  const series = emptyColumns(rows);
  const tick = instrument.tickSize;
  let level = 13_000;
  for (let i = 0; i < rows; i += 1) {
    const minute = Math.floor(i / MINUTES_PER_DATE) * DAY_MINUTES + (i % MINUTES_PER_DATE);
    const open = level + random.below(3) - 1;
    const close = open + random.below(9) - 4;
    const bid = close - random.below(2);
    level = Math.max(1000, close);
    series.start[i] = FIRST_MINUTE + minute * MINUTE_MS;
    series.open[i] = open * tick;
    series.high[i] = (Math.max(open, close) + random.below(3)) * tick;
    series.low[i] = (Math.min(open, close) - random.below(3)) * tick;
    series.close[i] = close * tick;
    series.volume[i] = 1 + random.below(500);
    series.bid[i] = bid * tick;
    series.ask[i] = (bid + 1) * tick;
    series.bidSize[i] = 1 + random.below(50);
    series.askSize[i] = 1 + random.below(50);
  }
  return series;
}

/** The bar and quote at `index`. */
export const rowOf = (series: BarColumns, index: number): BarWithQuote => ({
  bar: {
    start: series.start[index],
    open: series.open[index],
    high: series.high[index],
    low: series.low[index],
    close: series.close[index],
    volume: series.volume[index],
  },
  quote: {
    time: series.start[index] + MINUTE_MS - 1000,
    bid: series.bid[index],
    ask: series.ask[index],
    bidSize: series.bidSize[index],
    askSize: series.askSize[index],
  },
});

/** The minutes of a series while Globex is open, as one contract of a recorded market over `tradeDates`. */
export function marketOf(series: BarColumns, instrument: Instrument, tradeDates: readonly string[]): RecordedMarket {
  const rows = Array.from({ length: series.length }, (_item, i) => rowOf(series, i));
  const minutes = rows
    .filter(({ bar }) => isGlobexOpen(bar.start))
    .map(({ bar, quote }) => ({ start: bar.start, bar, quote }));
  return {
    folder: 'synthetic',
    contracts: [{ symbol: instrument.symbol, deliveryMonth: '201312', file: 'synthetic', minutes }],
    rejected: [],
    skipped: [],
    tradeDates,
    margins: [],
    files: [],
  };
}
