/**
 * News as features of one instrument: a number by column and instant (requirement D5), readers such as features/outside takes.
 * Invariants: 1. nothing counts before its `usable_from`: cutting the future off never changes a past value; 2. a column that cannot be
 * computed is absent, with a sentence, never filled in; 3. without news in reach a present column is 0, and `news_count` says so.
 */
import type { NewsConfig } from '../config/news-settings';
import type { Article } from '../domain/article';
import { decayedSentiment, newsOf } from '../domain/sentiment';

/** The value at an instant (UTC ms), usually a bar's close. */
export type NewsReader = (at: number) => number;

export interface NewsFeatures {
  readonly readers: ReadonlyMap<string, NewsReader>;
  readonly absent: readonly { readonly column: string; readonly why: string }[];
}

export type NewsFeatureSettings = Pick<NewsConfig, 'halfLifeHours' | 'macroFlagMinutes' | 'macroTopics'>;

const HOUR_MS = 3_600_000;
const MINUTE_MS = 60_000;
/** `news_count` is of the last day. */
const COUNT_MS = 24 * HOUR_MS;
/** As decayedSentiment's own look-back. */
const HALF_LIVES = 10;

export const NEWS_COLUMNS = ['news_sentiment', 'news_count', 'news_relevance', 'news_novelty'] as const;
export const flagColumn = (topic: string): string => `news_flag_${topic.replaceAll('-', '_')}`;

/** `articles` of any time and order, as the store reads them; `symbol` a ticker or the registry symbol of a future. */
export function newsFeatures(
  articles: readonly Article[],
  symbol: string,
  { halfLifeHours, macroFlagMinutes, macroTopics }: NewsFeatureSettings,
): NewsFeatures {
  const topics = macroTopics.filter(({ instruments }) => (instruments as readonly string[]).includes(symbol));
  const columns = [...NEWS_COLUMNS, ...topics.map(({ topic }) => flagColumn(topic))];
  const about = articles.filter((article) => isAbout(article, symbol)).sort((a, b) => a.usable_from - b.usable_from);
  if (about.length === 0) {
    const why = `There is no news of ${symbol} in the store: its news columns are absent.`;
    return { readers: new Map(), absent: columns.map((column) => ({ column, why })) };
  }
  const halfLifeMs = halfLifeHours * HOUR_MS;
  const reach = windowed(about, HALF_LIVES * halfLifeMs);
  const counted = windowed(about, COUNT_MS - 1);
  const sentiment = (at: number) => decayedSentiment(newsOf(reach(at), symbol, at), at, { halfLifeMs });
  const readers = new Map<string, NewsReader>([
    ['news_sentiment', (at) => sentiment(at)?.sentiment ?? 0],
    ['news_count', (at) => counted(at).length],
    ['news_relevance', (at) => sentiment(at)?.relevance ?? 0],
    ...topics.map(({ topic }): [string, NewsReader] => {
      const raised = windowed(
        about.filter(({ macro_topics: found }) => found.includes(topic)),
        macroFlagMinutes * MINUTE_MS - 1,
      );
      return [flagColumn(topic), (at) => (raised(at).length > 0 ? 1 : 0)];
    }),
  ]);
  const compared = about.filter(({ similarity }) => similarity !== null);
  if (compared.length === 0) {
    const why = 'No article was compared with earlier ones (there is no embedding model): the column is absent.';
    return { readers, absent: [{ column: 'news_novelty', why }] };
  }
  return { readers: readers.set('news_novelty', noveltyReader(compared, halfLifeMs)), absent: [] };
}

const isAbout = ({ relevant_tickers: tickers, macro_instruments: futures, scores }: Article, symbol: string): boolean =>
  tickers.includes(symbol) ||
  (futures as readonly string[]).includes(symbol) ||
  scores.some(({ ticker }) => ticker === symbol);

/** Mean of 1 − similarity, newer articles counting more. */
function noveltyReader(articles: readonly Article[], halfLifeMs: number): NewsReader {
  const reach = windowed(articles, HALF_LIVES * halfLifeMs);
  return (at) => {
    let [weight, sum] = [0, 0];
    for (const { similarity, usable_from: from } of reach(at)) {
      const w = 2 ** (-(at - from) / halfLifeMs);
      weight += w;
      sum += w * (1 - (similarity ?? 1));
    }
    return weight === 0 ? 0 : sum / weight;
  };
}

/** The articles that could be used at an instant and no longer than `lengthMs` before; `articles` ascending by `usable_from`. */
function windowed(articles: readonly Article[], lengthMs: number): (at: number) => readonly Article[] {
  const times = Float64Array.from(articles, ({ usable_from: time }) => time);
  const firstAfter = (at: number): number => {
    let [low, high] = [0, times.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (times[middle] <= at) low = middle + 1;
      else high = middle;
    }
    return low;
  };
  return (at) => articles.slice(firstAfter(at - lengthMs - 1), firstAfter(at));
}

/** The columns over the closes of bars (UTC ms): one value a bar. */
export const newsColumns = (
  { readers }: NewsFeatures,
  closes: readonly number[],
): Readonly<Record<string, Float64Array>> =>
  Object.fromEntries([...readers].map(([column, read]) => [column, Float64Array.from(closes, read)]));
