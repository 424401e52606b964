import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { main } from '../../src/cli/main';
import type { Article } from '../../src/domain/article';
import { startLocalProvider } from '../http/local-provider';
import { KEY, NewsServer, storiesUntil } from '../news/news-servers';

let folder: string;
let out: string[];
let err: string[];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'omega-news-cli-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function omega(args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<number> {
  [out, err] = [[], []];
  return main(args, { out: (text) => void out.push(text), err: (text) => void err.push(text), env, folder });
}
const json = (): unknown => JSON.parse(out.join('\n'));

test('from nothing and without a key: the sample is read, says what it is, and can be looked at', async () => {
  expect(await omega(['news', 'ingest', '--once'])).toBe(0);
  const said = out.join('\n');
  expect(said).toContain('marketaux is skipped: set MARKETAUX_API_KEY');
  expect(said).toContain('Sample, not news');
  expect(said).toContain('sample: 824 of 824 articles stored.');
  expect(said).toContain("The lexicon's scores stay for the others: Gemini is skipped: set GOOGLE_API_KEY");

  expect(await omega(['news', 'list', '--ticker', 'f', '--count', '2', '--json'])).toBe(0);
  const [newest, older] = json() as readonly Article[];
  expect(newest.title).toBe('Don t Panic About the Big July Auto Sales Declines');
  expect(older.time_published).toBeLessThan(newest.time_published);
  expect(await omega(['news', 'list', '--day', '2016-01-11'])).toBe(0);
  expect(out.join('\n')).toMatch(/sample .* Tech giants may be stronger/);
  expect(await omega(['news', 'show', newest.id.slice(0, 10)])).toBe(0);
  expect(out.join('\n')).toContain('(shipped sample)');

  expect(await omega(['news', 'sources', '--json'])).toBe(0);
  expect(json()).toMatchObject([
    { source: 'sample', ready: true, readAt: expect.any(String) as string },
    { source: 'marketaux', ready: false },
    { source: 'tiingo', ready: false },
  ]);
  expect(await omega(['news', 'show', 'ffffffffff'])).toBe(1);
  expect(err.join('')).toContain('There is no article ffffffffff');
}, 30_000);

test('with a key: the configured server is asked, and what it refuses is told without the key', async () => {
  const server = await NewsServer.open('marketaux', storiesUntil(Date.now() - 60_000, 5));
  try {
    const env = { MARKETAUX_API_KEY: KEY, MARKETAUX_URL: server.baseUrl };
    expect(await omega(['news', 'ingest', '--once', '--source', 'marketaux', '--json'], env)).toBe(0);
    expect(json()).toMatchObject({
      sources: [{ source: 'marketaux', stored: 5, failed: null, sample: false }],
      skipped: [],
    });
    const refused = { ...env, MARKETAUX_API_KEY: 'another-key-9999' };
    expect(await omega(['news', 'ingest', '--once', '--source', 'marketaux'], refused)).toBe(1);
    expect(out.join('\n')).toContain('stopped: marketaux');
    expect(out.join('\n')).not.toContain('another-key-9999');
  } finally {
    await server.close();
  }
}, 30_000);

test('what a reading stored is scored at once where a language model is configured; a reading of nothing new asks nobody', async () => {
  const server = await NewsServer.open('marketaux', storiesUntil(Date.now() - 60_000, 3));
  const model = await startLocalProvider();
  model.answer(({ body }) => {
    const { messages } = JSON.parse(body) as { readonly messages: readonly { readonly content: string }[] };
    const asked = [...messages[1].content.matchAll(/^\{"article":(\d+),"tickers":\["(\w+)"\]/gm)];
    const scores = asked.map(([, article, ticker]) => ({
      article: +article,
      ticker,
      score: -0.5,
      relevance: 1,
      impact: 1,
    }));
    const message = { content: JSON.stringify({ scores }) };
    return {
      body: { choices: [{ message, finish_reason: 'stop' }], usage: { prompt_tokens: 9, completion_tokens: 9 } },
    };
  });
  try {
    const languageModel = { provider: 'openai-compatible', baseUrl: model.url, requestsPerMinute: 100 };
    writeFileSync(join(folder, 'omega.config.json'), JSON.stringify({ languageModel }));
    const env = { MARKETAUX_API_KEY: KEY, MARKETAUX_URL: server.baseUrl };
    const ingest = ['news', 'ingest', '--once', '--source', 'marketaux', '--json'];
    expect(await omega(ingest, env)).toBe(0);
    expect(json()).toMatchObject({ sources: [{ stored: 3 }], scoring: { scored: 3, why: null } });
    expect(await omega(['news', 'list', '--json'], env)).toBe(0);
    for (const { scores } of json() as readonly Article[])
      expect(scores).toContainEqual(expect.objectContaining({ scorer: 'language-model', score: -0.5 }));
    expect(await omega(ingest, env)).toBe(0);
    expect(json()).not.toHaveProperty('scoring');
    expect(model.asked).toHaveLength(1);
  } finally {
    await Promise.all([server.close(), model.close()]);
  }
}, 30_000);

test.each([
  [['news', 'ingest', '--once', '--source', 'reuters'], 2, 'There is no news source reuters'],
  [['news', 'ingest', '--once', '--source', 'tiingo'], 2, 'set TIINGO_API_KEY or TIINGO_TOKEN'],
  [['news', 'ingest', '--once', '--pages', '0'], 2, '--pages needs'],
  [['news', 'list', '--day', 'yesterday'], 2, '--day needs YYYY-MM-DD'],
  [['news', 'list', '--day', '2013-02-30'], 2, '--day needs YYYY-MM-DD'],
  [['news', 'list', '--count', 'many'], 2, '--count needs'],
  [['news', 'show', 'x'], 2, 'Give the id of an article'],
] as const)('%j ends with %d: %s', async (args, code, says) => {
  expect(await omega(args)).toBe(code);
  expect([...err, ...out].join('\n')).toContain(says);
});

test('an empty store says what to do; a table of companies that is none names its line', async () => {
  expect(await omega(['news', 'list'])).toBe(0);
  expect(out.join('')).toContain('omega news ingest --once');
  writeFileSync(join(folder, 'companies.csv'), 'ticker,name,aliases,weak\nES,Eversource,,\n');
  writeFileSync(join(folder, 'omega.config.json'), JSON.stringify({ news: { companiesFile: 'companies.csv' } }));
  expect(await omega(['news', 'sources'])).toBe(2);
  expect(err.join('')).toContain('companies.csv line 2: ES is the symbol of a future here');
});
