/**
 * An article as its source gave it, checked at the boundary: what is missing or cannot be is rejected with a code and a sentence and kept
 * aside, never dropped silently (requirement B8). Times are UTC epoch milliseconds.
 */
import type { Article, ArticleEntity, TickerScore } from '../domain/article';
import { plainText } from './plain-text';
import { readUtcTime } from './utc-time';

export interface ProvidedArticle {
  readonly source_tag: Article['source_tag'];
  /** The publisher's domain. */
  readonly source: string;
  /** Empty where the source has none. */
  readonly url: string;
  readonly title: string;
  /** Plain text: what there is of the body, a description or a snippet. */
  readonly text: string;
  readonly published: number;
  /** When a source first showed it. */
  readonly firstSeen: number;
  /** Stocks that the source says it is about. */
  readonly tickers: readonly string[];
  readonly entities: readonly ArticleEntity[];
  readonly keywords: readonly string[];
  readonly topics: readonly string[];
  /** The source's own sentiment. */
  readonly scores: readonly TickerScore[];
}

export type RejectionCode =
  | 'FIELD_WRONG'
  | 'NO_TITLE'
  | 'NO_URL'
  | 'NO_DATE'
  | 'DATE_UNREADABLE'
  | 'IN_THE_FUTURE'
  | 'SENTIMENT_WRONG'
  | 'TOO_LONG';

export interface RejectedArticle {
  readonly code: RejectionCode;
  /** One sentence that names the field and what is wrong with it. */
  readonly why: string;
  /** As it came, cut where it is long. */
  readonly raw: string;
}

export type Verdict =
  | { readonly kind: 'article'; readonly article: ProvidedArticle }
  | { readonly kind: 'rejected'; readonly rejected: RejectedArticle };

/** What every source has, as text; the rest of ProvidedArticle comes as it is. */
export interface ArticleFields extends Omit<ProvidedArticle, 'published' | 'firstSeen'> {
  readonly published: string | null | undefined;
  /** A time, or null when the source doesn't say and it was first seen now. */
  readonly firstSeen: string | number | null;
}

/** A clock that is a little ahead is no reason to refuse. */
const CLOCK_SKEW_MS = 3_600_000;
export const LONGEST_TEXT = 1_000_000;
const RAW_KEPT = 4_000;

/** Thrown inside a source while it reads one article; becomes a rejection of that article alone. */
export class ArticleProblem extends Error {
  override readonly name = 'ArticleProblem';

  constructor(
    readonly code: RejectionCode,
    message: string,
  ) {
    super(message);
  }
}

/** Runs `read` for one item of an answer; what is wrong with the item rejects it alone. */
export function verdictOn(item: unknown, now: number, read: (item: unknown) => ArticleFields): Verdict {
  try {
    return { kind: 'article', article: checkedArticle(read(item), now) };
  } catch (error) {
    if (!(error instanceof ArticleProblem)) throw error;
    return { kind: 'rejected', rejected: { code: error.code, why: error.message, raw: rawText(item) } };
  }
}

/** Throws ArticleProblem. */
function checkedArticle(fields: ArticleFields, now: number): ProvidedArticle {
  const longest = Math.max(fields.text.length, fields.title.length);
  if (longest > LONGEST_TEXT)
    throw new ArticleProblem('TOO_LONG', `Its text has ${longest} characters, more than ${LONGEST_TEXT}.`);
  const title = plainText(fields.title);
  if (title === '') throw new ArticleProblem('NO_TITLE', 'It has no title.');
  const published = timeOf('date of publication', fields.published, now);
  const firstSeen =
    typeof fields.firstSeen === 'string' ? timeOf('crawl date', fields.firstSeen, now) : fields.firstSeen;
  return {
    source_tag: fields.source_tag,
    source: label(fields.source),
    url: printable(fields.url),
    title,
    text: plainText(fields.text),
    published,
    firstSeen: firstSeen ?? now,
    tickers: fields.tickers.filter(isTicker),
    entities: fields.entities.flatMap(checkedEntity),
    keywords: labels(fields.keywords),
    topics: labels(fields.topics),
    scores: fields.scores.filter(({ ticker }) => isTicker(ticker)),
  };
}

const LONGEST_LABEL = 100;
const MOST_LABELS = 50;

/** Names, words and tags are strangers' text like the title: they reach terminals and language models. */
const label = (text: string): string =>
  plainText(text.slice(0, 10 * LONGEST_LABEL))
    .slice(0, LONGEST_LABEL)
    // Half of a character that the cut went through.
    .replace(/\p{Surrogate}/gu, '');

const labels = (texts: readonly string[]): readonly string[] =>
  texts
    .slice(0, MOST_LABELS)
    .map(label)
    .filter((text) => text !== '');

const isTicker = (text: string): boolean => /^[A-Z0-9^][A-Z0-9.=^-]{0,19}$/.test(text);

function checkedEntity(entity: ArticleEntity): readonly ArticleEntity[] {
  const name = label(entity.name);
  const ticker = entity.ticker !== null && isTicker(entity.ticker) ? entity.ticker : null;
  return name === '' ? [] : [{ ...entity, name, ticker }];
}

/** An address with characters that no address has, as a browser would write it: its canonical form, and so the article, stay the same. */
function printable(url: string): string {
  if (/^[\x21-\x7e]*$/.test(url)) return url;
  return URL.canParse(url) ? new URL(url).href : plainText(url);
}

function timeOf(what: string, text: string | null | undefined, now: number): number {
  if (text === null || text === undefined || text.trim() === '')
    throw new ArticleProblem('NO_DATE', `It has no ${what}.`);
  const time = readUtcTime(text);
  if (time === null)
    throw new ArticleProblem('DATE_UNREADABLE', `Its ${what} ${text.slice(0, 60)} is no date with a time zone.`);
  if (time.ms > now + CLOCK_SKEW_MS)
    throw new ArticleProblem('IN_THE_FUTURE', `Its ${what} ${text} is after now (${new Date(now).toISOString()}).`);
  return time.ms;
}

/** The address itself when it is one that a browser could open; throws ArticleProblem NO_URL. */
export function requiredUrl(url: string | null | undefined): string {
  if (url === null || url === undefined || !/^https?:\/\/[^\s/]+/i.test(url) || !URL.canParse(url))
    throw new ArticleProblem('NO_URL', `It has no web address${url ? ` (${label(url)} is none)` : ''}.`);
  return url;
}

/** A score of −1..1, null where there is none; throws ArticleProblem SENTIMENT_WRONG. */
export function checkedScore(score: unknown, of: string): number | null {
  if (score === null || score === undefined) return null;
  if (typeof score !== 'number' || !(Math.abs(score) <= 1))
    throw new ArticleProblem(
      'SENTIMENT_WRONG',
      `The sentiment of ${of} is ${(JSON.stringify(score) ?? '').slice(0, 40)}, not -1..1.`,
    );
  return score;
}

function rawText(item: unknown): string {
  const text = typeof item === 'string' ? item : (JSON.stringify(item) ?? String(item));
  return text.length <= RAW_KEPT ? text : `${text.slice(0, RAW_KEPT)}… (${text.length} characters)`;
}
