/**
 * De-duplication across sources and runs: an article is known by its canonical address, or by a title so alike within some hours that it is
 * the same story. What a second source adds (its sentiment, another stock that it names) amends the stored article, which keeps the second
 * address, too: met again under another title, it is the same story still.
 * Invariants: 1. a page that was stored in part and is asked for again is parted in the same way, and every duplicate amends the same
 * article; 2. one address adds to one article, whatever its title becomes.
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
  const byId = knownByAddress(stored);
  const fresh: Article[] = [];
  const again: KnownArticle[] = [];
  for (const article of incoming.map(withWords)) {
    if (byId.has(article.article.id) || mostAlike(article, known, rule) !== null) {
      again.push(article);
      continue;
    }
    fresh.push(article.article);
    known.push(article);
    byId.set(article.article.id, article.article);
  }
  // Only now: what one repeats may come later in the page, and was stored before it when the page is asked for again.
  const duplicates = again.flatMap((article) => {
    const of = byId.get(article.article.id) ?? mostAlike(article, known, rule);
    if (of === null) return [];
    byId.set(article.article.id, of);
    return [{ of, amendment: amendmentOf(of, article.article) }];
  });
  return { fresh, duplicates };
}

/** An address of an article's own stands for it alone; of two that were met at the same other one, the one published first has it. */
function knownByAddress(stored: readonly Article[]): Map<string, Article> {
  const met = stored.toSorted((a, b) => (before(a, b) ? -1 : 1)).reverse();
  const others = met.flatMap((article) => (article.same_story ?? []).map((id) => [id, article] as const));
  return new Map([...others, ...stored.map((article) => [article.id, article] as const)]);
}

const withWords = (article: Article): KnownArticle => ({ article, words: titleWords(article.title) });

/** The same story: the most similar title, of those the one published first; in whatever order they are known. */
function mostAlike(
  { article, words }: KnownArticle,
  known: readonly KnownArticle[],
  { titleSimilarity: least, windowMs }: SameStoryRule,
): Article | null {
  let best: { readonly article: Article; readonly similarity: number } | null = null;
  for (const { article: other, words: otherWords } of known) {
    if (Math.abs(other.time_published - article.time_published) > windowMs) continue;
    const similarity = titleSimilarity(words, otherWords);
    if (similarity < least) continue;
    if (
      best === null ||
      similarity > best.similarity ||
      (similarity === best.similarity && before(other, best.article))
    )
      best = { article: other, similarity };
  }
  return best?.article ?? null;
}

const before = (a: Article, b: Article): boolean =>
  a.time_published < b.time_published || (a.time_published === b.time_published && a.id < b.id);

/** What `again` says that `known` doesn't; null when nothing. Its scores count from the time at which `again` could be used. */
function amendmentOf(known: Article, again: Article): ArticleAmendment | null {
  const has = (score: TickerScore): boolean =>
    known.scores.some(({ scorer, ticker }) => scorer === score.scorer && ticker === score.ticker);
  const scores = again.scores
    .filter((score) => !has(score))
    .map((score) => ({ ...score, usable_from: Math.max(again.usable_from, known.usable_from) }));
  const relevant_tickers = again.relevant_tickers.filter((ticker) => !known.relevant_tickers.includes(ticker));
  const isNew = again.id !== known.id && known.same_story?.includes(again.id) !== true;
  if (scores.length === 0 && relevant_tickers.length === 0 && !isNew) return null;
  return { id: known.id, scores, relevant_tickers, ...(isNew && { same_story: [again.id] }) };
}
