/** Scores of one article: the lexicon's for each of its stocks and futures, and what they come to. Pure. */
import type { TickerScore } from '../domain/article';
import type { NamedCompany } from './extraction/companies-in-text';
import type { ReadText, Sentence, Word } from './extraction/language';
import type { MacroNews } from './extraction/macro';
import type { Topics } from './extraction/topics';
import type { LexiconScorer } from './lexicon-scorer';
import type { ProvidedArticle } from './provided-article';

/** What was read out of an article. */
export interface ArticleReading {
  /** As much of the body as was read. */
  readonly text: string;
  readonly title: ReadText;
  readonly body: ReadText;
  readonly titleWords: readonly Word[];
  readonly bodyWords: readonly Word[];
  readonly named: readonly NamedCompany[];
  readonly tickers: readonly string[];
  /** Tickers that the title names. */
  readonly inTitle: ReadonlySet<string>;
  /** Tickers that each sentence names. */
  readonly bySentence: ReadonlyMap<Sentence, ReadonlySet<string>>;
  readonly topics: Topics;
  readonly macro: MacroNews;
}

/** How much an article is about a company that only the source's list names. */
const LISTED_RELEVANCE = 0.3;
const MACRO_RELEVANCE = { inTitle: 0.8, inText: 0.4 };

/** One score for each stock by its own sentences, and one for each future by the whole text; none where no word weighs. */
export function lexicalScores(
  lexicon: LexiconScorer,
  given: ProvidedArticle,
  reading: ArticleReading,
): readonly TickerScore[] {
  const { title, body, tickers, topics, macro } = reading;
  const whole = lexicon.article(title, body);
  const stocks = tickers.map((ticker) => ({
    ticker,
    score: lexicon.company(title, body, (sentence) => isAbout(sentence, ticker, reading)),
    relevance: relevanceOf(ticker, given, reading),
  }));
  const relevance = macro.inTitle ? MACRO_RELEVANCE.inTitle : MACRO_RELEVANCE.inText;
  const futures = macro.instruments.map((ticker) => ({ ticker, score: whole, relevance }));
  return [...stocks, ...futures].flatMap(({ score, ...rest }) =>
    score === null ? [] : [{ ...rest, score, impact: topics.impact, scorer: 'lexicon', indirect: false }],
  );
}

/** A company that the text never names is spoken of by the title, if at all. */
const isAbout = (sentence: Sentence, ticker: string, { title, named, bySentence }: ArticleReading): boolean =>
  bySentence.get(sentence)?.has(ticker) === true ||
  (title.sentences.includes(sentence) && !named.some((one) => one.ticker === ticker));

/** 0.4 for being named, 0.4 for standing in the title, up to 0.2 for being named three times; all as sure as the name is. */
function relevanceOf(wanted: string, { entities }: ProvidedArticle, { named, inTitle }: ArticleReading): number {
  const one = named.find(({ ticker }) => ticker === wanted);
  // Of a stock that only the source names: as much as its entity matches, no less than the floor.
  if (one === undefined)
    return entities.reduce(
      (best, { ticker, match }) => (ticker === wanted ? Math.max(best, match) : best),
      LISTED_RELEVANCE,
    );
  return rounded(one.match * (0.4 + (inTitle.has(wanted) ? 0.4 : 0) + (0.2 * Math.min(3, one.mentions)) / 3));
}

/** Four decimals: more means nothing here and makes files long. */
const rounded = (value: number): number => Math.round(1e4 * value) / 1e4;

/** The score about the ticker that the article is most about; the source's before the lexicon's, as they stand in the list. */
export function mainScore(scores: readonly TickerScore[]): number | null {
  const [main] = [...scores].sort((a, b) => b.relevance - a.relevance);
  return main === undefined ? null : (scores.find(({ ticker }) => ticker === main.ticker)?.score ?? null);
}

/** Mean over tickers by relevance, each ticker's first score; null without one. */
export function meanScore(scores: readonly TickerScore[]): number | null {
  const first = scores.filter(({ ticker }, at) => scores.findIndex((other) => other.ticker === ticker) === at);
  const weight = first.reduce((sum, { relevance }) => sum + relevance, 0);
  if (weight === 0) return null;
  const mean = first.reduce((sum, { score, relevance }) => sum + score * relevance, 0) / weight;
  return rounded(Math.min(1, Math.max(-1, mean)));
}
