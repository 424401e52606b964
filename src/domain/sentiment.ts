/**
 * Scores of articles reduced to one number per ticker and time (requirements D4, F6). Pure.
 * Invariants: 1. an article counts from its `usable_from` on, never before: cutting the future off changes nothing; 2. sentiment stays in
 * −1..1 and fades to 0 when news ends; 3. one article counts once per ticker, by its most trusted scorer; 4. no news is null, never 0.
 */
import type { Article, TickerScore } from './article';

/** One article's word on one ticker. */
export interface ScoredNews {
  /** UTC epoch ms. */
  readonly usableFrom: number;
  /** −1..1. */
  readonly score: number;
  /** 0..1. */
  readonly relevance: number;
}

export interface SentimentDecay {
  /** Age at which an article counts half, ms. */
  readonly halfLifeMs: number;
  /** Older articles count no more at all, ms; ten half-lives (a thousandth of the weight) unless said. */
  readonly lookBackMs?: number;
}

export interface Sentiment {
  /** Σ w·score ÷ (1 + Σ w), with w = relevance · 2^(−age ÷ half-life): one article of weight 1 is believed by half, −1..1. */
  readonly sentiment: number;
  /** Σ w·score ÷ Σ w: what the news says, however old; −1..1, 0 where nothing is relevant. */
  readonly mean: number;
  /** Σ w: how much fresh, relevant news there is. */
  readonly weight: number;
  /** Articles within the look-back. */
  readonly count: number;
  /** Mean relevance of those, 0..1. */
  readonly relevance: number;
}

/** How many half-lives the look-back has unless said. */
const HALF_LIVES = 10;

/** First is trusted most: it read the whole article; the lexicon counts words. */
const TRUST: readonly TickerScore['scorer'][] = ['language-model', 'marketaux', 'tiingo', 'fnspid', 'lexicon'];

/**
 * The news of one ticker at the time `at` (UTC epoch ms), in any order; null when there is none that is usable by then and within the
 * look-back. Throws RangeError on a half-life that is not above 0, a score outside −1..1 or a relevance outside 0..1 (NaN too).
 */
export function decayedSentiment(
  scores: readonly ScoredNews[],
  at: number,
  { halfLifeMs, lookBackMs = HALF_LIVES * halfLifeMs }: SentimentDecay,
): Sentiment | null {
  if (!(halfLifeMs > 0)) throw new RangeError(`A half-life must be above 0 ms, not ${halfLifeMs}.`);
  const known = scores.map(checked).filter(({ usableFrom }) => usableFrom <= at && at - usableFrom <= lookBackMs);
  if (known.length === 0) return null;
  let [weight, weighted, relevance] = [0, 0, 0];
  for (const news of known) {
    const w = news.relevance * 2 ** (-(at - news.usableFrom) / halfLifeMs);
    weight += w;
    weighted += w * news.score;
    relevance += news.relevance;
  }
  return {
    sentiment: weighted / (1 + weight),
    // Rounding may carry a mean of equal scores past its bounds.
    mean: weight > 0 ? Math.min(1, Math.max(-1, weighted / weight)) : 0,
    weight,
    count: known.length,
    relevance: relevance / known.length,
  };
}

function checked(news: ScoredNews): ScoredNews {
  if (!(Math.abs(news.score) <= 1)) throw new RangeError(`A score must be within -1..1, not ${news.score}.`);
  if (!(news.relevance >= 0 && news.relevance <= 1))
    throw new RangeError(`A relevance must be within 0..1, not ${news.relevance}.`);
  return news;
}

/**
 * The score of an article about a ticker that counts at the time `at` (UTC epoch ms): direct before indirect, then by trust, then the latest; null when
 * nobody had scored it by then.
 */
export function countedScore({ scores }: Pick<Article, 'scores'>, ticker: string, at: number): TickerScore | null {
  const rank = ({ indirect, scorer }: TickerScore): number => (indirect ? TRUST.length : 0) + TRUST.indexOf(scorer);
  const since = ({ usable_from: time = -Infinity }: TickerScore): number => time;
  const before = (a: TickerScore, b: TickerScore): boolean =>
    rank(a) < rank(b) || (rank(a) === rank(b) && since(a) > since(b));
  return scores
    .filter((score) => score.ticker === ticker && since(score) <= at)
    .reduce<TickerScore | null>((best, score) => (best === null || before(score, best) ? score : best), null);
}

/** What `decayedSentiment` takes: every article that could be used at `at` and that somebody had scored for the ticker, once each. */
export const newsOf = (
  articles: readonly Pick<Article, 'scores' | 'usable_from'>[],
  ticker: string,
  at: number,
): readonly ScoredNews[] =>
  articles.flatMap((article) => {
    const counted = article.usable_from > at ? null : countedScore(article, ticker, at);
    return counted === null
      ? []
      : [{ usableFrom: article.usable_from, score: counted.score, relevance: counted.relevance }];
  });

/** The reduction that the rebalance uses: each ticker's sentiment at `at`, null where there is no news of it. */
export const tickerSentiments = (
  articles: readonly Pick<Article, 'scores' | 'usable_from'>[],
  tickers: readonly string[],
  at: number,
  decay: SentimentDecay,
): ReadonlyMap<string, Sentiment | null> =>
  new Map(tickers.map((ticker) => [ticker, decayedSentiment(newsOf(articles, ticker, at), at, decay)]));
