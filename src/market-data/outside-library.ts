/**
 * What providers told of the world outside, as the store keeps it: `processed/outside/{provider}/{series}.json`, one file a series.
 * Invariants: 1. a row once told stays; a revision is a row of its own; 2. adding the same rows again changes nothing;
 * 3. one writer at a time (the schedule sees to that); should two meet, the rows that lost are fetched again next time.
 */
import { z } from 'zod';
import type { ReleasedValue } from '../features/outside/known-steps';
import { isStoreError, StoreError, type ObjectStore } from '../storage/object-store';
import type { OutsideProviderName, OutsideRow } from './providers/outside-provider';

const FORMAT = 1;
const PREFIX = 'processed/outside/';
const SERIES_NAME = /^[A-Za-z0-9_][A-Za-z0-9._=-]*$/;

const fileSchema = z.object({
  format: z.literal(FORMAT),
  /** period, known_from (UTC ms), value. */
  rows: z.array(z.tuple([z.number(), z.number(), z.number()])),
});

export type ProvidedSeries = `${OutsideProviderName}/${string}`;

/** Rows of every stored series by `provider/series`, in order of release. */
export type OutsideLibrary = ReadonlyMap<string, readonly ReleasedValue[]>;

const keyOf = (series: ProvidedSeries): string => `${PREFIX}${series}.json`;

/** True when the store can name a file after it. */
export const isSeriesName = (series: string): boolean => SERIES_NAME.test(series);

/** Rows of one series, none when nobody ever told any. Rejects with StoreError CORRUPT when the file is not ours to read. */
export async function readSeries(store: ObjectStore, series: ProvidedSeries): Promise<readonly ReleasedValue[]> {
  const key = keyOf(series);
  let bytes: Uint8Array;
  try {
    bytes = await store.get(key);
  } catch (error) {
    if (isStoreError(error, 'NOT_FOUND')) return [];
    throw error;
  }
  return rowsOf(store, key, bytes);
}

function rowsOf(store: ObjectStore, key: string, bytes: Uint8Array): readonly ReleasedValue[] {
  const damaged = (cause: unknown): StoreError =>
    new StoreError('CORRUPT', `${key} in ${store.location} can't be read: remove it and fetch again.`, key, { cause });
  let parsed: unknown;
  try {
    parsed = JSON.parse(Buffer.from(bytes).toString('utf8'));
  } catch (error) {
    throw damaged(error);
  }
  const file = fileSchema.safeParse(parsed);
  if (!file.success) throw damaged(file.error);
  return file.data.rows.map(([period, knownFrom, value]) => ({ period, knownFrom, value }));
}

/** Adds what is new; answers how many rows were. Store failures pass through. */
export async function addRows(
  store: ObjectStore,
  series: ProvidedSeries,
  rows: readonly OutsideRow[],
): Promise<number> {
  const before = await readSeries(store, series);
  const named = new Map([...before, ...rows].map((row) => [`${row.period}/${row.knownFrom}/${row.value}`, row]));
  if (named.size === before.length) return 0;
  const ascending = [...named.values()].toSorted((a, b) => a.knownFrom - b.knownFrom || a.period - b.period);
  const file: z.infer<typeof fileSchema> = {
    format: FORMAT,
    rows: ascending.map(({ period, knownFrom, value }) => [period, knownFrom, value]),
  };
  await store.put(keyOf(series), Buffer.from(`${JSON.stringify(file)}\n`));
  return named.size - before.length;
}

/** Every stored series. Rejects as readSeries does. */
export async function readLibrary(store: ObjectStore): Promise<OutsideLibrary> {
  const keys = await store.list(PREFIX);
  const series = await Promise.all(
    keys.map(async (key) => {
      const name = key.slice(PREFIX.length).replace(/\.json$/, '');
      return [name, rowsOf(store, key, await store.get(key))] as const;
    }),
  );
  return new Map(series);
}
