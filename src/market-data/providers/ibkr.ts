/**
 * IBKR's history as one provider among the others: the broker room asks and keeps the pacing rules, this turns its bars and errors into
 * ours. Hours outside the regular ones are included (requirement A4).
 */
import type { Bar } from '../../domain/bars';
import { DAY_MS, HOUR_MS } from '../../domain/exchange-time';
import { ProviderError, type ProviderErrorCode } from '../../http/provider-error';
import { barPages, type RowReading } from './bar-page';
import type { BarInterval, BarProvider, BarRequest, ProvidedBar, RejectedBar, WhatToShow } from './provider';
import { sessionDay } from './session-date';

/** What is needed of the broker's side; whoever holds the connection gives it. */
export interface IbkrHistory {
  /** Whether the contract can be asked for, or one sentence why not. */
  cannot(contract: string): string | null;
  /** Bars of [from, to) in UTC ms, ascending; a daily bar starts at midnight of its date in `zone`. */
  history(
    contract: string,
    request: { readonly barSize: string; readonly whatToShow: WhatToShow; readonly from: number; readonly to: number },
  ): Promise<readonly Bar[]>;
  /** Zone in which bare dates are midnight. */
  readonly zone: string;
}

const NAME = 'IBKR';
const BAR_SIZE: Readonly<Record<BarInterval, string>> = {
  '1m': '1 min',
  '5m': '5 mins',
  '10m': '10 mins',
  '15m': '15 mins',
  '60m': '1 hour',
  '1d': '1 day',
};
/** Asked and handed on by at most 30 days (requirement A5), so that what was fetched can be stored before the next question. */
const CHUNK_MS = 30 * DAY_MS;
const DAILY_CHUNK_MS = 365 * DAY_MS;

const CODES: Readonly<Record<string, ProviderErrorCode>> = {
  PACING: 'RATE_LIMITED',
  REQUEST_TIMEOUT: 'TIMED_OUT',
  NO_GATEWAY: 'UNREACHABLE',
  NOT_READY: 'UNREACHABLE',
  CONNECTION_LOST: 'UNREACHABLE',
  CLOSED: 'UNREACHABLE',
  NO_CONTRACT: 'NOT_FOUND',
  REQUEST_REFUSED: 'BAD_REQUEST',
  BAD_REQUEST: 'BAD_REQUEST',
};

export function ibkrBars(port: IbkrHistory): BarProvider {
  return {
    name: 'ibkr',
    cannot: ({ contract }) => port.cannot(contract),
    bars: (request, aside = () => undefined) => chunks(port, request, aside),
  };
}

async function* chunks(
  port: IbkrHistory,
  request: BarRequest,
  aside: (rejected: RejectedBar) => void,
): AsyncIterable<readonly ProvidedBar[]> {
  const { contract, whatToShow, interval, from, to } = request;
  const read = (row: unknown): RowReading => ({ fields: fieldsOf(row as Bar, interval, port.zone) });
  const pages = barPages({ provider: NAME, request, aside, read });
  const step = interval === '1d' ? DAILY_CHUNK_MS : CHUNK_MS;
  // Midnight there of a date may lie up to half a day beside midnight UTC.
  const margin = interval === '1d' ? 14 * HOUR_MS : 0;
  for (let start = from; start < to; start += step) {
    const span = { from: start - margin, to: Math.min(start + step, to) + margin };
    yield pages.page(await asked(() => port.history(contract, { barSize: BAR_SIZE[interval], whatToShow, ...span })));
  }
}

const fieldsOf = (bar: Bar, interval: BarInterval, zone: string) => ({
  ...bar,
  start: interval === '1d' ? sessionDay(bar.start, zone) : bar.start,
  adjustmentFactor: null,
});

async function asked<T>(question: () => Promise<T>): Promise<T> {
  try {
    return await question();
  } catch (error) {
    if (!(error instanceof Error) || error instanceof ProviderError) throw error;
    const code = CODES[String((error as { readonly code?: unknown }).code)];
    throw code === undefined ? error : new ProviderError(code, NAME, `${NAME}: ${error.message}`);
  }
}
