import { createHash, randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { runIdOf } from '../../src/domain/ids';
import type { ReviewAct } from '../../src/domain/model-review';
import { openFolderStore } from '../../src/storage/folder-store';
import {
  lastTrained,
  latestRun,
  listRuns,
  manifestKey,
  modelKey,
  newDataAvailable,
  readModelFile,
  stampLastTrained,
  unfinishedRuns,
  votingRun,
} from '../../src/storage/model-registry';
import type { ObjectStore } from '../../src/storage/object-store';
import { addAct, readReviewLog } from '../../src/storage/review-log';

let folder: string;
let store: ObjectStore;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'omega-registry-'));
  store = await openFolderStore(folder);
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const write = (key: string, text = '{}'): Promise<void> => store.put(key, Buffer.from(text));
const [OLD, MIDDLE, NEW] = ['20131008_210000', '20131009_210000', '20131010_210000'];

describe('runs', () => {
  test('an empty store has none', async () => {
    expect([await listRuns(store), await latestRun(store), await votingRun(store), await lastTrained(store)]).toEqual([
      [],
      null,
      null,
      null,
    ]);
  });

  test('the latest is the greatest complete id, optionally other than the current one', async () => {
    for (const runId of [MIDDLE, OLD]) await write(manifestKey(runId));
    await write(modelKey(NEW, 'ES/sgd.onnx'));
    await write('models/not-a-run/manifest.json');
    expect(await listRuns(store)).toEqual([OLD, MIDDLE]);
    expect(await unfinishedRuns(store)).toEqual([NEW]);
    expect(await latestRun(store)).toBe(MIDDLE);
    expect(await latestRun(store, MIDDLE)).toBe(OLD);
    await write(manifestKey(NEW));
    expect(await latestRun(store)).toBe(NEW);
  });

  test('run ids sort as their times do', () => {
    const time = fc.integer({ min: Date.UTC(2000, 0), max: Date.UTC(2099, 11) }).map((ms) => ms - (ms % 1_000));
    fc.assert(
      fc.property(time, time, (a, b) =>
        expect(Math.sign(a - b)).toBe(runIdOf(a) < runIdOf(b) ? -1 : runIdOf(a) > runIdOf(b) ? 1 : 0),
      ),
    );
  });
});

describe('files', () => {
  const sha256 = createHash('sha256').update('onnx').digest('hex');

  test('are read when they have the hash of the manifest, and named when they do not', async () => {
    const file = { file: 'ES/sgd.onnx', sha256 };
    await expect(readModelFile(store, NEW, file)).rejects.toMatchObject({
      code: 'FILE_MISSING',
      key: 'models/20131010_210000/ES/sgd.onnx',
    });
    await write(modelKey(NEW, file.file), 'onnx');
    expect(Buffer.from(await readModelFile(store, NEW, file)).toString()).toBe('onnx');
    await write(modelKey(NEW, file.file), 'onnX');
    await expect(readModelFile(store, NEW, file)).rejects.toMatchObject({
      code: 'FILE_DAMAGED',
      message: expect.stringContaining('models/20131010_210000/ES/sgd.onnx is damaged') as string,
    });
  });
});

describe('the run that votes', () => {
  const act = { by: 'Ada', why: 'passed', at: '2013-10-10T21:00:00.000Z' };
  const say = async (said: ReviewAct): Promise<unknown> =>
    addAct(store, randomUUID(), await readReviewLog(store), () => ({ ...act, ...said }));
  beforeEach(async () => {
    for (const runId of [OLD, MIDDLE, NEW]) await write(manifestKey(runId));
  });

  test('is nobody until one is promoted by name: a fitted run decides nothing by being there', async () => {
    expect(await votingRun(store)).toBeNull();
    await say({ ...act, kind: 'promoted', runId: OLD, from: null, to: OLD });
    expect(await votingRun(store)).toBe(OLD);
  });

  test('is nobody when the only champion was withdrawn: not the next best', async () => {
    await say({ ...act, kind: 'promoted', runId: OLD, from: null, to: OLD });
    await say({ ...act, kind: 'rolled-back', runId: OLD, from: OLD, to: null });
    expect(await votingRun(store)).toBeNull();
  });
});

describe('the stamp of the last training', () => {
  test('only a complete run can be stamped', async () => {
    await write(modelKey(NEW, 'ES/sgd.onnx'));
    const stamp = { runId: NEW, at: '', dataTo: '2013-10-09', dataHash: 'x' };
    await expect(stampLastTrained(store, stamp)).rejects.toMatchObject({ code: 'RUN_NOT_FOUND' });
    await expect(stampLastTrained(store, { ...stamp, runId: '../..' })).rejects.toMatchObject({
      code: 'RUN_ID_INVALID',
    });
  });

  test.each(['{', '[]', '{"run_id": 5}'])('a damaged stamp %s is an error that names it, not "none"', async (text) => {
    await write('models/last_trained.json', text);
    await expect(lastTrained(store)).rejects.toMatchObject({ code: 'STAMP_DAMAGED', key: 'models/last_trained.json' });
  });

  test('new data are a later day, or other data of the same day', async () => {
    await write(manifestKey(NEW));
    const stamp = { runId: NEW, at: '2013-10-10T21:00:00.000Z', dataTo: '2013-10-10', dataHash: 'a' };
    await stampLastTrained(store, stamp);
    expect(await lastTrained(store)).toEqual(stamp);
    const stored = JSON.parse(Buffer.from(await store.get('models/last_trained.json')).toString()) as object;
    expect(Object.keys(stored)).toEqual(['run_id', 'at', 'data_to', 'data_hash']);
    expect(newDataAvailable(null, { to: '2013-10-01', sha256: 'a' })).toBe(true);
    expect(newDataAvailable(stamp, { to: '2013-10-10', sha256: 'a' })).toBe(false);
    expect(newDataAvailable(stamp, { to: '2013-10-10', sha256: 'b' })).toBe(true);
    expect(newDataAvailable(stamp, { to: '2013-10-11', sha256: 'b' })).toBe(true);
    expect(newDataAvailable(stamp, { to: '2013-10-09', sha256: 'b' })).toBe(false);
    expect([newDataAvailable(stamp, { to: '2013-10-10' }), newDataAvailable(stamp, { to: '2013-10-11' })]).toEqual([
      false,
      true,
    ]);
  });
});
