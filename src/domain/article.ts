/** News as every room passes it on (requirement D2). Times are UTC epoch milliseconds unless named `_dt` (ISO-8601). */

import type { FutureSymbol } from './instruments';

/** Somebody or something an article is about. */
export interface ArticleEntity {
  readonly name: string;
  readonly type: 'company' | 'person' | 'place' | 'organisation' | 'product' | 'index' | 'currency' | 'commodity';
  /** Ticker or registry symbol, null when it has none. */
  readonly ticker: string | null;
  /** 0..1: how sure the mapping is. */
  readonly match: number;
}

/** What a scorer says of one article about one ticker (requirement D4). */
export interface TickerScore {
  /** Of a stock, or the registry symbol of a future that macro news is mapped to. */
  readonly ticker: string;
  /** −1 (bad for its price) to 1 (good). */
  readonly score: number;
  /** 0..1: how much the article is about the ticker. */
  readonly relevance: number;
  /** 0..1: how much the news matters to the price. */
  readonly impact: number;
  readonly scorer: 'marketaux' | 'tiingo' | 'fnspid' | 'language-model' | 'lexicon';
  /** True when it came along a supply-chain link (requirement D6). */
  readonly indirect: boolean;
  /** When the score came to be, where that was after the article could be used: nothing uses the score before. UTC epoch ms. */
  readonly usable_from?: number;
}

/** What kind of news it is; the first that fits, from what moves prices most to what does least. */
export const NEWS_TYPES = [
  'monetary-policy',
  'earnings',
  'guidance',
  'merger',
  'legal',
  'management',
  'analyst',
  'dividend',
  'product',
  'economy',
  'commodity',
  'filing',
  'market-wrap',
  'other',
] as const;
export type NewsType = (typeof NEWS_TYPES)[number];

/** The normalised article, in the names of requirement D2. */
export interface Article {
  /** SHA-256 of the canonical URL, or of source and title where there is none; hex. */
  readonly id: string;
  readonly source_tag: 'marketaux' | 'tiingo' | 'fnspid' | 'file' | 'sample';
  /** The publisher's domain. */
  readonly source: string;
  readonly url: string;
  readonly title: string;
  readonly summary: string;
  readonly entities: readonly ArticleEntity[];
  readonly keywords: readonly string[];
  readonly topic: readonly string[];
  readonly main_topic: string;
  readonly news_type: NewsType;
  /** Rows of the macro table that it matches, and the futures those map to (requirement D3). */
  readonly macro_topics: readonly string[];
  readonly macro_instruments: readonly FutureSymbol[];
  /** Of the article's main ticker, −1..1; null while nobody scored it. */
  readonly sentiment_score: number | null;
  /** Mean over its tickers, weighted by relevance; null while nobody scored it. */
  readonly overall_sentiment_score: number | null;
  /** Highest cosine similarity to earlier articles of the look-back, 0..1; null without embeddings. */
  readonly similarity: number | null;
  readonly time_published: number;
  /** ISO-8601 of `time_published`. */
  readonly time_published_dt: string;
  /** When a source first showed it (crawl date). */
  readonly first_seen: number;
  /** Later of publication and first sight plus the configured delay: nothing uses the article before. */
  readonly usable_from: number;
  readonly relevant_tickers: readonly string[];
  readonly scores: readonly TickerScore[];
  /** Ids under which the same story was met again, at other addresses; absent where it never was. */
  readonly same_story?: readonly string[];
}

/** What is learnt of a stored article later: by another source that has it too, by a scorer, by the similarity search. */
export interface ArticleAmendment {
  readonly id: string;
  /** Added to the article's; each counts from its own time, so a later score of the same scorer leaves the past as it was. */
  readonly scores?: readonly TickerScore[];
  readonly relevant_tickers?: readonly string[];
  readonly similarity?: number;
  /** Ids that from now on stand for this article, too. */
  readonly same_story?: readonly string[];
}
