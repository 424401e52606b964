import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DEFAULT_CONFIG } from '../../src/config/config';
import type { NewsConfig } from '../../src/config/news-settings';
import { openArticleStore } from '../../src/news/article-store';
import { openIngestion } from '../../src/news/open-ingestion';
import type { Ingestion } from '../../src/news/open-ingestion';
import { openFolderStore } from '../../src/storage/folder-store';
import type { ObjectStore } from '../../src/storage/object-store';
import { readSource } from '../../src/domain/news-ingestion';
import type { SourceResult } from '../../src/domain/news-ingestion';
import { KEY, NewsServer, storiesUntil } from './news-servers';
import { NOW } from './sample-articles';

const MINUTE = 60_000;
const ENV = { MARKETAUX_API_KEY: KEY, TIINGO_API_KEY: KEY };
const DATA = join(__dirname, '../../data');

let folder: string;
let store: ObjectStore;
let marketaux: NewsServer;
let tiingo: NewsServer;
let now: number;
let embeddingModel: string;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'omega-news-'));
  store = await openFolderStore(join(folder, 'store'));
  [marketaux, tiingo] = await Promise.all([NewsServer.open('marketaux', [], 7), NewsServer.open('tiingo')]);
  now = NOW;
  embeddingModel = join(folder, 'none');
});
afterEach(async () => {
  await Promise.all([marketaux.close(), tiingo.close()]);
  rmSync(folder, { recursive: true, force: true });
});

function ingestion(news: Partial<NewsConfig> = {}, env: Record<string, string> = ENV): Promise<Ingestion> {
  const generous = { requestsPerHour: 100_000, requestsPerDay: 1_000_000 };
  return openIngestion({
    config: {
      news: {
        ...DEFAULT_CONFIG.news,
        marketaux: {
          ...DEFAULT_CONFIG.news.marketaux,
          baseUrl: marketaux.baseUrl,
          limit: 50,
          requestsPerDay: 1_000_000,
        },
        tiingo: { ...DEFAULT_CONFIG.news.tiingo, limit: 10 },
        ...news,
      },
      data: { ...DEFAULT_CONFIG.data, tiingo: { baseUrl: tiingo.baseUrl, ...generous } },
      embeddings: { ...DEFAULT_CONFIG.embeddings, folder: embeddingModel },
      stateDir: join(folder, 'state'),
    },
    store,
    dataFolder: DATA,
    env,
    now: () => now,
  });
}

const read = async (source: string, pages = 100, opened?: Ingestion): Promise<SourceResult> =>
  readSource(source, pages, (opened ?? (await ingestion())).ingest, (error) => (error as Error).message);

const stored = async () => {
  const articles = openArticleStore(store);
  return (await Promise.all((await articles.days()).map((day) => articles.day(day)))).flat();
};

async function rejected(): Promise<readonly { code: string; why: string; raw: string }[]> {
  const keys = await store.list('news/rejected/');
  const texts = await Promise.all(keys.map(async (key) => new TextDecoder().decode(await store.get(key))));
  return texts.flatMap((text) =>
    text
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as never),
  );
}

test('two sources of one world: paged, each story once, what the second adds is kept', async () => {
  const stories = storiesUntil(now - MINUTE, 40);
  marketaux.stories.push(...stories.slice(0, 30));
  tiingo.stories.push(...stories.slice(10));
  expect(await read('marketaux')).toMatchObject({ pages: 5, stored: 30, duplicates: 0, failed: null, more: false });
  expect(await read('tiingo')).toMatchObject({ stored: 10, duplicates: 20, amended: 0, failed: null, more: false });
  const articles = await stored();
  expect(articles.map(({ title }) => title).sort()).toEqual(stories.map(({ title }) => title).sort());
  const [first] = articles;
  expect(first).toMatchObject({
    source_tag: 'marketaux',
    relevant_tickers: ['MSFT'],
    sentiment_score: stories[0].score,
  });
  expect(first.usable_from).toBe(now + MINUTE);
  expect(articles.at(-1)?.usable_from).toBe(stories[39].crawled + MINUTE);
  // The next reading asks for what is new, with the overlap, and stores nothing twice.
  now += 5 * MINUTE;
  marketaux.stories.push(...storiesUntil(now, 1, 'later'));
  expect(await read('marketaux')).toMatchObject({ stored: 1, failed: null });
  const asked = marketaux.requests.at(-1)?.searchParams;
  expect(asked?.get('published_after')).toBe(new Date(NOW - 60 * MINUTE).toISOString().slice(0, 19));
});

