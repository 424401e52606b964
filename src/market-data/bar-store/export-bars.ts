/** The store's bars as files of the user's own: CSV in A5's layout, or Parquet, one file a period without generations. */
import { writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { FutureSymbol } from '../../domain/instruments';
import { makeDurableDirectory } from '../../storage/durable-files';
import type { BarStore } from './bar-store';
import { BarStoreError } from './bar-store-error';
import type { ContinuousSeries } from './continuous-series';
import { csvOf } from './csv-bars';
import { corruptText, listPeriods } from './period-files';
import { periodKey, seriesName, type SeriesKey } from './series-key';

export const EXPORT_FORMATS = ['csv', 'parquet'] as const;
export type ExportFormat = (typeof EXPORT_FORMATS)[number];

export interface ExportedSeries {
  readonly series: SeriesKey;
  readonly files: readonly string[];
  /** Files of the store that were put aside on reading, one line each: what they held is not exported. */
  readonly corrupt: readonly string[];
}

/** `ES_201312_1m.csv`, `ES_201312_1m_midpoint.csv`: what `omega data import` reads. */
export const csvName = ({ contract, interval, whatToShow }: SeriesKey): string =>
  `${contract}_${interval}${whatToShow === 'TRADES' ? '' : `_${whatToShow.toLowerCase()}`}.csv`;

async function writeInto(folder: string, name: string, content: string | Uint8Array): Promise<string> {
  const path = join(folder, name);
  await makeDurableDirectory(dirname(path));
  await writeFile(path, content);
  return path;
}

/** Writes bars of [from, to) under `folder`. Parquet is copied by whole periods. Rejects with BarStoreError NOTHING_STORED. */
export async function exportSeries(
  bars: BarStore,
  series: SeriesKey,
  folder: string,
  format: ExportFormat,
  span: { readonly from?: number; readonly to?: number } = {},
): Promise<ExportedSeries> {
  const { table, corrupt: unreadable } = await bars.read(series, span.from, span.to);
  const corrupt = unreadable.map(corruptText);
  if (table.length === 0)
    throw new BarStoreError(
      'NOTHING_STORED',
      [`Nothing is stored of ${seriesName(series)} there; omega data status says what is.`, ...corrupt].join(' '),
    );
  switch (format) {
    case 'csv':
      return { series, files: [await writeInto(folder, csvName(series), csvOf(table, series.interval))], corrupt };
    case 'parquet': {
      const [first, last] = [table.start[0], table.start[table.length - 1]].map((at) => new Date(at).toISOString());
      const { current } = await listPeriods(bars.store, series);
      const files: string[] = [];
      for (const { period, key } of current.values()) {
        if (period < first.slice(0, period.length) || period > last.slice(0, period.length)) continue;
        // Without the generation, so that the same command again replaces the file.
        const name = periodKey(series, period, 1).slice('processed/'.length);
        files.push(await writeInto(folder, name, await bars.store.get(key)));
      }
      return { series, files, corrupt };
    }
  }
}

/** Writes a continuous series as CSV with the contract of each bar; `after_roll` is 1 where no return reaches back. */
export async function exportContinuous(
  symbol: FutureSymbol,
  interval: SeriesKey['interval'],
  { table, afterRoll, rolls, first }: ContinuousSeries,
  folder: string,
): Promise<string> {
  const [header, ...lines] = csvOf(table, interval).trimEnd().split('\n');
  let contract = first ?? '';
  const rows = lines.map((line, i) => {
    contract = rolls.find(({ at }) => at === table.start[i])?.to ?? contract;
    return `${line},${contract},${afterRoll[i]}`;
  });
  const text = [`${header},contract,after_roll`, ...rows].join('\n');
  return writeInto(folder, `${symbol}_${interval}_continuous.csv`, `${text}\n`);
}
