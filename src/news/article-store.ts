/**
 * Articles in the object store: `news/YYYY-MM-DD/{source}-{hash}.jsonl`, the day of publication (UTC), one article a line in the names of
 * requirement D2. A file holds what one page brought for that day and never changes; its name is the hash of its ids, so that a page stored
 * twice, by a retry or by two processes at once, is one file. What is learnt of an article later (scores of another source or scorer,
 * similarity) is a line of `news/YYYY-MM-DD/amended-{hash}.jsonl` in the same folder. DuckDB and pandas read both.
 */
import { createHash } from 'node:crypto';
import type { Article, ArticleAmendment, TickerScore } from '../domain/article';
import { StoreError } from '../storage/object-store';
import type { ObjectStore } from '../storage/object-store';
import { amendmentSchema, articleSchema } from './article-schema';
import { utcDay } from './utc-time';

export interface ArticleStore {
  /** Stores what is new; the caller has taken out what is known. Idempotent for the same articles. */
  write(articles: readonly Article[]): Promise<void>;
  /** Stores what was learnt later of articles published on `day`. */
  amend(day: string, amendments: readonly ArticleAmendment[]): Promise<void>;
  /** The days that have articles, ascending. */
  days(): Promise<readonly string[]>;
  /** The articles published on a day (`YYYY-MM-DD`, UTC), amended, each once, oldest first. Throws StoreError CORRUPT naming file and line. */
  day(day: string): Promise<readonly Article[]>;
  /** Articles published in from..to (UTC ms, both inclusive; 0 and any number after the year 9999 mean all), oldest first. */
  between(from: number, to: number): Promise<readonly Article[]>;
}

const DAY = /^news\/(\d{4}-\d\d-\d\d)\//;
const AMENDED = 'amended-';
const DAY_MS = 86_400_000;
const FAR_MS = 30 * DAY_MS;
/** Days are compared as texts of four-digit years. */
const LAST_INSTANT = Date.parse('9999-12-31T23:59:59.999Z');
/** Files never change, so what was read of them stays true; the newest this many are kept. */
const KEPT_FILES = 512;

type Line = Article | ArticleAmendment;

export function openArticleStore(store: ObjectStore): ArticleStore {
  const read = new Map<string, readonly Line[]>();

  async function linesOf(key: string): Promise<readonly Line[]> {
    const known = read.get(key);
    if (known !== undefined) return known;
    const lines = parseLines(key, new TextDecoder().decode(await store.get(key)));
    read.set(key, lines);
    if (read.size > KEPT_FILES) read.delete([...read.keys()][0]);
    return lines;
  }

  const writeLines = async (
    day: string,
    name: string,
    ids: readonly string[],
    lines: readonly Line[],
  ): Promise<void> => {
    const key = `news/${day}/${name}${hashOf(ids)}.jsonl`;
    await store.create(key, new TextEncoder().encode(lines.map((line) => `${JSON.stringify(line)}\n`).join('')));
  };

  const days = async (): Promise<readonly string[]> => {
    const found = (await store.list('news/')).flatMap((key) => DAY.exec(key)?.[1] ?? []);
    return [...new Set(found)].sort();
  };

  const day = async (wanted: string): Promise<readonly Article[]> => {
    const keys = await store.list(`news/${wanted}/`);
    const isAmended = (key: string): boolean => key.startsWith(`news/${wanted}/${AMENDED}`);
    const articles = new Map<string, Article>();
    for (const key of keys.filter((name) => !isAmended(name)))
      for (const article of (await linesOf(key)) as readonly Article[])
        if (!articles.has(article.id)) articles.set(article.id, article);
    for (const key of keys.filter(isAmended))
      for (const amendment of (await linesOf(key)) as readonly ArticleAmendment[]) {
        const article = articles.get(amendment.id);
        if (article !== undefined) articles.set(article.id, amended(article, amendment));
      }
    return [...articles.values()].sort(byTime);
  };

  return {
    write: async (articles) => {
      for (const [at, ofDay] of byDay(articles)) {
        const [{ source_tag: source }] = ofDay;
        await writeLines(
          at,
          `${source}-`,
          ofDay.map(({ id }) => id),
          ofDay,
        );
      }
    },
    amend: async (at, amendments) => {
      if (amendments.length > 0)
        await writeLines(
          at,
          AMENDED,
          amendments.map((line) => JSON.stringify(line)),
          amendments,
        );
    },
    days,
    day,
    between: async (from, to) => {
      const [first, last] = [Math.max(0, from), Math.min(to, LAST_INSTANT)];
      // Far apart, most days have no articles: the store says which have.
      const far = last - first > FAR_MS;
      const wanted = far
        ? (await days()).filter((at) => at >= utcDay(first) && at <= utcDay(last))
        : daysFrom(first, last);
      const found: Article[] = [];
      for (const at of wanted) found.push(...(await day(at)));
      return found.filter(({ time_published: time }) => time >= from && time <= to);
    },
  };
}

const byTime = (a: Article, b: Article): number => a.time_published - b.time_published || (a.id < b.id ? -1 : 1);

const hashOf = (parts: readonly string[]): string =>
  createHash('sha256')
    .update([...parts].sort().join('\n'))
    .digest('hex')
    .slice(0, 16);

function byDay(articles: readonly Article[]): ReadonlyMap<string, readonly Article[]> {
  const days = new Map<string, Article[]>();
  for (const article of articles) {
    const day = utcDay(article.time_published);
    days.set(day, [...(days.get(day) ?? []), article]);
  }
  return days;
}

/** The days from..to, UTC. */
export const daysFrom = (from: number, to: number): readonly string[] => {
  const first = Date.parse(utcDay(from));
  return Array.from({ length: Math.floor((to - first) / DAY_MS) + 1 }, (_, at) => utcDay(first + at * DAY_MS));
};

/** An article with what was learnt later. Pure. */
export function amended(
  article: Article,
  { scores = [], relevant_tickers: tickers = [], similarity, same_story: again = [] }: ArticleAmendment,
): Article {
  const same = (a: TickerScore, b: TickerScore): boolean =>
    a.scorer === b.scorer && a.ticker === b.ticker && a.indirect === b.indirect && a.usable_from === b.usable_from;
  return {
    ...article,
    scores: [...article.scores.filter((old) => !scores.some((score) => same(old, score))), ...scores],
    relevant_tickers: [...new Set([...article.relevant_tickers, ...tickers])],
    similarity: similarity ?? article.similarity,
    ...(again.length > 0 && { same_story: [...new Set([...(article.same_story ?? []), ...again])] }),
  };
}

function parseLines(key: string, text: string): readonly Line[] {
  const schema = key.includes(`/${AMENDED}`) ? amendmentSchema : articleSchema;
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line, index) => {
      try {
        return schema.parse(JSON.parse(line));
      } catch (error) {
        throw new StoreError('CORRUPT', `${key} line ${index + 1} is no article; restore or remove the file.`, key, {
          cause: error,
        });
      }
    });
}
