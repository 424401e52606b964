/** Settings of the news half (requirements D1–D5): which sources are asked and how, when an article may be used, what it is mapped to. */
import { z } from 'zod';
import { FUTURE_SYMBOLS } from '../domain/instruments';
import type { FutureSymbol } from '../domain/instruments';

export const NEWS_SOURCES = ['marketaux', 'tiingo', 'fnspid', 'sample'] as const;
export type NewsSourceName = (typeof NEWS_SOURCES)[number];

/** One row of the macro table (requirement D3): an article with one of the terms is about the topic and maps to the instruments. */
export interface MacroTopic {
  readonly topic: string;
  /** Words or phrases, any case; a word also stands for its other forms (rate, rates). */
  readonly terms: readonly string[];
  readonly instruments: readonly FutureSymbol[];
}

/** Parameters of `GET /v1/news/all`; null leaves one out. `symbols` and the times of publication are the program's own. */
export interface MarketauxSettings {
  readonly baseUrl: string;
  /** Articles a page; the plan may allow fewer (3 on the free one). */
  readonly limit: number;
  readonly language: string | null;
  readonly countries: string | null;
  readonly entityTypes: string | null;
  readonly filterEntities: boolean;
  readonly mustHaveEntities: boolean;
  readonly minMatchScore: number | null;
  readonly sentimentGte: number | null;
  readonly sentimentLte: number | null;
  readonly requestsPerDay: number;
}

/** Address and limits are those of `data.tiingo`: news and prices share them. */
export interface TiingoNewsSettings {
  /** Articles a page, at most 1,000. */
  readonly limit: number;
  readonly onlyWithTickers: boolean;
  /** Publishers' domains and tags, comma lists; null takes all. */
  readonly source: string | null;
  readonly tags: string | null;
}

export interface NewsConfig {
  /** Null follows the data mode: FNSPID in `legacy`, MarketAux and Tiingo in `current`; the sample where none of them can answer. */
  readonly sources: readonly NewsSourceName[] | null;
  readonly pollMinutes: number;
  /** Stocks that news is asked for; null stands for the table of companies. */
  readonly tickers: readonly string[] | null;
  /** CSV of companies (ticker,name,aliases); null is the shipped one. */
  readonly companiesFile: string | null;
  /** From first sight to use: reading, scoring and passing on take this long. */
  readonly usableDelaySeconds: number;
  /** How far back the very first run looks. */
  readonly firstLookBackHours: number;
  /** Each run asks again for what was published this long before the last one's end: some articles arrive late. */
  readonly overlapMinutes: number;
  /** Pages that one run asks of one source; the next run goes on there. */
  readonly pagesPerRun: number;
  /** Titles this alike (0..1, share of common words) within the window are one article. */
  readonly titleSimilarity: number;
  readonly titleWindowHours: number;
  /** Age at which an article's sentiment counts half. */
  readonly halfLifeHours: number;
  /** How far back an article's novelty is judged. */
  readonly noveltyDays: number;
  /** How long a macro flag stays up. */
  readonly macroFlagMinutes: number;
  readonly macroTopics: readonly MacroTopic[];
  readonly marketaux: MarketauxSettings;
  readonly tiingo: TiingoNewsSettings;
  readonly fnspid: {
    /** News CSV files of FNSPID, plain or .gz. */
    readonly files: readonly string[];
    /** How much later than its `Date` an article counts as seen (docs/news.md says why it is not 0). */
    readonly lateHours: number;
  };
}

