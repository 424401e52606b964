/**
 * `omega bench ensemble [--bars N] [--json [FILE]]`: one bar's inference of a whole ensemble on the default schema, as the trading day asks
 * it: every family of the default, recurrent ones with their windows, each calibrated; stacker with contributions, validator for both
 * sides, and the decision's arithmetic. Through ONNX Runtime on one thread. Budget: 1 ms median.
 */
import { createHash } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { judgeEnsemble, MAJORITY_RULES } from '../src/domain/decision-ensemble';
import { MINUTE_MS } from '../src/domain/exchange-time';
import { hedgeWeights, NO_HEDGE } from '../src/domain/hedge';
import type { Regime } from '../src/domain/regime';
import { modelColumnIndexes } from '../src/features/pipeline';
import { DEFAULT_SCHEMA } from '../src/features/schema';
import type { Dataset } from '../src/learning/dataset';
import { loadEnsemble } from '../src/learning/ensemble';
import { fitCalibration } from '../src/learning/evaluation/class-calibration';
import { FAMILIES } from '../src/learning/families/families';
import { HORIZON_BARS } from '../src/learning/labels';
import { MANIFEST_FORMAT, storedSchema } from '../src/learning/manifest';
import type { ModelEntry, RunManifest } from '../src/learning/manifest';
import { exportCalibrator } from '../src/learning/meta-calibration';
import { LOGISTIC_STACKER } from '../src/learning/meta-recipes';
import { writeManifest, writeModel } from '../src/learning/model-run';
import { INPUT_NAME, OUTPUT_NAME } from '../src/learning/onnx/voting-graph';
import { exportStacker, fitStacker, stackRows } from '../src/learning/stacker';
import type { OutOfFoldVotes } from '../src/learning/stacker';
import {
  exportValidator,
  fitValidator,
  primarySignals,
  storedCalibration,
  validatorRows,
} from '../src/learning/validator';
import { openFolderStore } from '../src/storage/folder-store';
import type { ObjectStore } from '../src/storage/object-store';
import { generateRows } from './classifier-data';
import { printBench, readOptions, runBench } from './command';
import { latenciesOf, latencyText } from './latencies';
import { describeMachine, machineLine } from './machine';

const RUN = '20130101_000000';
const ROWS = 1_500;
const SEED = 1;
/** Bars before the measured ones. */
const WARM_UP = 200;
/** Training threads run the sources, as this program does. */
const FROM_SOURCE = ['-r', join(__dirname, '../scripts/typescript-require.cjs')];
const REGIME: Regime = { direction: 'trend', volatility: 'high', efficiency: 0.5, volatilityRank: 0.9 };
const RULES = { ...MAJORITY_RULES, voting: 'stacked', validator: true } as const;

async function stored(store: ObjectStore, name: string, bytes: Uint8Array): Promise<ModelEntry> {
  const file = `ES/${name}.onnx`;
  await writeModel(store, RUN, file, bytes);
  return {
    name,
    file,
    sha256: createHash('sha256').update(bytes).digest('hex'),
    bytes: bytes.length,
    family: name,
    schemaHash: DEFAULT_SCHEMA.hash,
    input: INPUT_NAME,
    output: OUTPUT_NAME,
    classes: ['sell', 'hold', 'buy'],
    parameters: {},
    holdOut: null,
  };
}

/** Fits and stores everything on generated rows; the figures of such models mean nothing, their size does. */
async function storeFittedRun(store: ObjectStore, data: Dataset): Promise<void> {
  const starts = Array.from({ length: ROWS }, (_item, i) => i * MINUTE_MS);
  const rows = { data, starts, ends: starts.map((start) => start + HORIZON_BARS * MINUTE_MS) };
  const models: ModelEntry[] = [];
  const votes: OutOfFoldVotes[] = [];
  for (const recipe of FAMILIES) {
    const model = await recipe.fit(data, SEED, { starts: [0], threadArguments: FROM_SOURCE });
    const probabilities = await model.predict(data.x, [0]);
    votes.push({ name: recipe.name, probabilities });
    const calibration = storedCalibration(fitCalibration(probabilities, data.y, 3, 'sigmoid'));
    const name = `${recipe.name}_calibrator`;
    const window = recipe.window === null ? {} : { window: recipe.window };
    const bytes = exportCalibrator(calibration, name, {});
    models.push({ ...(await stored(store, recipe.name, model.toOnnx({}))), ...window });
    models.push({
      ...(await stored(store, name, bytes)),
      role: { role: 'calibrator', of: recipe.name, calibration },
    });
  }
  const stackable = stackRows(votes, rows, new Array<Regime>(ROWS).fill(REGIME));
  const stacker = await fitStacker(LOGISTIC_STACKER, stackable, SEED);
  models.push({ ...(await stored(store, 'stacker', exportStacker(stacker, {}))), role: stacker.role });
  const signals = primarySignals(votes, ROWS, { ...MAJORITY_RULES, minConfidence: 0.3 });
  const spans = signals.map((_signal, row) => ({ from: 100, to: 99 + data.y[row], cost: 0.5 }));
  const validator = await fitValidator(validatorRows(votes, rows, signals, spans), SEED);
  if (typeof validator === 'string') throw new Error(`no validator: ${validator}`);
  models.push({ ...(await stored(store, 'validator', exportValidator(validator, {}))), role: validator.role });
  await writeManifest(store, manifestOf(models));
}

