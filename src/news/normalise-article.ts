/**
 * From what a source gave to the normalised article of requirement D2: entities, topics, tickers, macro instruments, scores on one scale, and
 * the time from which it may be used. Look-ahead safe: `usable_from` is the later of publication and first sight, plus the configured delay.
 */
import type { NewsConfig } from '../config/news-settings';
import type { Article, ArticleEntity } from '../domain/article';
import { FUTURE_SYMBOLS } from '../domain/instruments';
import { lexicalScores, mainScore, meanScore } from './article-scores';
import type { ArticleReading } from './article-scores';
import { articleId } from './canonical-url';
import type { Company } from './companies';
import { createCompanyFinder } from './extraction/companies-in-text';
import type { CompanyFinder, NamedCompany } from './extraction/companies-in-text';
import { loadLanguage } from './extraction/language';
import type { Language } from './extraction/language';
import { createMacroReader } from './extraction/macro';
import type { MacroReader } from './extraction/macro';
import { companiesByForm, namedThings } from './extraction/named-things';
import { keywordsOf, summaryOf } from './extraction/summary';
import { createTopicReader } from './extraction/topics';
import type { TopicReader } from './extraction/topics';
import { createLexiconScorer } from './lexicon-scorer';
import type { LexiconScorer } from './lexicon-scorer';
import type { ProvidedArticle } from './provided-article';

/** More than this of a body says nothing new. */
const READ_CHARACTERS = 20_000;
/** A name that is a word of its own (0.5) is a hint; a source's word or a sure name makes a ticker relevant. */
const RELEVANT_MATCH = 0.6;

export type Normaliser = (article: ProvidedArticle) => Article;

interface Readers {
  readonly language: Language;
  readonly find: CompanyFinder;
  readonly topicsOf: TopicReader;
  readonly macroOf: MacroReader;
}

export async function openNormaliser(
  { macroTopics, usableDelaySeconds }: Pick<NewsConfig, 'macroTopics' | 'usableDelaySeconds'>,
  companies: readonly Company[],
): Promise<Normaliser> {
  const language = await loadLanguage();
  const readers: Readers = {
    language,
    find: createCompanyFinder(companies),
    topicsOf: createTopicReader(language),
    macroOf: createMacroReader(language, macroTopics),
  };
  const lexicon = createLexiconScorer(language);
  return (given) => articleOf(given, readArticle(given, readers), lexicon, usableDelaySeconds * 1_000);
}

function readArticle(given: ProvidedArticle, { language, find, topicsOf, macroOf }: Readers): ArticleReading {
  const text = given.text.slice(0, READ_CHARACTERS);
  const [title, body] = [language.read(given.title), language.read(text)];
  const [titleWords, bodyWords] = [title, body].map(({ sentences }) => sentences.flatMap(({ words }) => words));
  const named = find(`${given.title}\n${text}`);
  const tickersIn = (part: string): ReadonlySet<string> => new Set(find(part).map(({ ticker }) => ticker));
  return {
    text,
    title,
    body,
    titleWords,
    bodyWords,
    named,
    tickers: relevantTickers(given, named),
    inTitle: tickersIn(given.title),
    bySentence: new Map([...title.sentences, ...body.sentences].map((one) => [one, tickersIn(one.text)])),
    topics: topicsOf(titleWords, bodyWords),
    macro: macroOf(titleWords, bodyWords),
  };
}

function articleOf(given: ProvidedArticle, reading: ArticleReading, lexicon: LexiconScorer, delayMs: number): Article {
  const { text, title, body, titleWords, bodyWords, named, tickers, topics, macro } = reading;
  const { published, firstSeen } = given;
  // The source's own first: they stand before the lexicon's wherever the first one counts.
  const own = given.scores.filter(({ ticker }) => tickers.includes(ticker));
  const scores = [
    ...own.map((score) => ({ ...score, impact: topics.impact })),
    ...lexicalScores(lexicon, given, reading),
  ];
  const ofStocks = scores.filter(({ ticker }) => tickers.includes(ticker));
  return {
    id: articleId(given),
    source_tag: given.source_tag,
    source: given.source,
    url: given.url,
    title: given.title,
    summary: summaryOf(given.title, text, body),
    entities: entitiesOf(given, named, text),
    keywords: keywordsOf(given.keywords, titleWords, bodyWords),
    topic: [...new Set([...topics.topics, ...macro.topics, ...given.topics])],
    main_topic: topics.topics[0] ?? macro.topics[0] ?? given.topics[0] ?? 'other',
    news_type: topics.newsType,
    macro_topics: macro.topics,
    macro_instruments: macro.instruments,
    sentiment_score: mainScore(ofStocks),
    overall_sentiment_score: meanScore(ofStocks) ?? lexicon.article(title, body),
    similarity: null,
    time_published: published,
    time_published_dt: new Date(published).toISOString(),
    first_seen: firstSeen,
    usable_from: Math.max(published, firstSeen) + delayMs,
    relevant_tickers: tickers,
    scores,
  };
}

/** The source's and those that the text names for certain. Symbols of futures are left out: ES is Eversource too, and means the future here. */
function relevantTickers(given: ProvidedArticle, named: readonly NamedCompany[]): readonly string[] {
  const sure = named.filter(({ match }) => match >= RELEVANT_MATCH).map(({ ticker }) => ticker);
  return [...new Set([...given.tickers, ...sure])].filter(
    (ticker) => !(FUTURE_SYMBOLS as readonly string[]).includes(ticker),
  );
}

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
