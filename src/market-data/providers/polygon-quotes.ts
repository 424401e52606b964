/** Polygon's consolidated best bid and offer: `GET /v3/quotes/{ticker}`, by the time of the consolidated tape; sizes as Polygon counts them. */
import { z } from 'zod';
import type { Quote } from '../../domain/bars';
import type { ProviderClient } from '../../http/provider-client';
import { rowProblem } from './bar-page';
import { resultPages } from './polygon-pages';
import { quoteProblem, type QuoteHistoryProvider, type RejectedQuote } from './quote-provider';

const NANOSECONDS_PER_MS = 1_000_000;
const PAGE = 50_000;

/** A side that nobody quotes is left out, or 0. */
const quoteRow = z.looseObject({
  sip_timestamp: z.number(),
  bid_price: z.number().nullish(),
  bid_size: z.number().nullish(),
  ask_price: z.number().nullish(),
  ask_size: z.number().nullish(),
});

export function polygonQuotes(client: ProviderClient): QuoteHistoryProvider {
  const path = (ticker: string): string => `/v3/quotes/${encodeURIComponent(ticker)}`;
  return {
    name: 'polygon',
    latest: async (ticker) => {
      const query = { order: 'desc', sort: 'timestamp', limit: 1 };
      for await (const rows of resultPages(client, path(ticker), query))
        return taken(rows, () => undefined).at(0) ?? null;
      return null;
    },
    quotes: async function* ({ ticker, from, to }, aside = () => undefined) {
      const query = {
        'timestamp.gte': nanoseconds(from),
        'timestamp.lt': nanoseconds(to),
        order: 'asc',
        sort: 'timestamp',
        limit: PAGE,
      };
      for await (const rows of resultPages(client, path(ticker), query)) yield taken(rows, aside);
    },
  };
}

/** As text: nanoseconds of our time are beyond the whole numbers of a double. */
const nanoseconds = (utcMs: number): string => `${utcMs}000000`;

const side = (price: number | null | undefined): number | null => (price === 0 ? null : (price ?? null));

function taken(rows: readonly unknown[], aside: (rejected: RejectedQuote) => void): readonly Quote[] {
  return rows.flatMap((row) => {
    const verdict = quoteOf(row);
    if (typeof verdict !== 'string') return [verdict];
    aside({ row: JSON.stringify(row), reason: verdict });
    return [];
  });
}

function quoteOf(row: unknown): Quote | string {
  const parsed = quoteRow.safeParse(row);
  if (!parsed.success) return rowProblem(parsed.error.issues, row);
  const { sip_timestamp, bid_price, bid_size, ask_price, ask_size } = parsed.data;
  const quote: Quote = {
    time: Math.floor(sip_timestamp / NANOSECONDS_PER_MS),
    bid: side(bid_price),
    ask: side(ask_price),
    bidSize: bid_size ?? 0,
    askSize: ask_size ?? 0,
  };
  return quoteProblem(quote) ?? quote;
}
