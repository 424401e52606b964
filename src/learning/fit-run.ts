/**
 * Fits the first models of a run on recorded days and stores them with their manifest.
 * Invariants:
 *  1. Only the days given are read; the caller gives days before the traded one.
 *  2. Same data, days, seed and code: the same bytes in every file, the manifest included.
 *  3. Model files first, manifest last: a fit that was killed leaves no run that can be loaded, and can be repeated.
 *  4. A run that is complete is never written again: the same request answers its manifest, another one is refused.
 */
import { createHash } from 'node:crypto';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { instantOfRun } from '../domain/ids';
import { INSTRUMENTS } from '../domain/instruments';
import type { FutureSymbol } from '../domain/instruments';
import { canonicalJson } from '../features/schema';
import type { FeatureSchema } from '../features/schema';
import type { RecordedMarket } from '../market-data/recorded-market';
import type { ObjectStore } from '../storage/object-store';
import { broughtModels, copyBroughtModels } from './brought-models';
import { classCounts } from './dataset';
import { FIRST_MODELS } from './families/families';
import { recipeSeed } from './families/model-recipe';
import { holdOutOf, measure } from './hold-out';
import { CLASS_NAMES, labelBand, medianSpread } from './labels';
import { MANIFEST_FORMAT, storedSchema } from './manifest';
import type { InstrumentRun, ModelEntry, RunManifest } from './manifest';
import { findManifest, runExists, writeManifest, writeModel, stampRun } from './model-run';
import { ModelRunError } from './model-run-error';
import { INPUT_NAME, OUTPUT_NAME } from './onnx/voting-graph';
import { contractSeries, hashSeries, labelledRows } from './training-rows';
import type { ContractSeries } from './training-rows';

/** Below this many labelled rows (a night without trading) an instrument is left out of the run. */
const MIN_ROWS = 200;

export interface FitRunRequest {
  readonly market: RecordedMarket;
  /** Trade dates to learn from, ascending. */
  readonly days: readonly string[];
  readonly instruments: readonly FutureSymbol[];
  readonly schema: FeatureSchema;
  readonly seed: number;
  /** YYYYMMDD_HHMMSS. */
  readonly runId: string;
  readonly store: ObjectStore;
  readonly codeVersion: string;
  readonly onProgress?: (progress: FitProgress) => void;
}

export interface FitProgress {
  readonly symbol: FutureSymbol;
  readonly model: string;
  readonly done: number;
  readonly total: number;
}

/**
 * Throws ModelRunError NO_TRAINING_DATA when no instrument can be fitted (then nothing is stored), RUN_ID_INVALID, RUN_EXISTS;
 * store failures pass through. An instrument that cannot be fitted is named in the manifest's `skipped`.
 */
export async function fitRun(request: FitRunRequest): Promise<RunManifest> {
  const { market, days, schema, store, runId } = request;
  const read = request.instruments.map((symbol) => contractSeries(market, symbol, days, schema, INSTRUMENTS[symbol]));
  const dataHash = hashSeries(read);
  const brought = await broughtModels(store);
  const existing = await findManifest(store, runId);
  if (existing !== null) {
    if (madeOf(existing) !== identityOf(request, dataHash)) throw runExists(store, runId);
    await stampRun(store, existing);
    return existing;
  }
  const instruments: InstrumentRun[] = [];
  const skipped: { symbol: string; why: string }[] = [];
  for (const [index, symbol] of request.instruments.entries()) {
    const result = await fitInstrument(request, symbol, read[index]);
    if (typeof result === 'string') {
      skipped.push({ symbol, why: result });
      continue;
    }
    const more = await copyBroughtModels(store, brought, { runId, symbol, schemaHash: schema.hash });
    instruments.push({ ...result, models: [...result.models, ...more] });
  }
  if (instruments.length === 0) {
    const why = skipped.map((skip) => `${skip.symbol}: ${skip.why}`).join('; ');
    throw new ModelRunError(
      'NO_TRAINING_DATA',
      `No model can be fitted on ${request.days.join(', ') || 'no days'} (${why || 'no instruments'}): give earlier days of data.`,
    );
  }
  const manifest = manifestOf(request, instruments, skipped, read, dataHash);
  await writeManifest(store, manifest);
  await stampRun(store, manifest);
  return manifest;
}

