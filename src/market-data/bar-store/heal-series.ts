/** Fills the holes of a series from other providers (requirement B4), row by row with the name of the one that filled it. */
import type { BarProvider, ProvidedBar, ProviderName, RejectedBar } from '../providers/provider';
import type { AppendOutcome, BarStore } from './bar-store';
import { firstRowFrom, type BarTable } from './bar-table';
import { findGaps, type Gap } from './gaps';
import { corruptKey, corruptText, type CorruptFile } from './period-files';
import { intervalMs, periodFileOf, seriesPrefix, spanOfPeriod, type SeriesKey } from './series-key';
import { differentReasons, keepUnread } from './set-aside';

export interface HealRequest {
  readonly series: SeriesKey;
  /** UTC ms; holes in [from, to) are looked for. Left out: where the first stored file begins and the last one ends. */
  readonly from?: number;
  readonly to?: number;
  /** Asked in this order, each for what the ones before it left. */
  readonly providers: readonly BarProvider[];
  readonly now: () => number;
}

/** A provider that was asked and did not answer as it should; `code` is ProviderError's or BrokerError's. */
export interface ProviderFailure {
  readonly provider: ProviderName;
  readonly code: string;
  /** As it stands among the refusals; one that gave up repeats it for every hole. */
  readonly refusal: string;
}

export interface HealedGap extends Gap {
  readonly filled: readonly { readonly provider: ProviderName; readonly rows: number }[];
  /** Why a provider did not help. */
  readonly refusals: readonly string[];
  readonly failures: readonly ProviderFailure[];
  /** What is missing still; empty when the hole is filled. */
  readonly left: readonly Gap[];
}

export interface HealedSeries {
  readonly series: SeriesKey;
  readonly gaps: readonly HealedGap[];
  readonly notes: readonly string[];
}

const errorSentence = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/**
 * Fetches every bar that the provider has of the hole and adds it to the store, with what could not be read kept aside. Rejects with what
 * the provider throws; pages that came before are stored then.
 */
export async function fetchInto(
  bars: BarStore,
  provider: BarProvider,
  series: SeriesKey,
  { from, to }: Gap,
  fetchedAt: number,
): Promise<AppendOutcome> {
  const source = { provider: provider.name, fetchedAt };
  const unread: RejectedBar[] = [];
  const fetched: ProvidedBar[] = [];
  const keep = async (): Promise<AppendOutcome> => {
    await keepUnread(bars.store, series, source, unread);
    const outcome = await bars.append(series, fetched, source);
    const rejected = outcome.rejected + unread.length;
    if (rejected === 0) return outcome;
    const reasons = [...differentReasons(unread.map(({ reason }) => reason)), ...outcome.notes];
    const count = `${rejected} of ${fetched.length + unread.length} rows are put aside; the first: ${reasons[0]}`;
    return { ...outcome, rejected, notes: [count, ...reasons.slice(1)] };
  };
  try {
    for await (const page of provider.bars({ ...series, from, to }, (row) => unread.push(row))) fetched.push(...page);
  } catch (error) {
    await keep();
    throw error;
  }
  return keep();
}

/** Finds and fills. A provider that fails is named in the answer and the next one is asked; only the store's own failures reject. */
export async function healSeries(bars: BarStore, request: HealRequest): Promise<HealedSeries> {
  const { series } = request;
  const stored = request.from === undefined || request.to === undefined ? await storedSpan(bars, request) : null;
  const bounds = { from: request.from ?? stored?.from ?? 0, to: request.to ?? stored?.to ?? 0 };
  const { table, corrupt } = await bars.read(series, bounds.from - intervalMs(series.interval), bounds.to);
  const notes = [...(stored?.corrupt ?? []), ...corrupt].map(corruptText);
  const gaps: HealedGap[] = [];
  for (const hole of holesIn(series, table, bounds, bounds)) gaps.push(await healGap(bars, request, hole, notes));
  return { series, gaps, notes };
}

