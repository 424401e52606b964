/** What can be wrong with an answer, through the providers as they are asked: rejected rows with reasons, errors that name themselves. */
import { polygonBars } from '../../../src/market-data/providers/polygon';
import { polygonQuotes } from '../../../src/market-data/providers/polygon-quotes';
import type { BarRequest } from '../../../src/market-data/providers/provider';
import type { RejectedQuote } from '../../../src/market-data/providers/quote-provider';
import { tiingoBars } from '../../../src/market-data/providers/tiingo';
import { tiingoQuotes } from '../../../src/market-data/providers/tiingo-quotes';
import { startLocalProvider, type LocalProvider, type Reply } from '../../http/local-provider';
import { collect, DAY_REQUEST, quickClient } from './collect';

let provider: LocalProvider;
beforeEach(async () => {
  provider = await startLocalProvider();
});
afterEach(() => provider.close());

const polygon = () => polygonBars(quickClient('Polygon', provider.url), () => DAY_REQUEST.to);
const tiingo = () => tiingoBars(quickClient('Tiingo', provider.url));

const MINUTES: BarRequest = {
  ...DAY_REQUEST,
  interval: '1m',
  from: Date.parse('2026-03-06T14:30:00Z'),
  to: Date.parse('2026-03-09T14:00:00Z'),
};
const at = (minute: number): number => MINUTES.from + minute * 60_000;
const row = (minute: number, more: object = {}) => ({
  t: at(minute),
  o: 10,
  h: 11,
  l: 9,
  c: 10.5,
  v: 100,
  vw: 10,
  n: 3,
  ...more,
});
const page = (results: unknown, more: object = {}): Reply => ({
  body: { status: 'OK', request_id: 'r', results, ...more },
});

test('a refusal that comes as 200 is no answer without bars', async () => {
  provider.answer(() => ({ body: { status: 'ERROR', request_id: 'r', error: 'You are not entitled to this data.' } }));
  await expect(collect(polygon(), MINUTES)).rejects.toMatchObject({
    code: 'SCHEMA',
    message: expect.stringMatching(/status: neither OK nor DELAYED.*You are not entitled/) as string,
  });
});

test('rows that are no bars are kept aside with their reasons, as the source wrote them; the others go on', async () => {
  const bad: readonly (readonly [object, string])[] = [
    [{ o: -10 }, 'open is -10, not above zero'],
    [{ c: 0 }, 'close is 0, not above zero'],
    [{ h: 10.2 }, 'high and low do not enclose open and close'],
    [{ v: -1 }, 'the volume is -1'],
    [{ l: null }, 'l: Invalid input: expected number, received null'],
    [{ c: '10.5' }, 'c: Invalid input: expected number, received string'],
    [{ v: undefined }, 'lacks v'],
    [{ t: at(7) + 1_000 }, 'the time is not the start of a bar of 1m'],
  ];
  const rows = [row(0), ...bad.map(([change], i) => row(i + 1, change)), row(20)];
  provider.answer(() => page(rows));
  const { bars, aside } = await collect(polygon(), MINUTES);
  expect(bars.map(({ start }) => start)).toEqual([at(0), at(20)]);
  expect(aside.map(({ reason }) => reason).toSorted()).toEqual(bad.map(([, reason]) => reason).toSorted());
  expect(aside.map(({ row: text }) => JSON.parse(text) as unknown)).toContainEqual(row(1, { o: -10 }));
});

test('a price that is NaN in the answer loses its row, not the page', async () => {
  const text = JSON.stringify(page([row(0), row(1, { c: 'NAN' }), row(2)]).body).replace('"NAN"', 'NaN');
  provider.answer(() => ({ body: text }));
  const { bars, aside } = await collect(polygon(), MINUTES);
  expect(bars).toHaveLength(2);
  expect(aside).toMatchObject([{ reason: 'c: Invalid input: expected number, received null' }]);
});

