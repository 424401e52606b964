/** Stacker, validator and calibrator of a run, stored and asked again. */
import { createHash } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { InferenceSession } from 'onnxruntime-node';
import { MAJORITY_RULES } from '../../src/domain/decision-ensemble';
import type { Regime } from '../../src/domain/regime';
import type { Vote } from '../../src/domain/vote';
import { signalOf } from '../../src/domain/voting';
import { modelColumnIndexes } from '../../src/features/pipeline';
import { DEFAULT_SCHEMA } from '../../src/features/schema';
import { loadEnsemble } from '../../src/learning/ensemble';
import { applyCalibration, fitCalibration } from '../../src/learning/evaluation/class-calibration';
import { fitLogisticRegression, LOGISTIC_REGRESSION_DEFAULTS } from '../../src/learning/linear/logistic-regression';
import { predictLinear } from '../../src/learning/linear/sgd-classifier';
import { storedSchema, type ModelEntry, type RunManifest } from '../../src/learning/manifest';
import { exportCalibrator } from '../../src/learning/meta-calibration';
import { loadModel } from '../../src/learning/loaded-model';
import { loadMetaModels } from '../../src/learning/meta-models';
import { LOGISTIC_STACKER } from '../../src/learning/meta-recipes';
import { partsOf, type ModelRole } from '../../src/learning/model-role';
import { writeModel } from '../../src/learning/model-run';
import { exportLinear } from '../../src/learning/onnx/export-linear';
import {
  exportStacker,
  fitStacker,
  outOfFoldVotes,
  predictStacker,
  stackRows,
  type Stacker,
} from '../../src/learning/stacker';
import { stackerRow, validatorRow } from '../../src/learning/stacker-inputs';
import { predictBoosting } from '../../src/learning/trees/gradient-boosting';
import {
  exportValidator,
  fitValidator,
  primarySignals,
  storedCalibration,
  validatorRows,
  type Validator,
} from '../../src/learning/validator';
import { NOT_NUMBERS } from '../../src/learning/class-probabilities';
import { calibratedProfit } from '../../src/learning/validator-answer';
import { openFolderStore } from '../../src/storage/folder-store';
import { StoreError, type ObjectStore } from '../../src/storage/object-store';
import { minuteRows } from './evaluation/small-recipes';
import { generatedData } from './generated-data';
import { regimesFrom, stackingData, VOTERS } from './stacking-rows';

type Entry = ModelEntry & { readonly role?: ModelRole };
let described: RunManifest;
jest.mock('../../src/learning/model-run', () => ({
  ...jest.requireActual<object>('../../src/learning/model-run'),
  readManifest: () => Promise.resolve(described),
}));

const RUN = '20131008_220000';
const ROWS = 1_200;
const data = stackingData(ROWS);
const rows = minuteRows(data);
const regime: Regime = { direction: 'trend', volatility: 'high', efficiency: 0.5, volatilityRank: 0.9 };
const vote = (model: string, probabilities: Vote['probabilities']): Vote => ({
  model,
  probabilities,
  signal: signalOf(probabilities),
});
const VOTES = [vote('second', [0.25, 0.25, 0.5]), vote('first', [0.125, 0.125, 0.75])];
const SAID = [VOTES[1].probabilities, VOTES[0].probabilities];
const features = data.x.subarray(0, 6);

let folder: string;
let store: ObjectStore;
let stacker: Stacker;
let validator: Validator;
let stackerEntry: Entry;
let validatorEntry: Entry;

async function keep(name: string, bytes: Uint8Array, role?: ModelRole): Promise<Entry> {
  await writeModel(store, RUN, `ES/${name}.onnx`, bytes);
  return {
    name,
    file: `ES/${name}.onnx`,
    sha256: createHash('sha256').update(bytes).digest('hex'),
    bytes: bytes.length,
    family: name,
    schemaHash: DEFAULT_SCHEMA.hash,
    input: 'features',
    output: 'probabilities',
    classes: ['sell', 'hold', 'buy'],
    parameters: {},
    holdOut: null,
    ...(role && { role }),
  };
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'omega-meta-'));
  store = await openFolderStore(folder);
  const votes = await outOfFoldVotes(VOTERS, rows, 1);
  stacker = await fitStacker(LOGISTIC_STACKER, stackRows(votes, rows, regimesFrom(ROWS, 0)), 1);
  const signals = primarySignals(votes, ROWS, MAJORITY_RULES);
  const spans = signals.map((_signal, row) => ({ from: 100, to: 100 + (data.y[row] - 1), cost: 0.5 }));
  const fitted = await fitValidator(validatorRows(votes, rows, signals, spans), 1);
  if (typeof fitted === 'string') throw new Error(fitted);
  validator = fitted;
  stackerEntry = await keep('logistic_stacker', exportStacker(stacker, {}), stacker.role);
  validatorEntry = await keep('validator', exportValidator(validator, {}), validator.role);
});
afterAll(async () => {
  for (const session of sessions) await session.release();
  await rm(folder, { recursive: true, force: true });
});

