/** The monitor's check on a journal: what makes a second check running, what alarms, and what is said when there is nothing to check. */
import { monitorDrift } from '../../src/activities/drift-monitoring';
import { HOUR_MS } from '../../src/domain/exchange-time';
import { referenceKey } from '../../src/learning/drift/training-reference';
import { lastCheckKey } from '../../src/learning/drift/last-check';
import { manifestKey, stampLastTrained } from '../../src/storage/model-registry';
import { parseStoredJson, storedJson } from '../../src/storage/stored-json';
import { ACCOUNT, RUN, driftRig } from './drift-rig';
import type { DriftRig } from './drift-rig';

let rig: DriftRig;
const NOW = Date.parse('2013-10-17T12:00:00Z');
let newestDay: string | null = null;
const check = () =>
  monitorDrift(
    {
      store: rig.store,
      stateDir: rig.stateDir,
      seed: 1,
      now: () => NOW,
      newestTrainingDay: () => Promise.resolve(newestDay),
    },
    ACCOUNT,
  );

beforeEach(async () => {
  rig = await driftRig();
});
afterEach(() => rig.close());

/** All but the last hours of the recorded days. */
const until = (hoursBeforeEnd: number) => {
  const end = rig.bars[rig.bars.length - 1].bar.start;
  return rig.bars.filter(({ bar }) => bar.start <= end - hoursBeforeEnd * HOUR_MS);
};

test('features far from the training alarm at the second check with newer bars, not at a repeated one', async () => {
  await rig.putReferences(24, 1_000);
  await rig.consume(until(3));
  expect(await check()).toMatchObject({ runId: RUN, state: 'exceeded', fresh: true, triggers: [] });
  expect(await check()).toMatchObject({ state: 'exceeded', fresh: false, triggers: [] });
  await rig.consume(until(2));
  const alarm = await check();
  expect(alarm).toMatchObject({
    state: 'alarm',
    fresh: true,
    triggers: [{ cause: 'drift', by: `drift-monitor/${ACCOUNT}` }],
  });
  expect(alarm.why[0]).toMatch(/^ES: 100 % of \d+ features drifted/);
  expect(await check()).toEqual({ ...alarm, fresh: false });
  const kept = parseStoredJson(await rig.store.get(lastCheckKey(ACCOUNT)));
  expect(kept).toMatchObject({ runId: RUN, state: 'alarm', through: alarm.through, source: 'journal' });
});

test('the same features are quiet, whatever the check before said of another run; wrong decisions alarm at once', async () => {
  await rig.putReferences(24, 0);
  await rig.consume(rig.bars);
  await rig.store.put(lastCheckKey(ACCOUNT), Buffer.from('{"run_id": 3'));
  expect(await check()).toMatchObject({ state: 'quiet', triggers: [] });
  await rig.decideWrongly();
  await rig.store.delete(lastCheckKey(ACCOUNT));
  const verdict = await check();
  expect(verdict).toMatchObject({ state: 'alarm', triggers: [{ cause: 'performance' }] });
  expect(verdict.triggers[0].why).toContain('AUC 0.000');
});

test('without bars, without a reference, nothing is judged and the sentence says what to do', async () => {
  expect(await check()).toMatchObject({ state: 'not-judged', fresh: false, triggers: [] });
  expect((await check()).why[0]).toContain('no consumed bars');
  await rig.consume(rig.bars);
  expect((await check()).why[0]).toContain('omega train');
});

test('a damaged reference of one instrument leaves the others checked, and is said each time', async () => {
  await rig.putReferences(24, 0);
  await rig.consume(rig.bars);
  await rig.consume(rig.bars, 'GC');
  await rig.store.put(referenceKey(RUN, 'GC'), Buffer.from('{'));
  const verdict = await check();
  expect(verdict).toMatchObject({ state: 'quiet', fresh: true });
  expect(verdict.why).toEqual([
    expect.stringMatching(/^ES: /),
    expect.stringMatching(/^GC: not checked, REFERENCE_INVALID/),
  ]);
  expect((await check()).why).toEqual(verdict.why);
});

test('a run of features that this version does not know is not judged, and the sentence says so', async () => {
  await rig.consume(rig.bars);
  const schema = { ...rig.manifest.schema, parameters: [{ kind: 'moon', name: 'moon', period: 28 }] };
  await rig.store.put(manifestKey(RUN), storedJson({ ...rig.manifest, schema }));
  const verdict = await check();
  expect(verdict).toMatchObject({ state: 'not-judged', triggers: [] });
  expect(verdict.why[0]).toMatch(/^FEATURES_DIFFER: .*kind "moon" is not known/);
});

test('a training of seven days ago, and days that it has not seen, ask for another; without any training nothing does', async () => {
  newestDay = '2013-10-11';
  const causes = async () => (await check()).triggers.map(({ cause }) => cause);
  expect(await causes()).toEqual([]);
  const stamp = { runId: RUN, at: '2013-10-11T22:00:00.000Z', dataTo: '2013-10-10', dataHash: 'a'.repeat(64) };
  await stampLastTrained(rig.store, stamp);
  expect((await check()).triggers).toEqual([
    { cause: 'new-data', by: `drift-monitor/${ACCOUNT}`, why: expect.stringContaining('2013-10-11') as string },
  ]);
  await stampLastTrained(rig.store, { ...stamp, at: '2013-10-10T12:00:00.000Z', dataTo: '2013-10-11' });
  expect(await causes()).toEqual(['weekly']);
});