test('a second source amends what the first one stored, from its own time on', async () => {
  const [story] = storiesUntil(now - MINUTE, 1);
  tiingo.stories.push(story);
  marketaux.stories.push({ ...story, title: `${story.title} - Example.com`, url: 'https://other.example/copy' });
  await read('tiingo');
  now += 10 * MINUTE;
  expect(await read('marketaux')).toMatchObject({ stored: 0, duplicates: 1, amended: 1 });
  expect(await read('marketaux')).toMatchObject({ stored: 0, duplicates: 1, amended: 0 });
  const [one, ...others] = await stored();
  expect(others).toEqual([]);
  const scores = one.scores.filter(({ scorer }) => scorer === 'marketaux');
  expect(scores).toMatchObject([{ score: story.score, usable_from: now + MINUTE }]);
});

test('with an embedding model each article is compared with earlier ones; without it that is said', async () => {
  tiingo.stories.push(...storiesUntil(now - MINUTE, 12));
  expect((await read('tiingo', 1)).why).toEqual([expect.stringContaining('no novelty: There is no embedding model')]);
  expect((await stored()).map(({ similarity }) => similarity)).toEqual(Array(10).fill(null));
  embeddingModel = join(__dirname, 'embeddings/fixture');
  expect(await read('tiingo')).toMatchObject({ stored: 2, why: [], more: false });
  const similarities = (await stored()).map(({ similarity }) => similarity ?? NaN);
  expect(similarities.filter((value) => value === 0)).toHaveLength(1);
  for (const value of similarities) expect(value).toBeLessThanOrEqual(1);
});

test('a run that ends in the middle goes on at the next page', async () => {
  marketaux.stories.push(...storiesUntil(now - MINUTE, 20));
  const why = [expect.stringContaining('no novelty') as string];
  expect(await read('marketaux', 2)).toMatchObject({ pages: 2, stored: 14, more: true, why });
  expect(await read('marketaux', 2)).toMatchObject({ pages: 1, stored: 6, more: false });
  expect(marketaux.requests.map((url) => url.searchParams.get('page'))).toEqual(['1', '2', '3']);
});

const ITEM = {
  title: 'Visa beats estimates',
  url: 'https://example.com/v',
  description: '',
  source: 'example.com',
  published_at: '2024-11-08T01:24:00.000000Z',
  entities: [],
};
test.each([
  ['FIELD_WRONG', 'no item', 'text instead of an article'],
  ['FIELD_WRONG', { ...ITEM, source: undefined }, 'source'],
  ['NO_TITLE', { ...ITEM, title: ' <b></b> ' }, 'no title'],
  ['NO_URL', { ...ITEM, url: null }, 'no web address'],
  ['NO_URL', { ...ITEM, url: 'javascript:alert(1)' }, 'javascript'],
  ['NO_DATE', { ...ITEM, published_at: null }, 'no date'],
  ['DATE_UNREADABLE', { ...ITEM, published_at: 'yesterday' }, 'yesterday'],
  ['DATE_UNREADABLE', { ...ITEM, published_at: '2024-11-08 01:24:00' }, 'time zone'],
  ['IN_THE_FUTURE', { ...ITEM, published_at: '2031-01-01T00:00:00.000000Z' }, 'after now'],
  [
    'SENTIMENT_WRONG',
    { ...ITEM, entities: [{ symbol: 'V', name: 'Visa', type: 'equity', sentiment_score: 'NaN' }] },
    'NaN',
  ],
  ['SENTIMENT_WRONG', { ...ITEM, entities: [{ symbol: 'V', name: 'Visa', type: 'equity', sentiment_score: 7 }] }, '7'],
  ['TOO_LONG', { ...ITEM, description: 'x'.repeat(1_000_001) }, '1000001 characters'],
])('%s: the item is kept aside with its reason, the rest goes on', async (code, item, why) => {
  marketaux.stories.push(...storiesUntil(now - MINUTE, 2));
  marketaux.extra.push(item);
  expect(await read('marketaux')).toMatchObject({ stored: 2, rejected: 1, failed: null });
  const kept = await rejected();
  expect(kept).toMatchObject([{ code }]);
  if (why !== 'text instead of an article') expect(kept[0].why).toContain(why);
  expect(kept[0].raw.length).toBeLessThan(4_100);
});

