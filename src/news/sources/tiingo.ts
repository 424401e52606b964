/**
 * Tiingo, `GET /tiingo/news` (requirement D1; https://www.tiingo.com/documentation/news). Paged by crawl date, newest first: the order in
 * which articles became known, so a late one is not missed. What arrives while pages are read shifts older articles back: some come twice,
 * none is lost. It has no sentiment of its own.
 */
import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { TiingoNewsSettings } from '../../config/news-settings';
import { maskAddresses } from '../../config/secrets';
import type { ProviderClient } from '../../http/provider-client';
import { ArticleProblem, requiredUrl, verdictOn } from '../provided-article';
import type { ArticleFields } from '../provided-article';
import { utcDay } from '../utc-time';
import { describeIssues } from './item-issues';
import { sorted } from './news-source';
import type { NewsPage, NewsSource } from './news-source';
import { cursorAfter, throughOf, windowOf } from './polled-window';
import type { PolledWindow, Polling } from './polled-window';

/** `startDate` is of publication, and an article may be crawled this much later (22 hours in the recorded sample). */
const LATE_CRAWL_MS = 3 * 86_400_000;

/** A page comes again once when as many articles as it has arrived meanwhile; twice in a row, the server passes over the offset. */
const MOST_AGAIN = 2;

const text = z.string().nullish();
const articleSchema = z.object({
  title: text,
  url: text,
  description: text,
  source: z.string(),
  publishedDate: text,
  crawlDate: text,
  tickers: z.array(z.string()).nullish(),
  tags: z.array(z.string()).nullish(),
});

export interface TiingoNewsParts {
  readonly client: ProviderClient;
  readonly settings: TiingoNewsSettings;
  /** For people. */
  readonly baseUrl: string;
  readonly tickers: readonly string[];
  readonly polling: Omit<Polling, 'firstPage'>;
}

export function createTiingoNewsSource({ client, settings, baseUrl, tickers, polling }: TiingoNewsParts): NewsSource {
  return {
    name: 'tiingo',
    description: maskAddresses(`Tiingo news at ${baseUrl}`),
    fetchPage: async (cursor, now): Promise<NewsPage> => {
      const window = windowOf(cursor, now, { ...polling, firstPage: 0 });
      const items = await client.getJson({
        path: '/tiingo/news',
        query: {
          tickers: tickers.map((ticker) => ticker.toLowerCase()).join(','),
          source: settings.source,
          tags: settings.tags,
          startDate: utcDay(window.from - LATE_CRAWL_MS),
          limit: settings.limit,
          offset: window.page,
          sortBy: 'crawlDate',
          onlyWithTickers: settings.onlyWithTickers,
        },
        schema: z.array(z.unknown()),
      });
      const { articles, rejected } = sorted(items.map((item) => verdictOn(item, now, tiingoFields)));
      const wanted = articles.filter(({ firstSeen }) => firstSeen >= window.from);
      // A page may be shorter than was asked for, whatever the plan's reason: only an older article, or none, is the end.
      const last = lastPage(items, window);
      const isEnd = items.length === 0 || wanted.length < articles.length || last.again === MOST_AGAIN;
      const next = isEnd ? null : { ...window, page: window.page + items.length, last };
      return {
        articles: wanted,
        rejected,
        others: articles.length - wanted.length,
        cursor: cursorAfter(window, next, throughOf(cursor)),
        more: next !== null,
      };
    },
  };
}

function lastPage(items: readonly unknown[], { last }: PolledWindow): NonNullable<PolledWindow['last']> {
  const hash = createHash('sha256').update(JSON.stringify(items)).digest('hex');
  return { hash, again: last?.hash === hash ? last.again + 1 : 0 };
}

/** One item of the answer. Throws ArticleProblem. */
export function tiingoFields(item: unknown): ArticleFields {
  const parsed = articleSchema.safeParse(item);
  if (!parsed.success) throw new ArticleProblem('FIELD_WRONG', describeIssues(parsed.error.issues));
  const article = parsed.data;
  return {
    source_tag: 'tiingo',
    source: article.source,
    url: requiredUrl(article.url),
    title: article.title ?? '',
    text: article.description ?? '',
    published: article.publishedDate,
    firstSeen: article.crawlDate ?? '',
    tickers: (article.tickers ?? []).map((ticker) => ticker.toUpperCase()),
    entities: [],
    keywords: [],
    topics: article.tags ?? [],
    scores: [],
  };
}