export const DEFAULT_NEWS: NewsConfig = {
  sources: null,
  pollMinutes: 5,
  tickers: null,
  companiesFile: null,
  usableDelaySeconds: 60,
  firstLookBackHours: 24,
  overlapMinutes: 60,
  pagesPerRun: 20,
  titleSimilarity: 0.85,
  titleWindowHours: 48,
  halfLifeHours: 24,
  noveltyDays: 7,
  macroFlagMinutes: 60,
  macroTopics: [
    {
      topic: 'federal-reserve',
      terms: ['Federal Reserve', 'Fed', 'FOMC', 'Federal Open Market Committee'],
      instruments: ['ES', 'NQ', '6B', '6E', '6A'],
    },
    {
      topic: 'interest-rates',
      terms: ['interest rate', 'rate hike', 'rate cut', 'rate decision', 'basis point', 'monetary policy'],
      instruments: ['ES', 'NQ', '6B', '6E', '6A'],
    },
    {
      topic: 'inflation',
      terms: ['inflation', 'consumer price', 'producer price', 'CPI', 'PPI', 'PCE', 'deflation'],
      instruments: ['ES', 'NQ', '6B', '6E', '6A', 'GC'],
    },
    { topic: 'gold', terms: ['gold', 'bullion', 'precious metal'], instruments: ['GC'] },
    {
      topic: 'technology',
      terms: ['technology', 'tech', 'semiconductor', 'chipmaker', 'software', 'artificial intelligence'],
      instruments: ['NQ'],
    },
    { topic: 'bank', terms: ['bank', 'banking', 'lender', 'bank stock'], instruments: ['ES', 'NQ'] },
  ],
  marketaux: {
    baseUrl: 'https://api.marketaux.com',
    limit: 3,
    language: 'en',
    countries: null,
    entityTypes: null,
    filterEntities: true,
    mustHaveEntities: true,
    minMatchScore: null,
    sentimentGte: null,
    sentimentLte: null,
    requestsPerDay: 100,
  },
  tiingo: { limit: 100, onlyWithTickers: false, source: null, tags: null },
  fnspid: { files: [], lateHours: 10 },
};

const between = (from: number, to: number) => {
  const error = `must be a number from ${from} to ${to}`;
  return z.number({ error }).min(from, { error }).max(to, { error });
};
const whole = (from: number, to: number) => {
  const error = `must be a whole number from ${from} to ${to}`;
  return z.number({ error }).int({ error }).min(from, { error }).max(to, { error });
};
const flag = z.boolean({ error: 'must be true or false' });
const text = z.string({ error: 'must be a text' }).min(1, { error: 'must not be empty' });
const address = z.url({ protocol: /^https?$/, error: 'must be an http:// or https:// address' });
const tickers = { error: 'must be null for the table of companies, or a list of tickers such as ["AAPL", "BRK.B"]' };
const sources = {
  error: `must be null to follow the data mode, or a list of sources out of ${NEWS_SOURCES.join(', ')}`,
};
const macro = {
  error: `must be a list such as [{"topic": "gold", "terms": ["gold"], "instruments": ["GC"]}], instruments out of ${FUTURE_SYMBOLS.join(', ')}`,
};

export const newsSchema: z.ZodType<NewsConfig> = z.object({
  sources: z.array(z.enum(NEWS_SOURCES, sources), sources).min(1, sources).nullable(),
  pollMinutes: whole(1, 1_440),
  tickers: z
    .array(z.string(tickers).regex(/^[A-Z][A-Z0-9.-]{0,9}$/, tickers), tickers)
    .min(1, tickers)
    .nullable(),
  companiesFile: text.nullable(),
  usableDelaySeconds: whole(0, 86_400),
  firstLookBackHours: whole(1, 8_760),
  overlapMinutes: whole(0, 1_440),
  pagesPerRun: whole(1, 1_000),
  titleSimilarity: between(0.5, 1),
  titleWindowHours: whole(1, 168),
  halfLifeHours: between(0.1, 1_000),
  noveltyDays: whole(1, 60),
  macroFlagMinutes: whole(1, 1_440),
  macroTopics: z.array(
    z.object(
      {
        topic: z.string(macro).regex(/^[a-z][a-z0-9-]*$/, macro),
        terms: z.array(z.string(macro).min(2, macro), macro).min(1, macro),
        instruments: z.array(z.enum(FUTURE_SYMBOLS, macro), macro).min(1, macro),
      },
      macro,
    ),
    macro,
  ),
  marketaux: z.object({
    baseUrl: address,
    limit: whole(1, 100),
    language: text.nullable(),
    countries: text.nullable(),
    entityTypes: text.nullable(),
    filterEntities: flag,
    mustHaveEntities: flag,
    minMatchScore: between(0, 1_000).nullable(),
    sentimentGte: between(-1, 1).nullable(),
    sentimentLte: between(-1, 1).nullable(),
    requestsPerDay: whole(1, 1_000_000),
  }),
  tiingo: z.object({
    limit: whole(1, 1_000),
    onlyWithTickers: flag,
    source: text.nullable(),
    tags: text.nullable(),
  }),
  fnspid: z.object({ files: z.array(text), lateHours: whole(0, 240) }),
});
