/** A thread's share of the bar store bench: its symbols' minutes into the store and back, their features computed, stored and read back. */
import { businessDaysBefore } from '../src/domain/exchange-holidays';
import { MINUTE_MS, utcOf } from '../src/domain/exchange-time';
import { STOCKS } from '../src/domain/instruments';
import { emptyColumns } from '../src/features/bar-series';
import { computeFeaturesOfColumns } from '../src/features/pipeline';
import type { FeatureMatrix } from '../src/features/pipeline';
import { DEFAULT_SCHEMA, defineSchema } from '../src/features/schema';
import { createRandom } from '../src/learning/random';
import { openBarStore, type BarStore } from '../src/market-data/bar-store/bar-store';
import { emptyTable, PROVIDER_NAMES, type BarTable } from '../src/market-data/bar-store/bar-table';
import type { SeriesKey } from '../src/market-data/bar-store/series-key';
import { openFolderStore } from '../src/storage/folder-store';
import { openMatrixFiles, type MatrixFiles } from './matrix-files';

export interface BarStoreShare {
  /** Of the object store that all threads write to. */
  readonly folder: string;
  /** Seeds of the symbols' minutes. */
  readonly symbols: readonly number[];
  /** Sessions of 390 minutes. */
  readonly days: number;
}

export interface StepTime {
  readonly name: string;
  readonly seconds: number;
}

export interface ShareDone {
  readonly rows: number;
  /** Making the minutes, which blocks this thread. */
  readonly makingSeconds: number;
  /** Wall time of each step, summed over the symbols under way beside each other. */
  readonly steps: readonly StepTime[];
}

const SESSION_MINUTES = 390;
const LAST_DATE = '2013-10-12';
const FETCHED_AT = Date.parse('2014-01-01');
/** Symbols under way at a time: files are read and written for one while another is computed. */
const SYMBOLS_AT_A_TIME = 2;
export const BENCH_SCHEMA = defineSchema(
  DEFAULT_SCHEMA.parameters.filter(({ kind, name }) => kind !== 'top-of-book' && kind !== 'clock' && name !== 'ret_15'),
);

function sessionOpens(days: number): readonly number[] {
  const opens: number[] = [];
  for (let date = LAST_DATE; opens.length < days;) {
    date = businessDaysBefore(date, 1);
    opens.unshift(utcOf(date, STOCKS.SPY.regularHours.open, STOCKS.SPY.timeZone));
  }
  return opens;
}

/** A seeded random walk in cents; not recorded data, and shaped like it only as far as speed and size depend on it. */
function syntheticTable(opens: readonly number[], seed: number): BarTable {
  const random = createRandom(seed);
  const table = emptyTable(opens.length * SESSION_MINUTES);
  let cents = 10_000;
  for (let i = 0; i < table.length; i += 1) {
    const open = cents + random.below(3) - 1;
    const close = Math.max(1_000, open + random.below(9) - 4);
    cents = close;
    table.start[i] = opens[Math.floor(i / SESSION_MINUTES)] + (i % SESSION_MINUTES) * MINUTE_MS;
    table.open[i] = open / 100;
    table.high[i] = (Math.max(open, close) + random.below(3)) / 100;
    table.low[i] = (Math.min(open, close) - random.below(3)) / 100;
    table.close[i] = close / 100;
    table.volume[i] = 100 * (1 + random.below(500));
  }
  table.adjustmentFactor.fill(1);
  table.provider.fill(PROVIDER_NAMES.indexOf('sample'));
  table.fetchedAt.fill(FETCHED_AT);
  return table;
}

class Stopwatch {
  private readonly spent = new Map<string, number>();

  async time<T>(name: string, work: () => Promise<T> | T): Promise<T> {
    const begun = performance.now();
    try {
      return await work();
    } finally {
      this.spent.set(name, (this.spent.get(name) ?? 0) + (performance.now() - begun) / 1000);
    }
  }

  steps(): readonly StepTime[] {
    return [...this.spent].map(([name, seconds]) => ({ name, seconds }));
  }
}

/** Runs a share. Rejects when anything comes back other than it went in. */
export async function runShare({ folder, symbols, days }: BarStoreShare): Promise<ShareDone> {
  const store = await openFolderStore(folder);
  const bars = await openBarStore(store);
  const matrices = await openMatrixFiles(store);
  const watch = new Stopwatch();
  const opens = sessionOpens(days);
  const waiting = [...symbols];
  let [making, rows] = [0, 0];
  const lane = async (): Promise<void> => {
    for (let symbol = waiting.shift(); symbol !== undefined; symbol = waiting.shift()) {
      const begun = performance.now();
      const given = syntheticTable(opens, symbol);
      making += (performance.now() - begun) / 1000;
      const stored = await oneSymbol(bars, matrices, `S${symbol}`, given, watch);
      rows += stored;
    }
  };
  try {
    await Promise.all(Array.from({ length: SYMBOLS_AT_A_TIME }, lane));
    return { rows, makingSeconds: making, steps: watch.steps() };
  } finally {
    await bars.close();
    await matrices.close();
  }
}

async function oneSymbol(
  bars: BarStore,
  matrices: MatrixFiles,
  contract: string,
  given: BarTable,
  watch: Stopwatch,
): Promise<number> {
  const series: SeriesKey = { contract, whatToShow: 'TRADES', interval: '1m' };
  const outcome = await watch.time('bars in', () => bars.appendTable(series, given));
  const { table } = await watch.time('bars out', () => bars.read(series));
  if (outcome.added !== given.length || table.length !== given.length || !sameNumbers(table.close, given.close))
    throw new Error(
      `${contract}: ${given.length} bars went in, ${outcome.added} were taken, ${table.length} came out.`,
    );
  const matrix = await watch.time('features', () => featuresOf(table));
  const name = `${contract}/1m/${BENCH_SCHEMA.hash.slice(0, 12)}`;
  await watch.time('matrix in', () => matrices.write(name, matrix));
  const stored = await watch.time('matrix out', () => matrices.read(name, matrix.columns));
  if (!sameNumbers(stored.values, matrix.values)) throw new Error(`${contract}: features came back changed.`);
  return table.length;
}

/** Every bit, NaN included. */
const sameNumbers = (a: Float32Array | Float64Array, b: Float32Array | Float64Array): boolean =>
  Buffer.from(a.buffer, a.byteOffset, a.byteLength).equals(Buffer.from(b.buffer, b.byteOffset, b.byteLength));

function featuresOf(table: BarTable): FeatureMatrix {
  const columns = {
    ...emptyColumns(0),
    length: table.length,
    start: table.start,
    open: table.open,
    high: table.high,
    low: table.low,
    close: table.close,
    volume: table.volume,
  };
  const none = new Float64Array(table.length).fill(Number.NaN);
  return computeFeaturesOfColumns(
    { ...columns, bid: none, ask: none, bidSize: none, askSize: none },
    BENCH_SCHEMA,
    STOCKS.SPY,
  );
}
