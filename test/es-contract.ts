/** The E-mini of December 2013, for tests that trade it. */
import type { FutureContract } from '../src/domain/contracts';

export const ES_CONTRACT: FutureContract = {
  secType: 'FUT',
  symbol: 'ES',
  conId: 1,
  ibSymbol: 'ES',
  localSymbol: 'ESZ3',
  tradingClass: 'ES',
  exchange: 'CME',
  currency: 'USD',
  multiplier: 50,
  lastTradeDate: 20131220,
};