test.each([
  ['HTML', { status: 200, body: '<!doctype html><html><body>Just a moment…</body></html>' }, 'marketaux'],
  ['garbage', { status: 200, body: '{"meta": NaN}' }, 'marketaux'],
  ['another layout', { status: 200, body: '{"articles": []}' }, 'meta'],
  ['no plan left', { status: 402, body: '{"error":{"code":"usage_limit_reached","message":"limit"}}' }, 'marketaux'],
  ['a refused key', { status: 401, body: '{"error":{"code":"invalid_api_token","message":"no"}}' }, 'marketaux'],
])(
  '%s ends the source with a sentence; nothing is lost by it',
  async (_, answer, says) => {
    marketaux.stories.push(...storiesUntil(now - MINUTE, 9));
    const opened = await ingestion();
    await opened.ingest('marketaux');
    for (let copies = 0; copies < 5; copies += 1) marketaux.script.push(answer);
    const result = await read('marketaux', 100, opened);
    expect(result.failed).toContain(says);
    expect(result.failed).not.toContain(KEY);
    marketaux.script.splice(0);
    expect(await read('marketaux', 100, opened)).toMatchObject({ stored: 2, failed: null, more: false });
  },
  20_000,
);

test('a page that comes twice is stored once; an empty one ends the reading', async () => {
  marketaux.stories.push(...storiesUntil(now - MINUTE, 14));
  const opened = await ingestion();
  const page = await opened.ingest('marketaux');
  await store.delete('news/cursors/marketaux.json');
  expect(page).toMatchObject({ stored: 7, more: true });
  expect(await opened.ingest('marketaux')).toMatchObject({ stored: 0, duplicates: 7, more: true });
  marketaux.stories.splice(0);
  expect(await opened.ingest('marketaux')).toMatchObject({ fetched: 0, more: false });
  expect(await stored()).toHaveLength(7);
});

test('a page that is empty against its own count loses nothing: what follows the newest article is asked for anew', async () => {
  marketaux.stories.push(...storiesUntil(now - MINUTE, 30));
  const opened = await ingestion();
  await opened.ingest('marketaux');
  const empty = JSON.stringify({ meta: { found: 30, returned: 0, limit: 7, page: 2 }, data: [] });
  marketaux.script.push({ status: 200, body: empty });
  expect(await read('marketaux', 100, opened)).toMatchObject({ stored: 23, failed: null, more: false });
  // Nothing to go on from: told, and asked again.
  now += 90 * MINUTE;
  marketaux.stories.push(...storiesUntil(now - MINUTE, 3, 'later'));
  marketaux.script.push({ status: 200, body: empty });
  expect(await read('marketaux', 100, opened)).toMatchObject({
    stored: 0,
    failed: expect.stringContaining('30 articles are there') as string,
  });
  expect(await read('marketaux', 100, opened)).toMatchObject({ stored: 3, failed: null, more: false });
});

test.each([
  ['shorter pages than were asked for lose nothing', (offset: number) => [offset, offset + 4], 10],
  ['a server that gives its first page again and again ends the reading', () => [0, 4], 4],
  ['a page that comes again behind four new ones is no end', (at: number) => [at || 4, (at || 4) + 4], 6],
] as const)('Tiingo: %s', async (_, span, expected) => {
  const stories = storiesUntil(now - MINUTE, 10).toReversed();
  tiingo.answers = (offset) => stories.slice(...span(offset));
  expect(await read('tiingo')).toMatchObject({ stored: expected, failed: null, more: false });
});

test('Tiingo: a server that gives one page of which nothing can be read again and again ends the reading', async () => {
  tiingo.answers = () => storiesUntil(now - MINUTE, 4).map((story) => ({ ...story, title: '' }));
  expect(await read('tiingo')).toMatchObject({ stored: 0, failed: null, more: false });
});

test('two that read at the same time ask for each page once', async () => {
  marketaux.stories.push(...storiesUntil(now - MINUTE, 40));
  const [one, other] = [await ingestion(), await ingestion()];
  const results = await Promise.all([one, other].map((reader) => read('marketaux', 100, reader)));
  expect(results.reduce((sum, { stored: new_ }) => sum + new_, 0)).toBe(40);
  // The second one to come to the end begins the next window.
  const pages = marketaux.requests.map(
    ({ searchParams: asked }) => `${asked.get('published_after')} ${asked.get('page')}`,
  );
  expect(new Set(pages).size).toBe(pages.length);
  expect(await stored()).toHaveLength(40);
});

