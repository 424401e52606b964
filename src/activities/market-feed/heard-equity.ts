import type { MarketDataPort } from '../../broker/market-data-port';

/**
 * The account's money as heard since the connection was made: the broker may report it once and then not again while nothing moves,
 * so it is listened for before anything else is asked.
 */
export class HeardEquity {
  private latest: number | null = null;
  private readonly listeners = new Set<(netLiquidation: number) => void>();

  constructor(data: MarketDataPort) {
    data.onEquity(({ netLiquidation }) => {
      this.latest = netLiquidation;
      this.listeners.forEach((listener) => listener(netLiquidation));
    });
  }

  /** Calls back with each report from now on. */
  follow(listener: (netLiquidation: number) => void): void {
    this.listeners.add(listener);
  }

  /** The latest report, or the first one to come. */
  first(signal: AbortSignal): Promise<number> {
    if (this.latest !== null) return Promise.resolve(this.latest);
    return new Promise((resolve, reject) => {
      signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
      this.follow(resolve);
    });
  }
}
