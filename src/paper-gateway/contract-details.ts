/** Contract details as reqContractDetails answers them. */
import { lastTradeDate } from '../domain/roll';
import type { FutureListing, Listing, ListedStock } from './contract-universe';
import type { WireContractDetails } from './messages';
import { liquidHours, stockHours, tradingHours, zoneNameOf } from './trading-hours';
import { FUTURE_SYMBOLS } from '../domain/instruments';

export const ORDER_TYPES = ['LMT', 'MKT', 'STP', 'STP LMT', 'TRAIL'] as const;
const ORDER_TYPES_TEXT = ['ACTIVETIM', 'DAY', 'GTC', 'GTD', 'IOC', 'OCA', 'WHATIF', ...ORDER_TYPES].join(',');
/** Wall-clock time of day of the last trade, by exchange. */
const LAST_TRADE_TIME = { CME: '08:30', COMEX: '13:30' } as const;

/** Market rule of an instrument: its id names its single price increment. */
export const marketRuleIdOf = (listing: FutureListing): number => FUTURE_SYMBOLS.indexOf(listing.instrument.symbol) + 1;
export const STOCK_MARKET_RULE = 26;

function futureDetails(future: FutureListing, secType: string, now: number): WireContractDetails {
  const { instrument, wire, deliveryMonth } = future;
  const last = String(lastTradeDate(instrument.symbol, deliveryMonth));
  return {
    contract: { ...wire, secType },
    lastTradeDateAndTime: `${last} ${LAST_TRADE_TIME[instrument.exchange]} ${zoneNameOf(instrument.timeZone)}`,
    lastTradeDate: last,
    marketName: instrument.tradingClass,
    minTick: instrument.tickSize,
    orderTypes: ORDER_TYPES_TEXT,
    validExchanges: instrument.exchange,
    priceMagnifier: 1,
    underConId: FUTURE_SYMBOLS.indexOf(instrument.symbol) + 11_004_000,
    longName: instrument.description,
    contractMonth: deliveryMonth,
    industry: '',
    category: '',
    subcategory: '',
    timeZoneId: zoneNameOf(instrument.timeZone),
    tradingHours: tradingHours(instrument, now),
    liquidHours: liquidHours(instrument, now),
    aggGroup: 2147483647,
    underSymbol: instrument.ibSymbol,
    underSecType: 'IND',
    marketRuleIds: String(marketRuleIdOf(future)),
    realExpirationDate: last,
    stockType: '',
    minSize: 1,
    sizeIncrement: 1,
    suggestedSizeIncrement: 1,
  };
}

function stockDetails(stock: ListedStock, now: number): WireContractDetails {
  const hours = stockHours(now);
  return {
    contract: stock.wire,
    lastTradeDateAndTime: '',
    lastTradeDate: '',
    marketName: stock.wire.tradingClass,
    minTick: 0.01,
    orderTypes: ORDER_TYPES_TEXT,
    validExchanges: `SMART,${stock.listing.primaryExchange}`,
    priceMagnifier: 1,
    underConId: 0,
    longName: stock.listing.longName,
    contractMonth: '',
    industry: stock.listing.industry,
    category: '',
    subcategory: '',
    timeZoneId: 'US/Eastern',
    tradingHours: hours.trading,
    liquidHours: hours.liquid,
    aggGroup: 1,
    underSymbol: '',
    underSecType: '',
    marketRuleIds: `${STOCK_MARKET_RULE},${STOCK_MARKET_RULE}`,
    realExpirationDate: '',
    stockType: stock.listing.stockType,
    minSize: 1,
    sizeIncrement: 1,
    suggestedSizeIncrement: 100,
  };
}

/** `secType` is what the client asked for: a continuous future is described as CONTFUT with its front month's id. */
export const detailsOf = (listing: Listing, secType: string, now: number): WireContractDetails =>
  listing.kind === 'stock'
    ? stockDetails(listing, now)
    : futureDetails(listing, secType.toUpperCase() === 'CONTFUT' ? 'CONTFUT' : 'FUT', now);
