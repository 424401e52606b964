/** The broker's history by the names of the bar store: `ES_201312` is asked for by its delivery month, `AAPL` by its ticker. */
import type { MarketDataPort } from '../../broker/market-data-port';
import type { TradableContract } from '../../domain/contracts';
import { brokerTicker } from '../../domain/share-class';
import { BarStoreError } from '../bar-store/bar-store-error';
import { namedContract } from '../bar-store/contract-name';
import type { IbkrHistory } from './ibkr';

export type HistoryPort = Pick<MarketDataPort, 'resolveFuture' | 'resolveStock' | 'history'>;

/**
 * `port`: a connected data connection, which keeps IB's pacing rules; `zone`: where it takes bare dates for midnight. Each contract is
 * resolved once. Rejects as the port does, with BrokerError.
 */
export function ibkrHistoryOver(port: HistoryPort, zone: string): IbkrHistory {
  const resolved = new Map<string, TradableContract>();
  return {
    zone,
    cannot: nameFault,
    history: async (name, request) => {
      const contract = resolved.get(name) ?? (await resolve(port, name));
      resolved.set(name, contract);
      return port.history(contract, request);
    },
  };
}

function nameFault(name: string): string | null {
  try {
    namedContract(name);
    return null;
  } catch (error) {
    if (error instanceof BarStoreError) return error.message;
    throw error;
  }
}

function resolve(port: HistoryPort, name: string): Promise<TradableContract> {
  const named = namedContract(name);
  return named.kind === 'future'
    ? port.resolveFuture(named.symbol, named.deliveryMonth)
    : port.resolveStock(brokerTicker(named.ticker));
}
