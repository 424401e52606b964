/**
 * The historical bar store (requirements B4, B5, B8): Parquet files in the object store, one a contract, interval, what-to-show and period.
 * Invariants:
 *  1. A key (contract, what-to-show, interval, start) has one row; adding the same bars again changes nothing.
 *  2. What was stored stays stored whatever is killed and whoever else writes (period-files.ts says how).
 *  3. Prices are raw; adjustment factors lie beside them and are applied on reading (adjusted-bars.ts).
 *  4. A row that is not taken is kept under `processed/rejected/` with its reason, one that differs from the stored one beyond a tick
 *     under `processed/conflicts/` with both values, a file that cannot be read under `processed/corrupt/`.
 */
import type { ObjectStore } from '../../storage/object-store';
import type { ProvidedBar, ProviderName } from '../providers/provider';
import {
  barAt,
  firstRowFrom,
  selectRows,
  sliceTable,
  tableOf,
  type BarSource,
  type BarTable,
  type StoredBar,
} from './bar-table';
import { appendJudged, type Written } from './append-periods';
import { gridOf, tickOf } from './contract-name';
import { judgeBars, type RefusedBar } from './judge-bars';
import type { MergeRules } from './merge-bars';
import { openParquetEngine, type EngineLimits, type ParquetEngine } from './parquet-engine';
import { corruptKey, keyBeforeAside, listPeriods, readPeriods, type CorruptFile } from './period-files';
import { keepRejected } from './set-aside';
import { SERIES_ROOTS, periodOf, seriesName, seriesOfKey, type PeriodFile, type SeriesKey } from './series-key';

/** Whose value counts when two providers differ: the broker that fills us first, files of unknown making last. */
export const DEFAULT_PRECEDENCE: readonly ProviderName[] = [
  'ibkr',
  'polygon',
  'tiingo',
  'yahoo',
  'fnspid',
  'csv',
  'sample',
];

export interface BarStoreOptions {
  /** Most trusted first. */
  readonly precedence?: readonly ProviderName[];
  readonly limits?: EngineLimits;
}

export interface AppendOutcome extends Written {
  readonly rejected: number;
  /** Each reason with the time of the first row rejected for it, and moves that were taken and should be looked at. */
  readonly notes: readonly string[];
  readonly corrupt: readonly CorruptFile[];
}

export interface ReadSeries {
  readonly table: BarTable;
  /** Files that were put aside while reading; their periods are holes now. */
  readonly corrupt: readonly CorruptFile[];
}

export interface BarStore {
  readonly store: ObjectStore;
  /** Adds what a provider answered. Times and prices are judged; never fails for a bad row. */
  append(series: SeriesKey, bars: readonly ProvidedBar[], source: BarSource): Promise<AppendOutcome>;
  /** The same for many rows in columns. */
  appendTable(series: SeriesKey, table: BarTable): Promise<AppendOutcome>;
  /** Raw rows with from ≤ start < to, ascending, once each. */
  read(series: SeriesKey, from?: number, to?: number): Promise<ReadSeries>;
  /** The last stored bar, null when there is none. */
  last(series: SeriesKey): Promise<StoredBar | null>;
  /** Every series there is, also one of which every file was put aside. */
  list(): Promise<readonly SeriesKey[]>;
  close(): Promise<void>;
}

/** Opens the store; `close` it, it holds DuckDB's memory and a temporary folder. */
export async function openBarStore(store: ObjectStore, options: BarStoreOptions = {}): Promise<BarStore> {
  const engine = await openParquetEngine(options.limits);
  const precedence = options.precedence ?? DEFAULT_PRECEDENCE;
  const appendTable = (series: SeriesKey, table: BarTable): Promise<AppendOutcome> => {
    const tick = tickOf(series);
    return appendSeries(store, engine, series, table, { precedence, tolerance: () => tick });
  };
  return {
    store,
    appendTable,
    append: (series, bars, source) => appendTable(series, tableOf(bars.map((bar) => ({ ...bar, ...source })))),
    read: (series, from = -Infinity, to = Infinity) => readRange(store, engine, series, from, to),
    last: (series) => lastBar(store, engine, series),
    list: () => listSeries(store),
    close: () => engine.close(),
  };
}

