/** `omega smoke`: is the configured gateway there, for which account, and does it quote? Reads only. */
import type { Config } from '../config/config';
import type { Quote } from '../domain/bars';
import { isTwoSided } from '../domain/bars';
import { tradeDateOf } from '../domain/calendar';
import { BrokerError } from './broker-error';
import { createDataConnection, type DataConnectionOptions } from './data-connection';
import type { FutureContract } from '../domain/contracts';
import type { MarketDataPort, QuoteStatus } from './market-data-port';

export interface SmokeResult {
  readonly serverVersion: number;
  /** Accounts the gateway is logged in to. */
  readonly managedAccounts: readonly string[];
  readonly clientId: number;
  /** Broker's clock, UTC ms. */
  readonly marketTime: number;
  readonly contract: FutureContract;
  /** Null when none came in time: a closed market, or no market data permission. */
  readonly quote: (Quote & Pick<QuoteStatus, 'stale' | 'staleReason'>) | null;
}

const QUOTE_WAIT_MS = 5_000;

/** The first two-sided quote, or the last one-sided one when the time is over. */
function firstQuote(data: MarketDataPort, contract: FutureContract): Promise<SmokeResult['quote']> {
  return new Promise((resolve) => {
    let last: SmokeResult['quote'] = null;
    const done = (): void => {
      clearTimeout(timer);
      unsubscribe();
      resolve(last);
    };
    const timer = setTimeout(done, QUOTE_WAIT_MS);
    const unsubscribe = data.subscribe(contract, {
      onQuote: (quote, { stale, staleReason }) => {
        last = { ...quote, stale, staleReason };
        if (isTwoSided(quote)) done();
      },
    });
  });
}

/** Rejects with BrokerError NO_GATEWAY when nobody accepts within the request time-out, or NO_CONTRACT. */
export async function smoke(
  config: Pick<Config, 'broker' | 'trading'>,
  options: DataConnectionOptions = {},
): Promise<SmokeResult> {
  const { host, port, requestTimeoutMs } = config.broker;
  const data = createDataConnection(config.broker, options);
  let timer: NodeJS.Timeout | undefined;
  const tooLong = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      const why = data.state().reason ?? 'no answer';
      reject(
        new BrokerError(
          'NO_GATEWAY',
          `No broker gateway accepted a connection at ${host}:${port} (${why}); start IB Gateway or \`npm run gateway\`, or set IBKR_HOST and IBKR_PORT.`,
        ),
      );
    }, requestTimeoutMs);
  });
  try {
    await Promise.race([data.connect(), tooLong]);
    const marketTime = await data.marketTime();
    const [symbol] = config.trading.instruments;
    const contract = await data.resolveFront(symbol, tradeDateOf(marketTime));
    const { serverVersion, managedAccounts, clientId } = data.state();
    const quote = await firstQuote(data, contract);
    return { serverVersion: serverVersion ?? 0, managedAccounts, clientId, marketTime, contract, quote };
  } finally {
    clearTimeout(timer);
    await data.close();
  }
}
