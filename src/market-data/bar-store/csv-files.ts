/**
 * CSV files of bars by their names: `ES_201312_1m.csv`, `ES_201312_1m_midpoint.csv`, `AAPL_1d.csv.gz`; digits may follow, so that a series
 * can lie in several files (`SPY_1m_201101_201103.csv.gz`). A file with a `ticker` column holds many contracts (`equity_1d` of the shipped
 * data); those whose prices are split-adjusted say so in their name and are not taken, because the store keeps raw prices.
 */
import { readdir, readFile, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { writtenTicker } from '../../domain/share-class';
import { BAR_INTERVALS, WHAT_TO_SHOW } from '../providers/provider';
import { BarStoreError } from './bar-store-error';
import type { SeriesKey } from './series-key';

export interface CsvFile {
  readonly path: string;
  /** What the name says; the contract counts where the rows name none. */
  readonly series: SeriesKey;
}

export interface CsvFolder {
  readonly files: readonly CsvFile[];
  readonly skipped: readonly { readonly path: string; readonly reason: string }[];
}

const NAME = new RegExp(
  `^(.+?)_(${BAR_INTERVALS.join('|')})(?:_(${WHAT_TO_SHOW.join('|')}))?(?:_\\d+)*\\.csv(?:\\.gz)?$`,
  'i',
);
const DAILY_TABLE = /^.+_daily_(raw|splitadj)[\w-]*\.csv(\.gz)?$/;
const IS_CSV = /\.csv(\.gz)?$/;

/** What a file's name says, or why it is left out. */
export function csvFileOf(path: string): CsvFile | string {
  const name = basename(path);
  const table = DAILY_TABLE.exec(name);
  if (table !== null) {
    if (table[1] === 'splitadj') return 'its prices are split-adjusted, and the store keeps raw ones';
    return { path, series: { contract: '', interval: '1d', whatToShow: 'TRADES' } };
  }
  const [, contract, interval, show = 'TRADES'] = NAME.exec(name) ?? [];
  const known = BAR_INTERVALS.find((one) => one === interval?.toLowerCase());
  const whatToShow = WHAT_TO_SHOW.find((one) => one === show.toUpperCase());
  if (known === undefined || whatToShow === undefined)
    return `its name is not CONTRACT_INTERVAL.csv, for example ES_201312_1m.csv or AAPL_1d.csv`;
  return { path, series: { contract: writtenTicker(contract), interval: known, whatToShow } };
}

/** The CSV files at a path: itself, or all of a folder and the folders in it. Rejects with BarStoreError FILE_UNREADABLE. */
export async function csvFilesAt(path: string): Promise<CsvFolder> {
  const files: CsvFile[] = [];
  const skipped: { path: string; reason: string }[] = [];
  for (const file of await csvPaths(path)) {
    const found = csvFileOf(file);
    if (typeof found === 'string') skipped.push({ path: file, reason: found });
    else files.push(found);
  }
  return { files, skipped };
}

async function csvPaths(path: string): Promise<readonly string[]> {
  try {
    if ((await stat(path)).isFile()) return [path];
    const names = await readdir(path, { recursive: true });
    return names
      .filter((name) => IS_CSV.test(name))
      .sort()
      .map((name) => join(path, name));
  } catch (error) {
    throw new BarStoreError(
      'FILE_UNREADABLE',
      `There is nothing to read at ${path}; give a CSV file or a folder of them.`,
      {
        cause: error,
      },
    );
  }
}

/** The file's text, unpacked when its name ends in .gz. Rejects with BarStoreError FILE_UNREADABLE. */
export async function csvText(path: string): Promise<string> {
  try {
    const bytes = await readFile(path);
    return (path.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString('utf8');
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new BarStoreError('FILE_UNREADABLE', `${path} cannot be read (${why}); replace it.`, { cause: error });
  }
}
