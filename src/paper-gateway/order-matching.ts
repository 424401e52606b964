/**
 * Pure matching of one working order against one market event. Invariants:
 *  1. An order trades against a two-sided quote or, a limit, against trades beyond its price; never against anything crossed or absent.
 *  2. A stop is elected by trades or quote at or beyond its price, and fills no better than its stop price and than the quote.
 *  3. A fill never exceeds the order's remaining quantity nor the size on offer.
 */
import { roundToTick } from '../domain/instruments';
import type { TwoSidedQuote } from './market-replay';
import { tickAt, type PricedInstrument } from './priced-instrument';
import { directionOf, type OrderRecord } from './ledger-records';

export interface Fill {
  readonly price: number;
  readonly quantity: number;
}

/** Sizes still on offer: of the quote in force, less what our own fills took. */
export interface QuoteOffer {
  readonly quote: TwoSidedQuote;
  readonly bidSize: number;
  readonly askSize: number;
}

const orderType = (order: OrderRecord): string => order.order.orderType.toUpperCase();
export const isStopType = (order: OrderRecord): boolean => ['STP', 'STP LMT', 'TRAIL'].includes(orderType(order));
/** An order that takes whatever the quote offers. */
const takesMarket = (order: OrderRecord): boolean =>
  orderType(order) === 'MKT' || (order.triggered && ['STP', 'TRAIL'].includes(orderType(order)));
/** An order with a price limit in force. */
const limitInForce = (order: OrderRecord): number | null =>
  orderType(order) === 'LMT' || (order.triggered && orderType(order) === 'STP LMT') ? order.order.lmtPrice : null;

/** Stop price in force; null for orders without one. */
export const stopPriceOf = (order: OrderRecord): number | null =>
  orderType(order) === 'TRAIL' ? order.trailStop : isStopType(order) ? order.order.auxPrice : null;

/** Distance of a trailing stop at a price: absolute, or a percentage of it. */
function trailDistance(order: OrderRecord, price: number): number | null {
  const { auxPrice, trailingPercent } = order.order;
  if (trailingPercent !== null) return (price * trailingPercent) / 100;
  return auxPrice;
}

/** The trailing stop after a price; it only ever moves in the order's favour. */
export function trailAfter(order: OrderRecord, price: number, instrument: PricedInstrument): number | null {
  const distance = trailDistance(order, price);
  if (orderType(order) !== 'TRAIL' || distance === null) return order.trailStop;
  const sells = directionOf(order) === -1;
  const moved = sells ? price - distance : price + distance;
  const candidate = roundToTick(moved, { tickSize: tickAt(instrument, moved) });
  if (order.trailStop === null) return candidate;
  return sells ? Math.max(order.trailStop, candidate) : Math.min(order.trailStop, candidate);
}

/** Follows prices in their order: the trailing stop moves, and the first price at or beyond the stop elects it. */
export function electByPrices(
  order: OrderRecord,
  prices: readonly number[],
  instrument: PricedInstrument,
): Pick<OrderRecord, 'triggered' | 'trailStop'> {
  let current = order;
  for (const price of prices) {
    if (current.triggered || !isStopType(current)) break;
    current = { ...current, trailStop: trailAfter(current, price, instrument) };
    const stop = stopPriceOf(current);
    if (stop === null) break;
    const beyond = directionOf(current) === -1 ? price <= stop : price >= stop;
    if (beyond) current = { ...current, triggered: true };
  }
  return { triggered: current.triggered, trailStop: current.trailStop };
}

/** Election by a quote: a sell stop by the bid, a buy stop by the ask. */
export const electByQuote = (
  order: OrderRecord,
  quote: TwoSidedQuote,
  instrument: PricedInstrument,
): Pick<OrderRecord, 'triggered' | 'trailStop'> =>
  electByPrices(order, [directionOf(order) === -1 ? quote.bid : quote.ask], instrument);

/** What the quote gives a working order, at most `quantity`; null when nothing. */
export function fillAtQuote(order: OrderRecord, offer: QuoteOffer, quantity: number): Fill | null {
  const buys = directionOf(order) === 1;
  const price = buys ? offer.quote.ask : offer.quote.bid;
  const size = Math.min(quantity, buys ? offer.askSize : offer.bidSize);
  if (size <= 0) return null;
  if (takesMarket(order)) {
    const stop = stopPriceOf(order);
    const worse = stop === null ? price : buys ? Math.max(price, stop) : Math.min(price, stop);
    return { price: worse, quantity: size };
  }
  const limit = limitInForce(order);
  if (limit === null) return null;
  return (buys ? price <= limit : price >= limit) ? { price, quantity: size } : null;
}

/** What trades beyond its limit give a resting order, at its limit; touching the price is not enough to be first in the queue. */
export function fillByTrades(
  order: OrderRecord,
  trades: { readonly low: number; readonly high: number; readonly volume: number },
  quantity: number,
): Fill | null {
  const limit = limitInForce(order);
  if (limit === null) return null;
  const through = directionOf(order) === 1 ? trades.low < limit : trades.high > limit;
  const size = Math.min(quantity, Math.floor(trades.volume));
  return through && size > 0 ? { price: limit, quantity: size } : null;
}
