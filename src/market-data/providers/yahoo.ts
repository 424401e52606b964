/**
 * Yahoo's daily bars (requirement B2) through yahoo-finance2. Its prices are split-adjusted as of today and its adjusted close holds
 * dividends too: raw prices and volumes are taken back with the splits since, which is why every question reaches up to now.
 */
import YahooFinance from 'yahoo-finance2';
import { z } from 'zod';
import { dashedTicker } from '../../domain/share-class';
import { ProviderError } from '../../http/provider-error';
import { providerFetch, type ProviderFetchSettings } from '../../http/provider-fetch';
import { schemaProblems } from '../../http/response-body';
import { barPages, type RowReading } from './bar-page';
import { sharesSince, type Split } from './price-factors';
import type { BarProvider, BarRequest, ProvidedBar, RejectedBar } from './provider';
import { NEW_YORK, sessionDay } from './session-date';
import { notStockTrades } from './stock-request';
import { forgetYahooSession, yahooCookies } from './yahoo-cookies';

export interface YahooParts extends Omit<ProviderFetchSettings, 'name' | 'redirect' | 'accept'> {
  readonly baseUrl: string;
  readonly cookieUrl: string;
  /** State folder of this machine, where the session is kept. */
  readonly folder: string;
}

const NAME = 'Yahoo';
/** What the cookie belongs to, whatever server hands it out. */
const COOKIE_URL = 'https://fc.yahoo.com/';
const DAY_MS = 86_400_000;

const cells = z.array(z.number().nullable());
/** An answer without days has no `timestamp`, and one empty object for its quotes. */
const chart = z.looseObject({
  meta: z.looseObject({ exchangeTimezoneName: z.string().optional() }),
  timestamp: z.array(z.number()).optional(),
  indicators: z.looseObject({
    quote: z.array(
      z.looseObject({
        open: cells.optional(),
        high: cells.optional(),
        low: cells.optional(),
        close: cells.optional(),
        volume: cells.optional(),
      }),
    ),
    adjclose: z.array(z.looseObject({ adjclose: cells })).optional(),
  }),
  /** By the second of the opening. */
  events: z
    .looseObject({
      splits: z.record(z.string(), z.looseObject({ numerator: z.number(), denominator: z.number() })).optional(),
    })
    .optional(),
});
type Chart = z.infer<typeof chart>;
type YahooClient = InstanceType<typeof YahooFinance>;

export function yahooBars(parts: YahooParts): BarProvider {
  const now = parts.now ?? Date.now;
  let client: Promise<YahooClient> | null = null;
  const connected = async (): Promise<YahooClient> => {
    client ??= connect(parts, now);
    // A session that could not begin is tried again by the next question.
    client.catch(() => (client = null));
    return client;
  };
  return {
    name: 'yahoo',
    cannot: (request) =>
      notStockTrades(NAME, request) ??
      (request.interval === '1d' ? null : `${NAME} is asked for daily bars only, not for ${request.interval}.`),
    bars: async function* (request, aside = () => undefined) {
      const answer = await askChart(await connected(), request, now()).catch(async (error: unknown) => {
        if (!(error instanceof ProviderError) || error.code !== 'UNAUTHORIZED') throw error;
        // There is no key that could be wrong: it is the cookie, which may be refused long before its day is over.
        client = null;
        await forgetYahooSession(parts.folder);
        const sentence = `${NAME} refuses its own cookie (401): the next command begins with a new one.`;
        throw new ProviderError('UNAUTHORIZED', NAME, sentence, error.details);
      });
      yield daily(answer, request, aside);
    },
  };
}

async function connect(parts: YahooParts, now: () => number): Promise<YahooClient> {
  const fetch = providerFetch({ ...parts, name: NAME, redirect: (url) => onBase(url, parts.baseUrl) });
  const cookieJar = await yahooCookies({
    folder: parts.folder,
    url: COOKIE_URL,
    // The cookie comes with an answer of 404.
    fetch: providerFetch({
      ...parts,
      name: NAME,
      redirect: () => new URL(parts.cookieUrl),
      accept: (status) => status === 404,
    }),
    now,
  });
  return new YahooFinance({
    fetch: fetch,
    cookieJar,
    versionCheck: false,
    suppressNotices: ['yahooSurvey', 'ripHistorical'],
    validation: { logErrors: false },
    logger: { info: quiet, warn: quiet, error: quiet, debug: quiet, dir: quiet },
  });
}

