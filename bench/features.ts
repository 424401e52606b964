/**
 * Speed of features and inference against the budget: a batch of 26 columns (rows a second, TA-Lib in the same run on request), and one
 * bar of one instrument live: features, hash and the votes of the first models.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { env } from 'onnxruntime-node';
import { INSTRUMENTS } from '../src/domain/instruments';
import { sliceColumns } from '../src/features/bar-series';
import { computeFeaturesOfColumns, createFeatureStream } from '../src/features/pipeline';
import type { FeatureMatrix } from '../src/features/pipeline';
import { DEFAULT_SCHEMA, defineSchema } from '../src/features/schema';
import { loadEnsemble } from '../src/learning/ensemble';
import { fitRun } from '../src/learning/fit-run';
import { openFolderStore } from '../src/storage/folder-store';
import { describeMachine, percentile } from './machine';
import type { Machine } from './machine';
import { marketOf, rowOf, syntheticSeries } from './synthetic-market';
import { measureTalib } from './talib';
import type { TalibResult } from './talib';

export interface FeatureBenchOptions {
  /** Rows of the batch, 1,000,000 by default. */
  readonly rows?: number;
  /** Bars of the live measurement, 5,000 by default. */
  readonly bars?: number;
  /** Measure TA-Lib in the same run: installs it in a temporary environment, unless `python` names an interpreter that has it. */
  readonly talib?: boolean;
  readonly python?: string;
}

export type TalibComparison = TalibResult & {
  /** Until the matrix is written. */
  readonly rowsPerSecond?: number;
  /** Our rate over TA-Lib's, both in processor time, for the same product: the float32 matrix that a model reads. */
  readonly ratio?: number;
  /** Our rate, the matrix included, over TA-Lib's for its columns alone. */
  readonly ratioColumnsAlone?: number;
};

export interface FeatureBenchResult {
  readonly machine: Machine & {
    readonly onnxruntime: string;
    readonly inferenceThreads: 1;
    readonly featureThreads: 1;
  };
  readonly batch: {
    readonly rows: number;
    readonly columns: number;
    /** Best of several runs into the same memory, a float32 matrix. */
    readonly seconds: number;
    /** Processor time of the best run: what other work on the machine does not change much. */
    readonly cpuSeconds: number;
    readonly rowsPerSecond: number;
    /** The first run: code not yet compiled, memory fresh from the system. */
    readonly firstSeconds: number;
  };
  /** Null unless asked for. */
  readonly talib: TalibComparison | null;
  readonly perBar: {
    readonly bars: number;
    readonly columns: number;
    readonly models: readonly string[];
    readonly budgetMs: number;
    readonly p50Ms: number;
    readonly p95Ms: number;
    readonly p99Ms: number;
    readonly maxMs: number;
  };
  /** Both first models of one instrument on two days, hold-out included. */
  readonly fit: { readonly rows: number; readonly seconds: number };
}

const DEFAULT_ROWS = 1_000_000;
const DEFAULT_BARS = 5_000;
const BATCH_RUNS = 7;
const BUDGET_MS = 2;
const SEED = 1;
const DAYS = ['2013-10-07', '2013-10-08'];
const RUN_ID = '20131008_220000';

/** The 26 columns of the default schema that need trades alone. */
const BATCH_SCHEMA = defineSchema(
  DEFAULT_SCHEMA.parameters.filter(({ kind, name }) => kind !== 'top-of-book' && kind !== 'clock' && name !== 'ret_15'),
);

const secondsSince = (begun: number): number => (performance.now() - begun) / 1000;

function measureBatch(rows: number): FeatureBenchResult['batch'] {
  const series = syntheticSeries(rows, INSTRUMENTS.GC, SEED);
  const run = (reuse?: FeatureMatrix) => {
    const [begun, spent] = [performance.now(), process.cpuUsage()];
    const matrix = computeFeaturesOfColumns(series, BATCH_SCHEMA, INSTRUMENTS.GC, { reuse });
    const { user, system } = process.cpuUsage(spent);
    return { matrix, seconds: secondsSince(begun), cpuSeconds: (user + system) / 1e6 };
  };
  const first = run();
  const runs = Array.from({ length: BATCH_RUNS }, () => run(first.matrix));
  const seconds = Math.min(...runs.map((one) => one.seconds));
  return {
    rows,
    columns: BATCH_SCHEMA.columns.length,
    seconds,
    cpuSeconds: Math.min(...runs.map((one) => one.cpuSeconds)),
    rowsPerSecond: Math.round(rows / seconds),
    firstSeconds: first.seconds,
  };
}

async function measureLive(bars: number): Promise<Pick<FeatureBenchResult, 'perBar' | 'fit'>> {
  const folder = await mkdtemp(join(tmpdir(), 'omega-feature-bench-'));
  try {
    const store = await openFolderStore(folder);
    const instrument = INSTRUMENTS.GC;
    const series = syntheticSeries(bars + 2 * 1440, instrument, SEED);
    const market = marketOf(sliceColumns(series, 0, 2 * 1440), instrument, DAYS);
    const begun = performance.now();
    const request = {
      market,
      days: DAYS,
      instruments: ['GC'],
      schema: DEFAULT_SCHEMA,
      seed: SEED,
      runId: RUN_ID,
    } as const;
    const manifest = await fitRun({ ...request, store, codeVersion: 'bench' });
    const fit = { rows: manifest.data.rows, seconds: secondsSince(begun) };

    const ensemble = await loadEnsemble(store, RUN_ID, 'GC');
    const stream = createFeatureStream(DEFAULT_SCHEMA, instrument);
    const warm = series.length - bars;
    for (let i = 0; i < warm; i += 1) stream.push(rowOf(series, i));
    const times = new Float64Array(bars);
    for (let i = 0; i < bars; i += 1) {
      const row = rowOf(series, warm + i);
      const before = performance.now();
      stream.push(row);
      stream.hash();
      const features = stream.row();
      if (features !== null) await ensemble.vote(features);
      times[i] = performance.now() - before;
    }
    const { models } = ensemble;
    await ensemble.close();
    times.sort();
    return {
      fit,
      perBar: {
        bars,
        columns: DEFAULT_SCHEMA.columns.length,
        models,
        budgetMs: BUDGET_MS,
        p50Ms: percentile(times, 0.5),
        p95Ms: percentile(times, 0.95),
        p99Ms: percentile(times, 0.99),
        maxMs: times[times.length - 1],
      },
    };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Runs the whole bench on one thread; the machine's settings are in the result. */
export async function runFeatureBench(options: FeatureBenchOptions = {}): Promise<FeatureBenchResult> {
  const machine = describeMachine();
  const batch = measureBatch(options.rows ?? DEFAULT_ROWS);
  const reference = options.talib === true ? await measureTalib(batch.rows, options.python ?? null) : null;
  const live = await measureLive(options.bars ?? DEFAULT_BARS);
  return {
    machine: {
      ...machine,
      onnxruntime: env.versions.node ?? env.versions.common,
      inferenceThreads: 1,
      featureThreads: 1,
    },
    batch,
    talib: reference === null ? null : withRatio(reference, batch),
    ...live,
  };
}

function withRatio(reference: TalibResult, batch: FeatureBenchResult['batch']): TalibComparison {
  if ('unavailable' in reference) return reference;
  const over = (seconds: number): number => Number((seconds / batch.cpuSeconds).toFixed(2));
  return {
    ...reference,
    rowsPerSecond: Math.round(batch.rows / reference.matrixSeconds),
    ratio: over(reference.matrixCpuSeconds),
    ratioColumnsAlone: over(reference.cpuSeconds),
  };
}
