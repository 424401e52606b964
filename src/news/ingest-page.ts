/**
 * One page of one source: fetched, read, de-duplicated, stored; the step that the workflow and `omega news ingest` both call.
 * Invariants: 1. articles are stored before the cursor moves: a crash asks for the page again and loses nothing; 2. an article that is stored
 * is not stored again, whatever asks again for it; 3. what is rejected is kept aside with its reason and the rest goes on.
 */
import { setImmediate } from 'node:timers/promises';
import type { Article, ArticleAmendment } from '../domain/article';
import type { IngestedPage } from '../domain/news-ingestion';
import type { ObjectStore } from '../storage/object-store';
import { daysFrom, openArticleStore } from './article-store';
import type { ArticleStore } from './article-store';
import { sortArticles } from './known-articles';
import type { SameStoryRule, SortedArticles } from './known-articles';
import type { ProvidedArticle } from './provided-article';
import { keepRejected } from './rejected-articles';
import { readSourceState, writeSourceState } from './source-states';
import type { NewsSource } from './sources/news-source';
import { utcDay } from './utc-time';

export interface IngestParts {
  readonly store: ObjectStore;
  readonly source: NewsSource;
  /** Entities, topics, tickers and scores of an article. */
  readonly normalise: (article: ProvidedArticle) => Article;
  readonly sameStory: SameStoryRule;
  readonly now: () => number;
  /** Compares stored articles of some days (ascending, UTC) with earlier ones; answers a sentence when it could not. */
  readonly judgeNovelty: (days: readonly string[]) => Promise<string | null>;
  /** Kept by the caller between pages: what was read of the store stays read. */
  readonly articles?: ArticleStore;
}

/** Sentences of rejections that a result carries; all of them are in the store. */
const TOLD = 5;
const AT_A_TIME = 20;

/** Throws ProviderError of the source and StoreError of the store; the cursor has not moved then. */
export async function ingestPage(parts: IngestParts): Promise<IngestedPage> {
  const { store, source, normalise, sameStory, judgeNovelty, now } = parts;
  const articles = parts.articles ?? openArticleStore(store);
  const state = await readSourceState(store, source.name);
  const time = now();
  const page = await source.fetchPage(state?.cursor ?? null, time);
  const incoming = await normalised(page.articles, normalise);
  const { fresh, duplicates } = sortArticles(incoming, await around(articles, incoming, sameStory.windowMs), sameStory);
  await articles.write(fresh);
  const amended = await amendStored(articles, duplicates);
  const novelty = await judgeNovelty([...new Set(incoming.map(({ time_published: time }) => utcDay(time)))].sort());
  await keepRejected(store, source.name, page.rejected, time);
  await writeSourceState(store, { source: source.name, cursor: page.cursor, updated_at: new Date(time).toISOString() });
  return {
    source: source.name,
    fetched: page.articles.length + page.rejected.length + page.others,
    stored: fresh.length,
    duplicates: duplicates.length,
    amended,
    rejected: page.rejected.length,
    why: [
      ...(novelty === null ? [] : [novelty]),
      ...page.rejected.slice(0, TOLD).map(({ code, why }) => `rejected, ${code}: ${why}`),
    ],
    more: page.more,
  };
}

/** Some at a time: reading a long page must not keep its heartbeat waiting. */
async function normalised(
  articles: readonly ProvidedArticle[],
  normalise: IngestParts['normalise'],
): Promise<readonly Article[]> {
  const read: Article[] = [];
  for (const article of articles) {
    read.push(normalise(article));
    if (read.length % AT_A_TIME === 0) await setImmediate();
  }
  return read;
}

/** Stored articles of the days that the incoming ones could repeat. */
async function around(
  articles: ArticleStore,
  incoming: readonly Article[],
  windowMs: number,
): Promise<readonly Article[]> {
  const days = new Set(incoming.flatMap(({ time_published: time }) => daysFrom(time - windowMs, time + windowMs)));
  const stored: Article[] = [];
  for (const day of [...days].sort()) stored.push(...(await articles.day(day)));
  return stored;
}

async function amendStored(articles: ArticleStore, duplicates: SortedArticles['duplicates']): Promise<number> {
  const byDay = new Map<string, ArticleAmendment[]>();
  for (const { of, amendment } of duplicates) {
    if (amendment === null) continue;
    const day = utcDay(of.time_published);
    byDay.set(day, [...(byDay.get(day) ?? []), amendment]);
  }
  for (const [day, amendments] of byDay) await articles.amend(day, amendments);
  return [...byDay.values()].flat().filter(addsToIt).length;
}

/** Another address alone is worth remembering and not worth telling. */
const addsToIt = ({ scores = [], relevant_tickers: tickers = [] }: ArticleAmendment): boolean =>
  scores.length + tickers.length > 0;
