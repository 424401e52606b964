/**
 * De-duplication across sources and runs: an article is known by its canonical address, or by a title so alike within some hours that it is
 * the same story. What a second source adds (its sentiment, another stock that it names) amends the stored article.
 */
import type { Article, ArticleAmendment, TickerScore } from '../domain/article';
import { titleSimilarity, titleWords } from './title-similarity';

export interface SameStoryRule {
  /** 0..1. */
  readonly titleSimilarity: number;
  readonly windowMs: number;
}

interface KnownArticle {
  readonly article: Article;
  readonly words: ReadonlySet<string>;
}

export interface SortedArticles {
  readonly fresh: readonly Article[];
  /** Of stored articles, or of earlier ones of the same page. */
  readonly duplicates: readonly { readonly of: Article; readonly amendment: ArticleAmendment | null }[];
}

/** Parts `incoming` into what is new and what is known; `stored` are the articles around their days. Pure. */
export function sortArticles(
  incoming: readonly Article[],
  stored: readonly Article[],
  rule: SameStoryRule,
): SortedArticles {
  const known: KnownArticle[] = stored.map(withWords);
  const byId = new Map(stored.map((article) => [article.id, article]));
  const fresh: Article[] = [];
  const duplicates: { of: Article; amendment: ArticleAmendment | null }[] = [];
  for (const article of incoming) {
    const same = byId.get(article.id) ?? sameStory(article, known, rule);
    if (same !== undefined) {
      duplicates.push({ of: same, amendment: amendmentOf(same, article) });
      continue;
    }
    fresh.push(article);
    known.push(withWords(article));
    byId.set(article.id, article);
  }
  return { fresh, duplicates };
}

const withWords = (article: Article): KnownArticle => ({ article, words: titleWords(article.title) });

function sameStory(article: Article, known: readonly KnownArticle[], rule: SameStoryRule): Article | undefined {
  const words = titleWords(article.title);
  return known.find(
    ({ article: other, words: otherWords }) =>
      Math.abs(other.time_published - article.time_published) <= rule.windowMs &&
      titleSimilarity(words, otherWords) >= rule.titleSimilarity,
  )?.article;
}

/** What `again` says that `known` doesn't; null when nothing. Its scores count from the time at which `again` could be used. */
function amendmentOf(known: Article, again: Article): ArticleAmendment | null {
  const has = (score: TickerScore): boolean =>
    known.scores.some(({ scorer, ticker }) => scorer === score.scorer && ticker === score.ticker);
  const scores = again.scores
    .filter((score) => !has(score))
    .map((score) => ({ ...score, usable_from: Math.max(again.usable_from, known.usable_from) }));
  const relevant_tickers = again.relevant_tickers.filter((ticker) => !known.relevant_tickers.includes(ticker));
  if (scores.length === 0 && relevant_tickers.length === 0) return null;
  return { id: known.id, scores, relevant_tickers };
}
