/** Stored articles like a text, as they could be known at an instant: by meaning where the embedding model is, by words otherwise. */
import type { Article } from '../../domain/article';
import type { ObjectStore } from '../../storage/object-store';
import type { ArticleStore } from '../article-store';
import { buildLexicalIndex } from './lexical-index';
import type { SentenceEmbedder } from './sentence-embedder';
import { buildVectorIndex } from './vector-index';
import { dayVectors, embeddedText } from './vector-store';

export interface SimilarArticle {
  readonly article: Article;
  /** Cosine, −1..1. */
  readonly similarity: number;
}

export interface SimilarNews {
  /** `words` knows no synonyms: its figures are lower and not comparable with those of `meaning`. */
  readonly method: 'meaning' | 'words';
  /** Articles that were compared. */
  readonly searched: number;
  /** Of the search itself, ms; reading and embedding excluded. */
  readonly searchMs: number;
  readonly articles: readonly SimilarArticle[];
}

export interface SimilarNewsQuery {
  readonly text: string;
  /** UTC ms: articles usable later are not looked at. */
  readonly asOf: number;
  /** UTC ms: nor those published before. */
  readonly since: number;
  readonly count: number;
}

const DAY_MS = 86_400_000;

/** Publication comes before use, so days after `asOf` hold nothing that may be seen. */
async function daysWithin(articles: ArticleStore, { since, asOf }: SimilarNewsQuery): Promise<readonly string[]> {
  return (await articles.days()).filter((day) => {
    const start = Date.parse(day);
    return start <= asOf && start + DAY_MS > since;
  });
}

/** With an embedder, vectors that are missing are made first. Throws what the stores throw. */
export async function findSimilarNews(
  store: ObjectStore,
  articles: ArticleStore,
  embedder: SentenceEmbedder | null,
  query: SimilarNewsQuery,
): Promise<SimilarNews> {
  const days = await daysWithin(articles, query);
  return embedder === null
    ? similarByWords(articles, days, query)
    : similarByMeaning(store, articles, embedder, days, query);
}

const isVisible = (article: Pick<Article, 'usable_from' | 'time_published'>, query: SimilarNewsQuery): boolean =>
  article.usable_from <= query.asOf && article.time_published >= query.since;

/** Rarity of words counts only articles that could be known, too. */
async function similarByWords(
  articles: ArticleStore,
  days: readonly string[],
  query: SimilarNewsQuery,
): Promise<SimilarNews> {
  const visible: Article[] = [];
  for (const day of days) visible.push(...(await articles.day(day)).filter((article) => isVisible(article, query)));
  const index = buildLexicalIndex(visible.map(embeddedText));
  const start = performance.now();
  const found = index.nearest(query.text, query.count);
  return {
    method: 'words',
    searched: visible.length,
    searchMs: performance.now() - start,
    articles: found.map(({ row, cosine }) => ({ article: visible[row], similarity: cosine })),
  };
}

async function similarByMeaning(
  store: ObjectStore,
  articles: ArticleStore,
  embedder: SentenceEmbedder,
  days: readonly string[],
  query: SimilarNewsQuery,
): Promise<SimilarNews> {
  const parts = [];
  for (const day of days) parts.push(await dayVectors(store, articles, embedder, day));
  const rows = parts.flatMap(({ ids, usableFrom }, at) =>
    ids.map((id, i) => ({ id, day: days[at], usableFrom: usableFrom[i] })),
  );
  const index = buildVectorIndex(concatenated(parts.map(({ vectors }) => vectors)), embedder.dimensions);
  const [vector] = await embedder.embed([query.text]);
  // The first day may begin before `since`: its articles are looked at one by one.
  const early = days.length > 0 && Date.parse(days[0]) < query.since ? await articles.day(days[0]) : [];
  const tooEarly = new Set(early.filter((article) => !isVisible(article, query)).map(({ id }) => id));
  const admits = (row: number): boolean => rows[row].usableFrom <= query.asOf && !tooEarly.has(rows[row].id);
  const start = performance.now();
  const found = index.nearest(vector, query.count, admits);
  const searchMs = performance.now() - start;
  const similar: SimilarArticle[] = [];
  for (const { row, cosine } of found) {
    const article = (await articles.day(rows[row].day)).find(({ id }) => id === rows[row].id);
    if (article !== undefined) similar.push({ article, similarity: cosine });
  }
  return { method: 'meaning', searched: rows.filter((_, row) => admits(row)).length, searchMs, articles: similar };
}

function concatenated(parts: readonly Float32Array[]): Float32Array {
  const all = new Float32Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}
