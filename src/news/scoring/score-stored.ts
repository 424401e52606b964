/**
 * Scores stored articles that no language model has scored, spreads what counts of each along supply links, and keeps both as amendments.
 * What `omega news score`, `omega news ingest` and the news-ingestion workflow share.
 */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Config } from '../../config/config';
import type { Article, ArticleAmendment, TickerScore } from '../../domain/article';
import type { NewsScored } from '../../domain/news-ingestion';
import { countedScore } from '../../domain/sentiment';
import { openLanguageModel } from '../../language-model/open-language-model';
import type { ObjectStore } from '../../storage/object-store';
import { openArticleStore, type ArticleStore } from '../article-store';
import { spreadScores, type SpreadRules } from '../supply-chain/spread-scores';
import { parseSupplyLinks, SupplyLinkError, type SupplyLink } from '../supply-chain/supply-links';
import { utcDay } from '../utc-time';
import { openScoreCache, scoreArticles, tickersOf, type ScoredArticle, type ScoringParts } from './score-articles';

export interface SpreadArticle extends ScoredArticle {
  /** What reached other companies along supply links. */
  readonly indirect: readonly TickerScore[];
}

export interface ScoringSpan {
  /** Articles published in from..to, UTC ms. */
  readonly from: number;
  readonly to: number;
  /** At most the newest so many of those that wait. */
  readonly count: number;
}

export interface ScoredStored {
  /** Articles that waited for a score. */
  readonly waiting: number;
  /** Those of them that name a ticker, oldest first. */
  readonly outcomes: readonly SpreadArticle[];
}

export interface NewsScoring {
  /** Null where nobody is asked. */
  readonly model: string | null;
  /** One sentence why nobody is asked. */
  readonly why: string | null;
  /** Throws SupplyLinkError, StoreError; what a model does never throws. */
  readonly score: (span: ScoringSpan) => Promise<ScoredStored>;
}

export interface ScoringPlace {
  readonly config: Pick<Config, 'languageModel' | 'supplyChain' | 'stateDir'>;
  readonly store: ObjectStore;
  /** The data that ship with the program. */
  readonly dataFolder: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly now: () => number;
}

export function openNewsScoring({ config, store, dataFolder, env, now }: ScoringPlace): NewsScoring {
  const { languageModel, supplyChain, stateDir } = config;
  const opened = openLanguageModel(languageModel, { env, stateDir });
  const articles = openArticleStore(store);
  const parts: ScoringParts = {
    model: opened.kind === 'open' ? opened.model : { absent: opened.why },
    fallback: lexiconScores,
    cache: openScoreCache(join(stateDir, 'language-model', 'answers')),
    articlesPerCall: languageModel.articlesPerCall,
    attempts: languageModel.attempts,
    now,
  };
  return {
    model: opened.kind === 'open' ? opened.model.name : null,
    why: opened.kind === 'absent' ? opened.why : null,
    score: async ({ from, to, count }) => {
      const links = await readSupplyLinks(supplyChain.file ?? join(dataFolder, 'supply-chain', 'links.csv'));
      const waiting = (await articles.between(from, to)).filter((article) => !isScored(article)).slice(-count);
      const scored = await scoreArticles(waiting, parts);
      const at = now();
      const outcomes = scored.map((one) => ({ ...one, indirect: indirectOf(one, links, supplyChain, at) }));
      await keep(articles, outcomes);
      return { waiting: waiting.length, outcomes };
    },
  };
}

/** Older articles are for `omega news score`: a page of an archive must not spend the day's budget. */
const NEWEST_MS = 3 * 86_400_000;
/** Of one reading of the sources; the next one takes more. */
const SCORED_AT_ONCE = 100;

/** What follows a reading that stored something: the model is asked about the newest articles without its score. Throws as `score` does. */
export async function scoreNewest(scoring: NewsScoring, now: number): Promise<NewsScored> {
  if (scoring.model === null) return { scored: 0, spread: 0, why: scoring.why };
  const { outcomes } = await scoring.score({ from: now - NEWEST_MS, to: now, count: SCORED_AT_ONCE });
  return {
    scored: outcomes.filter(({ by }) => by !== 'fallback').length,
    spread: outcomes.reduce((sum, { indirect }) => sum + indirect.length, 0),
    why: outcomes.find(({ why }) => why !== null)?.why ?? null,
  };
}

async function readSupplyLinks(file: string): Promise<readonly SupplyLink[]> {
  const text = await readFile(file, 'utf8').catch((error: unknown) => {
    throw new SupplyLinkError(`${file} (supplyChain.file) cannot be read.`, { cause: error });
  });
  return parseSupplyLinks(text, file);
}

const isScored = ({ scores }: Article): boolean =>
  scores.some(({ scorer, indirect }) => scorer === 'language-model' && !indirect);

/** An article was scored by the lexicon when it was taken in: that score stays where the model has none. */
const lexiconScores = ({ scores }: Article, tickers: readonly string[]): readonly TickerScore[] =>
  scores.filter(({ scorer, ticker, indirect }) => scorer === 'lexicon' && !indirect && tickers.includes(ticker));

/** What links make of the scores that count now; a direct score of the same article is never replaced. */
function indirectOf(
  { article, scores }: ScoredArticle,
  links: readonly SupplyLink[],
  rules: SpreadRules,
  now: number,
): readonly TickerScore[] {
  const known = { scores: [...article.scores.filter(({ indirect }) => !indirect), ...scores] };
  const direct = tickersOf(article).flatMap((ticker) => countedScore(known, ticker, now) ?? []);
  return spreadScores(direct, links, article.usable_from, rules);
}

async function keep(articles: ArticleStore, outcomes: readonly SpreadArticle[]): Promise<void> {
  const days = new Map<string, ArticleAmendment[]>();
  for (const { article, scores, by, indirect } of outcomes) {
    const added = [...(by === 'fallback' ? [] : scores), ...indirect];
    if (added.length === 0) continue;
    const day = utcDay(article.time_published);
    days.set(day, [...(days.get(day) ?? []), { id: article.id, scores: added }]);
  }
  for (const [day, amendments] of days) await articles.amend(day, amendments);
}
