/**
 * Keeps the market feed of an account running: one long activity per trade date, nothing of the market in history.
 * Invariants: 1. a feed whose heartbeat stops is started again at once, anywhere; 2. one run per trade date.
 */
import { continueAsNew, log, proxyActivities, setHandler } from '@temporalio/workflow';
import { nextTradeDate } from '../domain/calendar';
import { marketQueue } from '../domain/ids';
import type { MarketFeedInput } from '../domain/market-feed';
import type { MarketActivities, MarketDay } from './activity-types';
import * as messages from './messages';

export async function marketFeed(input: MarketFeedInput): Promise<MarketDay> {
  let stopped = false;
  // The feed lives for a trade date; a dead one is noticed by its heartbeat and replaced for as long as it takes.
  const { runMarket } = proxyActivities<MarketActivities>({
    taskQueue: marketQueue(input.account),
    startToCloseTimeout: '26h',
    heartbeatTimeout: '1500ms',
    // Attempts add up over a trade date: the wait stays short, or the last feed of the day would come back later than the first.
    retry: { initialInterval: '200ms', backoffCoefficient: 2, maximumInterval: '500ms' },
  });
  setHandler(messages.stopFeed, ({ by, why }) => {
    log.info('feed ends after its trade date', { by, why });
    stopped = true;
  });
  const day = await runMarket(input);
  if (input.lockStep || stopped) return day;
  return continueAsNew<typeof marketFeed>({ ...input, tradeDate: nextTradeDate(day.tradeDate) });
}
