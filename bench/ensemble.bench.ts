/**
 * `omega bench ensemble [--bars N] [--json [FILE]]`: one bar's inference of a whole ensemble on the default schema, through ONNX Runtime
 * on one thread: linear and tree families, stacker with contributions, validator for both sides, and the decision's arithmetic. Budget: 1 ms median.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { createHash } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { judgeEnsemble, MAJORITY_RULES } from '../src/domain/decision-ensemble';
import { hedgeWeights, NO_HEDGE } from '../src/domain/hedge';
import type { Regime } from '../src/domain/regime';
import { signalOf } from '../src/domain/voting';
import { DEFAULT_SCHEMA } from '../src/features/schema';
import { FIRST_MODELS } from '../src/learning/families/families';
import { LINEAR_FAMILIES } from '../src/learning/families/linear-families';
import { TREE_FAMILIES } from '../src/learning/families/tree-families';
import { loadModel, probabilitiesOf } from '../src/learning/loaded-model';
import type { LoadedModel } from '../src/learning/loaded-model';
import type { ModelEntry } from '../src/learning/manifest';
import { loadMetaModels } from '../src/learning/meta-models';
import { LOGISTIC_STACKER } from '../src/learning/meta-recipes';
import { writeModel } from '../src/learning/model-run';
import { exportStacker, fitStacker, outOfFoldVotes, stackRows } from '../src/learning/stacker';
import { exportValidator, fitValidator, primarySignals, validatorRows } from '../src/learning/validator';
import { openFolderStore } from '../src/storage/folder-store';
import type { ObjectStore } from '../src/storage/object-store';
import { generateRows } from './classifier-data';
import { printBench, readOptions, runBench } from './command';
import { latenciesOf, latencyText } from './latencies';
import { describeMachine, machineLine } from './machine';

const RUN = '20130101_000000';
const ROWS = 1_500;
const SEED = 1;
/** Every family that reads single rows, networks left out. The stacker reads the first models. */
const VOTERS = [...LINEAR_FAMILIES, ...TREE_FAMILIES];
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
    input: 'features',
    output: 'probabilities',
    classes: ['sell', 'hold', 'buy'],
    parameters: {},
    holdOut: null,
  };
}

/** Fits everything on generated rows of the schema's width; the figures of such models mean nothing, their size does. */
async function fittedEnsemble(store: ObjectStore) {
  const data = generateRows(ROWS, DEFAULT_SCHEMA.modelColumns.length);
  const starts = Array.from({ length: ROWS }, (_item, i) => i * 60_000);
  const rows = { data, starts, ends: starts.map((start) => start + 20 * 60_000) };
  const votes = await outOfFoldVotes(FIRST_MODELS, rows, SEED);
  const stackable = stackRows(votes, rows, new Array<Regime>(ROWS).fill(REGIME));
  const stacker = await fitStacker(LOGISTIC_STACKER, stackable, SEED, 'isotonic');
  const signals = primarySignals(votes, ROWS, { vote: 'majority', minConfidence: 0.5 });
  const spans = signals.map((_signal, row) => ({ from: 100, to: 99 + data.y[row], cost: 0.5 }));
  const validator = await fitValidator(validatorRows(votes, rows, signals, spans), SEED);
  if (typeof validator === 'string') throw new Error(`no validator: ${validator}`);
  const voters: LoadedModel[] = [];
  for (const recipe of VOTERS) {
    const model = await recipe.fit(data, SEED);
    const loaded = await loadModel(store, RUN, await stored(store, recipe.name, model.toOnnx({})), DEFAULT_SCHEMA);
    if (typeof loaded === 'string') throw new Error(loaded);
    voters.push(loaded);
  }
  const parts = {
    stacker: { entry: await stored(store, 'stacker', exportStacker(stacker, {})), role: stacker.role },
    validator: { entry: await stored(store, 'validator', exportValidator(validator, {})), role: validator.role },
  };
  return { data, voters, meta: await loadMetaModels(store, RUN, parts, DEFAULT_SCHEMA) };
}

async function run(): Promise<void> {
  const { bars, json } = readOptions('ensemble', { bars: 2_000 });
  const folder = await mkdtemp(join(tmpdir(), 'omega-bench-'));
  try {
    const { data, voters, meta } = await fittedEnsemble(await openFolderStore(folder));
    const times: number[] = [];
    let cpu = process.cpuUsage();
    for (let bar = -200; bar < bars; bar += 1) {
      if (bar === 0) cpu = process.cpuUsage();
      const at = ((bar + 200) % data.rows) * data.columns;
      const features = data.x.slice(at, at + data.columns);
      const begin = performance.now();
      const votes = [];
      for (const voter of voters) {
        const answer = await probabilitiesOf(voter, features);
        if (typeof answer === 'string') throw new Error(answer);
        votes.push({ model: voter.entry.name, signal: signalOf(answer[0]), probabilities: answer[0] });
      }
      const opinions = await meta.judge(features, votes, REGIME);
      const weights = hedgeWeights(
        NO_HEDGE,
        votes.map(({ model }) => model),
      );
      const { used } = judgeEnsemble({ votes, rules: RULES, weights, regime: REGIME, ...opinions });
      if (bar >= 0) times.push(performance.now() - begin);
      if (used !== 'stacked') throw new Error('the stacker did not answer');
    }
    const { user, system } = process.cpuUsage(cpu);
    // Of all threads of the process; other work on the machine does not count, as it does in the latencies.
    const cpuMilliseconds = Number(((user + system) / 1_000 / bars).toFixed(3));
    await meta.close();
    const latencies = latenciesOf(times);
    const result = {
      machine: describeMachine(),
      models: voters.length + 2,
      milliseconds: latencies,
      cpuMilliseconds,
      budget: 1,
    };
    printBench(json, result, () => [
      `machine    ${machineLine(result.machine)}`,
      `ensemble   ${result.models} models, ms a bar: ${latencyText(latencies)} (budget: median 1)`,
      `processor  ${cpuMilliseconds} ms a bar`,
    ]);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

runBench(run);
