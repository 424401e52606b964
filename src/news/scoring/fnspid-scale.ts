/**
 * FNSPID's sentiment and ours. Its `score_by_gpt.py` asks for 1 (negative), 2, 3 (neutral), 4, 5 (positive) per article and stock, in the
 * column `Sentiment_gpt`; `price_news_integrate.py` clips to 1..5, averages per day, lets it fade towards 3 by exp(−0.05 a day) and writes
 * `Scaled_sentiment` = (Sentiment_gpt − 0.9999) / 4. (github Zdong104/FNSPID_Financial_News_Dataset, `data_processor/`.)
 */

const NEUTRAL = 3;
const HALF_RANGE = 2;
const LOWEST = 1;
const HIGHEST = 5;
/** Theirs: keeps the lowest score above 0. */
const SCALED_LOWEST = 0.9999;

/** −1..1 from `Sentiment_gpt`; outside 1..5 clipped as FNSPID does, null for what is no number. */
export function scoreFromFnspid(sentimentGpt: number): number | null {
  if (Number.isNaN(sentimentGpt)) return null;
  return (Math.min(HIGHEST, Math.max(LOWEST, sentimentGpt)) - NEUTRAL) / HALF_RANGE;
}

/** `Sentiment_gpt` of a score −1..1, not rounded to whole steps. */
export const sentimentGptOf = (score: number): number => NEUTRAL + HALF_RANGE * score;

/** `Scaled_sentiment` of a score −1..1: 0.000025 to 1.000025. */
export const scaledSentimentOf = (score: number): number =>
  (sentimentGptOf(score) - SCALED_LOWEST) / (HIGHEST - LOWEST);
