/** How much an article is like what was known before it: `similarity` of requirement D2, and novelty = 1 − similarity. */
import type { Article } from '../../domain/article';
import type { ObjectStore } from '../../storage/object-store';
import { daysFrom, type ArticleStore } from '../article-store';
import type { SentenceEmbedder } from './sentence-embedder';
import { buildVectorIndex } from './vector-index';
import { dayVectors } from './vector-store';

export interface SimilarityWindow {
  /** Articles published in from..to (UTC ms, inclusive) are judged. */
  readonly from: number;
  readonly to: number;
  /** How far back earlier articles are looked at. */
  readonly lookBackDays: number;
}

const DAY_MS = 86_400_000;

interface Known {
  readonly id: string;
  readonly usableFrom: number;
  readonly vector: Float32Array;
}

/**
 * Stores `similarity` for the articles of the window that have none: the highest cosine (0..1) to an article usable earlier, 0 when there is
 * none in the look-back. Never looks ahead; running it twice stores nothing twice. Answers how many were judged.
 */
export async function updateSimilarity(
  store: ObjectStore,
  articles: ArticleStore,
  embedder: SentenceEmbedder,
  { from, to, lookBackDays }: SimilarityWindow,
): Promise<number> {
  const lookBack = lookBackDays * DAY_MS;
  const known: Known[] = [];
  for (const day of daysFrom(from - lookBack, to)) {
    const { ids, usableFrom, vectors, dimensions } = await dayVectors(store, articles, embedder, day);
    ids.forEach((id, i) =>
      known.push({ id, usableFrom: usableFrom[i], vector: vectors.subarray(i * dimensions, (i + 1) * dimensions) }),
    );
  }
  // Articles that become usable at the same instant are ordered by id, so that of two copies one is new.
  known.sort((a, b) => a.usableFrom - b.usableFrom || (a.id < b.id ? -1 : 1));
  const rowOf = new Map(known.map(({ id }, row) => [id, row]));
  const all = new Float32Array(known.length * embedder.dimensions);
  known.forEach(({ vector }, row) => all.set(vector, row * embedder.dimensions));
  const index = buildVectorIndex(all, embedder.dimensions);
  const judge = (article: Article): number | null => {
    const own = rowOf.get(article.id);
    if (article.similarity !== null || own === undefined) return null;
    const since = known[own].usableFrom - lookBack;
    const admits = (row: number): boolean => row < own && known[row].usableFrom >= since;
    const [closest] = index.nearest(known[own].vector, 1, admits);
    return Math.min(1, Math.max(0, closest?.cosine ?? 0));
  };
  let judged = 0;
  for (const day of daysFrom(from, to)) {
    const amendments = (await articles.day(day)).flatMap((article) => {
      const similarity = article.time_published >= from && article.time_published <= to ? judge(article) : null;
      return similarity === null ? [] : [{ id: article.id, similarity }];
    });
    await articles.amend(day, amendments);
    judged += amendments.length;
  }
  return judged;
}
