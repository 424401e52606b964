/**
 * The broker's history into the bar store, piece by piece: a piece is what one question may answer, and it is stored before the next one is
 * asked. The connection is a data connection of its own, opened for the first question and closed when none came for a while.
 */
import { Context } from '@temporalio/activity';
import { ApplicationFailure } from '@temporalio/common';
import { BrokerError } from '../broker/broker-error';
import { longestSpanMs } from '../broker/history-spans';
import type { MarketDataPort } from '../broker/market-data-port';
import { tradeDateOf } from '../domain/calendar';
import { stockOf } from '../domain/contracts';
import { CHUNK_MS } from '../domain/history-export';
import type {
  ChunkResult,
  ExportChunk,
  ExportedInterval,
  ExportPlan,
  ExportSeries,
  HistoryExportActivities,
  HistoryExportRequest,
} from '../domain/history-export';
import { FUTURE_SYMBOLS, type FutureSymbol } from '../domain/instruments';
import { brokerTicker } from '../domain/share-class';
import type { BarStore } from '../market-data/bar-store/bar-store';
import { PROVIDER_NAMES } from '../market-data/bar-store/bar-table';
import { futureName, namedContract } from '../market-data/bar-store/contract-name';
import { intervalMs, type SeriesKey } from '../market-data/bar-store/series-key';
import { isStoreError } from '../storage/object-store';
import { heartbeating } from './heartbeating';

export interface HistoryExportDeps {
  readonly bars: () => Promise<BarStore>;
  /** A data connection that is not connected yet. */
  readonly openPort: () => MarketDataPort;
  readonly now: () => number;
}

const CONNECT_PATIENCE_MS = 30_000;
const IDLE_MS = 60_000;

const BAR_SIZE: Readonly<Record<ExportedInterval, string>> = {
  '1m': '1 min',
  '5m': '5 mins',
  '10m': '10 mins',
  '15m': '15 mins',
  '60m': '1 hour',
};

/** What another attempt would not mend. */
const FINAL_CODES: ReadonlySet<string> = new Set(['NO_CONTRACT', 'REQUEST_REFUSED', 'BAD_REQUEST']);

function exportFailure(error: unknown): unknown {
  if (error instanceof BrokerError)
    return ApplicationFailure.create({
      message: error.message,
      type: error.code,
      nonRetryable: FINAL_CODES.has(error.code),
      cause: error,
    });
  if (isStoreError(error)) return ApplicationFailure.create({ message: error.message, type: error.code, cause: error });
  return error;
}

/** The activities, and the end of the connection they hold. */
export function createHistoryExportActivities(deps: HistoryExportDeps): {
  readonly activities: HistoryExportActivities;
  readonly close: () => Promise<void>;
} {
  const link = idleLink(deps.openPort);
  return {
    activities: {
      planExport: (request) => heartbeating(() => link.use((port) => planOf(port, request)), exportFailure),
      exportChunk: (chunk) => {
        const { cancellationSignal } = Context.current();
        return heartbeating(async () => {
          const bars = await deps.bars();
          return link.use((port) => exportInto(bars, port, chunk, deps.now, cancellationSignal));
        }, exportFailure);
      },
    },
    close: () => link.close(),
  };
}

/** One connection for whoever asks, closed after a minute without a question. */
function idleLink(openPort: () => MarketDataPort) {
  let opened: { readonly port: MarketDataPort; readonly connected: Promise<void> } | null = null;
  let users = 0;
  let idle: NodeJS.Timeout | undefined;
  const close = async (): Promise<void> => {
    const { port } = opened ?? {};
    opened = null;
    await port?.close();
  };
  return {
    close,
    use: async <T>(work: (port: MarketDataPort) => Promise<T>): Promise<T> => {
      clearTimeout(idle);
      users += 1;
      try {
        opened ??= connecting(openPort());
        const { port, connected } = opened;
        await withinPatience(connected);
        return await work(port);
      } finally {
        users -= 1;
        if (users === 0) idle = setTimeout(() => void close(), IDLE_MS).unref();
      }
    },
  };
}

