/**
 * Tiingo's top of book at IEX: `GET /iex/{ticker}`. Since February 2025 bid and ask are null for a plan without an agreement with the
 * exchange; then there is no quote, and `latest` is null.
 */
import { z } from 'zod';
import { dashedTicker } from '../../domain/share-class';
import type { ProviderClient } from '../../http/provider-client';
import { ProviderError } from '../../http/provider-error';
import { quoteProblem, type QuoteProvider } from './quote-provider';

const topOfBook = z.looseObject({
  ticker: z.string(),
  quoteTimestamp: z.iso.datetime({ offset: true }).nullish(),
  bidPrice: z.number().nullish(),
  bidSize: z.number().nullish(),
  askPrice: z.number().nullish(),
  askSize: z.number().nullish(),
});

export function tiingoQuotes(client: ProviderClient): QuoteProvider {
  return {
    name: 'tiingo',
    latest: async (ticker) => {
      const path = `/iex/${encodeURIComponent(dashedTicker(ticker))}`;
      const row = (await client.getJson({ path, schema: z.array(topOfBook) })).at(0);
      if (row === undefined || row.quoteTimestamp === undefined || row.quoteTimestamp === null) return null;
      const quote = {
        time: Date.parse(row.quoteTimestamp),
        bid: row.bidPrice ?? null,
        ask: row.askPrice ?? null,
        bidSize: row.bidSize ?? 0,
        askSize: row.askSize ?? 0,
      };
      if (quote.bid === null && quote.ask === null) return null;
      const problem = quoteProblem(quote);
      if (problem !== null)
        throw new ProviderError('SCHEMA', client.name, `${client.name}: the quote of ${ticker}: ${problem}.`);
      return quote;
    },
  };
}
