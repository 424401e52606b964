/** What the gateway needs to know of whatever it prices. Pure. */
import type { TradedUnit } from '../domain/instruments';

/** A future, or a stock by the share. */
export interface PricedInstrument extends TradedUnit {
  readonly symbol: string;
  readonly exchange: string;
  /** Price increment at a price where it depends on it; else `tickSize` everywhere. */
  readonly tickAt?: (price: number) => number;
}

export const tickAt = ({ tickSize, tickAt: at }: PricedInstrument, price: number): number => at?.(price) ?? tickSize;
