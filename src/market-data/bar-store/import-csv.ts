/** CSV files into the bar store: every row is stored, or kept aside with the reason, and importing again changes nothing. */
import { MINUTE_MS } from '../../domain/exchange-time';
import type { AppendOutcome, BarStore } from './bar-store';
import { BarStoreError } from './bar-store-error';
import type { BarSource } from './bar-table';
import { namedContract } from './contract-name';
import { parseCsvBars } from './csv-bars';
import { csvFilesAt, csvText, type CsvFile } from './csv-files';
import { LONGER_INTERVALS, longerBars } from './longer-bars';
import type { SeriesKey } from './series-key';
import { differentReasons, keepUnread } from './set-aside';

export interface ImportedSeries extends AppendOutcome {
  readonly path: string;
  readonly series: SeriesKey;
  readonly withoutTrade: number;
}

export interface ImportedFolder {
  readonly imported: readonly ImportedSeries[];
  readonly skipped: readonly { readonly path: string; readonly reason: string }[];
}

/** Imports the CSV files at `path`. A file that is no bars is named among the skipped, the others are taken. */
export async function importCsv(bars: BarStore, path: string, source: BarSource): Promise<ImportedFolder> {
  const { files, skipped } = await csvFilesAt(path);
  const imported: ImportedSeries[] = [];
  const left = [...skipped];
  for (const file of files) {
    try {
      imported.push(...(await importFile(bars, file, source)));
    } catch (error) {
      if (!(error instanceof BarStoreError)) throw error;
      left.push({ path: file.path, reason: error.message });
    }
  }
  return { imported, skipped: left };
}

async function importFile(bars: BarStore, file: CsvFile, source: BarSource): Promise<readonly ImportedSeries[]> {
  const found = parseCsvBars(file.path, await csvText(file.path), file.series);
  if (found.size === 0) throw new BarStoreError('NO_ROWS', `${file.path} holds no row; replace or remove it.`);
  for (const contract of found.keys()) namedContract(contract);
  const imported: ImportedSeries[] = [];
  for (const [contract, { bars: rows, unread, withoutTrade }] of found) {
    const series = { ...file.series, contract };
    await keepUnread(bars.store, series, source, unread);
    const outcome = await bars.append(series, rows, source);
    const notes = [...differentReasons(unread.map(({ reason }) => reason)), ...outcome.notes];
    imported.push({
      ...outcome,
      notes,
      rejected: outcome.rejected + unread.length,
      path: file.path,
      series,
      withoutTrade,
    });
  }
  return imported;
}

/** Makes the longer bars of a series of minutes from all that is stored of it. */
export async function storeLongerBars(bars: BarStore, minutes: SeriesKey): Promise<readonly SeriesKey[]> {
  const { table } = await bars.read(minutes);
  // The last one waits for its other minutes.
  const until = table.length === 0 ? 0 : table.start[table.length - 1] + MINUTE_MS;
  const made: SeriesKey[] = [];
  for (const interval of LONGER_INTERVALS) {
    const series = { ...minutes, interval };
    await bars.appendTable(series, longerBars(table, interval, until));
    made.push(series);
  }
  return made;
}