test('a provider that lies about its schema: not one row fits', async () => {
  provider.answer(() =>
    page([
      { timestamp: at(0), open: 1 },
      { timestamp: at(1), open: 1 },
    ]),
  );
  await expect(collect(polygon(), MINUTES)).rejects.toMatchObject({
    code: 'SCHEMA',
    provider: 'Polygon',
    message:
      'Polygon: none of the 2 rows of its answer is as documented: the first lacks t; lacks o; lacks h; lacks l; lacks c; lacks v.',
  });
  provider.answer(() => ({ body: { ok: true, data: [] } }));
  await expect(collect(polygon(), MINUTES)).rejects.toMatchObject({
    code: 'SCHEMA',
    message: expect.stringContaining('lacks status') as string,
  });
  provider.answer(() => ({ body: { detail: 'Error: Ticker not found' } }));
  await expect(collect(tiingo(), DAY_REQUEST)).rejects.toMatchObject({ code: 'SCHEMA' });
});

test('a page that comes twice gives its bars once; one that changes is kept aside', async () => {
  const next = (cursor: string) => ({ next_url: `https://api.polygon.io/v2/aggs/x?cursor=${cursor}` });
  provider.answer((asked, count) => {
    if (count === 1) return page([row(0), row(1)], next('a'));
    if (asked.query.cursor === 'a') return page([row(0), row(1)], next('b'));
    return page([row(1, { c: 10.6 }), row(2)]);
  });
  const { bars, aside } = await collect(polygon(), MINUTES);
  expect(bars.map(({ start }) => start)).toEqual([at(0), at(1), at(2)]);
  expect(aside).toMatchObject([{ start: at(1), reason: 'the bar comes again with other values' }]);
});

test('paging that runs in a circle ends', async () => {
  provider.answer(() => page([row(0)], { next_url: 'https://api.polygon.io/v2/aggs/x?cursor=a' }));
  await expect(collect(polygon(), MINUTES)).rejects.toMatchObject({
    code: 'SCHEMA',
    message: expect.stringContaining('circle') as string,
  });
  expect(provider.asked).toHaveLength(2);
});

test('next_url leads to our own address with our key, wherever it points', async () => {
  provider.answer((_, count) =>
    count === 1 ? page([row(0)], { next_url: 'https://elsewhere.example/v2/aggs/x?cursor=a&apiKey=theirs' }) : page([]),
  );
  const auth = { kind: 'header', name: 'Authorization', value: 'Bearer ours' } as const;
  await collect(polygonBars(quickClient('Polygon', provider.url, auth)), MINUTES);
  expect(provider.asked[1]).toMatchObject({ path: '/v2/aggs/x', headers: { authorization: 'Bearer ours' } });
  expect(provider.asked[1].query).toEqual({ cursor: 'a' });
});

test('empty pages, absent results and a page upside down', async () => {
  provider.answer(() => page(undefined, { resultsCount: 0 }));
  expect(await collect(polygon(), MINUTES)).toEqual({ bars: [], aside: [] });
  expect(await collect(polygon(), DAY_REQUEST)).toEqual({ bars: [], aside: [] });
  provider.answer(() => page([row(2), row(1), row(0)]));
  expect((await collect(polygon(), MINUTES)).bars.map(({ start }) => start)).toEqual([at(0), at(1), at(2)]);
  provider.answer(() => ({ body: [] }));
  expect(await collect(tiingo(), DAY_REQUEST)).toEqual({ bars: [], aside: [] });
});

test.each([
  [401, { status: 'ERROR', error: 'Unknown API Key' }, 'UNAUTHORIZED', 'Unknown API Key'],
  [402, { message: 'upgrade' }, 'PAYMENT_REQUIRED', 'upgrade'],
  [403, { status: 'NOT_AUTHORIZED', message: 'You are not entitled to this data.' }, 'FORBIDDEN', 'not entitled'],
  [404, { detail: 'Not found.' }, 'NOT_FOUND', 'Not found.'],
])('%i', async (status, body, code, said) => {
  provider.answer(() => ({ status, body }));
  const expected = { code, message: expect.stringContaining(said) as string };
  await expect(collect(polygon(), MINUTES)).rejects.toMatchObject(expected);
  await expect(collect(tiingo(), DAY_REQUEST)).rejects.toMatchObject(expected);
});

