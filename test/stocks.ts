/** Stocks as the paper gateway lists them, and legs of a rebalance over them. */
import { stockOf, type StockContract } from '../src/domain/contracts';
import type { StockOrderRequest } from '../src/domain/stock-orders';
import { US_STOCKS } from '../src/paper-gateway/us-stocks';

/** 2013-06-03, 09:30 in New York: the open of a day that both files of daily bars have. */
export const STOCK_OPEN = Date.parse('2013-06-03T13:30:00Z');
export const STOCK_DATE = '2013-06-03';

export function stockContract(ticker: string): StockContract {
  const listing = US_STOCKS.find(({ symbol }) => symbol === ticker);
  if (listing === undefined) throw new Error(`${ticker} is not listed`);
  return stockOf(listing.conId, ticker, listing.primaryExchange);
}

/** A leg of ten shares bought at a hundred dollars, but for what is said otherwise. */
export const stockLeg = (ticker: string, leg: number, more: Partial<StockOrderRequest> = {}): StockOrderRequest => ({
  rebalanceId: '2013-06-03',
  leg,
  contract: stockContract(ticker),
  side: 'buy',
  quantity: 10,
  orderType: 'market',
  referencePrice: 100,
  decidedAt: STOCK_OPEN,
  expiresAt: STOCK_OPEN + 3_600_000,
  ...more,
});
