/** Models made by Python's tools (make_models.py), brought in a folder, voting beside fitted ones. */
import { cpSync, mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DEFAULT_SCHEMA } from '../../../src/features/schema';
import { addModels } from '../../../src/learning/add-models';
import { broughtModels, dropBroughtModel } from '../../../src/learning/brought-models';
import { loadEnsemble } from '../../../src/learning/ensemble';
import { storedSchema, type RunManifest } from '../../../src/learning/manifest';
import { LARGEST_MODEL_BYTES, readModelFolder } from '../../../src/learning/model-folder';
import { referenceKey } from '../../../src/learning/drift/training-reference';
import { writeManifest } from '../../../src/learning/model-run';
import { promoteRun, remarkOnRun } from '../../../src/learning/review-run';
import { openFolderStore } from '../../../src/storage/folder-store';

const schema = DEFAULT_SCHEMA;
const made = JSON.parse(readFileSync(join(__dirname, 'expected.json'), 'utf8')) as {
  readonly width: number;
  readonly probes: readonly (readonly number[])[];
  readonly expected: Readonly<Record<string, readonly (readonly number[])[]>>;
};
const TOOLS = ['sklearn', 'lightgbm', 'xgboost', 'catboost'] as const;

const describedModel = (tool: string, more: object = {}): object => ({
  name: `my_${tool}`,
  family: tool,
  file: `${tool}.onnx`,
  instruments: ['ES'],
  input: tool === 'catboost' ? 'features' : 'input',
  output: 'probabilities',
  classes: ['sell', 'hold', 'buy'],
  ...more,
});

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'omega-brought-'));
  cpSync(__dirname, folder, { recursive: true });
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const describeModels = (models: readonly object[], more: object = {}): void =>
  writeFileSync(join(folder, 'models.json'), JSON.stringify({ format: 1, schema_hash: schema.hash, models, ...more }));

/** A run without models of its own, on which brought ones can be put. */
const emptyRun: RunManifest = {
  format: 1,
  runId: '20131009_220000',
  created: '2013-10-09T22:00:00.000Z',
  codeVersion: '0',
  seed: 1,
  data: { days: ['2013-10-09'], from: '', to: '', rows: 1, sha256: 'a'.repeat(64) },
  schema: storedSchema(schema),
  instruments: [
    {
      symbol: 'ES',
      contracts: [],
      days: [],
      rows: 1,
      classCounts: { sell: 0, hold: 1, buy: 0 },
      label: { horizonBars: 20, bandPoints: 1, spreadPoints: 0.25, feePoints: 0.1, tickPoints: 0.25 },
      models: [],
    },
  ],
  skipped: [],
};

test('the fixtures are as wide as the schema: else run make_models.py again', () => {
  expect(made.width).toBe(schema.modelColumns.length);
});

test('models of four tools vote with the probabilities their own library gives', async () => {
  describeModels(TOOLS.map((tool) => describedModel(tool)));
  const models = await readModelFolder(folder, schema);
  const store = await openFolderStore(join(folder, 'store'));
  await writeManifest(store, emptyRun);
  const run = await addModels(store, models, schema.hash);
  expect(run?.runId).toBe('20131009_220001');
  const ensemble = await loadEnsemble(store, '20131009_220001', 'ES');
  expect(ensemble.skipped).toEqual([]);
  for (const [index, probe] of made.probes.entries()) {
    const row = new Float32Array(schema.columns.length);
    schema.modelColumns.forEach((column, i) => (row[schema.columns.indexOf(column)] = probe[i]));
    const { votes, skipped } = await ensemble.vote(row);
    expect(skipped).toEqual([]);
    expect(votes.map(({ model }) => model)).toEqual(['my_catboost', 'my_lightgbm', 'my_sklearn', 'my_xgboost']);
    for (const { model, probabilities } of votes) {
      const expected = made.expected[model.slice(3)][index];
      probabilities.forEach((p, k) => expect(Math.abs(p - expected[k])).toBeLessThan(1e-5));
    }
  }
  await ensemble.close();
});

