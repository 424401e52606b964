/**
 * The articles that ship with the repository (data/news, data/SOURCES.md): real headlines and filings of 2001 to 2024, a few hundred, for
 * trying things out without a key. They say that they are a sample: in the source tag, in every listing, in the description.
 */
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { ProviderError } from '../../http/provider-error';
import { verdictOn } from '../provided-article';
import type { ArticleFields, Verdict } from '../provided-article';
import { readUtcTime } from '../utc-time';
import { readRecords } from './csv-records';
import type { CsvRow } from './csv-records';
import { marketauxFields } from './marketaux';
import { sorted } from './news-source';
import type { NewsPage, NewsSource } from './news-source';
import { tiingoFields } from './tiingo';

const HOUR_MS = 3_600_000;
/** Filings of a day are public by 22:00 in New York, which is 02:00 or 03:00 UTC of the next day. */
const FILING_KNOWN_MS = 27 * HOUR_MS;
const ELIDED = '[text elided]';
const MOST_ROWS = 100_000;

const CSV_FILES = {
  'headlines_findash_2015_2017.csv.gz': headlineFields,
  'sec_8k_excerpts.csv.gz': excerptFields,
  'sec_filings_20200318_20221003.csv.gz': filingFields,
} as const;

const cursorSchema = z.object({ sha256: z.string() });

/** `folder`: data/news. */
export function createSampleSource(folder: string): NewsSource {
  return {
    name: 'sample',
    description: 'the articles that ship with the repository, real headlines and filings of 2001 to 2024',
    fetchPage: async (cursor, now): Promise<NewsPage> => {
      const { verdicts, sha256 } = await readSample(folder, now);
      const known = cursorSchema.safeParse(cursor);
      const unchanged = known.success && known.data.sha256 === sha256;
      return { ...sorted(unchanged ? [] : verdicts), others: 0, cursor: { sha256 }, more: false };
    },
  };
}

async function readSample(folder: string, now: number): Promise<{ verdicts: readonly Verdict[]; sha256: string }> {
  const marketaux = await answerItems(folder, 'marketaux_news_all_sample.json', ({ data }) => data ?? []);
  const tiingo = await answerItems(folder, 'tiingo_news_sample.json', (response) => response);
  const verdicts = [
    ...marketaux.map((item) => verdictOn(item, now, (one) => seenWhenPublished(marketauxFields(one)))),
    ...tiingo.map((item) => verdictOn(item, now, (one) => asSample(tiingoFields(one)))),
  ];
  for (const [name, fieldsOf] of Object.entries(CSV_FILES)) {
    const { rows } = await readRecords('sample', join(folder, name), 0, MOST_ROWS);
    verdicts.push(...rows.map((row) => verdictOn(row, now, (item) => fieldsOf(item as CsvRow))));
  }
  return { verdicts, sha256: createHash('sha256').update(JSON.stringify(verdicts)).digest('hex') };
}

/** The items of a recorded answer. Throws ProviderError NOT_FOUND, SCHEMA. */
async function answerItems(
  folder: string,
  name: string,
  itemsOf: (response: Readonly<Record<string, readonly unknown[]>> & readonly unknown[]) => readonly unknown[],
): Promise<readonly unknown[]> {
  const path = join(folder, name);
  try {
    const { response } = JSON.parse(await readFile(path, 'utf8')) as { response: never };
    return itemsOf(response);
  } catch (error) {
    throw new ProviderError('NOT_FOUND', 'sample', `sample: ${path} cannot be read (${String(error)}); restore it.`);
  }
}

const asSample = (fields: ArticleFields): ArticleFields => ({
  ...fields,
  source_tag: 'sample',
  text: fields.text.startsWith(ELIDED) ? '' : fields.text,
});

/** The recording has no crawl date, and now would be years too late. */
const seenWhenPublished = (fields: ArticleFields): ArticleFields => ({
  ...asSample(fields),
  firstSeen: fields.published ?? null,
});

const sampleFields = (row: CsvRow): Omit<ArticleFields, 'title' | 'published'> => ({
  source_tag: 'sample',
  source: 'sec.gov',
  url: row.url ?? '',
  text: '',
  firstSeen: null,
  tickers: [row.ticker ?? ''].filter(Boolean),
  entities: [],
  keywords: [],
  topics: [],
  scores: [],
});

function headlineFields(row: CsvRow): ArticleFields {
  return {
    ...sampleFields(row),
    source: (row.source ?? '').replace(/^https?:\/\/(www\.)?/, ''),
    title: row.title ?? '',
    published: row.timestamp,
    firstSeen: row.timestamp ?? null,
  };
}

const companyOf = (row: CsvRow) =>
  [{ name: row.company ?? '', type: 'company', ticker: row.ticker ?? null, match: 1 }] as const;

/** When a filing was known: at its acceptance, or where only the day is on record when the day's filings were public. */
const knownAt = (row: CsvRow): string | number | null =>
  row.timestamp || (readUtcTime(row.date ?? '')?.ms ?? 0) + FILING_KNOWN_MS;

function excerptFields(row: CsvRow): ArticleFields {
  const { company, form, document, accession } = row;
  return {
    ...sampleFields(row),
    title: `${company} files ${form} ${document} (${accession})`,
    text: row.text_first_1500_chars ?? '',
    published: row.timestamp || row.date,
    firstSeen: knownAt(row),
    entities: companyOf(row),
  };
}

function filingFields(row: CsvRow): ArticleFields {
  const accession = /([\d-]+)\.txt$/.exec(row.url ?? '')?.[1] ?? '';
  return {
    ...sampleFields(row),
    title: `${row.company} files ${row.form} (${accession})`,
    published: row.date,
    firstSeen: knownAt(row),
    entities: companyOf(row),
  };
}