/** What decides a run's content; a later version of the code keeps the runs of an earlier one. */
const identityOf = ({ days, instruments, schema, seed }: FitRunRequest, dataHash: string): string =>
  canonicalJson([dataHash, days, [...instruments].sort(), schema.hash, seed]);

function madeOf({ data, instruments, skipped, schema, seed }: RunManifest): string {
  const symbols = [...instruments, ...skipped].map(({ symbol }) => symbol);
  return canonicalJson([data.sha256, data.days, symbols.sort(), schema.hash, seed]);
}

/** The instrument's part of the manifest, its files stored; or why it is left out. */
async function fitInstrument(
  request: FitRunRequest,
  symbol: FutureSymbol,
  series: readonly ContractSeries[],
): Promise<InstrumentRun | string> {
  const { schema, days } = request;
  const instrument = INSTRUMENTS[symbol];
  const spread = medianSpread(series.map(({ block }) => block));
  if (spread === null) return 'no bars with two-sided quotes on these days';
  const label = labelBand(spread, instrument);
  const { data } = labelledRows(series, label, schema);
  if (data.rows < MIN_ROWS) return `only ${data.rows} labelled rows, ${MIN_ROWS} needed`;
  const [sell, hold, buy] = classCounts(data);
  if ([sell, hold, buy].filter((count) => count > 0).length < 2) return 'all rows have one label';

  const holdOut = holdOutOf(series, days, instrument, schema);
  const models: ModelEntry[] = [];
  for (const [index, recipe] of FIRST_MODELS.entries()) {
    // Fits are synchronous; between them the caller's other work (a terminal view, a heartbeat) gets its turn.
    await nextTurn();
    const seed = recipeSeed(request.seed, symbol, recipe.name);
    const metrics = holdOut === null ? null : await measure(recipe, holdOut, seed);
    await nextTurn();
    const bytes = (await recipe.fit(data, seed)).toOnnx({ schema_hash: schema.hash, symbol });
    const file = `${symbol}/${recipe.name}.onnx`;
    await writeModel(request.store, request.runId, file, bytes);
    models.push({
      name: recipe.name,
      file,
      sha256: createHash('sha256').update(bytes).digest('hex'),
      bytes: bytes.length,
      family: recipe.family,
      schemaHash: schema.hash,
      input: INPUT_NAME,
      output: OUTPUT_NAME,
      classes: [...CLASS_NAMES],
      parameters: { ...recipe.parameters, random_state: seed },
      holdOut: metrics,
    });
    request.onProgress?.({ symbol, model: recipe.name, done: index + 1, total: FIRST_MODELS.length });
  }
  return {
    symbol,
    contracts: series.map(({ contract }) => contract),
    days: [...days],
    rows: data.rows,
    classCounts: { sell, hold, buy },
    label,
    models,
  };
}

function manifestOf(
  request: FitRunRequest,
  instruments: InstrumentRun[],
  skipped: { symbol: string; why: string }[],
  read: readonly (readonly ContractSeries[])[],
  dataHash: string,
): RunManifest {
  const { schema } = request;
  const blocks = read.flat().map(({ block }) => block);
  const first = Math.min(...blocks.map((block) => block.start[0]));
  const last = Math.max(...blocks.map((block) => block.start[block.length - 1]));
  return {
    format: MANIFEST_FORMAT,
    runId: request.runId,
    created: new Date(instantOfRun(request.runId)).toISOString(),
    codeVersion: request.codeVersion,
    seed: request.seed,
    data: {
      days: [...request.days],
      from: new Date(first).toISOString(),
      to: new Date(last).toISOString(),
      rows: blocks.reduce((sum, block) => sum + block.length, 0),
      sha256: dataHash,
    },
    schema: storedSchema(schema),
    instruments,
    skipped,
  };
}
