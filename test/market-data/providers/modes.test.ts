/** Both modes give the same downstream tables (requirement B1): one market, asked through each provider's own documented API. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { NO_RATE_LIMIT } from '../../../src/http/rate-limit';
import { polygonBars } from '../../../src/market-data/providers/polygon';
import type { ProvidedBar } from '../../../src/market-data/providers/provider';
import { tiingoBars } from '../../../src/market-data/providers/tiingo';
import { yahooBars } from '../../../src/market-data/providers/yahoo';
import { startLocalProvider, type LocalProvider } from '../../http/local-provider';
import { collect, DAY_REQUEST, quickClient } from './collect';
import { polygonReply, tiingoReply, trueBars, yahooReply } from './synthetic-market';

let provider: LocalProvider;
let folder: string;
const NOW = Date.parse('2026-03-10T12:00:00Z');

beforeEach(async () => {
  provider = await startLocalProvider();
  folder = await mkdtemp(join(tmpdir(), 'omega-modes-'));
});
afterEach(async () => {
  await provider.close();
  await rm(folder, { recursive: true });
});

const yahoo = () =>
  yahooBars({
    baseUrl: provider.url,
    cookieUrl: `${provider.url}/cookie`,
    folder,
    rateLimit: NO_RATE_LIMIT,
    now: () => NOW,
    sleep: async () => undefined,
  });

const close = (bar: ProvidedBar) => ({
  ...bar,
  adjustmentFactor: expect.closeTo(bar.adjustmentFactor ?? NaN, 6) as number,
});

test('legacy: Polygon', async () => {
  provider.answer(polygonReply);
  const { bars, aside } = await collect(
    polygonBars(quickClient('Polygon', provider.url), () => NOW),
    DAY_REQUEST,
  );
  expect(bars).toEqual(trueBars.map(close));
  expect(aside).toEqual([]);
});

test('current: Tiingo', async () => {
  provider.answer(tiingoReply);
  const { bars, aside } = await collect(tiingoBars(quickClient('Tiingo', provider.url)), DAY_REQUEST);
  expect(bars).toEqual(trueBars.map(close));
  expect(aside).toEqual([]);
});

test('current: Yahoo', async () => {
  provider.answer(yahooReply);
  const { bars, aside } = await collect(yahoo(), DAY_REQUEST);
  expect(bars).toEqual(trueBars.map(close));
  expect(aside).toEqual([]);
});

test('days before a split ask for what came after them, and are raw all the same', async () => {
  const request = { ...DAY_REQUEST, to: Date.parse('2026-03-04T00:00:00Z') };
  provider.answer(polygonReply);
  const legacy = await collect(
    polygonBars(quickClient('Polygon', provider.url), () => NOW),
    request,
  );
  expect(provider.asked[0].path).toBe('/v2/aggs/ticker/SYN/range/1/day/2026-03-01/2026-03-10');
  provider.answer(yahooReply);
  const current = await collect(yahoo(), request);
  expect(legacy.bars).toEqual(trueBars.slice(0, 1).map(close));
  expect(current.bars).toEqual(trueBars.slice(0, 1).map(close));
});
