/**
 * Vectors of stored articles, `news/vectors/{model}/YYYY-MM-DD.bin`: made once per article and model, for the text that is embedded (title
 * and summary). They can always be made again; a file that cannot be read is.
 */
import { createHash } from 'node:crypto';
import type { Article } from '../../domain/article';
import { isStoreError, type ObjectStore } from '../../storage/object-store';
import type { ArticleStore } from '../article-store';
import { decodeDayVectors, encodeDayVectors, type DayVectors } from './day-vectors';
import { EmbeddingError } from './embedding-error';
import type { SentenceEmbedder } from './sentence-embedder';

/** What is embedded of an article. */
export const embeddedText = ({ title, summary }: Pick<Article, 'title' | 'summary'>): string =>
  summary === '' ? title : `${title}. ${summary}`;

const keyOf = (model: string, day: string): string => `news/vectors/${model.slice(0, 16)}/${day}.bin`;

/** The vectors of a day's articles (`YYYY-MM-DD`, UTC), with those that were missing made and stored. */
export async function dayVectors(
  store: ObjectStore,
  articles: ArticleStore,
  embedder: SentenceEmbedder,
  day: string,
): Promise<DayVectors> {
  const key = keyOf(embedder.model, day);
  const content = createHash('sha256')
    .update((await store.list(`news/${day}/`)).filter((name) => !name.includes('/amended-')).join('\n'))
    .digest('hex');
  const held = await readVectors(store, key, embedder);
  if (held !== null && held.content === content) return held;
  const made = await completeVectors(held, await articles.day(day), embedder, content);
  if (made.ids.length > 0) await store.put(key, encodeDayVectors(made));
  return made;
}

async function readVectors(store: ObjectStore, key: string, embedder: SentenceEmbedder): Promise<DayVectors | null> {
  try {
    const held = decodeDayVectors(await store.get(key), key);
    return held.model === embedder.model && held.dimensions === embedder.dimensions ? held : null;
  } catch (error) {
    if (isStoreError(error, 'NOT_FOUND')) return null;
    if (error instanceof EmbeddingError && error.code === 'VECTORS_DAMAGED') return null;
    throw error;
  }
}

async function completeVectors(
  held: DayVectors | null,
  articles: readonly Article[],
  embedder: SentenceEmbedder,
  content: string,
): Promise<DayVectors> {
  const { model, dimensions } = embedder;
  const rowOf = new Map((held?.ids ?? []).map((id, row) => [id, row]));
  const missing = articles.filter(({ id }) => !rowOf.has(id));
  const fresh = await embedder.embed(missing.map(embeddedText));
  const freshOf = new Map(missing.map(({ id }, i) => [id, fresh[i]]));
  const vectors = new Float32Array(articles.length * dimensions);
  articles.forEach(({ id }, row) => {
    const at = rowOf.get(id);
    const vector = at === undefined ? freshOf.get(id) : held?.vectors.subarray(at * dimensions, (at + 1) * dimensions);
    if (vector !== undefined) vectors.set(vector, row * dimensions);
  });
  return {
    model,
    content,
    dimensions,
    ids: articles.map(({ id }) => id),
    usableFrom: Float64Array.from(articles, ({ usable_from: time }) => time),
    vectors,
  };
}