test('classes in another order and a zipped output: each probability in its place', async () => {
  describeModels([
    describedModel('sklearn_zipmap', { output: 'output_probability', classes: ['buy', 'hold', 'sell'] }),
  ]);
  const models = await readModelFolder(folder, schema);
  const store = await openFolderStore(join(folder, 'store'));
  await writeManifest(store, emptyRun);
  await addModels(store, models, schema.hash);
  const ensemble = await loadEnsemble(store, '20131009_220001', 'ES');
  const { votes } = await ensemble.vote(new Float32Array(schema.columns.length));
  const [sell, hold, buy] = made.expected.sklearn[0];
  expect(votes[0].probabilities.map((p) => p.toFixed(5))).toEqual([buy, hold, sell].map((p) => p.toFixed(5)));
  await ensemble.close();
});

test('a brought model is added once, replaced under its name, and dropped', async () => {
  describeModels([describedModel('sklearn')]);
  const store = await openFolderStore(join(folder, 'store'));
  await writeManifest(store, emptyRun);
  const models = await readModelFolder(folder, schema);
  await addModels(store, models, schema.hash);
  const again = await addModels(store, models, schema.hash);
  expect(again?.instruments[0].models.map(({ name }) => name)).toEqual(['my_sklearn']);
  expect(await dropBroughtModel(store, 'my_sklearn')).toBe(true);
  expect(await dropBroughtModel(store, 'my_sklearn')).toBe(false);
  expect(await broughtModels(store)).toEqual([]);
});

test('the champion is what models are added to, a rejected run never; its drift reference comes along', async () => {
  describeModels([describedModel('sklearn')]);
  const store = await openFolderStore(join(folder, 'store'));
  const models = await readModelFolder(folder, schema);
  const ids = ['20131009_220000', '20131010_220000', '20131011_220000', '20131012_220000'];
  for (const [seed, runId] of ids.entries()) await writeManifest(store, { ...emptyRun, runId, seed });
  const said = (request: string) => ({ by: 'Ada', why: 'test', at: 0, request });
  const reject = (runId: string) => remarkOnRun(store, { kind: 'rejected', runId }, said(runId));
  await store.put(referenceKey(ids[2], 'ES'), Buffer.from('reference'));
  await reject(ids[3]);
  const newest = await addModels(store, models, schema.hash);
  expect([newest?.seed, newest?.runId]).toEqual([2, '20131012_220001']);
  expect(await store.get(referenceKey('20131012_220001', 'ES'))).toEqual(new Uint8Array(Buffer.from('reference')));
  await promoteRun(store, { kind: 'promoted', runId: ids[1] }, said('champion'));
  const champion = await addModels(store, models, schema.hash);
  expect([champion?.seed, champion?.runId]).toEqual([1, '20131012_220002']);
});

test('with rejected runs alone there is none to begin with', async () => {
  describeModels([describedModel('sklearn')]);
  const store = await openFolderStore(join(folder, 'store'));
  await writeManifest(store, emptyRun);
  const said = { by: 'Ada', why: 'test', at: 0, request: 'no' };
  await remarkOnRun(store, { kind: 'rejected', runId: emptyRun.runId }, said);
  expect(await addModels(store, await readModelFolder(folder, schema), schema.hash)).toBeNull();
});

test.each(['constructor', 'validator', 'stacker', 'sgd', 'svc', 'logistic_stacker', 'mlp_calibrator'])(
  'the name %s is taken, whatever the run has',
  async (name) => {
    describeModels([describedModel('sklearn', { name })]);
    const store = await openFolderStore(join(folder, 'store'));
    const adding = addModels(store, await readModelFolder(folder, schema), schema.hash);
    await expect(adding).rejects.toMatchObject({ code: 'NAME_TAKEN' });
    expect(await broughtModels(store)).toEqual([]);
  },
);

