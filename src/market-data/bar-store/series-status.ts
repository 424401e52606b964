/** What is stored of a series, and what is wrong with it. */
import type { BarStore } from './bar-store';
import { PROVIDER_NAMES } from './bar-table';
import { findGaps, type Gap } from './gaps';
import { corruptKey, corruptText } from './period-files';
import { intervalMs, seriesPrefix, type SeriesKey } from './series-key';
import { readSetAside } from './set-aside';

export interface SeriesStatus {
  readonly series: SeriesKey;
  readonly files: number;
  readonly rows: number;
  /** Start of the first and the last bar, UTC ms; null when nothing can be read. */
  readonly first: number | null;
  readonly last: number | null;
  readonly providers: readonly { readonly name: string; readonly rows: number }[];
  /** Holes between the first and the last bar. */
  readonly gaps: readonly Gap[];
  readonly conflicts: number;
  readonly rejected: number;
  /** Files under `processed/corrupt/`, now and before. */
  readonly unreadable: number;
  /** Files that were put aside just now because they cannot be read. */
  readonly corrupt: readonly string[];
}

/** Reads the whole series. */
export async function seriesStatus(bars: BarStore, series: SeriesKey): Promise<SeriesStatus> {
  const { table, corrupt } = await bars.read(series);
  const { length, start } = table;
  const counts = new Array<number>(PROVIDER_NAMES.length).fill(0);
  for (const code of table.provider) counts[code] += 1;
  const end = length === 0 ? 0 : start[length - 1] + intervalMs(series.interval);
  return {
    series,
    files: (await bars.store.list(seriesPrefix(series))).length,
    rows: length,
    first: length === 0 ? null : start[0],
    last: length === 0 ? null : start[length - 1],
    providers: PROVIDER_NAMES.map((name, code) => ({ name, rows: counts[code] })).filter(({ rows }) => rows > 0),
    gaps: length === 0 ? [] : findGaps(series, start, start[0], end),
    conflicts: (await readSetAside(bars.store, 'conflicts', series)).length,
    rejected: (await readSetAside(bars.store, 'rejected', series)).length,
    unreadable: (await bars.store.list(corruptKey(seriesPrefix(series)))).length,
    corrupt: corrupt.map(corruptText),
  };
}
