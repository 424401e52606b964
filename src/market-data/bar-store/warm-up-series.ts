/** The series that a start begins from (requirement B3): stored history and the last 30 days from the chosen source, as one. */
import { DAY_MS } from '../../domain/exchange-time';
import type { BarProvider } from '../providers/provider';
import type { AppendOutcome, BarStore } from './bar-store';
import type { BarTable } from './bar-table';
import { findGaps, type Gap } from './gaps';
import { fetchInto, healSeries } from './heal-series';
import { intervalMs, type SeriesKey } from './series-key';

/** How much of the past the source is asked for, whatever is stored of it. */
export const WARM_UP_DAYS = 30;

export interface WarmUpRequest {
  readonly series: SeriesKey;
  /** Where the series begins, UTC ms. */
  readonly from: number;
  readonly now: number;
  /** Asked for the last 30 days. */
  readonly source: BarProvider;
  /** Asked for the holes that are left. */
  readonly others: readonly BarProvider[];
}

export interface WarmSeries {
  /** Ascending, one row a key, all bars that had ended by `now`. */
  readonly table: BarTable;
  /** What nobody could fill. */
  readonly gaps: readonly Gap[];
  /** What the source's answer added to the store; null when it cannot answer. */
  readonly fetched: AppendOutcome | null;
  readonly notes: readonly string[];
}

/**
 * Fetches, adds to the store (so the next start has it), fills holes, and reads the one series back. Rejects with the source's error when
 * it fails: a series that ends days ago is no warm-up.
 */
export async function warmUpSeries(bars: BarStore, request: WarmUpRequest): Promise<WarmSeries> {
  const { series, from, now, source, others } = request;
  const length = intervalMs(series.interval);
  // The bar that is forming now is nobody's yet.
  const to = Math.floor(now / length) * length;
  const recent = { from: Math.max(from, Math.floor((now - WARM_UP_DAYS * DAY_MS) / length) * length), to };
  const refusal = source.cannot(series);
  const fetched = refusal === null ? await fetchInto(bars, source, series, recent, now) : null;
  const healed = await healSeries(bars, { series, from, to, providers: [source, ...others], now: () => now });
  const { table } = await bars.read(series, from, to);
  return {
    table,
    gaps: findGaps(series, table.start, from, to),
    fetched,
    notes: [...(refusal === null ? [] : [`${source.name}: ${refusal}`]), ...(fetched?.notes ?? []), ...healed.notes],
  };
}