function connecting(port: MarketDataPort) {
  const connected = port.connect();
  // Closed before it was accepted: whoever waits is told, and nobody may.
  connected.catch(() => undefined);
  return { port, connected };
}

/** The connection goes on trying; this attempt does not wait for ever. */
async function withinPatience(connected: Promise<void>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    const none = new BrokerError(
      'NO_GATEWAY',
      'No gateway answers: start IB Gateway (or omega gateway) or set IBKR_HOST and IBKR_PORT.',
    );
    timer = setTimeout(() => reject(none), CONNECT_PATIENCE_MS);
  });
  await Promise.race([connected, late]).finally(() => clearTimeout(timer));
}

async function planOf(port: MarketDataPort, request: HistoryExportRequest): Promise<ExportPlan> {
  const length = intervalMs(request.interval);
  // Market time, and the bar that is forming is nobody's yet.
  const end = request.to ?? (await port.marketTime());
  const to = Math.floor(end / length) * length;
  const from = Math.ceil((request.from ?? to - CHUNK_MS) / length) * length;
  const series: ExportSeries[] = [];
  for (const name of request.instruments) {
    const { contract, asked } = await contractOf(port, name, tradeDateOf(end));
    for (const whatToShow of request.whatToShow)
      series.push({ contract, asked, whatToShow, interval: request.interval });
  }
  return { series, from, to };
}

const isFutureSymbol = (name: string): name is FutureSymbol => (FUTURE_SYMBOLS as readonly string[]).includes(name);

async function contractOf(
  port: MarketDataPort,
  name: string,
  date: string,
): Promise<Pick<ExportSeries, 'contract' | 'asked'>> {
  if (isFutureSymbol(name)) {
    const asked = await port.resolveFront(name, date);
    // Under every roll rule of the registry the last trade date lies in the delivery month.
    return { contract: futureName(name, String(asked.lastTradeDate).slice(0, 6)), asked };
  }
  namedContract(name);
  // IB writes the class of a share behind a blank, and finds a stock without its number by its ticker.
  return { contract: name, asked: stockOf(0, brokerTicker(name)) };
}

async function exportInto(
  bars: BarStore,
  port: MarketDataPort,
  { series, from, to }: ExportChunk,
  now: () => number,
  cancelled: AbortSignal,
): Promise<ChunkResult> {
  const { contract, whatToShow, interval, asked } = series;
  const key: SeriesKey = { contract, whatToShow, interval };
  const barSize = BAR_SIZE[interval];
  const resumedFrom = await storedUntil(bars, key, from, to);
  let [requests, added, rejected] = [0, 0, 0];
  for (let start = resumedFrom; start < to && !cancelled.aborted; start += longestSpanMs(barSize)) {
    const end = Math.min(start + longestSpanMs(barSize), to);
    const fetched = await port.history(asked, { barSize, whatToShow, from: start, to: end });
    requests += 1;
    const provided = fetched.map((bar) => ({ ...bar, adjustmentFactor: null }));
    const outcome = await bars.append(key, provided, { provider: 'ibkr', fetchedAt: now() });
    added += outcome.added;
    rejected += outcome.rejected;
    Context.current().heartbeat({ through: end });
  }
  cancelled.throwIfAborted();
  return { resumedFrom, requests, added, rejected };
}

const IBKR = PROVIDER_NAMES.indexOf('ibkr');

/** The end of the last bar of the broker's that is stored of [from, to); `from` when there is none. */
async function storedUntil(bars: BarStore, series: SeriesKey, from: number, to: number): Promise<number> {
  const { table } = await bars.read(series, from, to);
  for (let i = table.length - 1; i >= 0; i -= 1) {
    if (table.provider[i] === IBKR) return table.start[i] + intervalMs(series.interval);
  }
  return from;
}
