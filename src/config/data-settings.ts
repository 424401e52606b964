/** Settings of the data half (requirements B1–B4, C7): which providers are asked, where, and how often. Keys are in the environment only. */
import { z } from 'zod';

/** `legacy`: FNSPID files and Polygon. `current`: Tiingo and Yahoo (and MarketAux for news). */
export const DATA_MODES = ['legacy', 'current'] as const;
export type DataMode = (typeof DATA_MODES)[number];

export const BAR_PROVIDERS = ['ibkr', 'polygon', 'tiingo', 'yahoo', 'fnspid', 'csv', 'sample'] as const;
export type BarProviderName = (typeof BAR_PROVIDERS)[number];

export interface DataConfig {
  readonly mode: DataMode;
  /** Providers of bars in the order in which they are asked; null follows the mode (docs/data.md). */
  readonly providers: readonly BarProviderName[] | null;
  /** Folder of CSV files of the user's own (docs/data.md has their layout). */
  readonly historicalFolder: string;
  /** FNSPID's unpacked `Stock_price/full_history`; null where it is not there. */
  readonly fnspidFolder: string | null;
  /** Requests a minute: 5 on Polygon's free plan. */
  readonly polygon: { readonly baseUrl: string; readonly requestsPerMinute: number };
  /** Tiingo's free plan: 50 an hour, 1,000 a day; news and prices share them. */
  readonly tiingo: { readonly baseUrl: string; readonly requestsPerHour: number; readonly requestsPerDay: number };
  /** Yahoo publishes no limit; this is a careful one. `cookieUrl` hands out the cookie that queries carry. */
  readonly yahoo: { readonly baseUrl: string; readonly cookieUrl: string; readonly requestsPerMinute: number };
  readonly fred: {
    readonly baseUrl: string;
    readonly requestsPerMinute: number;
    /** Series read by features, by FRED's names. */
    readonly series: readonly string[];
  };
  /** Each is a CSV file, an http(s) address that answers the same columns as JSON, or null. The calendar is a file. */
  readonly economicCalendar: string | null;
  readonly etfFlows: string | null;
  readonly optionsFlow: string | null;
  readonly socialSentiment: string | null;
  /** Tickers whose flows and sentiment are read. */
  readonly outsideTickers: readonly string[];
}

export const DEFAULT_DATA: DataConfig = {
  mode: 'current',
  providers: null,
  historicalFolder: 'data/historical',
  fnspidFolder: null,
  polygon: { baseUrl: 'https://api.polygon.io', requestsPerMinute: 5 },
  tiingo: { baseUrl: 'https://api.tiingo.com', requestsPerHour: 50, requestsPerDay: 1_000 },
  yahoo: {
    baseUrl: 'https://query2.finance.yahoo.com',
    cookieUrl: 'https://fc.yahoo.com',
    requestsPerMinute: 30,
  },
  fred: {
    baseUrl: 'https://api.stlouisfed.org',
    requestsPerMinute: 120,
    series: ['FEDFUNDS', 'DGS2', 'DGS10', 'CPIAUCSL'],
  },
  economicCalendar: null,
  etfFlows: null,
  optionsFlow: null,
  socialSentiment: null,
  outsideTickers: ['SPY', 'QQQ', 'XLF', 'XLK'],
};

const MOST_REQUESTS = 1_000_000;
const requests = (() => {
  const error = `must be a whole number from 1 to ${MOST_REQUESTS}`;
  return z.number({ error }).int({ error }).min(1, { error }).max(MOST_REQUESTS, { error });
})();
const text = z.string({ error: 'must be a text' }).min(1, { error: 'must not be empty' });
const address = z.url({ protocol: /^https?$/, error: 'must be an http:// or https:// address' });
const TICKERS = { error: 'must be a list of tickers such as ["SPY", "QQQ"]' };
const PROVIDERS = {
  error: `must be null to follow the mode, or a list of different providers out of ${BAR_PROVIDERS.join(', ')}`,
};
const SERIES = { error: 'must be a list of FRED series names such as ["FEDFUNDS", "CPIAUCSL"]' };

export const dataSchema: z.ZodType<DataConfig> = z.object({
  mode: z.enum(DATA_MODES, { error: `must be one of ${DATA_MODES.join(', ')}` }),
  providers: z
    .array(z.enum(BAR_PROVIDERS, PROVIDERS), PROVIDERS)
    .min(1, PROVIDERS)
    .refine((names) => new Set(names).size === names.length, PROVIDERS)
    .nullable(),
  historicalFolder: text,
  fnspidFolder: text.nullable(),
  polygon: z.object({ baseUrl: address, requestsPerMinute: requests }),
  tiingo: z.object({ baseUrl: address, requestsPerHour: requests, requestsPerDay: requests }),
  yahoo: z.object({ baseUrl: address, cookieUrl: address, requestsPerMinute: requests }),
  fred: z.object({
    baseUrl: address,
    requestsPerMinute: requests,
    series: z.array(z.string(SERIES).regex(/^[A-Z0-9_]{1,40}$/, SERIES), SERIES),
  }),
  economicCalendar: text.nullable(),
  etfFlows: text.nullable(),
  optionsFlow: text.nullable(),
  socialSentiment: text.nullable(),
  outsideTickers: z.array(z.string(TICKERS).regex(/^[A-Z0-9.]{1,12}$/, TICKERS), TICKERS),
});

export const isAddress = (source: string): boolean => /^https?:\/\//i.test(source);
