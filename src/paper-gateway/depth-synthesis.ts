/** An order book behind the recorded top of book. Only the first level is recorded; the rest is synthesised and every subscriber is told so. */
import { isTwoSided, type Quote } from '../domain/bars';
import { roundToTick } from '../domain/instruments';
import type { PricedInstrument } from './priced-instrument';
import { randomFrom, seedOf } from './seeded-random';

export interface DepthLevel {
  readonly price: number;
  readonly size: number;
}

export interface Depth {
  readonly bids: readonly DepthLevel[];
  readonly asks: readonly DepthLevel[];
}

/** Code 2152 is IB's notice about the depth that a subscriber gets. */
export const DEPTH_NOTICE = {
  code: 2152,
  message:
    'Simulated depth: the first level is recorded, all further levels are synthesised from it by the paper gateway.',
} as const;
export const SIMULATED_MAKER = 'SIM';

/** Further levels are one tick apart and one to three times as large as the recorded one. */
export function synthesiseDepth(quote: Quote | null, rows: number, instrument: PricedInstrument, seed: number): Depth {
  if (!isTwoSided(quote)) return { bids: [], asks: [] };
  const random = randomFrom(seedOf(seed, instrument.symbol, quote.time));
  const side = (best: number, size: number, step: number): readonly DepthLevel[] =>
    Array.from({ length: rows }, (_, level) => ({
      price: roundToTick(best + step * level * instrument.tickSize, instrument),
      size: level === 0 ? size : Math.max(1, Math.round(Math.max(1, size) * (1 + 2 * random()))),
    }));
  return { bids: side(quote.bid, quote.bidSize, -1), asks: side(quote.ask, quote.askSize, 1) };
}
