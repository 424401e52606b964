/** A breach withdraws its run whatever became of the champions before it. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createReviewActivities } from '../../src/activities/review-activities';
import { promoteRun } from '../../src/learning/review-run';
import { openFolderStore } from '../../src/storage/folder-store';
import { modelKey, votingRun } from '../../src/storage/model-registry';
import { StoreError, type ObjectStore } from '../../src/storage/object-store';
import { readReviewLog } from '../../src/storage/review-log';
import { storeRun } from '../learning/stored-run';

const [A, B, C] = ['20131007_220000', '20131008_220000', '20131009_220000'];
let folder: string;
let store: ObjectStore;
let alerts: string[];

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'omega-review-activities-'));
  store = await openFolderStore(folder);
  alerts = [];
  for (const run of [A, B, C]) {
    await storeRun(store, run);
    await promoteRun(store, { kind: 'promoted', runId: run }, { by: 'Ada', why: 'test', at: 0, request: run });
  }
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const activities = (over: ObjectStore = store) =>
  createReviewActivities({ store: over, seed: 1, alert: (text) => void alerts.push(text) });
const breach = { runId: C, by: `champion-watch/${C}`, why: 'an answer was NaN', request: 'x/rollback' };
const damage = (runId: string) => store.delete(modelKey(runId, 'ES/small.onnx'));

test('goes back past a damaged champion to the newest whole one, and says so', async () => {
  await damage(B);
  await activities().rollBackRun(breach);
  await activities().rollBackRun(breach);
  expect(await votingRun(store)).toBe(A);
  const last = (await readReviewLog(store)).entries.at(-1);
  expect(last?.why).toMatch(new RegExp(`^an answer was NaN; not back to ${B}: .*missing`));
  expect(alerts[0]).toContain(`model run ${C} is rolled back, ${A} votes in its place`);
});

test('goes back to nobody when no champion of before is whole', async () => {
  await damage(A);
  await damage(B);
  await activities().rollBackRun(breach);
  expect(await votingRun(store)).toBeNull();
  expect(alerts).toEqual([expect.stringContaining('nobody votes in its place')]);
});

test('a store that does not answer condemns no run: the activity is tried again', async () => {
  const get: ObjectStore['get'] = (key) =>
    key.includes(B) ? Promise.reject(new StoreError('UNREACHABLE', 'no answer', key)) : store.get(key);
  const failure = await activities({ ...store, get })
    .rollBackRun(breach)
    .catch((error: unknown) => error);
  expect(failure).toMatchObject({ code: 'UNREACHABLE' });
  expect(failure).not.toHaveProperty('nonRetryable');
  expect(alerts).toEqual([expect.stringContaining('is not rolled back: no answer')]);
  expect(await votingRun(store)).toBe(C);
});
