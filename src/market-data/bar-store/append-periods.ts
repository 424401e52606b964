/** Adding judged bars to the periods they belong to, until every one of them is in the file that counts. */
import type { ObjectStore } from '../../storage/object-store';
import { BarStoreError } from './bar-store-error';
import { barsOf, sliceTable, tableOf, type BarTable } from './bar-table';
import { mergeBars, type BarConflict, type MergeRules } from './merge-bars';
import type { ParquetEngine } from './parquet-engine';
import { createPeriods, listPeriods, readPeriods, type CorruptFile, type NewPeriod } from './period-files';
import { intervalMs, periodOf, seriesName, type PeriodFile, type SeriesKey } from './series-key';
import { keepConflicts } from './set-aside';
import { DAY_MS } from '../../domain/exchange-time';

/** What adding bars did, in rows. */
export interface Written {
  readonly added: number;
  /** Rows that gave way to a preferred or later source. */
  readonly replaced: number;
  readonly unchanged: number;
  readonly conflicts: number;
}

const NOTHING: Written = { added: 0, replaced: 0, unchanged: 0, conflicts: 0 };

/** Every writer but one loses a round, so this many rounds are as many writers at the same period at the same time. */
const ROUNDS = 100;
/** So many files are in memory at a time, and rows that are merged are objects for as long. */
const PERIODS_AT_A_TIME = 128;

interface PeriodPart {
  readonly period: string;
  readonly table: BarTable;
}

/** Cuts ascending rows at the ends of periods. */
export function splitPeriods(series: SeriesKey, table: BarTable): readonly PeriodPart[] {
  const parts: PeriodPart[] = [];
  const daily = intervalMs(series.interval) === DAY_MS;
  for (let from = 0; from < table.length;) {
    const period = periodOf(series, table.start[from]);
    const end = daily ? Date.UTC(Number(period) + 1, 0) : (Math.floor(table.start[from] / DAY_MS) + 1) * DAY_MS;
    let to = from + 1;
    while (to < table.length && table.start[to] < end) to += 1;
    parts.push({ period, table: sliceTable(table, from, to) });
    from = to;
  }
  return parts;
}

/** Adds ascending, judged rows. Rejects with StoreError, or BarStoreError TOO_MANY_WRITERS when the others never let us. */
export async function appendJudged(
  store: ObjectStore,
  engine: ParquetEngine,
  series: SeriesKey,
  table: BarTable,
  rules: MergeRules,
): Promise<{ readonly written: Written; readonly corrupt: readonly CorruptFile[] }> {
  const done = new Map<string, Written>();
  const corrupt: CorruptFile[] = [];
  let waiting = splitPeriods(series, table);
  for (let round = 1; waiting.length > 0; round += 1) {
    if (round > ROUNDS) throw tooManyWriters(series);
    const { current } = await listPeriods(store, series);
    const lost = new Set<string>();
    for (const batch of batchesOf(waiting, current)) {
      const merged = await mergeBatch(store, engine, series, batch, current, rules);
      corrupt.push(...merged.corrupt);
      await keepConflicts(store, series, merged.conflicts);
      for (const [period, written] of merged.written)
        if (changes(written) || !done.has(period)) done.set(period, written);
      for (const period of merged.moved) lost.add(period);
      if (merged.changed.length > 0) {
        for (const period of await createPeriods(store, series, merged.changed)) lost.add(period);
      }
    }
    waiting = waiting.filter(({ period }) => lost.has(period));
  }
  return { written: [...done.values()].reduce(sum, NOTHING), corrupt };
}

const changes = ({ added, replaced }: Written): boolean => added + replaced > 0;

const sum = (a: Written, b: Written): Written => ({
  added: a.added + b.added,
  replaced: a.replaced + b.replaced,
  unchanged: a.unchanged + b.unchanged,
  conflicts: a.conflicts + b.conflicts,
});

/** Those without a file, which are written as they are, apart from those that have one and are merged. */
function batchesOf(
  parts: readonly PeriodPart[],
  current: ReadonlyMap<string, PeriodFile>,
): readonly (readonly PeriodPart[])[] {
  const fresh = parts.filter(({ period }) => !current.has(period));
  const known = parts.filter(({ period }) => current.has(period));
  return [fresh, known].flatMap((group) =>
    Array.from({ length: Math.ceil(group.length / PERIODS_AT_A_TIME) }, (_batch, i) =>
      group.slice(i * PERIODS_AT_A_TIME, (i + 1) * PERIODS_AT_A_TIME),
    ),
  );
}

interface MergedBatch {
  readonly changed: readonly NewPeriod[];
  readonly written: ReadonlyMap<string, Written>;
  readonly conflicts: readonly BarConflict[];
  readonly corrupt: readonly CorruptFile[];
  readonly moved: readonly string[];
}

async function mergeBatch(
  store: ObjectStore,
  engine: ParquetEngine,
  series: SeriesKey,
  batch: readonly PeriodPart[],
  current: ReadonlyMap<string, PeriodFile>,
  rules: MergeRules,
): Promise<MergedBatch> {
  const files = batch.flatMap(({ period }) => current.get(period) ?? []);
  const read = files.length === 0 ? null : await readPeriods(store, engine, files);
  // Which of them moved is not known, and merging again costs little.
  if (read?.moved === true) {
    const moved = batch.map(({ period }) => period);
    return { changed: [], written: new Map(), conflicts: [], corrupt: read.corrupt, moved };
  }
  const stored = new Map(
    (read === null ? [] : splitPeriods(series, read.table)).map((part) => [part.period, part.table]),
  );
  const changed: NewPeriod[] = [];
  const written = new Map<string, Written>();
  const conflicts: BarConflict[] = [];
  for (const { period, table } of batch) {
    const generation = (current.get(period)?.generation ?? 0) + 1;
    const known = stored.get(period);
    if (known === undefined) {
      changed.push({ period, generation, table });
      written.set(period, { ...NOTHING, added: table.length });
      continue;
    }
    const merged = mergeBars(barsOf(known), barsOf(table), rules);
    const { added, replaced, unchanged } = merged;
    conflicts.push(...merged.conflicts);
    written.set(period, { added, replaced, unchanged, conflicts: merged.conflicts.length });
    if (added + replaced > 0) changed.push({ period, generation, table: tableOf(merged.bars) });
  }
  return { changed, written, conflicts, corrupt: read?.corrupt ?? [], moved: [] };
}

const tooManyWriters = (series: SeriesKey): BarStoreError =>
  new BarStoreError(
    'TOO_MANY_WRITERS',
    `Other processes keep changing ${seriesName(series)}: let one of them write it; nothing stored is lost.`,
  );
