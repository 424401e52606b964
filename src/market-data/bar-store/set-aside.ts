/**
 * What the store did not take, kept with the reason: `processed/rejected/` and `processed/conflicts/`, by series and period. A file's name
 * is the hash of what came, without when it came, so that the same rows fetched again are not written again.
 */
import { createHash } from 'node:crypto';
import type { ObjectStore } from '../../storage/object-store';
import { parseStoredJson, storedJson } from '../../storage/stored-json';
import type { RejectedBar } from '../providers/provider';
import type { BarSource, StoredBar } from './bar-table';
import type { RefusedBar } from './judge-bars';
import type { BarConflict } from './merge-bars';
import { periodOf, seriesName, type SeriesKey } from './series-key';

const ROOTS = { rejected: 'processed/rejected/', conflicts: 'processed/conflicts/' } as const;
const UNDATED = 'undated';
/** Characters of a hash that name a file. */
const NAME_LENGTH = 16;

const iso = (time: number): string => (Number.isFinite(time) ? new Date(time).toISOString() : String(time));

/** JSON knows neither NaN nor infinity; what came is told as text then. */
const told = (value: number): number | string => (Number.isFinite(value) ? value : String(value));

const pricesOf = ({ provider, start, open, high, low, close, volume }: StoredBar): object => ({
  provider,
  timestamp: iso(start),
  open: told(open),
  high: told(high),
  low: told(low),
  close: told(close),
  volume: told(volume),
});

const rowOf = (bar: StoredBar): object => ({ ...pricesOf(bar), fetchedAt: iso(bar.fetchedAt) });

interface SetAside {
  readonly period: string;
  /** What makes it the same as one set aside before. */
  readonly identity: object;
  readonly row: object;
}

async function keep(store: ObjectStore, root: string, series: SeriesKey, entries: readonly SetAside[]): Promise<void> {
  const byPeriod = new Map<string, SetAside[]>();
  for (const entry of entries) byPeriod.set(entry.period, [...(byPeriod.get(entry.period) ?? []), entry]);
  for (const [period, ofPeriod] of byPeriod) {
    const hash = createHash('sha256').update(JSON.stringify(ofPeriod.map(({ identity }) => identity)));
    const key = `${root}${seriesName(series)}/${period}/${hash.digest('hex').slice(0, NAME_LENGTH)}.json`;
    await store.create(key, storedJson({ ...series, rows: ofPeriod.map(({ row }) => row) }));
  }
}

/** Keeps rejected bars with their reasons; rows without a time lie under `undated`. */
export const keepRejected = (store: ObjectStore, series: SeriesKey, rejected: readonly RefusedBar[]): Promise<void> =>
  keep(
    store,
    ROOTS.rejected,
    series,
    rejected.map(({ bar, reason }) => ({
      period: Number.isFinite(bar.start) ? periodOf(series, bar.start) : UNDATED,
      identity: { ...pricesOf(bar), reason },
      row: { ...rowOf(bar), reason },
    })),
  );

/** Keeps rows that a source could not read as bars, as the source wrote them. */
export const keepUnread = (
  store: ObjectStore,
  series: SeriesKey,
  { provider, fetchedAt }: BarSource,
  unread: readonly RejectedBar[],
): Promise<void> =>
  keep(
    store,
    ROOTS.rejected,
    series,
    unread.map(({ start, row, reason }) => ({
      period: start === null ? UNDATED : periodOf(series, start),
      identity: { provider, row, reason },
      row: { provider, row, reason, fetchedAt: iso(fetchedAt) },
    })),
  );

/** Different reasons that are told of an answer. */
const TOLD_REASONS = 10;

/** The first of each reason, whatever line it is of; at most ten. Pure. */
export function differentReasons(reasons: readonly string[]): readonly string[] {
  const kinds = new Map<string, string>();
  for (const reason of reasons) {
    const kind = reason.replace(/^line \d+: /, '');
    if (!kinds.has(kind)) kinds.set(kind, reason);
  }
  return [...kinds.values()].slice(0, TOLD_REASONS);
}

/** Keeps both values of every conflict. */
export const keepConflicts = (
  store: ObjectStore,
  series: SeriesKey,
  conflicts: readonly BarConflict[],
): Promise<void> =>
  keep(
    store,
    ROOTS.conflicts,
    series,
    conflicts.map(({ start, kept, aside }) => ({
      period: periodOf(series, start),
      identity: { kept: pricesOf(kept), aside: pricesOf(aside) },
      row: { kept: rowOf(kept), aside: rowOf(aside) },
    })),
  );

/** Rows set aside of one kind; of one series, or of all. */
export async function readSetAside(
  store: ObjectStore,
  kind: keyof typeof ROOTS,
  series?: SeriesKey,
): Promise<readonly Readonly<Record<string, unknown>>[]> {
  const keys = await store.list(series === undefined ? ROOTS[kind] : `${ROOTS[kind]}${seriesName(series)}/`);
  const files = await Promise.all(keys.map(async (key) => parseStoredJson(await store.get(key))));
  return files.flatMap((file) => (file as { readonly rows: readonly Readonly<Record<string, unknown>>[] }).rows);
}