const sessions: InferenceSession[] = [];
const voters = [{ name: 'first' }, { name: 'second' }];
const opened = (...entries: Entry[]) =>
  loadMetaModels(partsOf<Entry>([...(voters as Entry[]), ...entries]), async (entry) => {
    const model = await loadModel(store, RUN, entry, DEFAULT_SCHEMA);
    if (typeof model !== 'string') sessions.push(model.session);
    return model;
  });

describe('a run with stacker and validator', () => {
  it('answers what they answered in training, with what each voter contributes', async () => {
    const meta = await opened(stackerEntry, validatorEntry);
    const { stack, validator: opinion } = await meta.judge(features, VOTES, regime);
    if (stack.kind !== 'answered' || opinion.kind !== 'answered') throw new Error(JSON.stringify([stack, opinion]));
    const own = await predictStacker(stacker, stackerRow(SAID, regime));
    stack.probabilities.forEach((p, c) => expect(Math.abs(p - own[c])).toBeLessThan(1e-5));
    const [a, b, c, d] = stacker.role.baseline;
    const occluded = await predictStacker(stacker, stackerRow([[a, 1 - a - b, b], SAID[1]], regime));
    expect(stack.without.first).toBeCloseTo(occluded[2] - occluded[0], 5);
    const other = await predictStacker(stacker, stackerRow([SAID[0], [c, 1 - c - d, d]], regime));
    expect(stack.without.second).toBeCloseTo(other[2] - other[0], 5);
    for (const side of ['buy', 'sell'] as const) {
      const answer = predictBoosting(validator.trees, validatorRow(features, side, SAID));
      const [profit] = calibratedProfit(validator.role.calibration, answer);
      expect(opinion.profitable[side]).toBeCloseTo(profit, 5);
    }
    expect(opinion.breakEven).toBe(validator.role.breakEven);
  });

  it('says what is missing, and lets the other one answer', async () => {
    const both = await opened(stackerEntry, validatorEntry);
    const warming = await both.judge(features, VOTES, null);
    expect(warming.stack).toEqual({ kind: 'absent', why: 'logistic_stacker: too few bars to tell the regime' });
    expect(warming.validator.kind).toBe('answered');
    const silent = await both.judge(features, [VOTES[0]], regime);
    expect(silent.stack).toEqual({ kind: 'absent', why: 'logistic_stacker: no vote of first' });
    expect(silent.validator).toEqual({ kind: 'absent', why: 'validator: no vote of first' });
    const narrow = await both.judge(features.subarray(1), VOTES, regime);
    expect(narrow.validator).toMatchObject({
      kind: 'absent',
      why: expect.stringMatching(/^validator: ONNX Runtime failed/) as string,
    });
    const bent = { ...validator, trees: { ...validator.trees, baseScores: Float64Array.of(NaN) } };
    const nan = await opened(stackerEntry, await keep('bent', exportValidator(bent, {}), validator.role));
    expect((await nan.judge(features, VOTES, regime)).validator).toMatchObject({
      kind: 'absent',
      why: expect.stringContaining(NOT_NUMBERS) as string,
    });
    const none = await opened();
    expect(await none.judge(features, VOTES, regime)).toEqual({
      stack: { kind: 'absent', why: 'the run has no stacker' },
      validator: { kind: 'absent', why: 'the run has no validator' },
    });
    const damaged = await opened({ ...stackerEntry, sha256: '0'.repeat(64) }, validatorEntry);
    const { stack } = await damaged.judge(features, VOTES, regime);
    expect(stack).toMatchObject({
      kind: 'absent',
      why: expect.stringMatching(/^logistic_stacker: its file/) as string,
    });
  });
});

