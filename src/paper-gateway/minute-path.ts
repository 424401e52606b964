/**
 * The inside of a recorded minute, which only holds open, high, low, close and volume: a price path through twelve 5-second bars.
 * Simulated, and labelled so wherever it is shown. Invariants:
 *  1. The twelve bars aggregate exactly to the minute: first open, highest high, lowest low, last close, sum of volumes.
 *  2. Every price lies on the tick grid and inside the minute's range; the first bar of a traded minute carries volume.
 *  3. The same seed, contract and minute give the same path.
 */
import type { Bar } from '../domain/bars';
import { roundToTick } from '../domain/instruments';
import type { PricedInstrument } from './priced-instrument';
import { randomFrom, seedOf } from './seeded-random';

export const SLOT_MS = 5_000;
export const SLOTS_PER_MINUTE = 12;
/** Trades of a 5-second bar are stamped here after its start, so that the last ones of a minute come before its quote at 59 s. */
export const TRADE_OFFSET_MS = 3_000;

/** A 5-second bar with the prices it went through in order; no prices and volume 0 when nothing traded in it. */
export interface Slot extends Bar {
  readonly prices: readonly number[];
}

/** Open, both extremes, close in a plausible order: the far extreme first, the one in the close's direction last. */
function anchorsOf(bar: Bar, highFirst: boolean): readonly number[] {
  const extremes = highFirst ? [bar.high, bar.low] : [bar.low, bar.high];
  return [bar.open, ...extremes, bar.close];
}

/** How many of the twelve bars trade: each needs a lot of at least one, except when the minute has less than that in all. */
const tradedSlots = (volume: number): number => Math.max(1, Math.min(SLOTS_PER_MINUTE, Math.floor(volume)));

/** `count` distinct ascending slot indexes, 0 always among them. */
function chooseSlots(count: number, random: () => number): readonly number[] {
  const others = Array.from({ length: SLOTS_PER_MINUTE - 1 }, (_, index) => index + 1);
  const chosen = [0];
  while (chosen.length < count) chosen.push(...others.splice(Math.floor(random() * others.length), 1));
  return chosen.sort((a, b) => a - b);
}

/** Splits `volume` into `count` parts of at least 1 (the last takes what is left over). */
function splitVolume(volume: number, count: number, random: () => number): readonly number[] {
  const weights = Array.from({ length: count }, () => 0.25 + random());
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const spare = Math.floor(volume) - count;
  const parts = weights.map((weight) => 1 + Math.max(0, Math.floor((spare * weight) / total)));
  const given = parts.slice(0, -1).reduce((sum, part) => sum + part, 0);
  parts[count - 1] = volume - given;
  return parts;
}

/** Positions (0…count−1) of the two extremes among the traded slots, in path order. */
function extremePositions(count: number, random: () => number): readonly [number, number] {
  const a = Math.floor(random() * count);
  const b = Math.floor(random() * count);
  return a <= b ? [a, b] : [b, a];
}

/** Price path of each traded slot: anchors where they fall, straight lines on the tick grid between them. */
function pricesOfSlots(
  bar: Bar,
  count: number,
  instrument: PricedInstrument,
  random: () => number,
): readonly number[][] {
  const [open, first, second, close] = anchorsOf(bar, bar.close === bar.open ? random() < 0.5 : bar.close < bar.open);
  const [firstAt, secondAt] = extremePositions(count, random);
  const knots = [
    { at: 0, price: open },
    { at: firstAt + 0.5, price: first },
    { at: secondAt + 0.5, price: second },
    { at: count, price: close },
  ];
  const priceAt = (at: number): number => {
    const index = Math.max(
      1,
      knots.findIndex((knot) => knot.at >= at),
    );
    const [from, to] = [knots[index - 1], knots[index]];
    const share = to.at === from.at ? 1 : (at - from.at) / (to.at - from.at);
    return roundToTick(from.price + (to.price - from.price) * share, instrument);
  };
  return Array.from({ length: count }, (_, slot) => {
    const anchors = [...(slot === firstAt ? [first] : []), ...(slot === secondAt ? [second] : [])];
    const start = slot === 0 ? open : priceAt(slot);
    const end = slot === count - 1 ? close : priceAt(slot + 1);
    return [start, ...anchors, end].filter((price, index, all) => index === 0 || price !== all[index - 1]);
  });
}

const flatSlot = (start: number, price: number): Slot => ({
  start,
  open: price,
  high: price,
  low: price,
  close: price,
  volume: 0,
  prices: [],
});

/** The twelve 5-second bars of a traded minute. `name` tells contracts apart. */
export function slotsOfMinute(bar: Bar, instrument: PricedInstrument, seed: number, name: string): readonly Slot[] {
  const random = randomFrom(seedOf(seed, name, bar.start));
  const count = tradedSlots(bar.volume);
  const traded = chooseSlots(count, random);
  const volumes = splitVolume(bar.volume, count, random);
  const paths = pricesOfSlots(bar, count, instrument, random);
  let last = bar.open;
  return Array.from({ length: SLOTS_PER_MINUTE }, (_, index) => {
    const start = bar.start + index * SLOT_MS;
    const position = traded.indexOf(index);
    if (position === -1) return flatSlot(start, last);
    const prices = paths[position];
    last = prices[prices.length - 1];
    return {
      start,
      open: prices[0],
      high: Math.max(...prices),
      low: Math.min(...prices),
      close: last,
      volume: volumes[position],
      prices,
    };
  });
}

/** A 5-second bar of a time without trades. */
export const quietSlot = (start: number, lastPrice: number): Slot => flatSlot(start, lastPrice);

/** Trades of a 5-second bar: one per price of its path, the volume split evenly, at least one lot each; sizes sum to the volume. */
export function ticksOfSlot(slot: Slot): readonly { readonly price: number; readonly size: number }[] {
  const count = Math.min(slot.prices.length, Math.max(1, Math.floor(slot.volume)));
  const step = Math.floor(slot.volume / count);
  return slot.prices.slice(0, count).map((price, index) => ({
    price: index === count - 1 ? slot.close : price,
    size: index === count - 1 ? slot.volume - step * (count - 1) : step,
  }));
}
