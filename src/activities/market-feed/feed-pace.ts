/** What moves a feed through its trade date: the releases of a conductor, or the broker's clock. */
import type { MarketDataPort } from '../../broker/market-data-port';
import type { MarketFeed } from './feed';
import type { MarketDeps } from './market-deps';
import { pause } from './session-link';

const POLL_MS = 250;

/** Lock-step: minutes are closed as the conductor releases them. Resolves with the market time of the trade date's end. */
export function followConductor(
  deps: Pick<MarketDeps, 'onCommand'>,
  feed: MarketFeed,
  signal: AbortSignal,
): Promise<number> {
  return new Promise((resolve, reject) => {
    const stopListening = deps.onCommand((command) => {
      feed.released(command.marketTime).then((running) => {
        if (running) return;
        stopListening();
        resolve(command.marketTime);
      }, fail);
    });
    const fail = (error: unknown): void => {
      stopListening();
      reject(error instanceof Error ? error : new Error(String(error)));
    };
    signal.addEventListener('abort', () => fail(signal.reason), { once: true });
  });
}

/** Free-running: the broker's clock is asked until the trade date is over. */
export async function followClock(feed: MarketFeed, data: MarketDataPort, signal: AbortSignal): Promise<number> {
  while (await feed.poll()) await pause(POLL_MS, signal);
  return data.marketTime();
}
