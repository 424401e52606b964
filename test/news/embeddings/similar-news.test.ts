/** Search and similarity over a folder store: nothing later than asked for, vectors made once. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Article } from '../../../src/domain/article';
import { openArticleStore, type ArticleStore } from '../../../src/news/article-store';
import { updateSimilarity } from '../../../src/news/embeddings/article-similarity';
import { decodeDayVectors, encodeDayVectors } from '../../../src/news/embeddings/day-vectors';
import { openSentenceEmbedder, type SentenceEmbedder } from '../../../src/news/embeddings/sentence-embedder';
import { findSimilarNews } from '../../../src/news/embeddings/similar-news';
import { openFolderStore } from '../../../src/storage/folder-store';
import type { ObjectStore } from '../../../src/storage/object-store';
import { plainArticle } from '../sample-articles';

const HOUR = 3_600_000;
const START = Date.parse('2013-10-08T10:00:00Z');

const article = (title: string, published: number, usable = published + 60_000): Article =>
  plainArticle(title, published, { url: `https://example.com/${encodeURIComponent(title)}`, usable_from: usable });

const gold = article('Gold rallies to a record high as miners follow', START);
const copy = article('Gold rallies to a record high as miners follow.', START + 30 * HOUR);
const fed = article('Federal Reserve holds interest rates steady', START + HOUR);
const late = article('Gold rallies to a record high as miners follow!', START + 2 * HOUR, START + 80 * HOUR);

describe('similar news', () => {
  let root: string;
  let store: ObjectStore;
  let articles: ArticleStore;
  let embedder: SentenceEmbedder;
  let embedded: number;

  beforeEach(async () => {
    root = mkdtempSync(join(tmpdir(), 'similar-'));
    store = await openFolderStore(root);
    articles = openArticleStore(store);
    const real = await openSentenceEmbedder(join(__dirname, 'fixture'));
    embedded = 0;
    embedder = { ...real, embed: (texts) => ((embedded += texts.length), real.embed(texts)) };
    await articles.write([gold, fed, late, copy]);
  });
  afterEach(() => rmSync(root, { recursive: true }));

  const search = (by: SentenceEmbedder | null, asOf: number, since = 0) =>
    findSimilarNews(store, articles, by, { text: gold.title, asOf, since, count: 3 });

  test.each([
    ['meaning', true],
    ['words', false],
  ])('by %s: what was usable by then, most similar first', async (method, withModel) => {
    const by = withModel ? embedder : null;
    const early = await search(by, START + 10 * HOUR);
    expect(early.method).toBe(method);
    expect(early.searched).toBe(2);
    expect(early.articles[0].article.id).toBe(gold.id);
    expect(early.articles[0].similarity).toBeCloseTo(1, 6);
    expect(early.articles.map(({ article: { id } }) => id)).not.toContain(late.id);
    const all = await search(by, START + 100 * HOUR);
    expect(all.searched).toBe(4);
    expect(new Set(all.articles.map(({ article: { id } }) => id))).toEqual(new Set([gold.id, late.id, copy.id]));
    expect((await search(by, START + 100 * HOUR, START + 1)).articles.map(({ article: { id } }) => id)).not.toContain(
      gold.id,
    );
    expect((await search(by, START - 1)).articles).toEqual([]);
  });

  test('an article is embedded once; damaged vectors are made again, new articles are added', async () => {
    await search(embedder, START + 100 * HOUR);
    expect(embedded).toBe(5);
    await search(embedder, START + 100 * HOUR);
    expect(embedded).toBe(6);
    const news = article('Oil falls', START + 3 * HOUR);
    await articles.write([news]);
    expect((await search(embedder, START + 100 * HOUR)).searched).toBe(5);
    expect(embedded).toBe(8);
    const [key] = (await store.list('news/vectors/')).filter((name) => name.includes('2013-10-08'));
    const bytes = await store.get(key);
    expect(encodeDayVectors(decodeDayVectors(bytes, key))).toEqual(Buffer.from(bytes));
    expect(() => decodeDayVectors(bytes.subarray(0, bytes.length - 1), key)).toThrow('no vectors');
    await store.put(key, bytes.subarray(0, 100));
    expect((await search(embedder, START + 100 * HOUR)).searched).toBe(5);
    expect(embedded).toBe(13);
  });

  test('similarity looks at what was usable before, and is stored once', async () => {
    const window = { from: START, to: START + 48 * HOUR, lookBackDays: 7 };
    expect(await updateSimilarity(store, articles, embedder, window)).toBe(4);
    const similarityOf = async (id: string): Promise<number | null> => {
      const found = (await articles.between(START, START + 48 * HOUR)).find((stored) => stored.id === id);
      return found?.similarity ?? null;
    };
    expect(await similarityOf(gold.id)).toBe(0);
    // Usable before the late one although published after it.
    expect(await similarityOf(copy.id)).toBeGreaterThan(0.9);
    expect(await similarityOf(late.id)).toBeGreaterThan(0.9);
    expect(await updateSimilarity(store, articles, embedder, window)).toBe(0);
  });
});
