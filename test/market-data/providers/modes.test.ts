/** Both modes give the same downstream tables (requirement B1): one market, asked through each provider's own documented API. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DEFAULT_DATA, type DataConfig } from '../../../src/config/data-settings';
import { NO_RATE_LIMIT } from '../../../src/http/rate-limit';
import { openBarProviders } from '../../../src/market-data/providers/open-bar-providers';
import { polygonBars } from '../../../src/market-data/providers/polygon';
import type { ProvidedBar } from '../../../src/market-data/providers/provider';
import { tiingoBars } from '../../../src/market-data/providers/tiingo';
import { yahooBars } from '../../../src/market-data/providers/yahoo';
import { startLocalProvider, type Asked, type LocalProvider } from '../../http/local-provider';
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
  expect(provider.asked.at(-1)?.query.period2).toBe(String((NOW + 86_400_000) / 1_000));
  expect(legacy.bars).toEqual(trueBars.slice(0, 1).map(close));
  expect(current.bars).toEqual(trueBars.slice(0, 1).map(close));
});

test('a dividend in another currency leaves the days before it without a factor, and says so', async () => {
  provider.answer((asked) => {
    const reply = polygonReply(asked);
    const text = JSON.stringify(reply.body);
    return { body: text.replace('"currency":"USD"', '"currency":"TWD"') };
  });
  const { bars, aside } = await collect(
    polygonBars(quickClient('Polygon', provider.url), () => NOW),
    DAY_REQUEST,
  );
  expect(bars.map(({ adjustmentFactor }) => adjustmentFactor)).toEqual([null, null, null, 1, 1]);
  expect(aside).toMatchObject([
    { start: Date.parse('2026-03-06'), reason: 'a dividend in TWD: days before it have no adjustment factor' },
  ]);
});

describe('switched by the configuration alone', () => {
  const places = (data: Partial<DataConfig>, env: Readonly<Record<string, string>> = {}) => ({
    data: {
      ...DEFAULT_DATA,
      historicalFolder: join(folder, 'historical'),
      polygon: { ...DEFAULT_DATA.polygon, baseUrl: provider.url },
      tiingo: { ...DEFAULT_DATA.tiingo, baseUrl: provider.url },
      yahoo: { ...DEFAULT_DATA.yahoo, baseUrl: provider.url, cookieUrl: `${provider.url}/cookie` },
      ...data,
    },
    stateDir: join(folder, 'state'),
    env,
    sampleFolder: join(folder, 'sample'),
  });
  const KEYS = { POLYGON_API_KEY: 'polygon-key', TIINGO_TOKEN: 'tiingo-key' };
  const reply = (asked: Asked) => {
    if (asked.path.startsWith('/tiingo/')) return tiingoReply();
    return asked.path.startsWith('/v8/') || asked.path === '/cookie' ? yahooReply(asked) : polygonReply(asked);
  };

  test.each([
    ['legacy', ['polygon', 'sample']],
    ['current', ['tiingo', 'yahoo', 'sample']],
  ] as const)('%s', async (mode, names) => {
    provider.answer(reply);
    const { providers, skipped } = openBarProviders(places({ mode }, KEYS));
    expect(providers.map(({ name }) => name)).toEqual(names);
    expect(skipped.map(({ name }) => name)).toEqual(mode === 'legacy' ? ['ibkr', 'fnspid', 'csv'] : ['ibkr', 'csv']);
    for (const one of providers.filter(({ name }) => name !== 'sample')) {
      // What came after `to` counts for Polygon and Yahoo up to the machine's own day, and nothing did.
      expect((await collect(one, DAY_REQUEST)).bars).toEqual(trueBars.map(close));
    }
    const keys = provider.asked.map(({ headers }) => headers.authorization).filter((key) => key !== undefined);
    expect(new Set(keys)).toEqual(new Set(mode === 'legacy' ? ['Bearer polygon-key'] : ['Token tiingo-key']));
  });

  test('without a key a provider is skipped with one line', () => {
    expect(openBarProviders(places({ mode: 'legacy' })).skipped).toContainEqual({
      name: 'polygon',
      reason: 'Polygon is skipped: set POLYGON_API_KEY in the environment to use it.',
    });
    expect(openBarProviders(places({})).skipped).toContainEqual({
      name: 'tiingo',
      reason: 'Tiingo is skipped: set TIINGO_API_KEY or TIINGO_TOKEN in the environment to use it.',
    });
  });

  test('the order of the user counts, and one that refused the key is not asked again', async () => {
    provider.answer(() => ({ status: 401, body: { detail: 'Invalid token.' } }));
    const { providers } = openBarProviders(places({ providers: ['tiingo', 'polygon'] }, KEYS));
    expect(providers.map(({ name }) => name)).toEqual(['tiingo', 'polygon']);
    const [tiingo] = providers;
    expect(tiingo.cannot(DAY_REQUEST)).toBeNull();
    await expect(collect(tiingo, DAY_REQUEST)).rejects.toMatchObject({ code: 'UNAUTHORIZED' });
    expect(tiingo.cannot(DAY_REQUEST)).toContain('check that it is right');
    expect(provider.asked).toHaveLength(1);
  });
});