function manifestOf(models: ModelEntry[]): RunManifest {
  const label = { horizonBars: HORIZON_BARS, bandPoints: 1, spreadPoints: 0.25, feePoints: 0.1, tickPoints: 0.25 };
  const classCounts = { sell: 0, hold: 0, buy: 0 };
  return {
    format: MANIFEST_FORMAT,
    runId: RUN,
    created: new Date(0).toISOString(),
    codeVersion: 'bench',
    seed: SEED,
    data: { days: [], from: '', to: '', rows: ROWS, sha256: '0'.repeat(64) },
    schema: storedSchema(DEFAULT_SCHEMA),
    instruments: [{ symbol: 'ES', contracts: [], days: [], rows: ROWS, classCounts, label, models }],
    skipped: [],
  };
}

/** Rows of all columns of the schema, of which the models read theirs. */
function schemaRows({ x, columns, rows }: Dataset): readonly Float32Array[] {
  const indexes = modelColumnIndexes(DEFAULT_SCHEMA);
  return Array.from({ length: rows }, (_item, r) => {
    const row = new Float32Array(DEFAULT_SCHEMA.columns.length);
    indexes.forEach((index, i) => (row[index] = x[r * columns + i]));
    return row;
  });
}

async function run(): Promise<void> {
  const { bars, json } = readOptions('ensemble', { bars: 2_000 });
  const folder = await mkdtemp(join(tmpdir(), 'omega-bench-'));
  try {
    const store = await openFolderStore(folder);
    const data = generateRows(ROWS, DEFAULT_SCHEMA.modelColumns.length);
    await storeFittedRun(store, data);
    const ensemble = await loadEnsemble(store, RUN, 'ES');
    const rows = schemaRows(data);
    const times: number[] = [];
    let cpu = process.cpuUsage();
    for (let bar = -WARM_UP; bar < bars; bar += 1) {
      if (bar === 0) cpu = process.cpuUsage();
      const at = ensemble.window + ((bar + WARM_UP) % (rows.length - ensemble.window));
      const begin = performance.now();
      const { votes, raw, skipped } = await ensemble.vote(rows[at], rows.slice(at - ensemble.window + 1, at));
      const opinions = await ensemble.secondOpinions(rows[at], raw, REGIME);
      const weights = hedgeWeights(NO_HEDGE, ensemble.models);
      const { used, validator } = judgeEnsemble({ votes, rules: RULES, weights, regime: REGIME, ...opinions });
      if (bar >= 0) times.push(performance.now() - begin);
      if (skipped.length > 0 || used !== 'stacked' || validator.verdict === 'absent')
        throw new Error(`not everybody answered: ${JSON.stringify([skipped, opinions])}`);
    }
    const { user, system } = process.cpuUsage(cpu);
    // Of all threads of the process; other work on the machine does not count, as it does in the latencies.
    const cpuMilliseconds = Number(((user + system) / 1_000 / bars).toFixed(3));
    await ensemble.close();
    const latencies = latenciesOf(times);
    const result = {
      machine: describeMachine(),
      voters: ensemble.models,
      milliseconds: latencies,
      cpuMilliseconds,
      budget: 1,
    };
    printBench(json, result, () => [
      `machine    ${machineLine(result.machine)}`,
      `ensemble   ${result.voters.length} calibrated voters, stacker, validator, ms a bar: ${latencyText(latencies)} (budget: median 1)`,
      `processor  ${cpuMilliseconds} ms a bar`,
    ]);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

runBench(run);
