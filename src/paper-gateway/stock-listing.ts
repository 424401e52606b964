/** Stocks as the gateway lists them: described ones, and those with recorded prices. Pure. */
import { stockTickAt } from '../domain/contracts';
import { STOCKS } from '../domain/instruments';
import type { PricedInstrument } from './priced-instrument';
import type { WireContract } from './messages';
import { syntheticConId } from './synthetic-con-id';
import type { StockListing } from './us-stocks';

/** A ticker of the recorded data that the gateway has no description of. */
export const unknownListing = (ticker: string): StockListing => ({
  conId: syntheticConId(ticker),
  symbol: ticker,
  longName: ticker,
  primaryExchange: 'NYSE',
  stockType: 'COMMON',
  industry: '',
});

export const stockInstrument = ({ symbol, primaryExchange }: StockListing): PricedInstrument => ({
  symbol,
  exchange: primaryExchange,
  multiplier: 1,
  tickSize: 0.01,
  tickAt: stockTickAt,
  timeZone: STOCKS.SPY.timeZone,
  regularHours: STOCKS.SPY.regularHours,
  feePerContract: STOCKS.SPY.feePerContract,
});

export const stockWire = (listing: StockListing): WireContract => ({
  conId: listing.conId,
  symbol: listing.symbol,
  secType: 'STK',
  lastTradeDateOrContractMonth: '',
  strike: 0,
  right: '',
  multiplier: '',
  exchange: 'SMART',
  primaryExchange: listing.primaryExchange,
  currency: 'USD',
  localSymbol: listing.symbol,
  tradingClass: listing.primaryExchange === 'NASDAQ' ? 'NMS' : listing.symbol,
});
