/** What the rebalance asks the broker before it trades: cash, clock, contracts, on a data connection that is closed again. */
import { createDataConnection } from '../broker/data-connection';
import { BrokerError } from '../broker/broker-error';
import type { MarketDataPort } from '../broker/market-data-port';
import type { BrokerConfig } from '../config/config';
import type { StockContract } from '../domain/contracts';

export interface BrokerLook {
  /** Dollars. */
  readonly totalCash: number;
  /** Dollars. */
  readonly netLiquidation: number;
  /** UTC ms, market time. */
  readonly marketTime: number;
  /** In the order of the tickers; null for one that is not listed. */
  stocks(tickers: readonly string[]): Promise<readonly (StockContract | null)[]>;
  /** Dollars a share; null when no live offer comes within seconds. */
  ask(stock: StockContract): Promise<number | null>;
}

const QUOTE_WAIT_MS = 5_000;

export type WithBroker = <T>(look: (broker: BrokerLook) => Promise<T>) => Promise<T>;

/** Rejects when the gateway does not answer within the configured time; the activity is tried again then. */
export const brokerLook =
  (config: BrokerConfig): WithBroker =>
  async (look) => {
    const data = createDataConnection(config);
    try {
      await within(config.requestTimeoutMs, 'the gateway', data.connect());
      const money = await within(config.requestTimeoutMs, 'the account’s cash', firstMoney(data));
      const marketTime = await data.marketTime();
      return await look({
        ...money,
        marketTime,
        stocks: (tickers) => stocksOf(data, tickers),
        ask: (stock) => askOf(data, stock),
      });
    } finally {
      await data.close();
    }
  };

async function stocksOf(data: MarketDataPort, tickers: readonly string[]): Promise<readonly (StockContract | null)[]> {
  const stocks: (StockContract | null)[] = [];
  for (const ticker of tickers)
    stocks.push(
      await data.resolveStock(ticker).catch((error: unknown) => {
        if (error instanceof BrokerError && error.code === 'NO_CONTRACT') return null;
        throw error;
      }),
    );
  return stocks;
}

/** The first offer that may be traded on; null after the wait. */
const askOf = (data: MarketDataPort, stock: StockContract): Promise<number | null> =>
  new Promise((resolve) => {
    const end = (ask: number | null): void => {
      clearTimeout(timer);
      resolve(ask);
      queueMicrotask(() => stop());
    };
    const timer = setTimeout(() => end(null), QUOTE_WAIT_MS);
    const stop = data.subscribe(stock, {
      onQuote: ({ ask }, { stale }) => {
        if (ask !== null && ask > 0 && !stale) end(ask);
      },
    });
  });

const firstMoney = (data: MarketDataPort): Promise<Pick<BrokerLook, 'totalCash' | 'netLiquidation'>> =>
  new Promise((resolve) => {
    const stop = data.onEquity(({ totalCash, netLiquidation }) => {
      if (totalCash === null) return;
      resolve({ totalCash, netLiquidation });
      queueMicrotask(() => stop());
    });
  });

async function within<T>(ms: number, what: string, work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`${what} was not told within ${ms} ms`)), ms);
  });
  return Promise.race([work, late]).finally(() => clearTimeout(timer));
}
