/**
 * Scores articles by a language model, and by the fallback where it has no valid answer (requirement D4).
 * Invariants:
 *  1. Only asked tickers are scored, score −1..1, relevance and impact 0..1, whatever an article or a model says.
 *  2. What was answered once for the same content, prompt and model is not asked again; what had no valid answer, not for REFUSED_MS: an
 *     article that a model always stumbles over must not spend the day's budget.
 *  3. It never throws for what a provider or a model does: the article is scored by the fallback, with the reason.
 */
import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { Article, TickerScore } from '../../domain/article';
import { ProviderError } from '../../http/provider-error';
import { openAnswerCache, type AnswerCache } from '../../language-model/answer-cache';
import { LanguageModelError, type LanguageModel } from '../../language-model/language-model';
import { askForStructure } from '../../language-model/structured-answer';
import { PROMPT_VERSION, scoreQuestion, seemsToGiveOrders, type AskedArticle, type ModelScore } from './score-question';

/** Scores without a language model: always answers. */
export type FallbackScorer = (article: Article, tickers: readonly string[]) => readonly TickerScore[];

export interface ScoredArticle {
  readonly article: Article;
  readonly scores: readonly TickerScore[];
  /** `cache`: the model's answer of an earlier time. */
  readonly by: 'language-model' | 'cache' | 'fallback';
  /** Why not the language model; null when it was. */
  readonly why: string | null;
}

export interface ScoringParts {
  /** Null with the reason why nobody is asked. */
  readonly model: LanguageModel | { readonly absent: string };
  readonly fallback: FallbackScorer;
  readonly cache: AnswerCache<KeptAnswer>;
  readonly articlesPerCall: number;
  readonly attempts: number;
  /** UTC ms. */
  readonly now: () => number;
}

const MOST_TICKERS = 8;
const REFUSED_MS = 6 * 3_600_000;
const number = z.number();
const keptAnswer = z.object({
  at: number,
  /** Why there is no answer, the article asked about alone. */
  refused: z.string().optional(),
  scores: z.array(z.object({ ticker: z.string(), score: number, relevance: number, impact: number })),
});
export type KeptAnswer = Readonly<z.infer<typeof keptAnswer>>;

export const openScoreCache = (folder: string): AnswerCache<KeptAnswer> => openAnswerCache(folder, keptAnswer);

/** Stocks it is about and futures its macro topics map to, at most eight. */
export const tickersOf = ({ relevant_tickers: stocks, macro_instruments: futures }: Article): readonly string[] =>
  [...new Set([...stocks, ...futures])].slice(0, MOST_TICKERS);

/** One result per article that has a ticker, in their order. */
export async function scoreArticles(
  articles: readonly Article[],
  parts: ScoringParts,
): Promise<readonly ScoredArticle[]> {
  const asked = articles
    .map((article) => ({ article, tickers: tickersOf(article) }))
    .filter(({ tickers }) => tickers.length > 0);
  const results = new Map<string, ScoredArticle>();
  const { model } = parts;
  const stop: { why: string | null } = { why: 'absent' in model ? model.absent : null };
  const waiting: Asked[] = [];
  for (const one of asked) {
    const kept = 'absent' in model ? null : await parts.cache.find(keyOf(model, one));
    if (kept === null || (kept.refused !== undefined && parts.now() >= kept.at + REFUSED_MS)) waiting.push(one);
    else if (kept.refused === undefined) results.set(one.article.id, byModel(one.article, kept, 'cache'));
    else results.set(one.article.id, byFallback(one, parts, againAfter(kept.refused, kept.at)));
  }
  for (const group of groupsOf(waiting, parts.articlesPerCall))
    for (const scored of await scoreGroup(group, parts, stop)) results.set(scored.article.id, scored);
  return asked.flatMap(({ article }) => results.get(article.id) ?? []);
}

interface Asked extends AskedArticle {
  readonly article: Article;
}

/** All that the answer depends on. */
const keyOf = ({ name }: LanguageModel, { article, tickers }: Asked): readonly string[] => [
  name,
  PROMPT_VERSION,
  createHash('sha256').update(`${article.title}\n${article.summary}\n${article.time_published_dt}`).digest('hex'),
  ...tickers,
];

function groupsOf(asked: readonly Asked[], size: number): readonly (readonly Asked[])[] {
  const alone = asked.filter(seemsToGiveOrders);
  const together = asked.filter((one) => !seemsToGiveOrders(one));
  const chunks = Array.from({ length: Math.ceil(together.length / size) }, (_, i) =>
    together.slice(i * size, (i + 1) * size),
  );
  return [...chunks, ...alone.map((one) => [one])];
}

async function scoreGroup(
  group: readonly Asked[],
  parts: ScoringParts,
  stop: { why: string | null },
): Promise<readonly ScoredArticle[]> {
  const { model, cache, attempts, now } = parts;
  const fallen = (why: string): readonly ScoredArticle[] => group.map((one) => byFallback(one, parts, why));
  if (stop.why !== null || 'absent' in model) return fallen(stop.why ?? '');
  try {
    const answers = await askForStructure<readonly (readonly ModelScore[])[]>(model, {
      ...scoreQuestion(group),
      attempts,
    });
    const scored: ScoredArticle[] = [];
    for (const [index, one] of group.entries()) {
      const kept = { at: now(), scores: [...answers[index]] };
      await cache.keep(keyOf(model, one), kept);
      scored.push(byModel(one.article, kept, 'language-model'));
    }
    return scored;
  } catch (error) {
    if (!(error instanceof LanguageModelError || error instanceof ProviderError)) throw error;
    // A provider's failure was retried already, and a spent budget stays spent: the rest is not asked.
    if (error instanceof ProviderError || error.code === 'BUDGET_SPENT') {
      stop.why = error.message;
      return fallen(error.message);
    }
    if (group.length === 1) {
      await cache.keep(keyOf(model, group[0]), { at: now(), scores: [], refused: error.message });
      return fallen(error.message);
    }
    const singly: ScoredArticle[] = [];
    for (const one of group) singly.push(...(await scoreGroup([one], parts, stop)));
    return singly;
  }
}

const byFallback = ({ article, tickers }: Asked, { fallback }: ScoringParts, why: string): ScoredArticle => ({
  article,
  scores: fallback(article, tickers),
  by: 'fallback',
  why,
});

const againAfter = (refused: string, at: number): string =>
  `${refused} It is asked again after ${new Date(at + REFUSED_MS).toISOString()}.`;

/** A model may have read what came after the article, so its score counts from when it was given. */
function byModel(article: Article, { at, scores }: KeptAnswer, by: 'language-model' | 'cache'): ScoredArticle {
  return {
    article,
    scores: scores.map((score) => ({
      ...score,
      scorer: 'language-model',
      indirect: false,
      ...(at > article.usable_from && { usable_from: at }),
    })),
    by,
    why: null,
  };
}