/** Different reasons that are told of an answer. */
const NOTED_REASONS = 10;

async function appendSeries(
  store: ObjectStore,
  engine: ParquetEngine,
  series: SeriesKey,
  table: BarTable,
  rules: MergeRules,
): Promise<AppendOutcome> {
  const before = table.length === 0 ? null : await lastBar(store, engine, series, table.start[0]);
  const judged = judgeBars(table, { series, tickSize: gridOf(series), before });
  await keepRejected(store, series, judged.rejected);
  const taken = judged.rejected.length === 0 ? table : selectRows(table, judged.taken);
  const { written, corrupt } = await appendJudged(store, engine, series, taken, rules);
  const noted = firstOfEachReason(judged.rejected).map(({ bar, reason }) => `${timeText(bar.start)}: ${reason}`);
  return { ...written, corrupt, rejected: judged.rejected.length, notes: [...noted, ...judged.notes] };
}

function firstOfEachReason(rejected: readonly RefusedBar[]): readonly RefusedBar[] {
  const seen = new Set<string>();
  return rejected.filter(({ reason }) => !seen.has(reason) && seen.add(reason)).slice(0, NOTED_REASONS);
}

const timeText = (time: number): string =>
  Number.isFinite(time) ? new Date(time).toISOString().replace('.000Z', 'Z') : String(time);

const READ_ATTEMPTS = 10;

/** Reads the files that `choose` picks; again, when another writer replaces one of them meanwhile. */
async function readChosen(
  store: ObjectStore,
  engine: ParquetEngine,
  series: SeriesKey,
  choose: (files: readonly PeriodFile[]) => readonly PeriodFile[],
): Promise<ReadSeries> {
  const corrupt: CorruptFile[] = [];
  for (let attempt = 1; ; attempt += 1) {
    const { current } = await listPeriods(store, series);
    const rows = await readPeriods(store, engine, choose([...current.values()]));
    corrupt.push(...rows.corrupt);
    // A file put aside may have an older generation behind it.
    if ((!rows.moved && rows.corrupt.length === 0) || attempt === READ_ATTEMPTS) return { table: rows.table, corrupt };
  }
}

async function readRange(
  store: ObjectStore,
  engine: ParquetEngine,
  series: SeriesKey,
  from: number,
  to: number,
): Promise<ReadSeries> {
  const first = Number.isFinite(from) ? periodOf(series, from) : '';
  const last = Number.isFinite(to) ? periodOf(series, to) : '9999-99-99';
  const { table, corrupt } = await readChosen(store, engine, series, (files) =>
    files.filter(({ period }) => period >= first && period <= last),
  );
  return { table: sliceTable(table, firstRowFrom(table, from), firstRowFrom(table, to)), corrupt };
}

/** The last bar that starts before `before`. */
async function lastBar(
  store: ObjectStore,
  engine: ParquetEngine,
  series: SeriesKey,
  before = Infinity,
): Promise<StoredBar | null> {
  const bound = Number.isFinite(before) ? periodOf(series, before) : '9999-99-99';
  // The period of `before` itself may hold only later bars: the one before it, too.
  const { table } = await readChosen(store, engine, series, (files) =>
    files.filter(({ period }) => period <= bound).slice(-2),
  );
  const index = firstRowFrom(table, before) - 1;
  return index < 0 ? null : barAt(table, index);
}

async function listSeries(store: ObjectStore): Promise<readonly SeriesKey[]> {
  const byName = new Map<string, SeriesKey>();
  for (const root of SERIES_ROOTS) {
    const aside = (await store.list(corruptKey(root))).map(keyBeforeAside);
    for (const key of [...(await store.list(root)), ...aside]) {
      const series = seriesOfKey(key);
      if (series !== null) byName.set(seriesName(series), series);
    }
  }
  return [...byName].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, series]) => series);
}