const quiet = (): void => undefined;

/** The same question at `baseUrl`. */
function onBase(url: URL, baseUrl: string): URL {
  const base = new URL(baseUrl);
  return new URL(`${base.origin}${base.pathname.replace(/\/$/, '')}${url.pathname}${url.search}`);
}

async function askChart(client: YahooClient, { contract, from, to }: BarRequest, now: number): Promise<Chart> {
  const answer: unknown = await asked(contract, () =>
    client.chart(
      dashedTicker(contract),
      {
        period1: new Date(from),
        // A day more: the session of a date begins after its midnight UTC.
        period2: new Date(Math.max(to, now) + DAY_MS),
        interval: '1d',
        events: 'div|split',
        includePrePost: false,
        return: 'object',
      },
      { validateResult: false },
    ),
  );
  const parsed = chart.safeParse(answer);
  if (parsed.success) return parsed.data;
  const problems = schemaProblems(parsed.error.issues, answer);
  throw new ProviderError(
    'SCHEMA',
    NAME,
    `${NAME}: the answer about ${contract} is not as documented: it ${problems}.`,
  );
}

/** The library reports what it cannot read by errors of many kinds; ours pass. */
async function asked<T>(contract: string, question: () => Promise<T>): Promise<T> {
  try {
    return await question();
  } catch (error) {
    if (error instanceof ProviderError) throw error;
    const text = error instanceof Error ? error.message : String(error);
    if (/not parsable/i.test(text)) {
      const begin = /Response: "(.{0,80})/s.exec(text)?.[1] ?? '';
      const sentence = `${NAME}: the answer about ${contract} is no JSON, or a part of it (it begins "${begin}"): try again, or check data.yahoo.baseUrl.`;
      throw new ProviderError('NOT_JSON', NAME, sentence);
    }
    // A field that the library itself reads is missing.
    const sentence = `${NAME}: the answer about ${contract} is not as documented (${text.slice(0, 200)}).`;
    throw new ProviderError('SCHEMA', NAME, sentence);
  }
}

interface Row {
  readonly time: number;
  readonly open: number | null;
  readonly high: number | null;
  readonly low: number | null;
  readonly close: number | null;
  readonly volume: number | null;
  readonly adjclose: number | null;
}

function daily(answer: Chart, request: BarRequest, aside: (rejected: RejectedBar) => void): readonly ProvidedBar[] {
  const zone = answer.meta.exchangeTimezoneName ?? NEW_YORK;
  const splits = Object.entries(answer.events?.splits ?? {}).map(([second, { numerator, denominator }]): Split => ({
    exDate: sessionDay(Number(second) * 1_000, zone),
    ratio: numerator / denominator,
  }));
  const quote = answer.indicators.quote.at(0);
  const adjusted = answer.indicators.adjclose?.at(0)?.adjclose;
  const rows = (answer.timestamp ?? []).map((time, i): Row => ({
    time,
    open: quote?.open?.at(i) ?? null,
    high: quote?.high?.at(i) ?? null,
    low: quote?.low?.at(i) ?? null,
    close: quote?.close?.at(i) ?? null,
    volume: quote?.volume?.at(i) ?? null,
    adjclose: adjusted?.at(i) ?? null,
  }));
  const read = (row: unknown): RowReading => ({ fields: rawFields(row as Row, zone, splits) });
  return barPages({ provider: NAME, request, aside, read }).page(rows);
}

function rawFields({ time, open, high, low, close, volume, adjclose }: Row, zone: string, splits: readonly Split[]) {
  const start = sessionDay(time * 1_000, zone);
  const shares = sharesSince(splits, start);
  const raw = (price: number | null): number | null => (price === null ? null : cents(price * shares));
  return {
    start,
    open: raw(open),
    high: raw(high),
    low: raw(low),
    close: raw(close),
    volume: volume === null ? null : Math.round(volume / shares),
    adjustmentFactor: adjclose === null || close === null ? null : adjclose / (close * shares),
  };
}

/** Yahoo's prices are single-precision: 124.80750274658203 was 124.8075. A raw price has four decimals at most. */
const cents = (price: number): number => Math.round(price * 10_000) / 10_000;
