/** Stored articles are scored once, spread along links, and kept; old ones and scored ones are not asked about. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DEFAULT_CONFIG } from '../../../src/config/config';
import type { Article } from '../../../src/domain/article';
import { openArticleStore } from '../../../src/news/article-store';
import { openNewsScoring } from '../../../src/news/scoring/score-stored';
import { openFolderStore } from '../../../src/storage/folder-store';
import { geminiReply, startModelServer, type ModelServer } from '../../language-model/model-server';
import { plainArticle } from '../sample-articles';

const NOW = Date.parse('2026-11-21T12:00:00Z');
const HOUR = 3_600_000;
let server: ModelServer;
let folder: string;

beforeEach(async () => {
  server = await startModelServer();
  folder = mkdtempSync(join(tmpdir(), 'score-stored-'));
});
afterEach(() => {
  server.close();
  rmSync(folder, { recursive: true });
});

const article = (id: string, published: number, tickers: readonly string[]): Article =>
  plainArticle(`News ${id}`, published, { id: id.repeat(64), usable_from: published, relevant_tickers: tickers });

test('the model’s score and what reaches the supplier are kept with the article', async () => {
  const store = await openFolderStore(join(folder, 'store'));
  const articles = openArticleStore(store);
  await articles.write([article('a', NOW - HOUR, ['WMT']), article('b', NOW - 99 * HOUR, ['WMT'])]);
  const links = join(folder, 'links.csv');
  const columns = 'supplier,customer,revenue_share,cost_share,from,to,source';
  writeFileSync(links, `${columns}\nBGS,WMT,0.5,,2026-01-01,,a filing\n`);
  const scoring = openNewsScoring({
    config: {
      languageModel: { ...DEFAULT_CONFIG.languageModel, baseUrl: server.url },
      supplyChain: { ...DEFAULT_CONFIG.supplyChain, file: links },
      stateDir: folder,
    },
    store,
    dataFolder: 'data',
    env: { GEMINI_API_KEY: 'secret-key-0123456789' },
    now: () => NOW,
  });
  const entry = { article: 1, ticker: 'WMT', score: -0.8, relevance: 1, impact: 0.5 };
  server.replies = [geminiReply(JSON.stringify({ scores: [entry] }))];
  const span = { from: NOW - 24 * HOUR, to: NOW, count: 10 };
  expect(await scoring.score(span)).toMatchObject({ waiting: 1, outcomes: [{ by: 'language-model' }] });
  const [old, fresh] = await openArticleStore(store).between(0, NOW);
  expect(old.scores).toEqual([]);
  expect(fresh.scores).toMatchObject([
    { ticker: 'WMT', score: -0.8, scorer: 'language-model', indirect: false, usable_from: NOW },
    { ticker: 'BGS', score: -0.8 * 0.25, scorer: 'language-model', indirect: true },
  ]);
  expect(await scoring.score(span)).toEqual({ waiting: 0, outcomes: [] });
  expect(server.asked).toHaveLength(1);
});

test('a table of links that is not there is named', async () => {
  const store = await openFolderStore(join(folder, 'store'));
  const place = { config: { ...DEFAULT_CONFIG, stateDir: folder }, store, env: {}, now: () => NOW };
  const scoring = openNewsScoring({ ...place, dataFolder: folder });
  expect(scoring).toMatchObject({ model: null, why: expect.stringContaining('GEMINI_API_KEY') as string });
  await expect(scoring.score({ from: 0, to: NOW, count: 1 })).rejects.toThrow(/links\.csv \(supplyChain\.file\)/);
});
