/**
 * Three years of synthetic minutes of 46 stocks, as users have them: added to the bar store (judged, a durable file a day), read back, the
 * 26-column feature set computed, and the matrix stored a year a file and read back. Making the minutes is not counted.
 */
import { mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
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
import { describeMachine } from './machine';
import type { Machine } from './machine';
import { openMatrixFiles, type MatrixFiles } from './matrix-files';

export interface BarStoreBenchOptions {
  readonly symbols: number;
  /** Sessions of 390 minutes. */
  readonly days: number;
}

export interface BarStoreBench {
  readonly machine: Machine;
  readonly symbols: number;
  readonly rows: number;
  readonly columns: number;
  /** From the first row given to the store to the last feature read back, without the making of the minutes. */
  readonly seconds: number;
  /** Processor time over all threads, the making of the minutes included: what other work on the machine does not change much. */
  readonly cpuSeconds: number;
  /** Wall time of each step, summed over the lanes that work beside each other. */
  readonly steps: readonly { readonly name: string; readonly seconds: number }[];
  readonly peakRssMb: number;
  readonly storedMb: { readonly bars: number; readonly features: number };
  readonly targets: { readonly seconds: number; readonly rssMb: number };
}

const TARGETS = { seconds: 60, rssMb: 2_048 };
const SESSION_MINUTES = 390;
const LAST_DATE = '2013-10-12';
const FETCHED_AT = Date.parse('2014-01-01');
/** Symbols under way at a time: DuckDB works on one while the main thread computes another. */
const LANES = 3;
const SCHEMA = defineSchema(
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

  steps(): BarStoreBench['steps'] {
    return [...this.spent].map(([name, seconds]) => ({ name, seconds }));
  }
}

/** Runs the whole bench in one process. */
export async function runBarStoreBench({ symbols, days }: BarStoreBenchOptions): Promise<BarStoreBench> {
  const machine = describeMachine();
  const folder = await mkdtemp(join(tmpdir(), 'omega-bar-store-bench-'));
  const store = await openFolderStore(folder);
  const bars = await openBarStore(store);
  const matrices = await openMatrixFiles(store);
  const watch = new Stopwatch();
  const opens = sessionOpens(days);
  let peak = 0;
  const noteMemory = (): void => {
    peak = Math.max(peak, process.memoryUsage.rss());
  };
  const memory = setInterval(noteMemory, 50);
  let making = 0;
  let rows = 0;
  let next = 0;
  try {
    const [begun, spent] = [performance.now(), process.cpuUsage()];
    const lane = async (): Promise<void> => {
      while (next < symbols) {
        const symbol = next;
        next += 1;
        // One thread's work that blocks the lanes: its wall time is its processor time on a quiet machine.
        const before = performance.now();
        const given = syntheticTable(opens, symbol + 1);
        making += performance.now() - before;
        const done = await oneSymbol(bars, matrices, `S${symbol + 1}`, given, watch);
        rows += done;
        noteMemory();
      }
    };
    await Promise.all(Array.from({ length: Math.min(LANES, symbols) }, lane));
    const seconds = (performance.now() - begun - making) / 1000;
    const { user, system } = process.cpuUsage(spent);
    return {
      machine,
      symbols,
      rows,
      columns: SCHEMA.columns.length,
      seconds,
      cpuSeconds: (user + system) / 1e6,
      steps: watch.steps(),
      peakRssMb: Math.round(peak / 2 ** 20),
      storedMb: {
        bars: await megabytesIn(join(folder, 'processed', 'intraday')),
        features: await megabytesIn(join(folder, 'processed', 'features')),
      },
      targets: TARGETS,
    };
  } finally {
    clearInterval(memory);
    await bars.close();
    await matrices.close();
    await rm(folder, { recursive: true, force: true });
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
  const name = `${contract}/1m/${SCHEMA.hash.slice(0, 12)}`;
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
    SCHEMA,
    STOCKS.SPY,
  );
}

async function megabytesIn(folder: string): Promise<number> {
  const names = await readdir(folder, { recursive: true });
  const sizes = await Promise.all(names.map(async (name) => (await stat(join(folder, name))).size));
  return Math.round(sizes.reduce((sum, size) => sum + size, 0) / 2 ** 20);
}