/** From the first stored bar to the end of the last; a file that was put aside, now or before, counts with the whole of its period. */
async function storedSpan(
  bars: BarStore,
  { series, now }: HealRequest,
): Promise<Gap & { readonly corrupt: readonly CorruptFile[] }> {
  const { table, corrupt } = await bars.read(series);
  const { length, start } = table;
  const spans = await corruptSpans(bars, series);
  if (length > 0) spans.push({ from: start[0], to: start[length - 1] + intervalMs(series.interval) });
  const from = Math.min(...spans.map((span) => span.from));
  const to = Math.max(...spans.map((span) => span.to));
  // Of a period that runs still, what is to come is no hole.
  const ended = Math.max(length === 0 ? 0 : start[length - 1] + intervalMs(series.interval), now());
  return spans.length === 0 ? { from: 0, to: 0, corrupt } : { from, to: Math.min(to, ended), corrupt };
}

async function corruptSpans(bars: BarStore, series: SeriesKey): Promise<Gap[]> {
  const files = await bars.store.list(corruptKey(seriesPrefix(series)));
  return files.flatMap((key) => {
    const file = periodFileOf(key);
    return file === null ? [] : [spanOfPeriod(file.period)];
  });
}

interface Hole {
  readonly gap: Gap;
  /** From the bar before to the bar after: what is missing within regular hours is missing around them, too. */
  readonly asked: Gap;
}

/** The holes within `where`; nothing outside of `bounds` is asked for. `table` reaches a bar beyond them. */
function holesIn(series: SeriesKey, table: BarTable, where: Gap, bounds: Gap): readonly Hole[] {
  const length = intervalMs(series.interval);
  return findGaps(series, table.start, where.from, where.to).map((gap) => {
    const next = firstRowFrom(table, gap.from);
    const from = next > 0 ? table.start[next - 1] + length : bounds.from;
    const to = next < table.length ? table.start[next] : bounds.to;
    return { gap, asked: { from: Math.max(from, bounds.from), to: Math.min(to, bounds.to) } };
  });
}

async function healGap(bars: BarStore, request: HealRequest, hole: Hole, notes: string[]): Promise<HealedGap> {
  const { series, providers, now } = request;
  const { gap } = hole;
  const filled: { provider: ProviderName; rows: number }[] = [];
  const refusals: string[] = [];
  const failures: ProviderFailure[] = [];
  let left: readonly Hole[] = [hole];
  for (const provider of providers) {
    if (left.length === 0) break;
    const refusal = provider.cannot(series);
    if (refusal !== null) {
      refusals.push(`${provider.name}: ${refusal}`);
      continue;
    }
    let rows = 0;
    for (const { asked } of left) {
      try {
        const outcome = await fetchInto(bars, provider, series, asked, now());
        rows += outcome.added;
        notes.push(...outcome.notes.map((note) => `${provider.name}: ${note}`));
      } catch (error) {
        if (!isProviderFailure(error)) throw error;
        const refusal = `${provider.name}: ${errorSentence(error)}`;
        refusals.push(refusal);
        failures.push({ provider: provider.name, code: error.code, refusal });
      }
    }
    if (rows > 0) filled.push({ provider: provider.name, rows });
    else if (!refusals.some((text) => text.startsWith(`${provider.name}: `)))
      refusals.push(`${provider.name}: has no bars there`);
    left = await holesLeft(bars, series, hole);
  }
  return { ...gap, filled, refusals, failures, left: left.map((one) => one.gap) };
}

async function holesLeft(bars: BarStore, series: SeriesKey, { gap, asked }: Hole): Promise<readonly Hole[]> {
  const { table } = await bars.read(series, asked.from - intervalMs(series.interval), asked.to);
  return holesIn(series, table, gap, asked);
}

/** By name: a test's or another realm's error class is not ours. */
const isProviderFailure = (error: unknown): error is Error & { readonly code: string } =>
  error instanceof Error && (error.name === 'ProviderError' || error.name === 'BrokerError');