test('without keys the sources say which variable to set, and the sample says that it is one', async () => {
  const { sources, skipped } = await ingestion({}, {});
  expect(skipped.map(({ why }) => why)).toEqual([
    expect.stringContaining('set MARKETAUX_API_KEY'),
    expect.stringContaining('set TIINGO_API_KEY or TIINGO_TOKEN'),
  ]);
  expect(sources.map(({ name }) => name)).toEqual(['sample']);
  expect((await ingestion({ sources: ['marketaux'] }, {})).sources).toEqual([]);
});

test('the shipped sample: every article is read, twenty-two hours of crawling are waited for', async () => {
  now = Date.parse('2026-01-01T00:00:00Z');
  const [source] = (await ingestion({ sources: ['sample'] })).sources;
  const page = await source.fetchPage(null, now);
  expect(page.articles).toHaveLength(824);
  expect(page).toMatchObject({ rejected: [], more: false });
  const giants = page.articles.find(({ title }) => title.startsWith('Tech giants'));
  expect(giants).toMatchObject({ source_tag: 'sample', tickers: ['GOOGL', 'AAPL', 'AMZN', 'MSFT', 'NFLX', 'FB'] });
  const times = [giants?.published, giants?.firstSeen].map((time) => new Date(time ?? 0).toISOString());
  expect(times).toEqual(['2016-01-11T23:13:00.000Z', '2016-01-12T21:07:28.073Z']);
  expect((await source.fetchPage(page.cursor, now)).articles).toEqual([]);
});

const FNSPID_HEADER =
  'Unnamed: 0,Date,Article_title,Stock_symbol,Url,Publisher,Author,Article,Lsa_summary,Luhn_summary,Textrank_summary,Lexrank_summary,Sentiment_gpt';

test('FNSPID files: read on where the last page ended, scores on our scale, times that are safe', async () => {
  const file = join(folder, 'fnspid.csv');
  const row = (at: number, title: string, ticker: string, date: string, score = '') =>
    `${at},${date},"${title}",${ticker},https://www.nasdaq.com/${at},Zacks,,"A text\nof two lines, number ${at}",,,,,${score}\n`;
  const words = storiesUntil(now, 600).map(({ title }) => title);
  const rows = words.map((title, at) =>
    row(at, title, at % 2 === 0 ? 'AAPL' : 'ZZZZ', '2020-06-05 13:30:00 UTC', String((at % 6) + 1)),
  );
  writeFileSync(file, `${FNSPID_HEADER}\n${rows.join('')}`);
  const opened = await ingestion({ sources: ['fnspid'], fnspid: { files: [file], lateHours: 10 } });
  expect(await read('fnspid', 100, opened)).toMatchObject({
    pages: 2,
    fetched: 600,
    stored: 300,
    rejected: 0,
    more: false,
  });
  expect(await read('fnspid', 100, opened)).toMatchObject({ fetched: 0, stored: 0 });
  writeFileSync(
    file,
    [row(600, 'Apple falls', 'AAPL', '2020-06-06', '9'), row(601, 'Apple rises', 'AAPL', 'June', '')].join(''),
    { flag: 'a' },
  );
  expect(await read('fnspid', 100, opened)).toMatchObject({ fetched: 2, stored: 1, rejected: 1 });
  const articles = await stored();
  const scoreOf = (id: number) =>
    articles.find(({ url }) => url.endsWith(`/${id}`))?.scores.find(({ scorer }) => scorer === 'fnspid')?.score;
  expect([0, 2, 4].map(scoreOf)).toEqual([-1, 0, 1]);
  expect(scoreOf(600)).toBe(1);
  const timed = articles.find(({ url }) => url.endsWith('/0'));
  expect(new Date(timed?.usable_from ?? 0).toISOString()).toBe('2020-06-05T23:31:00.000Z');
  const dated = articles.find(({ url }) => url.endsWith('/600'));
  expect(new Date(dated?.usable_from ?? 0).toISOString()).toBe('2020-06-07T10:01:00.000Z');
}, 20_000);

test('a file that is missing or no news file names itself', async () => {
  const wrong = join(folder, 'prices.csv');
  writeFileSync(wrong, 'date,close\n2020-01-01,5\n');
  const open = (file: string) => ingestion({ sources: ['fnspid'], fnspid: { files: [file], lateHours: 0 } });
  expect((await read('fnspid', 1, await open(wrong))).failed).toContain(
    'lacks the columns article_title, stock_symbol',
  );
  expect((await read('fnspid', 1, await open(join(folder, 'none.csv')))).failed).toContain('there is no file');
  await expect(ingestion({ companiesFile: wrong })).rejects.toThrow('prices.csv line 1');
});
