/** Deciding about runs: what is checked before a run may vote, and what a workflow's retry does. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stateOf } from '../../src/domain/model-review';
import type { RunManifest } from '../../src/learning/manifest';
import { compareRuns, differs } from '../../src/learning/compare-runs';
import { readManifest } from '../../src/learning/model-run';
import { newestTradeDate } from '../../src/learning/newest-data';
import { promoteRun, remarkOnRun, rollBack, type Reviewer } from '../../src/learning/review-run';
import { openFolderStore } from '../../src/storage/folder-store';
import { manifestKey, modelKey, votingRun } from '../../src/storage/model-registry';
import type { ObjectStore } from '../../src/storage/object-store';
import { readReviewLog } from '../../src/storage/review-log';
import { storedJson } from '../../src/storage/stored-json';
import { storeRun } from './stored-run';

const [A, B, C] = ['20131007_220000', '20131008_220000', '20131009_220000'];
let folder: string;
let store: ObjectStore;
let asked = 0;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'omega-review-run-'));
  store = await openFolderStore(folder);
  for (const run of [A, B, C]) await storeRun(store, run);
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const ada = (changes: Partial<Reviewer> = {}): Reviewer => ({
  by: 'Ada',
  why: 'looked at it',
  at: Date.UTC(2013, 9, 10),
  request: `test/${(asked += 1)}`,
  ...changes,
});
const promote = (runId: string, reviewer = ada()) => promoteRun(store, { kind: 'promoted', runId }, reviewer);
const approve = (runId: string, reviewer = ada()) => promoteRun(store, { kind: 'approved', runId }, reviewer);
async function promoteRewritten(change: (manifest: RunManifest) => RunManifest): Promise<unknown> {
  await store.put(manifestKey(B), storedJson(change(await readManifest(store, B))));
  return promote(B);
}
const code = (expected: string) => expect.objectContaining({ code: expected }) as unknown;

test('approval needs the shadow run; the whole way ends with the run that votes', async () => {
  await expect(approve(B)).rejects.toEqual(code('ACT_REFUSED'));
  await remarkOnRun(store, { kind: 'shadow-started', runId: B }, ada());
  await remarkOnRun(store, { kind: 'shadow-passed', runId: B }, ada());
  expect(await approve(B)).toMatchObject({ kind: 'approved', from: null, to: B, at: '2013-10-10T00:00:00.000Z' });
  expect(await votingRun(store)).toBe(B);
});

test('an activity that is retried is answered with the act it made', async () => {
  const reviewer = ada({ request: 'retraining/7/promote' });
  const first = await promote(B, reviewer);
  await promote(C);
  expect(await promote(B, reviewer)).toEqual(first);
  const breach = ada({ request: 'retraining/7/rollback' });
  const back = await rollBack(store, { runId: C }, breach);
  expect(await rollBack(store, { runId: C }, breach)).toEqual(back);
  expect((await readReviewLog(store)).entries).toHaveLength(3);
});

test('a rollback goes back one champion at a time, or to the one named, and then to nobody', async () => {
  await expect(rollBack(store, {}, ada())).rejects.toEqual(code('NOTHING_PROMOTED'));
  for (const run of [A, B, C]) await promote(run);
  await expect(rollBack(store, { runId: B }, ada())).rejects.toEqual(code('NOT_PROMOTED'));
  expect(await rollBack(store, {}, ada())).toMatchObject({ runId: C, to: B });
  await promote(C);
  expect(await rollBack(store, { to: A }, ada())).toMatchObject({ runId: C, to: A });
  expect(await rollBack(store, {}, ada())).toMatchObject({ runId: A, to: null });
  expect(await votingRun(store)).toBeNull();
  expect(stateOf((await readReviewLog(store)).review, A)).toBe('rolled-back');
});

test.each([
  ['without a name', 'REVIEWER_MISSING', () => promote(B, ada({ by: ' ' }))],
  ['without a reason', 'REVIEWER_MISSING', () => remarkOnRun(store, { kind: 'rejected', runId: B }, ada({ why: '' }))],
  ['of a run that is not there', 'RUN_NOT_FOUND', () => promote('20200101_000000')],
  ['of something that is no run', 'RUN_ID_INVALID', () => promote('../secret')],
  [
    'of a run with a damaged manifest',
    'MANIFEST_INVALID',
    async () => {
      await store.put(manifestKey(B), Buffer.from('{"format":1'));
      await promote(B);
    },
  ],
  [
    'of a run with a damaged file',
    'FILE_DAMAGED',
    async () => {
      await store.put(modelKey(B, 'GC/small.onnx'), Buffer.from('half'));
      await promote(B);
    },
  ],
  [
    'of a run with a missing file',
    'FILE_MISSING',
    async () => {
      await store.delete(modelKey(B, 'GC/small.onnx'));
      await promote(B);
    },
  ],
  [
    'of a run of another feature schema',
    'SCHEMA_MISMATCH',
    () => promoteRewritten((manifest) => ({ ...manifest, schema: { ...manifest.schema, modelColumns: ['rsi'] } })),
  ],
  [
    'of a run of features that this version does not know',
    'SCHEMA_MISMATCH',
    () =>
      promoteRewritten((manifest) => ({
        ...manifest,
        schema: { ...manifest.schema, parameters: [{ kind: 'moon', name: 'moon', period: 28 }] },
      })),
  ],
  [
    'of a run of stocks alone',
    'NOT_TRADED',
    () =>
      promoteRewritten((manifest) => ({
        ...manifest,
        instruments: manifest.instruments.slice(0, 1).map((run) => ({ ...run, symbol: 'SPY' as const })),
      })),
  ],
])('a promotion %s is refused and changes nothing', async (_name, expected, act) => {
  await expect(act()).rejects.toEqual(code(expected));
  expect((await readReviewLog(store)).entries).toEqual([]);
});

test('a rollback to a run that was damaged since is refused: the champion stays', async () => {
  await promote(A);
  await promote(B);
  await store.delete(modelKey(A, 'ES/small.onnx'));
  await expect(rollBack(store, {}, ada())).rejects.toEqual(code('FILE_MISSING'));
  expect(await votingRun(store)).toBe(B);
});

test('a manifest is stored in snake_case, library parameters by the letter, and read back as it was', async () => {
  const run = '20131010_220000';
  const folds = [
    { testFrom: '2013-10-08T22:00:00.000Z', testTo: '2013-10-09T02:00:00.000Z', trainRows: 800, testRows: 200 },
  ];
  const written = await storeRun(store, run, (manifest) => ({
    ...manifest,
    instruments: manifest.instruments.map((instrument) => ({ ...instrument, folds })),
  }));
  expect(await readManifest(store, run)).toEqual(written);
  const text = Buffer.from(await store.get(manifestKey(run))).toString();
  const names = [...text.matchAll(/"([A-Za-z_0-9]+)":/g)].map(([, name]) => name);
  expect(names).toEqual(expect.arrayContaining(['run_id', 'code_version', 'class_counts', 'hold_out', 'test_from']));
  expect([...new Set(names.filter((name) => /[A-Z]/.test(name)))].sort()).toEqual(['boostingType', 'slowD', 'slowK']);
});

test('two runs side by side: what differs is marked, what one lacks is null', async () => {
  const a = await readManifest(store, A);
  const b = structuredClone(await readManifest(store, B));
  b.instruments.pop();
  b.instruments[0].models[0].parameters.learning_rate = 0.2;
  b.instruments[0].models[0].holdOut = null;
  b.data.rows = 1_000;
  b.schema.modelColumns.splice(0, 1);
  const rows = compareRuns(a, b).filter(differs);
  const of = (name: string) => rows.find((row) => row.name === name);
  expect(of('ES small learning_rate')).toMatchObject({ section: 'parameters', a: 0.1, b: 0.2 });
  expect(of('rows')).toMatchObject({ section: 'data', a: 2_000, b: 1_000 });
  expect(of('GC small auc')).toMatchObject({ section: 'metrics', a: 0.55, b: null });
  expect(of('ES small hold_out')).toMatchObject({ a: null, b: 'not measured' });
  expect(of(`column ${a.schema.modelColumns[0]}`)).toMatchObject({ section: 'features', a: 'model', b: 'computed' });
  expect(of('seed')).toBeUndefined();
});

test('the newest data are those of the recording or what the feed has consumed since', async () => {
  const bar = { start: Date.UTC(2013, 9, 10, 22, 30), open: 1, high: 1, low: 1, close: 1, volume: 1 };
  const journal = { lastRows: (symbol: string) => Promise.resolve(symbol === 'GC' ? [{ bar, quote: null }] : []) };
  const recorded = { tradeDates: ['2013-10-08', '2013-10-09'] };
  const instruments = ['ES', 'GC'] as const;
  expect(await newestTradeDate({ recorded, journal: null, instruments })).toBe('2013-10-09');
  expect(await newestTradeDate({ recorded, journal, instruments })).toBe('2013-10-11');
  expect(await newestTradeDate({ recorded: null, journal: null, instruments })).toBeNull();
});
