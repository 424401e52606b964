/**
 * A series' files in the object store: what a period holds is replaced as a whole or not at all.
 *
 * Two writers at once: a period's file is never overwritten. Who changes a period reads generation n and creates generation n + 1, which
 * the store grants to exactly one writer; who loses reads again and merges again. So no row is lost with neither lock nor lease, and it is
 * the same for a folder and for S3, where a lock's holder may sleep past its time and then write. Afterwards the writer looks whether a
 * higher generation is there (one who slept may have created a number that was given and removed before); then, too, it merges again.
 * The old generation is removed last: a process killed anywhere leaves the old file or both, and the higher one counts.
 */
import { randomUUID } from 'node:crypto';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { inParallel } from '../../storage/in-parallel';
import { createEach, isStoreError, type ObjectStore } from '../../storage/object-store';
import { barFile } from './bar-file';
import type { BarTable } from './bar-table';
import { concatTables } from './bar-table';
import type { ParquetEngine } from './parquet-engine';
import { currentFiles, periodKey, seriesPrefix, type PeriodFile, type SeriesKey } from './series-key';

/** A file that could not be read and lies under `processed/corrupt/` now. */
export interface CorruptFile {
  readonly key: string;
  readonly asideKey: string;
  readonly reason: string;
}

const ROOT = 'processed/';
const ASIDE = 'processed/corrupt/';

/** Where a file of the store, or all below a prefix, lies when it cannot be read. */
export const corruptKey = (key: string): string => `${ASIDE}${key.slice(ROOT.length)}`;

/** Where a file lay that lies under `processed/corrupt/` now. */
export const keyBeforeAside = (asideKey: string): string => `${ROOT}${asideKey.slice(ASIDE.length)}`;

/** One line for people. Pure. */
export const corruptText = ({ key, asideKey, reason }: CorruptFile): string =>
  `${key} is put aside as ${asideKey}: ${reason}`;

export interface PeriodRows {
  readonly table: BarTable;
  readonly corrupt: readonly CorruptFile[];
  /** A file vanished while it was read: another writer replaced it; list again. */
  readonly moved: boolean;
}

export const listPeriods = async (store: ObjectStore, series: SeriesKey): Promise<ReturnType<typeof currentFiles>> =>
  currentFiles(await store.list(seriesPrefix(series)));

/** Rows of the given files, in their order. A file that is no readable Parquet is put aside, and the others are read all the same. */
export async function readPeriods(
  store: ObjectStore,
  engine: ParquetEngine,
  files: readonly PeriodFile[],
): Promise<PeriodRows> {
  const fetched = await inParallel(files, (file) => localCopy(store, engine, file));
  const copies = fetched.filter((copy) => copy !== null);
  const moved = copies.length < fetched.length;
  try {
    try {
      return { table: await engine.readFiles(copies.map(({ path }) => path)), corrupt: [], moved };
    } catch (error) {
      if (isExhausted(error)) throw error;
      const rows = await readOneByOne(store, engine, copies);
      return { ...rows, moved: moved || rows.moved };
    }
  } finally {
    for (const { path, temporary } of copies) if (temporary) await rm(path, { force: true });
  }
}

interface LocalCopy {
  readonly file: PeriodFile;
  readonly path: string;
  readonly temporary: boolean;
}

/** Null when the file is gone. */
async function localCopy(store: ObjectStore, engine: ParquetEngine, file: PeriodFile): Promise<LocalCopy | null> {
  const own = store.localFile?.(file.key);
  if (own !== undefined) return { file, path: own, temporary: false };
  try {
    const path = join(engine.folder, `${randomUUID()}.parquet`);
    await writeFile(path, await store.get(file.key));
    return { file, path, temporary: true };
  } catch (error) {
    if (isStoreError(error, 'NOT_FOUND')) return null;
    throw error;
  }
}

async function readOneByOne(
  store: ObjectStore,
  engine: ParquetEngine,
  copies: readonly LocalCopy[],
): Promise<PeriodRows> {
  const tables: BarTable[] = [];
  const corrupt: CorruptFile[] = [];
  let moved = false;
  for (const { file, path } of copies) {
    try {
      tables.push(await engine.readFiles([path]));
    } catch (error) {
      if (isExhausted(error)) throw error;
      if (await store.exists(file.key)) corrupt.push(await putAside(store, file, path, reasonOf(error, path)));
      else moved = true;
    }
  }
  return { table: concatTables(tables), corrupt, moved };
}

async function putAside(store: ObjectStore, { key }: PeriodFile, path: string, reason: string): Promise<CorruptFile> {
  const asideKey = corruptKey(key);
  await store.put(asideKey, await readFile(path));
  await store.delete(key);
  return { key, asideKey, reason };
}

/** Want of memory or disk says nothing about a file. */
const isExhausted = (error: unknown): boolean =>
  error instanceof Error && /out of memory|no space left|too many open files/i.test(error.message);

const reasonOf = (error: unknown, path: string): string => {
  const [line] = (error instanceof Error ? error.message : String(error)).split('\n');
  return line.replaceAll(path, 'the file');
};

/** A period's new content, and the file it was made from. */
export interface NewPeriod {
  readonly period: string;
  readonly generation: number;
  readonly table: BarTable;
}

/** Creates the files; the periods that another writer changed meanwhile, to be merged again. */
export async function createPeriods(
  store: ObjectStore,
  series: SeriesKey,
  periods: readonly NewPeriod[],
): Promise<ReadonlySet<string>> {
  const entries = await Promise.all(
    periods.map(async ({ period, generation, table }) => ({
      key: periodKey(series, period, generation),
      bytes: await barFile(table),
    })),
  );
  const answers = await createEach(store, entries);
  const lost = new Set(periods.filter((_period, index) => answers[index] === 'exists').map(({ period }) => period));
  const { current, replaced } = await listPeriods(store, series);
  for (const { period, generation } of periods) if (current.get(period)?.generation !== generation) lost.add(period);
  const written = new Set(periods.map(({ period }) => period));
  await inParallel(
    replaced.filter(({ period }) => written.has(period)),
    ({ key }) => store.delete(key),
  );
  return lost;
}
