/** A drift check and the beginning of a search in threads, as their activities: heartbeats go on meanwhile, and refusals keep their code. */
import { MockActivityEnvironment } from '@temporalio/testing';
import { join } from 'node:path';
import { createDriftActivities } from '../../src/activities/drift-activities';
import { createSearchActivities } from '../../src/activities/search-activities';
import { DEFAULT_CONFIG } from '../../src/config/config';
import type { DriftVerdict } from '../../src/domain/drift-monitor';
import type { RetrainingTrigger } from '../../src/domain/retraining';
import type { SearchPlan, SearchRequest } from '../../src/domain/hyperparameter-search';
import { readPlan } from '../../src/learning/search/search-store';
import { IN_THREAD } from '../learning/networks/in-thread';
import { ACCOUNT, RUN, driftRig, type DriftRig } from './drift-rig';
import { SHIPPED_OUTSIDE } from './shipped-outside';

const dataFolder = join(__dirname, '../../data');
let rig: DriftRig;
beforeAll(async () => (rig = await driftRig()));
afterAll(() => rig.close());

/** A worker is taken for dead after 10 s without a heartbeat. */
async function longestSilence<T>(work: Promise<T>): Promise<{ readonly result: T; readonly longest: number }> {
  let [last, longest] = [performance.now(), 0];
  const look = (): void => {
    const now = performance.now();
    longest = Math.max(longest, now - last);
    last = now;
  };
  const timer = setInterval(look, 25);
  const result = await work.finally(() => clearInterval(timer));
  look();
  return { result, longest };
}

const LONGEST_MS = 400;
const storage = () => ({ ...DEFAULT_CONFIG.storage, kind: 'folder' as const, root: join(rig.folder, 'store') });

test('the drift monitor checks in a thread', async () => {
  await rig.putReferences(24, 1_000);
  await rig.consume(rig.bars);
  const asked: RetrainingTrigger[] = [];
  const activities = createDriftActivities({
    storage: storage(),
    stateDir: rig.stateDir,
    seed: 1,
    dataFolder,
    startRetraining: (trigger) => Promise.resolve(asked.push(trigger)),
    ...IN_THREAD,
  });
  const run: Promise<DriftVerdict> = new MockActivityEnvironment().run(() =>
    activities.checkDrift({ account: ACCOUNT }),
  );
  const { result, longest } = await longestSilence(run);
  expect(result).toMatchObject({ runId: RUN, state: 'exceeded', fresh: true });
  expect(longest).toBeLessThan(LONGEST_MS);
  const trigger = { cause: 'drift', by: 'a test', why: 'x' } as const;
  await activities.askForRetraining(trigger);
  expect(asked).toEqual([trigger]);
}, 60_000);

test('a search is prepared in a thread; what cannot be searched is refused for good', async () => {
  const activities = createSearchActivities({
    storage: storage(),
    store: rig.store,
    dataFolder,
    features: DEFAULT_CONFIG.features,
    outside: SHIPPED_OUTSIDE,
    ...IN_THREAD,
  });
  const request: SearchRequest = {
    searchId: 'in-a-thread',
    symbol: 'GC',
    days: ['2013-10-09', '2013-10-10'],
    family: 'ridge',
    trials: 3,
    seed: 1,
    windows: false,
  };
  const prepared: Promise<SearchPlan> = new MockActivityEnvironment().run(() => activities.prepareSearch(request));
  const { result, longest } = await longestSilence(prepared);
  expect(await readPlan(rig.store, 'in-a-thread')).toEqual(result);
  expect(result.rows).toBeGreaterThan(500);
  expect(longest).toBeLessThan(LONGEST_MS);
  const other = new MockActivityEnvironment().run(() => activities.prepareSearch({ ...request, seed: 2 }));
  await expect(other).rejects.toMatchObject({ type: 'SEARCH_DAMAGED', nonRetryable: true });
}, 60_000);
