/** `omega data import`: CSV files, or the sample that ships with Omega, into the bar store. */
import { existsSync } from 'node:fs';
import { isAbsolute, join } from 'node:path';
import { Command } from 'commander';
import type { AppendOutcome, BarStore } from '../market-data/bar-store/bar-store';
import { fetchInto } from '../market-data/bar-store/heal-series';
import { importCsv, storeLongerBars, type ImportedFolder } from '../market-data/bar-store/import-csv';
import type { SeriesKey } from '../market-data/bar-store/series-key';
import { SAMPLE_NOTE, shippedBars } from '../market-data/bar-store/shipped-bars';
import { PACKAGE_ROOT } from './child-command';
import { EXIT } from './cli-error';
import { CommandExit } from './command-exit';
import type { CommandIo } from './command-io';
import { printResult } from './command-io';
import { currentConfig } from './current-place';
import { seriesText, withBarStore } from './data-place';
import { wholeNumber } from './number-format';

interface ImportOptions {
  readonly sample?: boolean;
  readonly longer?: boolean;
  readonly json?: boolean;
}

interface Imported extends Pick<
  AppendOutcome,
  'added' | 'replaced' | 'unchanged' | 'conflicts' | 'rejected' | 'notes'
> {
  readonly series: SeriesKey;
}

interface ImportResult {
  readonly provider: 'csv' | 'sample';
  readonly imported: readonly Imported[];
  readonly skipped: ImportedFolder['skipped'];
  readonly longer: readonly SeriesKey[];
}

/** The shipped sample, all of it. */
export async function importSample(bars: BarStore, now: number): Promise<readonly Imported[]> {
  const sample = shippedBars(join(PACKAGE_ROOT, 'data'));
  const imported: Imported[] = [];
  for (const series of await sample.series()) {
    imported.push({ series, ...(await fetchInto(bars, sample, series, { from: 0, to: now }, now)) });
  }
  return imported;
}

async function importInto(
  bars: BarStore,
  paths: readonly string[],
  now: number,
): Promise<Omit<ImportResult, 'longer'>> {
  if (paths.length === 0) return { provider: 'sample', imported: await importSample(bars, now), skipped: [] };
  const folders: ImportedFolder[] = [];
  for (const path of paths) folders.push(await importCsv(bars, path, { provider: 'csv', fetchedAt: now }));
  return {
    provider: 'csv',
    imported: folders.flatMap(({ imported }) => imported),
    skipped: folders.flatMap(({ skipped }) => skipped),
  };
}

/** What to read: the paths given, else the configured folder of history where it is there; none means the sample. */
function pathsOf(given: readonly string[], options: ImportOptions, io: CommandIo): readonly string[] {
  if (options.sample === true) return [];
  if (given.length > 0) return given.map((path) => (isAbsolute(path) ? path : join(io.folder, path)));
  const { historicalFolder } = currentConfig(io).config.data;
  return existsSync(historicalFolder) ? [historicalFolder] : [];
}

async function importData(given: readonly string[], options: ImportOptions, io: CommandIo): Promise<void> {
  const paths = pathsOf(given, options, io);
  await withBarStore(io, async (bars) => {
    const result = await importInto(bars, paths, Date.now());
    const longer: SeriesKey[] = [];
    if (options.longer === true) {
      const minutes = result.imported.map(({ series }) => series).filter(({ interval }) => interval === '1m');
      for (const series of minutes) longer.push(...(await storeLongerBars(bars, series)));
    }
    printResult(
      io,
      options.json,
      { store: bars.store.location, ...result, longer },
      importLines({ ...result, longer }),
    );
    if (result.imported.length === 0 && result.skipped.length > 0) throw new CommandExit(EXIT.failed);
  });
}

/** Lines for people. Pure. */
export function importLines({ provider, imported, skipped, longer }: ImportResult): readonly string[] {
  const known = (one: Imported): number => one.unchanged + one.replaced;
  return [
    ...(provider === 'sample' ? [`sample: ${SAMPLE_NOTE}`] : []),
    ...imported.flatMap((one) => [
      `${seriesText(one.series)}: ${wholeNumber(one.added)} bars added${known(one) > 0 ? `, ${wholeNumber(known(one))} known` : ''}${one.conflicts > 0 ? `, ${one.conflicts} in conflict` : ''}${one.rejected > 0 ? `, ${one.rejected} rejected` : ''}`,
      ...one.notes.map((note) => `  ${note}`),
    ]),
    ...skipped.map(({ path, reason }) => `${path} is left out: ${reason}`),
    ...(longer.length > 0 ? [`made of the minutes: ${longer.map(seriesText).join(', ')}`] : []),
  ];
}

export const dataImportCommand = (io: CommandIo): Command =>
  new Command('import')
    .description('read CSV files of bars into the store; without any, the sample that ships with Omega')
    .argument('[paths...]', 'files or folders, named like ES_201312_1m.csv (default: the configured folder of history)')
    .option('--sample', 'the sample that ships with Omega, although there is a folder of history')
    .option('--longer', 'make bars of 5, 10, 15 and 60 minutes of the minutes')
    .option('--json', 'print JSON')
    .action((paths: readonly string[], options: ImportOptions) => importData(paths, options, io));
