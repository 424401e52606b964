/** The market feed and a session that is further on than the feed believes. */
import { EquityWatch } from '../../src/activities/market-feed/equity-watch';
import { MarketFeed, type FeedParts } from '../../src/activities/market-feed/feed';
import { DEFAULT_CONFIG } from '../../src/config/config';
import { closeTradeDate, openTradeDate, snapshotOf } from '../../src/domain/session-day';
import { newSession, type SessionState } from '../../src/domain/session-state';

const OPENED = { tradeDate: '2013-10-09', netLiquidation: 100_000, marketTime: Date.UTC(2013, 9, 9, 14) };
const { limits } = DEFAULT_CONFIG;

function feedOn(state: SessionState) {
  const openTradeDateOfSession = jest.fn(() => Promise.resolve());
  const session = { snapshot: () => Promise.resolve(snapshotOf(state, false)), openTradeDate: openTradeDateOfSession };
  const parts: Partial<Record<keyof FeedParts, unknown>> = {
    tradeDate: OPENED.tradeDate,
    session,
    equity: new EquityWatch({
      limits,
      send: () => Promise.resolve(),
      readSession: () => Promise.resolve(snapshotOf(state, false)),
    }),
    signal: AbortSignal.timeout(500),
  };
  return { feed: new MarketFeed(parts as unknown as FeedParts, OPENED.marketTime), opened: openTradeDateOfSession };
}

const running = openTradeDate(newSession('DEMO1', 1, { limits, mode: 'trading' }), OPENED);

test('a feed killed between the close of its trade date and its own end does not open the date again', async () => {
  const { feed, opened } = feedOn(closeTradeDate(running));
  await expect(feed.open(100_000)).resolves.toBe(false);
  expect(opened).not.toHaveBeenCalled();
});

test('a feed left behind does not close the date that the session is in', async () => {
  const { feed, opened } = feedOn(openTradeDate(running, { ...OPENED, tradeDate: '2013-10-10' }));
  await expect(feed.open(100_000)).resolves.toBe(false);
  expect(opened).not.toHaveBeenCalled();
});

test('a running date is taken up', async () => {
  await expect(feedOn(running).feed.open(100_000)).resolves.toBe(true);
});
