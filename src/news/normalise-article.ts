/**
 * From what a source gave to the normalised article of requirement D2: entities, topics, tickers, macro instruments, scores on one scale, and
 * the time from which it may be used. Look-ahead safe: `usable_from` is the later of publication and first sight, plus the configured delay.
 */
import type { NewsConfig } from '../config/news-settings';
import type { Article, ArticleEntity, TickerScore } from '../domain/article';
import { FUTURE_SYMBOLS } from '../domain/instruments';
import { articleId } from './canonical-url';
import type { Company } from './companies';
import { createCompanyFinder } from './extraction/companies-in-text';
import type { NamedCompany } from './extraction/companies-in-text';
import { loadLanguage } from './extraction/language';
import type { Sentence } from './extraction/language';
import { createMacroReader } from './extraction/macro';
import { companiesByForm, namedThings } from './extraction/named-things';
import { keywordsOf, summaryOf } from './extraction/summary';
import { createTopicReader } from './extraction/topics';
import { createLexiconScorer } from './lexicon-scorer';
import type { ProvidedArticle } from './provided-article';

/** More than this of a body says nothing new. */
const READ_CHARACTERS = 20_000;
/** A name that is a word of its own (0.5) is a hint; a source's word or a sure name makes a ticker relevant. */
const RELEVANT_MATCH = 0.6;
/** How much an article is about a company that only the source's list names. */
const LISTED_RELEVANCE = 0.3;
const MACRO_RELEVANCE = { inTitle: 0.8, inText: 0.4 };

export type Normaliser = (article: ProvidedArticle) => Article;

export async function openNormaliser(
  settings: Pick<NewsConfig, 'macroTopics' | 'usableDelaySeconds'>,
  companies: readonly Company[],
): Promise<Normaliser> {
  const language = await loadLanguage();
  const find = createCompanyFinder(companies);
  const topicsOf = createTopicReader(language);
  const macroOf = createMacroReader(language, settings.macroTopics);
  const lexicon = createLexiconScorer(language);

  return (given) => {
    const text = given.text.slice(0, READ_CHARACTERS);
    const [title, body] = [language.read(given.title), language.read(text)];
    const [titleWords, bodyWords] = [title, body].map(({ sentences }) => sentences.flatMap(({ words }) => words));
    const { newsType, impact, topics } = topicsOf(titleWords, bodyWords);
    const macro = macroOf(titleWords, bodyWords);
    const named = find(`${given.title}\n${text}`);
    const inTitle = new Set(find(given.title).map(({ ticker }) => ticker));
    const tickers = relevantTickers(given, named);
    const mentions = (ticker: string) => (sentence: Sentence) =>
      (title.sentences.includes(sentence) && !named.some((one) => one.ticker === ticker)) ||
      find(sentence.text).some((one) => one.ticker === ticker);
    const relevance = (ticker: string): number => {
      const one = named.find((company) => company.ticker === ticker);
      return one === undefined ? listedRelevance(given, ticker) : relevanceOf(one, inTitle.has(ticker));
    };
    const lexical = [
      ...tickers.map((ticker) => ({
        ticker,
        score: lexicon.company(title, body, mentions(ticker)),
        relevance: relevance(ticker),
      })),
      ...macro.instruments.map((ticker) => ({
        ticker,
        score: lexicon.article(title, body),
        relevance: macro.inTitle ? MACRO_RELEVANCE.inTitle : MACRO_RELEVANCE.inText,
      })),
    ].flatMap(({ score, ...rest }): readonly TickerScore[] =>
      score === null ? [] : [{ ...rest, score, impact, scorer: 'lexicon', indirect: false }],
    );
    const scores = [...given.scores.map((score) => ({ ...score, impact })), ...lexical];
    const own = scores.filter(({ ticker }) => tickers.includes(ticker));
    return {
      id: articleId(given),
      source_tag: given.source_tag,
      source: given.source,
      url: given.url,
      title: given.title,
      summary: summaryOf(given.title, text, body),
      entities: entitiesOf(given, named, text),
      keywords: keywordsOf(given.keywords, titleWords, bodyWords),
      topic: [...new Set([...topics, ...macro.topics, ...given.topics])],
      main_topic: topics[0] ?? macro.topics[0] ?? given.topics[0] ?? 'other',
      news_type: newsType,
      macro_topics: macro.topics,
      macro_instruments: macro.instruments,
      sentiment_score: mainScore(own),
      overall_sentiment_score: meanScore(own) ?? lexicon.article(title, body),
      similarity: null,
      time_published: given.published,
      time_published_dt: new Date(given.published).toISOString(),
      first_seen: given.firstSeen,
      usable_from: Math.max(given.published, given.firstSeen) + settings.usableDelaySeconds * 1_000,
      relevant_tickers: tickers,
      scores,
    };
  };
}

/** The source's and those that the text names for certain. Symbols of futures are left out: ES is Eversource too, and means the future here. */
function relevantTickers(given: ProvidedArticle, named: readonly NamedCompany[]): readonly string[] {
  const sure = named.filter(({ match }) => match >= RELEVANT_MATCH).map(({ ticker }) => ticker);
  return [...new Set([...given.tickers, ...sure])].filter(
    (ticker) => !(FUTURE_SYMBOLS as readonly string[]).includes(ticker),
  );
}

/** Of a stock that only the source names: as much as its entity matches, no less than the floor. */
const listedRelevance = ({ entities }: ProvidedArticle, wanted: string): number =>
  entities.reduce((best, { ticker, match }) => (ticker === wanted ? Math.max(best, match) : best), LISTED_RELEVANCE);

/** 0.4 for being named, 0.4 for standing in the title, up to 0.2 for being named three times; all as sure as the name is. */
const relevanceOf = ({ match, mentions }: NamedCompany, inTitle: boolean): number =>
  Math.round(1e4 * match * (0.4 + (inTitle ? 0.4 : 0) + (0.2 * Math.min(3, mentions)) / 3)) / 1e4;

function entitiesOf(given: ProvidedArticle, named: readonly NamedCompany[], text: string): readonly ArticleEntity[] {
  const whole = `${given.title}\n${text}`;
  const companies = named.map(({ name, ticker, match }): ArticleEntity => ({ name, type: 'company', ticker, match }));
  const known = [...given.entities, ...companies].filter(
    ({ ticker }, at, all) => ticker === null || all.findIndex((other) => other.ticker === ticker) === at,
  );
  const byForm = companiesByForm(whole).filter(
    ({ name }) => !known.some((one) => name.startsWith(one.name) || one.name.startsWith(name)),
  );
  return [...known, ...byForm, ...namedThings(whole)];
}

/** The score about the ticker that the article is most about; the source's before the lexicon's, as they stand in the list. */
function mainScore(scores: readonly TickerScore[]): number | null {
  const [main] = [...scores].sort((a, b) => b.relevance - a.relevance);
  return main === undefined ? null : (scores.find(({ ticker }) => ticker === main.ticker)?.score ?? null);
}

/** Mean over tickers by relevance, each ticker's first score; null without one. */
function meanScore(scores: readonly TickerScore[]): number | null {
  const first = scores.filter(({ ticker }, at) => scores.findIndex((other) => other.ticker === ticker) === at);
  const weight = first.reduce((sum, { relevance }) => sum + relevance, 0);
  if (weight === 0) return null;
  const mean = first.reduce((sum, { score, relevance }) => sum + score * relevance, 0) / weight;
  return Math.round(1e4 * Math.min(1, Math.max(-1, mean))) / 1e4;
}
