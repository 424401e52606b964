/**
 * Polygon (requirement B2; https://polygon.io/docs/rest/stocks): aggregates `GET /v2/aggs/ticker/{ticker}/range/{n}/{unit}/{from}/{to}`,
 * paged by `next_url`. Prices are asked for unadjusted; a daily bar's factor comes from `/v3/reference/splits` and `/dividends`, so that
 * it means the same as Tiingo's and Yahoo's. Minutes hold trading before and after the regular hours.
 */
import { z } from 'zod';
import type { ProviderClient } from '../../http/provider-client';
import { barPages, rowReader } from './bar-page';
import { allRows, resultPages } from './polygon-pages';
import { adjustmentFactors, type CorporateActions } from './price-factors';
import type { BarInterval, BarProvider, BarRequest, ProvidedBar, RejectedBar } from './provider';
import { lastDate, sessionDay, utcDate } from './session-date';
import { notStockTrades } from './stock-request';

const RANGE: Readonly<Record<BarInterval, string>> = {
  '1m': '1/minute',
  '5m': '5/minute',
  '10m': '10/minute',
  '15m': '15/minute',
  '60m': '1/hour',
  '1d': '1/day',
};
/** Counted in minutes for minute bars: Polygon advises a month or so for one question. */
const QUERY = { adjusted: false, sort: 'asc', limit: 50_000 } as const;
/** Of US stocks' prices. */
const CURRENCY = 'USD';

const number = z.number();
const aggregate = z.looseObject({ t: number, o: number, h: number, l: number, c: number, v: number });
const split = z.looseObject({
  execution_date: z.iso.date(),
  split_from: z.number().positive(),
  split_to: z.number().positive(),
});
const dividend = z.looseObject({ ex_dividend_date: z.iso.date(), cash_amount: z.number(), currency: z.string() });

/** `now`: UTC ms. */
export function polygonBars(client: ProviderClient, now: () => number = Date.now): BarProvider {
  return {
    name: 'polygon',
    cannot: (request) => notStockTrades(client.name, request),
    bars: (request, aside = () => undefined) =>
      request.interval === '1d' ? daily(client, request, aside, now()) : intraday(client, request, aside),
  };
}

const pathOf = ({ contract, interval }: BarRequest, from: string, to: string): string =>
  `/v2/aggs/ticker/${encodeURIComponent(contract)}/range/${RANGE[interval]}/${from}/${to}`;

const readAggregate = (start: (t: number) => number) =>
  rowReader(aggregate, ({ t, o, h, l, c, v }) => ({
    start: start(t),
    open: o,
    high: h,
    low: l,
    close: c,
    volume: v,
    adjustmentFactor: null,
  }));

async function* intraday(
  client: ProviderClient,
  request: BarRequest,
  aside: (rejected: RejectedBar) => void,
): AsyncIterable<readonly ProvidedBar[]> {
  const path = pathOf(request, String(request.from), String(request.to - 1));
  const pages = barPages({ provider: client.name, request, aside, read: readAggregate((t) => t) });
  for await (const rows of resultPages(client, path, QUERY)) yield pages.page(rows);
}

/** Days up to now are asked for, whatever `to` says: the factor of an old day holds what happened since. */
async function* daily(
  client: ProviderClient,
  request: BarRequest,
  aside: (rejected: RejectedBar) => void,
  now: number,
): AsyncIterable<readonly ProvidedBar[]> {
  const from = utcDate(request.from);
  const path = pathOf(request, from, lastDate(Math.max(request.to, now)));
  const wanted = { ...request, to: Number.MAX_SAFE_INTEGER };
  const pages = barPages({ provider: client.name, request: wanted, aside, read: readAggregate((t) => sessionDay(t)) });
  const days: ProvidedBar[] = [];
  for await (const rows of resultPages(client, path, QUERY)) days.push(...pages.page(rows));
  if (days.length === 0) return;
  const { actions, foreign } = await actionsSince(client, request.contract, from);
  for (const row of foreign) {
    const reason = `a dividend in ${row.currency}: days before it have no adjustment factor`;
    aside({ start: Date.parse(row.ex_dividend_date), row: JSON.stringify(row), reason });
  }
  const factors = adjustmentFactors(days, actions);
  const unknownBefore = Math.max(...foreign.map((row) => Date.parse(row.ex_dividend_date)));
  yield days.flatMap((bar, i) =>
    bar.start < request.to ? [{ ...bar, adjustmentFactor: bar.start < unknownBefore ? null : factors[i] }] : [],
  );
}

interface KnownActions {
  readonly actions: CorporateActions;
  /** Dividends in another currency than the prices. */
  readonly foreign: readonly z.infer<typeof dividend>[];
}

async function actionsSince(client: ProviderClient, ticker: string, from: string): Promise<KnownActions> {
  const query = { ticker, limit: 1_000 };
  const splits = await allRows(client, '/v3/reference/splits', { ...query, 'execution_date.gte': from }, split);
  const all = await allRows(client, '/v3/reference/dividends', { ...query, 'ex_dividend_date.gte': from }, dividend);
  const dividends = all.filter(({ currency }) => currency === CURRENCY);
  return {
    actions: {
      splits: splits.map((row) => ({ exDate: Date.parse(row.execution_date), ratio: row.split_to / row.split_from })),
      dividends: dividends.map((row) => ({ exDate: Date.parse(row.ex_dividend_date), cash: row.cash_amount })),
    },
    foreign: all.filter(({ currency }) => currency !== CURRENCY),
  };
}
