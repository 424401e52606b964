import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { NO_RATE_LIMIT } from '../../../src/http/rate-limit';
import { yahooBars } from '../../../src/market-data/providers/yahoo';
import { startLocalProvider, type Asked, type LocalProvider, type Reply } from '../../http/local-provider';
import { collect, DAY_REQUEST } from './collect';
import { yahooReply } from './synthetic-market';

let provider: LocalProvider;
let folder: string;
let time: number;
beforeEach(async () => {
  provider = await startLocalProvider();
  folder = await mkdtemp(join(tmpdir(), 'omega-yahoo-'));
  time = Date.parse('2026-03-10T12:00:00Z');
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
    now: () => time,
    sleep: async () => undefined,
    retries: 1,
  });

/** The cookie as always, the chart as told. */
const chartReply = (reply: Reply) => (asked: Asked) => (asked.path === '/cookie' ? yahooReply(asked) : reply);
const cookiesAsked = (): number => provider.asked.filter(({ path }) => path === '/cookie').length;
const withColumns = (columns: object, more: object = {}) => ({
  chart: {
    result: [
      { meta: { symbol: 'SYN' }, timestamp: [1772548200, 1772634600], indicators: { quote: [columns], ...more } },
    ],
    error: null,
  },
});

test('the session begins once, is sent with every question, is kept over restarts and renewed after a day', async () => {
  provider.answer(yahooReply);
  const first = yahoo();
  await collect(first, DAY_REQUEST);
  await collect(first, { ...DAY_REQUEST, contract: 'BRK.B' });
  await collect(yahoo(), DAY_REQUEST);
  expect(cookiesAsked()).toBe(1);
  const charts = provider.asked.filter(({ path }) => path !== '/cookie');
  expect(charts.map(({ path }) => path)).toEqual([
    '/v8/finance/chart/SYN',
    '/v8/finance/chart/BRK-B',
    '/v8/finance/chart/SYN',
  ]);
  for (const { headers } of charts) expect(headers.cookie).toContain('A3=abc');
  expect(charts[0].query).toMatchObject({ interval: '1d', events: 'div|split', includePrePost: 'false' });
  time += 25 * 3_600_000;
  await collect(yahoo(), DAY_REQUEST);
  expect(cookiesAsked()).toBe(2);
});

test('a damaged session is as if there was none', async () => {
  provider.answer(yahooReply);
  await collect(yahoo(), DAY_REQUEST);
  await writeFile(join(folder, 'yahoo', 'session.json'), '{"takenAt": 1');
  expect((await collect(yahoo(), DAY_REQUEST)).bars).toHaveLength(5);
  expect(cookiesAsked()).toBe(2);
});

test('a cookie that is refused is forgotten: the next question begins another session', async () => {
  provider.answer(chartReply({ status: 401, body: { finance: { error: { description: 'Invalid Cookie' } } } }));
  await expect(collect(yahoo(), DAY_REQUEST)).rejects.toMatchObject({
    code: 'UNAUTHORIZED',
    message: 'Yahoo refuses its own cookie (401): the next command begins with a new one.',
  });
  provider.answer(yahooReply);
  expect((await collect(yahoo(), DAY_REQUEST)).bars).toHaveLength(5);
  expect(cookiesAsked()).toBe(2);
});

test('two processes that start at once begin one session', async () => {
  provider.answer(yahooReply);
  const run = () =>
    promisify(execFile)(process.execPath, [
      '-r',
      join(__dirname, '../../typescript-register.cjs'),
      join(__dirname, 'yahoo-child.ts'),
      provider.url,
      folder,
    ]);
  const said = await Promise.all([run(), run()]);
  expect(said.map(({ stdout }) => stdout.trim())).toEqual(['5', '5']);
  expect(said.map(({ stderr }) => stderr)).toEqual(['', '']);
  expect(cookiesAsked()).toBe(1);
});

test('unknown, overloaded and broken answers have their codes', async () => {
  const asking = () => collect(yahoo(), DAY_REQUEST);
  const error = { code: 'Not Found', description: 'No data found, symbol may be delisted' };
  provider.answer(chartReply({ status: 404, body: { chart: { result: null, error } } }));
  await expect(asking()).rejects.toMatchObject({
    code: 'NOT_FOUND',
    message: expect.stringContaining('symbol may be delisted') as string,
  });
  provider.answer(chartReply({ status: 429, body: 'Too Many Requests' }));
  await expect(asking()).rejects.toMatchObject({ code: 'RATE_LIMITED', provider: 'Yahoo' });
  provider.answer(chartReply({ headers: { 'content-type': 'text/html' }, body: '<html>consent</html>' }));
  await expect(asking()).rejects.toMatchObject({ code: 'NOT_JSON' });
  provider.answer(chartReply({ body: { chart: { result: [{ timestamp: [1], indicators: {} }], error: null } } }));
  await expect(asking()).rejects.toMatchObject({ code: 'SCHEMA', provider: 'Yahoo' });
});

test('no days are no error; days without values are kept aside', async () => {
  provider.answer(
    chartReply({
      body: {
        chart: { result: [{ meta: {}, indicators: { quote: [{}], adjclose: [{ adjclose: [] }] } }], error: null },
      },
    }),
  );
  expect(await collect(yahoo(), DAY_REQUEST)).toEqual({ bars: [], aside: [] });
  const quote = { open: [null, 10], high: [null, 11], low: [null, 9], close: [null, 10], volume: [null, 5] };
  provider.answer(chartReply({ body: withColumns(quote, { adjclose: [{ adjclose: [null, 9] }] }) }));
  const { bars, aside } = await collect(yahoo(), DAY_REQUEST);
  expect(bars).toMatchObject([{ start: Date.parse('2026-03-04'), close: 10, adjustmentFactor: 0.9 }]);
  expect(aside).toMatchObject([{ start: Date.parse('2026-03-03'), reason: 'no open, high, low, close' }]);
});

test('daily bars of stocks are all it is asked for', () => {
  expect(yahoo().cannot({ ...DAY_REQUEST, interval: '1m' })).toBe('Yahoo is asked for daily bars only, not for 1m.');
  expect(yahoo().cannot({ ...DAY_REQUEST, contract: 'ES_201312' })).toContain('stocks only');
});
