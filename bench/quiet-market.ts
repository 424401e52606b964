/**
 * A folder of minutes in which nothing moves, for all instruments of the registry: two-sided quotes and small trades at one price. Made for
 * benches, not recorded; orders away from the price rest in it for ever.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { tradeDateOf } from '../src/domain/calendar';
import { MINUTE_MS } from '../src/domain/exchange-time';
import { FUTURE_SYMBOLS, INSTRUMENTS, roundToTick, type FutureSymbol } from '../src/domain/instruments';
import { listedDeliveryMonths } from '../src/domain/roll';

const PRICES: Readonly<Record<FutureSymbol, number>> = {
  ES: 1_690,
  NQ: 3_200,
  '6E': 1.35,
  '6B': 1.6,
  '6A': 0.945,
  GC: 1_290,
};
const HEADER = 'timestamp,open,high,low,close,volume,bid,ask,bid_size,ask_size';
const SIZE = 50;

export const quietPrice = (symbol: FutureSymbol): number => PRICES[symbol];

/** A price so much (a fraction) above the quiet one, on the tick grid. */
export const priceAway = (symbol: FutureSymbol, fraction: number): number =>
  roundToTick(PRICES[symbol] * (1 + fraction), INSTRUMENTS[symbol]);

/** Writes `minutes` minutes from `start` (UTC ms) of each front contract into `folder`. */
export function writeQuietMarket(folder: string, start: number, minutes: number): void {
  mkdirSync(folder, { recursive: true });
  for (const symbol of FUTURE_SYMBOLS) {
    const [front] = listedDeliveryMonths(symbol, tradeDateOf(start), 1);
    const price = PRICES[symbol];
    const ask = roundToTick(price + INSTRUMENTS[symbol].tickSize, INSTRUMENTS[symbol]);
    const rows = Array.from({ length: minutes }, (_row, i) => {
      const time = new Date(start + i * MINUTE_MS).toISOString().replace('.000Z', 'Z');
      return [time, price, price, price, price, SIZE, price, ask, SIZE, SIZE].join(',');
    });
    writeFileSync(join(folder, `${symbol}_${front}_1m.csv`), `${[HEADER, ...rows].join('\n')}\n`);
  }
}