test('Tiingo minutes over the change to summer time, two days a question', async () => {
  provider.answer(({ query }) => ({
    body: ['2026-03-06T14:30:00.000Z', '2026-03-09T13:30:00.000Z']
      .filter((date) => date.slice(0, 10) >= query.startDate && date.slice(0, 10) <= query.endDate)
      .map((date) => ({ date, open: 10, high: 11, low: 9, close: 10, ...(date < '2026-03-08' ? {} : { volume: 7 }) })),
  }));
  const { bars, aside } = await collect(tiingo(), { ...MINUTES, contract: 'BRK.B' });
  expect(bars.map(({ start, volume }) => [new Date(start).toISOString(), volume])).toEqual([
    ['2026-03-06T14:30:00.000Z', 0],
    ['2026-03-09T13:30:00.000Z', 7],
  ]);
  expect(aside).toEqual([]);
  expect(
    provider.asked.map(({ path, query }) => `${path} ${query.startDate} ${query.endDate} ${query.resampleFreq}`),
  ).toEqual(['/iex/BRK-B/prices 2026-03-06 2026-03-07 1min', '/iex/BRK-B/prices 2026-03-08 2026-03-09 1min']);
});

test('what cannot be asked is said before it is asked', () => {
  expect(polygon().cannot({ ...DAY_REQUEST, contract: 'ES_201312' })).toBe(
    'Polygon has stocks only, and ES_201312 is none.',
  );
  expect(tiingo().cannot({ ...DAY_REQUEST, whatToShow: 'MIDPOINT' })).toBe('Tiingo has trades only, no MIDPOINT.');
  expect(tiingo().cannot(DAY_REQUEST)).toBeNull();
});

describe('quotes', () => {
  test("Polygon's consolidated quotes of a span, nanoseconds as they are, an absent side as null", async () => {
    const quote = {
      sip_timestamp: 1772807400123456000,
      participant_timestamp: 1,
      bid_price: 10,
      bid_size: 2,
      ask_price: 10.01,
      ask_size: 3,
    };
    provider.answer(() =>
      page([
        quote,
        { ...quote, bid_price: 0, bid_size: 0 },
        { ...quote, bid_price: 0, ask_price: 0 },
        { bid_price: 1 },
      ]),
    );
    const aside: RejectedQuote[] = [];
    const quotes = [];
    const request = { ticker: 'AAPL', from: MINUTES.from, to: MINUTES.to };
    const source = polygonQuotes(quickClient('Polygon', provider.url));
    for await (const some of source.quotes(request, (rejected) => aside.push(rejected))) quotes.push(...some);
    expect(quotes).toEqual([
      { time: 1772807400123, bid: 10, ask: 10.01, bidSize: 2, askSize: 3 },
      { time: 1772807400123, bid: null, ask: 10.01, bidSize: 0, askSize: 3 },
    ]);
    expect(aside.map(({ reason }) => reason)).toEqual(['neither bid nor ask', 'lacks sip_timestamp']);
    expect(provider.asked[0]).toMatchObject({
      path: '/v3/quotes/AAPL',
      query: { 'timestamp.gte': `${MINUTES.from}000000` },
    });
    expect(await source.latest('AAPL')).toMatchObject({ bid: 10, ask: 10.01 });
    expect(provider.asked[1].query).toMatchObject({ order: 'desc', limit: '1' });
  });

  test("Tiingo's top of book, null for a plan that does not show it", async () => {
    const source = tiingoQuotes(quickClient('Tiingo', provider.url));
    const shown = {
      ticker: 'AAPL',
      quoteTimestamp: '2026-03-06T09:30:00.5-05:00',
      bidPrice: 10,
      bidSize: 1,
      askPrice: 10.01,
      askSize: 2,
    };
    provider.answer(() => ({ body: [shown] }));
    expect(await source.latest('AAPL')).toEqual({
      time: MINUTES.from + 500,
      bid: 10,
      ask: 10.01,
      bidSize: 1,
      askSize: 2,
    });
    provider.answer(() => ({ body: [{ ...shown, quoteTimestamp: null, bidPrice: null, askPrice: null }] }));
    expect(await source.latest('AAPL')).toBeNull();
    provider.answer(() => ({ body: [{ ...shown, bidPrice: -1 }] }));
    await expect(source.latest('AAPL')).rejects.toMatchObject({ code: 'SCHEMA' });
  });
});
