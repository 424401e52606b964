/**
 * A tradable contract as the broker names it; JSON-safe, it travels in orders and audit records.
 * What the session keeps per symbol (freezes, flattening, orders) is kept by its `TradedSymbol`: a future's registry symbol, or a ticker behind
 * `STK:`. A ticker alone would collide (ES is Eversource as well, GC and NQ may be listed any day), and a conId is too narrow: closing a
 * symbol means all contract months of a future, and all contracts that ever carried a ticker. Positions are by conId.
 */
import type { FutureSymbol } from './instruments';

export interface FutureContract {
  readonly secType: 'FUT';
  readonly symbol: FutureSymbol;
  readonly conId: number;
  readonly ibSymbol: string;
  readonly localSymbol: string;
  readonly tradingClass: string;
  readonly exchange: string;
  readonly currency: string;
  readonly multiplier: number;
  /** Last trade date as an integer, YYYYMMDD (requirement A3). */
  readonly lastTradeDate: number;
}

/** A US equity, routed by SMART. */
export interface StockContract {
  readonly secType: 'STK';
  /** Ticker as IB spells it: `AAPL`, `BRK B`. */
  readonly symbol: string;
  readonly conId: number;
  readonly exchange: 'SMART';
  /** Empty when the broker did not say. */
  readonly primaryExchange: string;
  readonly currency: 'USD';
  readonly multiplier: 1;
  /** From one dollar up; below it prices move by SUB_DOLLAR_TICK. */
  readonly tickSize: 0.01;
}

export type TradableContract = FutureContract | StockContract;

export type StockKey = `STK:${string}`;
/** Name of whatever the session trades, without collisions between futures and tickers. */
export type TradedSymbol = FutureSymbol | StockKey;

const STOCK_PREFIX = 'STK:';
/** Rule 612 of Regulation NMS: quotes below a dollar move by a hundredth of a cent. */
const SUB_DOLLAR_TICK = 0.0001;

export const stockKey = (ticker: string): StockKey => `${STOCK_PREFIX}${ticker}`;
export const isStockKey = (symbol: string): symbol is StockKey => symbol.startsWith(STOCK_PREFIX);
/** The ticker behind a stock's key. */
export const tickerOf = (key: StockKey): string => key.slice(STOCK_PREFIX.length);

export const tradedSymbolOf = (contract: TradableContract): TradedSymbol =>
  contract.secType === 'FUT' ? contract.symbol : stockKey(contract.symbol);

/** For people: `ESZ3`, `AAPL`. */
export const contractName = (contract: TradableContract): string =>
  contract.secType === 'FUT' ? contract.localSymbol : contract.symbol;

/** IBKR's `symbol` field. */
export const ibSymbolOf = (contract: TradableContract): string =>
  contract.secType === 'FUT' ? contract.ibSymbol : contract.symbol;

/** Price increment of US stocks at a price, dollars. */
export const stockTickAt = (price: number): number => (price < 1 ? SUB_DOLLAR_TICK : 0.01);

/** The contract of an order that can only be a future's: proposals are. Throws TypeError on a stock. */
export function asFuture(contract: TradableContract): FutureContract {
  if (contract.secType === 'FUT') return contract;
  throw new TypeError(`${contract.symbol} is a stock, and futures alone are traded here`);
}

/** A stock as a broker's position names it; its listing is not told there. */
export const stockOf = (conId: number, ticker: string, primaryExchange = ''): StockContract => ({
  secType: 'STK',
  symbol: ticker,
  conId,
  exchange: 'SMART',
  primaryExchange,
  currency: 'USD',
  multiplier: 1,
  tickSize: 0.01,
});
