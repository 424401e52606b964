/**
 * Tiingo (requirement B2; https://api.tiingo.com/documentation/end-of-day and /iex). Days: `GET /tiingo/daily/{ticker}/prices`, raw prices
 * beside adjusted ones. Minutes: `GET /iex/{ticker}/prices`, trades at the IEX exchange alone (its volume is a small part of the market's),
 * before and after the regular hours too.
 */
import { z } from 'zod';
import { DAY_MS } from '../../domain/exchange-time';
import { dashedTicker } from '../../domain/share-class';
import type { ProviderClient } from '../../http/provider-client';
import { barPages, rowReader } from './bar-page';
import type { BarInterval, BarProvider, BarRequest, ProvidedBar, RejectedBar } from './provider';
import { lastDate, sessionDay, utcDate } from './session-date';
import { notStockTrades } from './stock-request';

const number = z.number();
const day = z.looseObject({
  date: z.iso.datetime({ offset: true }),
  open: number,
  high: number,
  low: number,
  close: number,
  volume: number,
  adjClose: number,
});
/** `volume` comes only when its column is asked for, and older minutes have none. */
const minute = z.looseObject({
  date: z.iso.datetime({ offset: true }),
  open: number,
  high: number,
  low: number,
  close: number,
  volume: number.nullish(),
});

const FREQUENCY: Readonly<Record<Exclude<BarInterval, '1d'>, string>> = {
  '1m': '1min',
  '5m': '5min',
  '10m': '10min',
  '15m': '15min',
  '60m': '1hour',
};
/** Days of one question: answers are cut off without a word where they grow too long; these stay below 2,000 bars of a 16-hour day. */
const CHUNK_DAYS: Readonly<Record<Exclude<BarInterval, '1d'>, number>> = {
  '1m': 2,
  '5m': 10,
  '10m': 20,
  '15m': 30,
  '60m': 120,
};

export function tiingoBars(client: ProviderClient): BarProvider {
  return {
    name: 'tiingo',
    cannot: (request) => notStockTrades(client.name, request),
    bars: (request, aside = () => undefined) =>
      request.interval === '1d'
        ? daily(client, request, aside)
        : intraday(client, { ...request, interval: request.interval }, aside),
  };
}

const readDay = rowReader(day, ({ date, open, high, low, close, volume, adjClose }) => ({
  // Midnight UTC of the session's date, by Tiingo's own convention; not an instant in New York.
  start: sessionDay(Date.parse(date), 'UTC'),
  open,
  high,
  low,
  close,
  volume,
  adjustmentFactor: adjClose / close,
}));

const readMinute = rowReader(minute, ({ date, open, high, low, close, volume }) => ({
  start: Date.parse(date),
  open,
  high,
  low,
  close,
  volume: volume ?? 0,
  adjustmentFactor: null,
}));

async function* daily(
  client: ProviderClient,
  request: BarRequest,
  aside: (rejected: RejectedBar) => void,
): AsyncIterable<readonly ProvidedBar[]> {
  const rows = await client.getJson({
    path: `/tiingo/daily/${encodeURIComponent(dashedTicker(request.contract))}/prices`,
    query: { startDate: utcDate(request.from), endDate: lastDate(request.to), resampleFreq: 'daily', format: 'json' },
    schema: z.array(z.unknown()),
  });
  yield barPages({ provider: client.name, request, aside, read: readDay }).page(rows);
}

async function* intraday(
  client: ProviderClient,
  request: BarRequest & { readonly interval: Exclude<BarInterval, '1d'> },
  aside: (rejected: RejectedBar) => void,
): AsyncIterable<readonly ProvidedBar[]> {
  const pages = barPages({ provider: client.name, request, aside, read: readMinute });
  const step = CHUNK_DAYS[request.interval] * DAY_MS;
  const first = Math.floor(request.from / DAY_MS) * DAY_MS;
  for (let from = first; from < request.to; from += step) {
    const rows = await client.getJson({
      path: `/iex/${encodeURIComponent(dashedTicker(request.contract))}/prices`,
      query: {
        startDate: utcDate(from),
        endDate: lastDate(Math.min(from + step, request.to)),
        resampleFreq: FREQUENCY[request.interval],
        columns: 'open,high,low,close,volume',
        afterHours: true,
        format: 'json',
      },
      schema: z.array(z.unknown()),
    });
    yield pages.page(rows);
  }
}
