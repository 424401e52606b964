/**
 * News files of FNSPID (requirement B1 `legacy`): `nasdaq_exteral_data.csv`, `All_external.csv` and cuts of them, read from the user's own
 * disk in pages; 23 GB are never in memory, and a page begins at the byte where the last one ended.
 * Columns: [index], Date, Article_title, Stock_symbol, Url, Publisher, Author, Article, Lsa_summary, Luhn_summary, Textrank_summary,
 * Lexrank_summary; where the files were scored also Sentiment_gpt (1 negative … 3 neutral … 5 positive) or Scaled_sentiment (0..1).
 * Sources: the data set's cards and data_processor/{preprocess,score_by_gpt,price_news_integrate}.py of Zdong104/FNSPID_Financial_News_Dataset.
 */
import { z } from 'zod';
import type { TickerScore } from '../../domain/article';
import { ProviderError } from '../../http/provider-error';
import { ArticleProblem, verdictOn } from '../provided-article';
import type { ArticleFields } from '../provided-article';
import { readUtcTime } from '../utc-time';
import { readRecords } from './csv-records';
import type { CsvRow } from './csv-records';
import { sorted } from './news-source';
import type { NewsPage, NewsSource } from './news-source';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const ROWS_A_PAGE = 500;
const REQUIRED = ['date', 'article_title', 'stock_symbol'] as const;

/** By file: the byte after the last row that is stored, and the size then; a file that has grown is read on. */
const cursorSchema = z.object({ files: z.record(z.string(), z.object({ byte: z.number(), size: z.number() })) });

export interface FnspidParts {
  readonly files: readonly string[];
  readonly lateHours: number;
  /** Rows about other stocks are passed over. */
  readonly tickers: ReadonlySet<string>;
  readonly rowsAPage?: number;
}

export function createFnspidSource({ files, lateHours, tickers, rowsAPage = ROWS_A_PAGE }: FnspidParts): NewsSource {
  return {
    name: 'fnspid',
    description: `FNSPID news files ${files.join(', ')}`,
    fetchPage: async (cursor, now): Promise<NewsPage> => {
      const known = cursorSchema.safeParse(cursor);
      const at = known.success ? known.data.files : {};
      for (const [index, file] of files.entries()) {
        const part = await readRecords('fnspid', file, at[file]?.byte ?? 0, rowsAPage);
        if (part.rows.length === 0) continue;
        const missing = REQUIRED.filter((column) => !part.columns.includes(column));
        if (missing.length > 0) throw lacking(file, missing);
        const wanted = part.rows.filter(({ stock_symbol: ticker = '' }) => tickers.has(ticker.trim().toUpperCase()));
        return {
          ...sorted(wanted.map((row) => verdictOn(row, now, (item) => fnspidFields(item as CsvRow, lateHours)))),
          others: part.rows.length - wanted.length,
          cursor: { files: { ...at, [file]: { byte: part.nextByte, size: part.size } } },
          more: part.nextByte < part.size || index < files.length - 1,
        };
      }
      return { articles: [], rejected: [], others: 0, cursor: { files: at }, more: false };
    },
  };
}

const lacking = (file: string, missing: readonly string[]): ProviderError =>
  new ProviderError(
    'SCHEMA',
    'fnspid',
    `fnspid: ${file} lacks the column${missing.length > 1 ? 's' : ''} ${missing.join(', ')}; give a news file of FNSPID.`,
  );

/**
 * One row, columns in lower case. Throws ArticleProblem.
 * When it could be known: FNSPID's own conversion adds the offset of EST and EDT instead of taking it off, so a stored time is up to 10 hours
 * before the true one; a date alone says nothing of the hour. `lateHours` after the time, or after the day's end, is safe.
 */
export function fnspidFields(row: CsvRow, lateHours: number): ArticleFields {
  const ticker = (row.stock_symbol ?? '').trim().toUpperCase();
  const time = readUtcTime(row.date ?? '');
  const known = time === null ? 0 : time.ms + (time.dateOnly ? DAY_MS : 0) + lateHours * HOUR_MS;
  const url = row.url?.trim() ?? '';
  return {
    source_tag: 'fnspid',
    source: row.publisher?.trim() || hostOf(url) || 'fnspid',
    url,
    title: row.article_title ?? '',
    text: row.lsa_summary?.trim() || row.article || '',
    published: row.date,
    firstSeen: known,
    tickers: ticker === '' ? [] : [ticker],
    entities: [],
    keywords: [],
    topics: [],
    scores: ticker === '' ? [] : scoreOf(row, ticker),
  };
}

const hostOf = (url: string): string => (URL.canParse(url) ? new URL(url).hostname.replace(/^www\./, '') : '');

/** (Sentiment_gpt − 3) ÷ 2, cut to 1..5 as FNSPID's own integration does; or 2 · Scaled_sentiment − 1, which is (gpt − 0.9999) ÷ 4. */
function scoreOf(row: CsvRow, ticker: string): readonly TickerScore[] {
  const gpt = row.sentiment_gpt?.trim() ?? '';
  const scaled = row.scaled_sentiment?.trim() ?? '';
  if (gpt === '' && scaled === '') return [];
  const value = gpt === '' ? 2 * Number(scaled) - 1 : (Math.min(5, Math.max(1, Number(gpt))) - 3) / 2;
  if (!(Math.abs(value) <= 1.001))
    throw new ArticleProblem(
      'SENTIMENT_WRONG',
      `The sentiment of ${ticker} is ${(gpt || scaled).slice(0, 40)}, no score of FNSPID's.`,
    );
  const score = Math.min(1, Math.max(-1, value));
  return [{ ticker, score, relevance: 1, impact: 0, scorer: 'fnspid', indirect: false }];
}
