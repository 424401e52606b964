/**
 * MarketAux, `GET /v1/news/all` (requirement D1; https://www.marketaux.com/documentation). Paged by publication, oldest first, inside a
 * window that ends when the run began, so that pages do not move while they are read. Its entities' sentiment is on our scale already.
 */
import { z } from 'zod';
import type { MarketauxSettings } from '../../config/news-settings';
import { maskAddresses } from '../../config/secrets';
import type { ArticleEntity, TickerScore } from '../../domain/article';
import type { ProviderClient } from '../../http/provider-client';
import { ProviderError } from '../../http/provider-error';
import { ArticleProblem, checkedScore, requiredUrl, verdictOn } from '../provided-article';
import type { ArticleFields } from '../provided-article';
import { describeIssues } from './item-issues';
import { sorted } from './news-source';
import type { NewsPage, NewsSource } from './news-source';
import { cursorAfter, throughOf, windowOf } from './polled-window';
import type { PolledWindow, Polling } from './polled-window';

/** The API shows no more than this of one query. */
const RESULT_WINDOW = 20_000;
/** Match scores are open-ended (12.1 in the documentation's example): 1 − e^(−match ÷ 10) puts that at 0.7. */
const MATCH_SCALE = 10;

const pageSchema = z.object({
  meta: z.object({ found: z.number(), returned: z.number(), limit: z.number(), page: z.number() }),
  data: z.array(z.unknown()),
});

const entitySchema = z.object({
  symbol: z.string(),
  name: z.string(),
  type: z.string().nullish(),
  match_score: z.number().nullish(),
  sentiment_score: z.unknown(),
});
const text = z.string().nullish();
const articleSchema = z.object({
  title: text,
  description: text,
  keywords: text,
  snippet: text,
  url: text,
  source: z.string(),
  published_at: text,
  entities: z.array(entitySchema).nullish(),
});
type MarketauxArticle = z.infer<typeof articleSchema>;
type MarketauxEntity = z.infer<typeof entitySchema>;

export interface MarketauxParts {
  readonly client: ProviderClient;
  readonly settings: MarketauxSettings;
  readonly tickers: readonly string[];
  readonly polling: Omit<Polling, 'firstPage'>;
}

export function createMarketauxSource({ client, settings, tickers, polling }: MarketauxParts): NewsSource {
  return {
    name: 'marketaux',
    description: maskAddresses(`MarketAux at ${settings.baseUrl}`),
    fetchPage: async (cursor, now): Promise<NewsPage> => {
      const window = windowOf(cursor, now, { ...polling, firstPage: 1 });
      const { meta, data } = await client.getJson({
        path: '/v1/news/all',
        query: queryOf(settings, tickers, window),
        schema: pageSchema,
      });
      const page = sorted(data.map((item) => verdictOn(item, now, marketauxFields)));
      const newest = Math.max(window.newest ?? window.from, ...page.articles.map(({ published }) => published));
      const next = nextWindow(window, { ...meta, empty: data.length === 0 }, newest);
      if (next === 'contradiction')
        throw new ProviderError(
          'SCHEMA',
          client.name,
          `${client.name}: page ${window.page} is empty, and ${meta.found} articles are there by its own count: nothing is passed over, the next reading asks again.`,
        );
      return { ...page, others: 0, cursor: cursorAfter(window, next, throughOf(cursor)), more: next !== null };
    },
  };
}

/** UTC without a zone, as the API wants it. */
const apiTime = (ms: number): string => new Date(ms).toISOString().slice(0, 19);

const queryOf = (settings: MarketauxSettings, tickers: readonly string[], { from, to, page }: PolledWindow) => ({
  symbols: tickers.join(','),
  published_after: apiTime(from),
  // The API cuts to seconds: the running one belongs to this window.
  published_before: apiTime(to + 1_000),
  sort: 'published_on',
  sort_order: 'asc',
  limit: settings.limit,
  page,
  language: settings.language,
  countries: settings.countries,
  entity_types: settings.entityTypes,
  filter_entities: settings.filterEntities,
  must_have_entities: settings.mustHaveEntities,
  min_match_score: settings.minMatchScore,
  sentiment_gte: settings.sentimentGte,
  sentiment_lte: settings.sentimentLte,
});

interface PageMeta {
  readonly found: number;
  readonly limit: number;
  readonly empty: boolean;
}

/**
 * The next page; past what one query shows, or behind a page that is empty against the answer's own count, a new window from the newest
 * article on; null at the end.
 */
function nextWindow(
  window: PolledWindow,
  { found, limit, empty }: PageMeta,
  newest: number,
): PolledWindow | 'contradiction' | null {
  const { from, to, page } = window;
  // Its second again: what else was published then may be on the page that is left out.
  const rest: PolledWindow | null = newest - 1_000 > from ? { from: newest - 1_000, to, page: 1 } : null;
  if (empty) return found > (page - 1) * Math.max(limit, 1) ? (rest ?? 'contradiction') : null;
  // The plan may allow fewer a page than were asked for: the answer says how many.
  if (limit <= 0 || page * limit >= found) return null;
  return (page + 1) * limit <= RESULT_WINDOW ? { ...window, page: page + 1, newest } : rest;
}

/** One item of the answer. Throws ArticleProblem. */
export function marketauxFields(item: unknown): ArticleFields {
  const parsed = articleSchema.safeParse(item);
  if (!parsed.success) throw new ArticleProblem('FIELD_WRONG', describeIssues(parsed.error.issues));
  const article: MarketauxArticle = parsed.data;
  const entities = article.entities ?? [];
  return {
    source_tag: 'marketaux',
    source: article.source,
    url: requiredUrl(article.url),
    title: article.title ?? '',
    text: [article.description, article.snippet].find((part) => (part ?? '') !== '') ?? '',
    published: article.published_at,
    // The API has no crawl date: it is first seen when we see it.
    firstSeen: null,
    tickers: entities.filter(isStock).map(({ symbol }) => symbol.toUpperCase()),
    entities: entities.map(entityOf),
    keywords: (article.keywords ?? '')
      .split(',')
      .map((word) => word.trim())
      .filter(Boolean),
    topics: [],
    scores: entities.filter(isStock).flatMap(scoreOf),
  };
}

const isStock = ({ type }: MarketauxEntity): boolean => type === 'equity' || type === 'etf';

const TYPES: Readonly<Record<string, ArticleEntity['type']>> = {
  equity: 'company',
  index: 'index',
  etf: 'product',
  mutualfund: 'product',
  currency: 'currency',
  cryptocurrency: 'currency',
};

const relevanceOf = ({ match_score }: MarketauxEntity): number =>
  1 - Math.exp(-Math.max(0, match_score ?? 0) / MATCH_SCALE);

const entityOf = (entity: MarketauxEntity): ArticleEntity => ({
  name: entity.name,
  type: TYPES[entity.type ?? ''] ?? 'organisation',
  ticker: isStock(entity) ? entity.symbol.toUpperCase() : null,
  match: relevanceOf(entity),
});

function scoreOf(entity: MarketauxEntity): readonly TickerScore[] {
  const score = checkedScore(entity.sentiment_score, entity.symbol);
  if (score === null) return [];
  const ticker = entity.symbol.toUpperCase();
  // What kind of news it is, and so its impact, is known only when the article has been read.
  return [{ ticker, score, relevance: relevanceOf(entity), impact: 0, scorer: 'marketaux', indirect: false }];
}