test('a store that fails half way leaves no session behind', async () => {
  described = {
    runId: RUN,
    schema: storedSchema(DEFAULT_SCHEMA),
    data: { days: [] },
    instruments: [
      {
        symbol: 'ES',
        models: [
          await keep('first', exportStacker(stacker, {})),
          await keep('second', exportStacker(stacker, {})),
          stackerEntry,
          validatorEntry,
        ],
      },
    ],
    skipped: [],
  } as unknown as RunManifest;
  const create = InferenceSession.create.bind(InferenceSession) as (bytes: Uint8Array) => Promise<InferenceSession>;
  const released: jest.SpyInstance[] = [];
  const spy = jest.spyOn(InferenceSession, 'create').mockImplementation(async (bytes: Uint8Array) => {
    const session = await create(bytes);
    released.push(jest.spyOn(session, 'release'));
    return session;
  });
  const get: ObjectStore['get'] = (key) =>
    key.endsWith('validator.onnx')
      ? Promise.reject(new StoreError('UNREACHABLE', 'the bucket does not answer', key))
      : store.get(key);
  await expect(loadEnsemble({ ...store, get }, RUN, 'ES')).rejects.toMatchObject({ code: 'UNREACHABLE' });
  await (await loadEnsemble(store, RUN, 'ES')).close();
  spy.mockRestore();
  // Voters and stacker of the first, all four of the second.
  expect(released.map((release) => release.mock.calls.length)).toEqual([1, 1, 1, 1, 1, 1, 1]);
});

describe('a run with a calibrator', () => {
  it('votes with corrected probabilities, and with its own where the calibrator cannot be used', async () => {
    const width = DEFAULT_SCHEMA.modelColumns.length;
    const wide = generatedData(400, width, 3);
    const model = fitLogisticRegression(wide, LOGISTIC_REGRESSION_DEFAULTS);
    const own = predictLinear(model, wide.x, 'softmax');
    const calibration = fitCalibration(own, wide.y, 3, 'sigmoid');
    const voter = await keep('logistic', exportLinear(model, 'logistic', {}, 'softmax'));
    const role = { role: 'calibrator', of: 'logistic' } as const;
    const calibrator = await keep('logistic_calibrator', exportCalibrator(calibration, 'calibrator', {}), role);
    const indexes = [...modelColumnIndexes(DEFAULT_SCHEMA)];
    const row = new Float32Array(DEFAULT_SCHEMA.columns.length);
    indexes.forEach((index, i) => (row[index] = wide.x[i]));
    const ballotOf = async (...models: Entry[]) => {
      described = {
        runId: RUN,
        schema: storedSchema(DEFAULT_SCHEMA),
        data: { days: [] },
        instruments: [{ symbol: 'ES', models }],
        skipped: [],
      } as unknown as RunManifest;
      const ensemble = await loadEnsemble(store, RUN, 'ES');
      const ballot = await ensemble.vote(row);
      const opinions = await ensemble.secondOpinions(row, ballot.raw, regime);
      await ensemble.close();
      return { ...ballot, opinions, models: ensemble.models };
    };
    const near = (found: ArrayLike<number>, wanted: ArrayLike<number>) =>
      Array.from(wanted).forEach((p, c) => expect(Math.abs(found[c] - p)).toBeLessThan(1e-5));

    const corrected = await ballotOf(voter, calibrator, stackerEntry);
    expect(corrected.models).toEqual(['logistic']);
    near(corrected.votes[0].probabilities, applyCalibration(calibration, own.slice(0, 3)));
    expect(Math.abs(corrected.votes[0].probabilities[2] - own[2])).toBeGreaterThan(1e-4);
    expect(corrected.skipped).toEqual([
      { model: 'logistic_stacker', why: "it reads first, second, not among the run's voters" },
    ]);
    // It has one that cannot be: what asks for a second opinion shall not take it for a run without.
    expect(corrected.opinions.stack).toEqual({
      kind: 'absent',
      why: "logistic_stacker: it reads first, second, not among the run's voters",
    });

    const alone = stackRows([{ name: 'logistic', probabilities: own }], minuteRows(wide), regimesFrom(400, 0));
    const reader = await fitStacker(LOGISTIC_STACKER, alone, 1);
    const stacked = await ballotOf(
      voter,
      calibrator,
      await keep('own_stacker', exportStacker(reader, {}), reader.role),
    );
    near(stacked.raw[0].probabilities, own.slice(0, 3));
    if (stacked.opinions.stack.kind !== 'answered') throw new Error(stacked.opinions.stack.why);
    const trained = await predictStacker(reader, stackerRow([[own[0], own[1], own[2]]], regime));
    near(stacked.opinions.stack.probabilities, trained);

    const told = { ...calibrator, role: { ...role, calibration: storedCalibration(calibration) } };
    const same = await ballotOf(voter, { ...told, sha256: '0'.repeat(64) });
    near(same.votes[0].probabilities, corrected.votes[0].probabilities);
    expect(same.skipped).toEqual([]);

    const raw = await ballotOf(voter, { ...calibrator, sha256: '0'.repeat(64) });
    near(raw.votes[0].probabilities, own.slice(0, 3));
    expect(raw.skipped.map(({ model: name }) => name)).toEqual(['logistic_calibrator']);
  });
});
