/** What every source of news offers; one file per source beside this one (requirement D1). */
import type { NewsSourceName } from '../../config/news-settings';
import type { ProvidedArticle, RejectedArticle, Verdict } from '../provided-article';

export interface NewsPage {
  readonly articles: readonly ProvidedArticle[];
  readonly rejected: readonly RejectedArticle[];
  /** Items that nobody asked for: too old, or about other stocks. */
  readonly others: number;
  /** Where the next page begins: JSON that only the source reads. Stored after this page, never before. */
  readonly cursor: unknown;
  /** False when there is nothing more for now. */
  readonly more: boolean;
}

export interface NewsSource {
  readonly name: NewsSourceName;
  /** For people: what it reads and, of a sample, that it is one. */
  readonly description: string;
  /**
   * The page after `cursor` (null: from the beginning), as known at `now` (UTC ms). Throws ProviderError; a page that is asked for again
   * after a crash may hold articles that are stored already.
   */
  fetchPage(cursor: unknown, now: number): Promise<NewsPage>;
}

/** Verdicts sorted into articles and rejections. */
export const sorted = (verdicts: readonly Verdict[]): Pick<NewsPage, 'articles' | 'rejected'> => ({
  articles: verdicts.flatMap((verdict) => (verdict.kind === 'article' ? [verdict.article] : [])),
  rejected: verdicts.flatMap((verdict) => (verdict.kind === 'rejected' ? [verdict.rejected] : [])),
});