const bad: readonly (readonly [string, () => void, string, RegExp])[] = [
  ['no models.json', () => undefined, 'MODELS_FILE_MISSING', /docs\/models\.md/],
  ['not JSON', () => writeFileSync(join(folder, 'models.json'), '{'), 'MODELS_FILE_INVALID', /not JSON/],
  [
    'an unknown key',
    () => describeModels([describedModel('sklearn', { clases: [] })]),
    'MODELS_FILE_INVALID',
    /clases/,
  ],
  [
    'a path',
    () => describeModels([describedModel('sklearn', { file: '../x.onnx' })]),
    'MODELS_FILE_INVALID',
    /in this folder/,
  ],
  [
    'a name twice',
    () => describeModels([describedModel('sklearn'), describedModel('sklearn')]),
    'MODELS_FILE_INVALID',
    /twice/,
  ],
  [
    'another schema',
    () => describeModels([describedModel('sklearn')], { schema_hash: 'b'.repeat(64) }),
    'SCHEMA_MISMATCH',
    /omega models schema/,
  ],
  ['no such file', () => describeModels([describedModel('absent')]), 'MODEL_FILE_MISSING', /absent\.onnx/],
  [
    'no sell',
    () => describeModels([describedModel('sklearn', { classes: ['hold', 'buy'] })]),
    'CLASSES_INVALID',
    /sell and buy/,
  ],
  [
    'two classes named of three',
    () => describeModels([describedModel('sklearn', { classes: ['sell', 'buy'] })]),
    'ANSWER_INVALID',
    /3 figures for 2 classes/,
  ],
  [
    'another input',
    () => describeModels([describedModel('sklearn', { input: 'X' })]),
    'INPUT_MISMATCH',
    /the graph has input/,
  ],
  [
    'another output',
    () => describeModels([describedModel('sklearn', { output: 'proba' })]),
    'OUTPUT_MISMATCH',
    /label, probabilities/,
  ],
  [
    'the label as output',
    () => describeModels([describedModel('sklearn', { output: 'label' })]),
    'ANSWER_INVALID',
    /1 figures for 3 classes\.$/,
  ],
  [
    'not ONNX',
    () => {
      writeFileSync(join(folder, 'sklearn.onnx'), 'PK not a model');
      describeModels([describedModel('sklearn')]);
    },
    'ONNX_INVALID',
    /sklearn\.onnx/,
  ],
  [
    'a file of zeros, which would be millions of empty fields',
    () => {
      writeFileSync(join(folder, 'sklearn.onnx'), Buffer.alloc(1_000));
      describeModels([describedModel('sklearn')]);
    },
    'ONNX_INVALID',
    /sklearn\.onnx is not an ONNX file \(field number 0/,
  ],
  [
    'a file of fields without end',
    () => {
      writeFileSync(join(folder, 'sklearn.onnx'), Buffer.alloc(2_000_002, Buffer.of(8, 0)));
      describeModels([describedModel('sklearn')]);
    },
    'ONNX_INVALID',
    /more than 1000000 fields/,
  ],
  [
    'a file that would not fit in memory: it is not read',
    () => {
      truncateSync(join(folder, 'sklearn.onnx'), LARGEST_MODEL_BYTES + 1);
      describeModels([describedModel('sklearn')]);
    },
    'MODEL_TOO_LARGE',
    /257 MiB, 256 MiB are the most/,
  ],
  [
    'cut short',
    () => {
      writeFileSync(join(folder, 'sklearn.onnx'), readFileSync(join(folder, 'sklearn.onnx')).subarray(0, 700));
      describeModels([describedModel('sklearn')]);
    },
    'ONNX_INVALID',
    /sklearn\.onnx/,
  ],
];

test.each(bad)('says what is wrong: %s', async (_what, prepare, code, message) => {
  prepare();
  const refused = readModelFolder(folder, schema);
  await expect(refused).rejects.toMatchObject({ name: 'ModelFolderError', code });
  await expect(refused).rejects.toThrow(message);
});
