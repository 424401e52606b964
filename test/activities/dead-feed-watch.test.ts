/** The trader's eye on a feed whose heart beats: what counts is the data of instruments that are held while their market is open. */
import type { Client } from '@temporalio/client';
import { defaultPayloadConverter } from '@temporalio/common';
import { watchFeed } from '../../src/activities/dead-feed-watch';
import type { FeedHearing } from '../../src/activities/feed-hearing';

const OPEN = Date.UTC(2013, 9, 9, 14, 30);
const SATURDAY = Date.UTC(2013, 9, 12, 14, 30);

/** Alerts of a watch that looks at a beating feed with a position in ES for a few checks. */
async function alertsOn(hearing: FeedHearing, marketTime: number): Promise<readonly string[]> {
  const beat = defaultPayloadConverter.toPayload({ hearing });
  const handle = {
    describe: () => {
      const seconds = Math.floor(Date.now() / 1_000);
      const activity = { lastHeartbeatTime: { seconds }, heartbeatDetails: { payloads: [beat] } };
      return Promise.resolve({ status: { name: 'RUNNING' }, raw: { pendingActivities: [activity] } });
    },
    query: () => Promise.resolve({ positions: [{ symbol: 'ES', quantity: 1 }] }),
  };
  const alerts: string[] = [];
  const stop = watchFeed({
    client: { workflow: { getHandle: () => handle } } as unknown as Client,
    account: 'DEMO1000001',
    marketTime: () => marketTime,
    deadAfterMs: 30_000,
    checkEveryMs: 10,
    action: 'alert',
    alert: (text) => alerts.push(text),
    onCheckFailed: (error) => alerts.push(String(error)),
  });
  await new Promise((resolve) => setTimeout(resolve, 80));
  stop();
  return alerts;
}

const ago = (ms: number, marketTime: number, marketMs = ms) => ({
  wall: Date.now() - ms,
  market: marketTime - marketMs,
});

test('a held instrument without data for 30 s is alerted once, though the feed beats', async () => {
  const alerts = await alertsOn({ ES: ago(31_000, OPEN), NQ: ago(100, OPEN) }, OPEN);
  expect(alerts).toEqual(['market feed silent for 31 s with a position (1 ES): protective orders rest at the broker']);
});

test('silence of an instrument that is not held, of a closed market, of a held or a fast replay is none', async () => {
  expect(await alertsOn({ ES: ago(100, OPEN), NQ: ago(31_000, OPEN) }, OPEN)).toEqual([]);
  expect(await alertsOn({ ES: ago(31_000, SATURDAY) }, SATURDAY)).toEqual([]);
  expect(await alertsOn({ ES: ago(31_000, OPEN, 0) }, OPEN)).toEqual([]);
  expect(await alertsOn({ ES: ago(400, OPEN, 300_000) }, OPEN)).toEqual([]);
});
