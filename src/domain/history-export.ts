/**
 * What an export of the broker's history into the bar store is made of (requirement A5): per instrument trades and midpoints, in chunks of
 * 30 days. Pure and JSON-safe: it travels through workflows. Times are UTC epoch milliseconds.
 */
import type { TradableContract } from './contracts';
import { DAY_MS } from './exchange-time';

export type ExportedPrices = 'TRADES' | 'MIDPOINT';
export type ExportedInterval = '1m' | '5m' | '10m' | '15m' | '60m';

export const EXPORTED_PRICES: readonly ExportedPrices[] = ['TRADES', 'MIDPOINT'];
export const CHUNK_MS = 30 * DAY_MS;

export interface HistoryExportRequest {
  /** Registry symbols of futures (the contract that is front at the end is asked for) and tickers of US stocks. */
  readonly instruments: readonly string[];
  readonly whatToShow: readonly ExportedPrices[];
  readonly interval: ExportedInterval;
  /** Bars from here on; null: one chunk back from the end. */
  readonly from: number | null;
  /** Bars before this; null: the broker's clock when the export begins. */
  readonly to: number | null;
}

export interface ExportSeries {
  /** Name in the bar store: `ES_201312`, `AAPL`. */
  readonly contract: string;
  readonly asked: TradableContract;
  readonly whatToShow: ExportedPrices;
  readonly interval: ExportedInterval;
}

export interface ExportPlan {
  readonly series: readonly ExportSeries[];
  readonly from: number;
  readonly to: number;
}

export interface ExportChunk {
  readonly series: ExportSeries;
  readonly from: number;
  readonly to: number;
}

export interface ChunkResult {
  /** Where this asking began: after the last bar of the broker's that was stored. */
  readonly resumedFrom: number;
  /** Questions put to the broker; 0 when all was stored. */
  readonly requests: number;
  readonly added: number;
  readonly rejected: number;
}

/** How far one series is. */
export interface SeriesProgress {
  readonly contract: string;
  readonly whatToShow: ExportedPrices;
  readonly chunks: number;
  readonly chunksDone: number;
  readonly added: number;
  readonly rejected: number;
  /** Why it was given up, null while it was not. */
  readonly failed: string | null;
}

export interface ExportProgress {
  readonly phase: 'planning' | 'exporting' | 'done';
  readonly series: readonly SeriesProgress[];
}

export const NOTHING_EXPORTED: ExportProgress = { phase: 'planning', series: [] };

export interface HistoryExportActivities {
  /** Contracts and the span. */
  planExport(request: HistoryExportRequest): Promise<ExportPlan>;
  /** Fetches what is not stored of a chunk, piece by piece into the store. Heartbeats. */
  exportChunk(chunk: ExportChunk): Promise<ChunkResult>;
}

/** Chunks of at most 30 days over [from, to), ascending: what is stored always ends where the next chunk begins. */
export function chunksOf({
  from,
  to,
}: Pick<ExportPlan, 'from' | 'to'>): readonly { readonly from: number; readonly to: number }[] {
  const chunks = [];
  for (let start = from; start < to; start += CHUNK_MS)
    chunks.push({ from: start, to: Math.min(start + CHUNK_MS, to) });
  return chunks;
}

/** The export of one plan is named by what it exports, so that the same one is never under way twice. */
export const exportIdOf = ({ instruments, interval }: Pick<HistoryExportRequest, 'instruments' | 'interval'>): string =>
  `${[...instruments].sort().join('-')}/${interval}`;
