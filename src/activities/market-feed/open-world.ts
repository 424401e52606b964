/** News and outside columns as a feed reads them, again and again while it runs. */
import { openOutside } from '../open-outside';
import type { MarketDeps } from './market-deps';
import { RefreshedOutside } from './refreshed-outside';

const HOUR_MS = 3_600_000;
/** Older news weighs a thousandth. */
const NEWS_HALF_LIVES = 10;

/** What is known outside the market; without it the feed goes on, and says so. `startedAt`: market time. */
export function openWorld(
  { config: { data, news }, store, dataFolder, report, log }: MarketDeps,
  startedAt: number,
): Promise<RefreshedOutside> {
  const longestMs = NEWS_HALF_LIVES * news.halfLifeHours * HOUR_MS;
  return RefreshedOutside.open({
    read: () => openOutside(store, { data, news, dataFolder }, startedAt - longestMs),
    tell: (text) => {
      report({ type: 'alert', text, marketTime: null });
      log('warn', text);
    },
  });
}
