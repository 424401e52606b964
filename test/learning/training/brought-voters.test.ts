/** Brought models in an assembled run: they vote beside the fitted ones, and neither stacker, validator nor gates know them. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MAJORITY_RULES } from '../../../src/domain/decision-ensemble';
import { DEFAULT_SCHEMA } from '../../../src/features/schema';
import { dropBroughtModel, keepBroughtModel } from '../../../src/learning/brought-models';
import { judgeGates } from '../../../src/learning/evaluation/gates';
import { familyOf } from '../../../src/learning/families/families';
import type { RunManifest } from '../../../src/learning/manifest';
import { partsOf } from '../../../src/learning/model-role';
import { assembleRun, fitInstruments, type AssembleRequest } from '../../../src/learning/training/assemble-run';
import { importanceText } from '../../../src/learning/training/column-importances';
import { fitFamily } from '../../../src/learning/training/fit-family';
import { runCard } from '../../../src/learning/training/run-card';
import { fitPin, partStore, setKey } from '../../../src/learning/training/training-parts';
import { encodeTrainingSet, hashOf } from '../../../src/learning/training/training-set-file';
import { openFolderStore } from '../../../src/storage/folder-store';
import type { ObjectStore } from '../../../src/storage/object-store';
import { prefixedStore } from '../../../src/storage/prefixed-store';
import { IN_THREAD } from '../networks/in-thread';
import { generatedSet } from './generated-set';

const RUN = '20131011_210000';
const schema = DEFAULT_SCHEMA;
let folder: string;
let store: ObjectStore;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'omega-brought-voters-'));
  store = await openFolderStore(folder);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const bring = (name: string, instruments: readonly ('GC' | 'ES')[], schemaHash: string): Promise<void> =>
  keepBroughtModel(
    store,
    {
      name,
      family: 'LGBMClassifier',
      file: `${name}.onnx`,
      instruments: [...instruments],
      input: 'input',
      output: 'probabilities',
      classes: ['sell', 'hold', 'buy'],
      output_kind: 'probabilities',
      parameters: {},
      bytes: Buffer.from(name),
    },
    schemaHash,
  );

test('they vote in the run that may be promoted, each one left out is said, and a repeated assembly changes nothing', async () => {
  const set = generatedSet();
  const bytes = encodeTrainingSet(set);
  const setHash = hashOf(bytes);
  await store.put(setKey(RUN, 'GC'), bytes);
  const parts = partStore(store, RUN, 'GC', fitPin(setHash, undefined));
  await fitFamily({ set, recipe: familyOf('sgd'), seed: 1, schemaHash: schema.hash, parts, onPart: () => undefined });
  await bring('mine', ['GC'], schema.hash);
  await bring('others', ['ES'], schema.hash);
  await bring('older', ['GC'], 'b'.repeat(64));
  await bring('sgd', ['GC'], schema.hash);
  await bring('torn', ['GC'], schema.hash);
  await store.put('models/brought/torn.onnx', Buffer.from('half'));

  const prepared = {
    days: set.days,
    instruments: [{ symbol: 'GC', setHash, rows: 0, learningRows: 0, holdOutRows: 0, holdOutDays: set.holdOutDays }],
    skipped: [],
  } as const;
  const request: AssembleRequest = {
    runId: RUN,
    days: null,
    instruments: ['GC'],
    families: ['sgd'],
    seed: 1,
    prepared,
    schema,
    codeVersion: '0',
    rules: MAJORITY_RULES,
    ...IN_THREAD,
  };
  const fitted = await fitInstruments(store, request);
  const judged = await assembleRun(prefixedStore(store, 'processed/apart/'), request, fitted, 'hold-out');
  expect(namesOf(judged)).toEqual(['sgd']);

  const manifest = await assembleRun(store, request, fitted, 'final');
  expect(namesOf(manifest)).toEqual(['sgd', 'mine']);
  const [{ models, notes = [] }] = manifest.instruments;
  const { stacker, validator, refused } = partsOf(models);
  expect([stacker?.role.voters ?? ['sgd'], validator?.role.voters ?? ['sgd'], refused]).toEqual([['sgd'], ['sgd'], []]);
  expect(Buffer.from(await store.get(`models/${RUN}/GC/mine.onnx`)).toString()).toBe('mine');
  const said = [
    'mine was brought and votes; stacker, validator and gates were made without it',
    `the brought older does not vote: it reads the columns of schema bbbbbbbbbbbb, the run has ${schema.hash.slice(0, 12)}`,
    'the brought sgd does not vote: the run has a model of this name',
    expect.stringMatching(/^a brought model does not vote: .*torn\.onnx.* is damaged/) as string,
  ];
  expect(notes.slice(-4)).toEqual(said);
  const predictions = { probabilities: new Float64Array(0), y: new Uint8Array(0), classes: 3, tradeDates: [] };
  const verdict = judgeGates({ kind: 'model', predictions, daily: [], trades: 0 }, 1);
  const card = runCard({ manifest, verdict, instruments: [] });
  expect(card).toContain('| mine | LGBMClassifier | – | – |  |');
  expect(card).toContain('- mine was brought and votes');
  const [leans] = models[0].importances ?? [];
  expect(card).toContain(`Leans on, median of the voters: ${importanceText(models[0].importances ?? [])}. Rise`);
  expect(set.columns).toContain(leans.column);

  // Another one comes, one goes: the run that is written stays as it is.
  await bring('late', ['GC'], schema.hash);
  await dropBroughtModel(store, 'mine');
  expect(await assembleRun(store, request, fitted, 'final')).toEqual(manifest);
});

const namesOf = ({ instruments: [{ models }] }: RunManifest): readonly string[] =>
  partsOf(models).voters.map(({ name }) => name);
