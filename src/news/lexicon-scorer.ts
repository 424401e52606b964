/**
 * The scorer that always works: weights of words (lexicon.ts), turned round by negation, summed and brought to −1..1. Pure once loaded.
 * Calibration: score = s ÷ √(s² + 4), s the sum of weights with the title's counting double: one plain word in a title (s = 1.2) gives 0.51,
 * two 0.77, one shade 0.29. The scale is that of the other scorers; how well it agrees with them is measured in docs/news.md.
 */
import { createSentenceScorer } from './sentence-score';
import type { Language, ReadText, Sentence } from './extraction/language';

export interface LexiconScorer {
  /** Of the whole article; null where no word of it has a weight: that is no verdict, not a neutral one. */
  article(title: ReadText, body: ReadText): number | null;
  /** Of what the article says about one company: its sentences count whole, the others a quarter. `names` tells which are its own. */
  company(title: ReadText, body: ReadText, names: (sentence: Sentence) => boolean): number | null;
}

const SPREAD = 4;
const TITLE_WEIGHT = 2;
const ELSEWHERE = 0.25;
/** A long text is not more certain for its length: the sum of the body's sentences is limited to what a title could weigh. */
const MOST_OF_BODY = 2;
/** wink's general words count half where no financial one is found. */
const GENERAL = 0.5;

export function createLexiconScorer(language: Language): LexiconScorer {
  const ofSentence = createSentenceScorer(language);
  const weighted = (title: ReadText, body: ReadText, weight: (sentence: Sentence) => number): number | null => {
    const parts = [
      ...title.sentences.map((sentence) => ({ ...ofSentence(sentence.words), times: TITLE_WEIGHT * weight(sentence) })),
    ];
    const inBody = body.sentences.map((sentence) => ({ ...ofSentence(sentence.words), times: weight(sentence) }));
    const sum = (all: typeof parts): number => all.reduce((total, { value, times }) => total + value * times, 0);
    if ([...parts, ...inBody].every(({ found }) => found === 0)) {
      const general = TITLE_WEIGHT * title.generalSentiment + body.generalSentiment;
      return general === 0 ? null : squashed(GENERAL * general);
    }
    return squashed(sum(parts) + Math.min(MOST_OF_BODY, Math.max(-MOST_OF_BODY, sum(inBody))));
  };
  return {
    article: (title, body) => weighted(title, body, () => 1),
    company: (title, body, names) => weighted(title, body, (sentence) => (names(sentence) ? 1 : ELSEWHERE)),
  };
}

/** Rounded: the sixth decimal of a count of words means nothing and makes files long. */
const squashed = (sum: number): number => Math.round((1e4 * sum) / Math.sqrt(sum * sum + SPREAD)) / 1e4 || 0;
