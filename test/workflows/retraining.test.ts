/** A retraining from trigger to rollback, on the real server: every way it may end, and who is promoted then. */
import { WorkflowUpdateFailedError } from '@temporalio/client';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { tmpdir } from 'node:os';
import { modelsCommand } from '../../src/cli/models';
import { answerRetraining } from '../../src/cli/retraining-answer';
import { startChampionWatch } from '../../src/client/champion-watch';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../src/domain/exchange-time';
import { newObservedRun } from '../../src/learning/observed-run';
import { writeObservedRun } from '../../src/learning/observed-run-store';
import { promoteRun, remarkOnRun } from '../../src/learning/review-run';
import { readReviewLog } from '../../src/storage/review-log';
import * as messages from '../../src/workflows/messages';
import { storeRun } from '../learning/stored-run';
import { INSUFFICIENT, QUICK, REFUSED, RetrainingRig } from './retraining-rig';
import { BREACH, withdrawn } from './scripted-withdrawal';
import { devServer, quietRuntime } from './trading-rig';

const CHAMPION = '20131008_220000';
/** Events after which the server suggests another history: 4,096 of its own accord, and 51,200 end a workflow. */
const LONG_HISTORY = 50;
const START = Date.parse('2013-10-09T22:00:00Z');

let env: TestWorkflowEnvironment;
let rig: RetrainingRig;

beforeAll(async () => {
  quietRuntime();
  env = await devServer([`limit.historyCount.suggestContinueAsNew=${LONG_HISTORY}`]);
});
afterAll(() => env.teardown());
beforeEach(async () => {
  rig = await RetrainingRig.open(env);
});
afterEach(async () => {
  await rig.client.workflow
    .getHandle('retraining')
    .terminate('test is over')
    .catch(() => undefined);
  await rig.close();
});

/** What a feed leaves of a shadow run of one trade date: `logLoss` beside a champion of 1.05. */
async function observeShadow(runId: string, logLoss: number, decisions = 400): Promise<void> {
  const compared = { count: decisions, loss: logLoss * decisions, championLoss: 1.05 * decisions };
  await writeObservedRun(rig.store, 'shadow', {
    ...newObservedRun(runId, 'any'),
    dates: [{ tradeDate: '2013-10-10', from: START, to: START + 23 * HOUR_MS - MINUTE_MS, decided: 23 * 60 }],
    decisions,
    resolved: { count: decisions, loss: logLoss * decisions },
    compared,
  });
}

const promoteChampion = async (): Promise<void> => {
  await storeRun(rig.store, CHAMPION);
  const said = { by: 'Ada', why: 'the first', at: START, request: 'test/champion' };
  await promoteRun(rig.store, { kind: 'promoted', runId: CHAMPION }, said);
};
const promoted = async (): Promise<string | null> => (await readReviewLog(rig.store)).review.promoted;

/** Up to the wait for a person. */
async function untilApproval() {
  const started = await rig.retrain();
  await rig.until('shadowing');
  await observeShadow(started.runId, 1.0);
  await rig.until('awaiting-approval');
  return started;
}

const review = (runId: string, decision: 'approve' | 'reject', by = 'Grace', why = 'reads well') =>
  rig.client.workflow
    .getHandle('retraining')
    .executeUpdate(messages.reviewRun, { args: [{ runId, decision, by, why }] });

test('gates and shadow run passed, a named person says yes: promoted, and a breach takes it back', async () => {
  await promoteChampion();
  const { handle, runId } = await rig.retrain();
  const shadowing = await rig.until('shadowing');
  expect(shadowing).toMatchObject({ runId, gates: { verdict: { outcome: 'passed' } }, outcome: null });
  expect([...rig.fitted].sort()).toEqual(['ES perceptron', 'ES sgd', 'GC perceptron', 'GC sgd']);
  await expect(review(runId, 'approve')).rejects.toThrow(WorkflowUpdateFailedError);
  await observeShadow(runId, 1.0, 299);
  await new Promise((resolve) => setTimeout(resolve, 300));
  expect((await rig.status()).shadow).toMatchObject({ verdict: { outcome: 'continues' }, figures: { decisions: 299 } });
  await observeShadow(runId, 1.059);
  const awaiting = await rig.until('awaiting-approval');
  expect(awaiting.approveBy).toBeGreaterThan(Date.now());
  await expect(review(CHAMPION, 'approve')).rejects.toThrow(WorkflowUpdateFailedError);
  await expect(review(runId, 'approve', ' ')).rejects.toThrow(WorkflowUpdateFailedError);
  expect(await review(runId, 'approve')).toEqual({ kind: 'promoted', runId, by: 'Grace', why: 'reads well' });
  expect(await handle.result()).toMatchObject({ kind: 'promoted' });
  expect(await promoted()).toBe(runId);
  expect(await rig.acts()).toEqual([
    `promoted ${CHAMPION} Ada`,
    `shadow-started ${runId} retraining`,
    `shadow-passed ${runId} retraining`,
    `approved ${runId} Grace`,
  ]);

  const since = (await readReviewLog(rig.store)).review.lastChange?.at ?? '';
  const healthy = { ...newObservedRun(runId, since), inferenceMs: Array.from({ length: 200 }, () => 3) };
  await writeObservedRun(rig.store, 'champion', healthy);
  await new Promise((resolve) => setTimeout(resolve, 300));
  expect(await promoted()).toBe(runId);
  await writeObservedRun(rig.store, 'champion', { ...healthy, notFinite: 2 });
  expect(await rig.watch(runId).result()).toMatchObject({ kind: 'breached' });
  expect(await promoted()).toBe(CHAMPION);
  expect((await rig.acts()).at(-1)).toBe(`rolled-back ${runId} champion-watch/${runId}`);
});

test('a run that a person promotes is watched by one watch, however often it is asked for, and a breach takes it back', async () => {
  await promoteChampion();
  const runId = '20131009_220000';
  await storeRun(rig.store, runId);
  const printed: string[] = [];
  const io = {
    out: (text: string) => void printed.push(text),
    err: (text: string) => void printed.push(text),
    env: { TEMPORAL_ADDRESS: env.address, OMEGA_STORE: rig.folder, IBKR_ACCOUNT: 'DU1' },
    folder: tmpdir(),
  };
  const promoting = ['promote', runId, '--by', 'Ada', '--why', 'reads well', '--json'];
  await modelsCommand(io).exitOverride().parseAsync(promoting, { from: 'user' });
  expect(JSON.parse(printed.join(''))).toMatchObject({ promoted: runId, watch: `champion-watch/${runId}` });
  const { runId: execution } = await rig.watch(runId).describe();
  expect(await startChampionWatch(rig.client, runId)).toBe(`champion-watch/${runId}`);
  expect((await rig.watch(runId).describe()).runId).toBe(execution);

  const since = (await readReviewLog(rig.store)).review.lastChange?.at ?? '';
  await writeObservedRun(rig.store, 'champion', { ...newObservedRun(runId, since), notFinite: 2 });
  expect(await rig.watch(runId).result()).toMatchObject({ kind: 'breached' });
  expect(await promoted()).toBe(CHAMPION);
});

test('a watch tries until its run is withdrawn, beyond one history and under one request, or a person was faster', async () => {
  const faster = ['NOT_PROMOTED', 'NOTHING_PROMOTED', 'PROMOTION_CONFLICT'];
  const [stuck, ...followed] = [CHAMPION, '20131009_220000', '20131010_220000', '20131011_220000'];
  const { watches, requests } = await withdrawn(env, {
    [stuck]: [...Array<string>(7).fill('LOG_DAMAGED'), null],
    ...Object.fromEntries(followed.map((runId, i) => [runId, ['ACT_REFUSED', faster[i]]])),
  });
  expect(watches).toEqual([
    { runId: stuck, end: { kind: 'breached', breaches: [BREACH] }, isOneHistory: false },
    ...followed.map((runId) => ({ runId, end: { kind: 'followed' }, isOneHistory: true })),
  ]);
  const asked = requests.filter(({ runId }) => runId === stuck);
  expect(asked).toEqual(Array.from({ length: 8 }, () => ({ ...asked[0], runId: stuck, why: BREACH })));
  expect(requests).toHaveLength(8 + 2 * followed.length);
});

test('what the gates refuse is rejected, what they cannot judge stays a candidate; the champion stays', async () => {
  await promoteChampion();
  rig.script.gates = REFUSED;
  const refused = await rig.retrain();
  expect(await refused.handle.result()).toMatchObject({ kind: 'refused', by: 'gates', runId: refused.runId });
  rig.script.gates = INSUFFICIENT;
  const open = await rig.retrain();
  expect(await open.handle.result()).toMatchObject({ kind: 'insufficient-data', runId: open.runId });
  expect(await rig.acts()).toEqual([`promoted ${CHAMPION} Ada`, `rejected ${refused.runId} retraining`]);
  expect(await promoted()).toBe(CHAMPION);
});

test('whoever decided a moment before the workflow would is followed, not contradicted', async () => {
  const ada = { by: 'Ada', why: 'at once', at: START };
  rig.script.gates = REFUSED;
  rig.script.meanwhile = (runId) =>
    promoteRun(rig.store, { kind: 'promoted', runId }, { ...ada, request: 'test/faster' });
  const first = await rig.retrain();
  expect(await first.handle.result()).toEqual({ kind: 'promoted', runId: first.runId, by: 'Ada', why: 'at once' });
  expect((await rig.watch(first.runId).describe()).status.name).toBe('RUNNING');
  rig.script.meanwhile = (runId) =>
    remarkOnRun(rig.store, { kind: 'rejected', runId }, { ...ada, request: 'test/faster-no' });
  const second = await rig.retrain();
  expect(await second.handle.result()).toEqual({ kind: 'rejected', runId: second.runId, by: 'Ada', why: 'at once' });
  expect(await promoted()).toBe(first.runId);
});

test('a shadow run worse than the champion is refused', async () => {
  const { handle, runId } = await rig.retrain();
  await rig.until('shadowing');
  await observeShadow(runId, 1.061);
  expect(await handle.result()).toMatchObject({
    kind: 'refused',
    by: 'shadow',
    why: expect.stringContaining('1.06') as string,
  });
  expect(await promoted()).toBeNull();
});

test('nobody answers: the run expires, and so does a shadow run that no feed takes up', async () => {
  const first = await rig.retrain('by-hand', { ...QUICK, approvalMs: 600 });
  await rig.until('shadowing');
  await observeShadow(first.runId, 1.0);
  expect(await first.handle.result()).toMatchObject({ kind: 'expired', runId: first.runId });
  const second = await rig.retrain('by-hand', { ...QUICK, shadowMs: 300 });
  expect(await second.handle.result()).toMatchObject({ kind: 'expired', runId: second.runId });
  expect((await rig.acts()).filter((act) => act.startsWith('expired'))).toHaveLength(2);
  expect(await promoted()).toBeNull();
});

test('a no ends it, by update or in the review log itself', async () => {
  const first = await untilApproval();
  const said: string[] = [];
  const io = {
    out: (text: string) => void said.push(text),
    err: (text: string) => void said.push(text),
    env: { TEMPORAL_ADDRESS: env.address },
    folder: tmpdir(),
  };
  const no = { runId: first.runId, decision: 'reject', by: 'Grace', why: 'reads badly' } as const;
  await expect(answerRetraining(io, { ...no, why: '' })).rejects.toMatchObject({ code: 'REFUSED' });
  expect(await answerRetraining(io, { ...no, runId: CHAMPION })).toBe(false);
  expect(await answerRetraining(io, no)).toBe(true);
  expect(await first.handle.result()).toMatchObject({ kind: 'rejected', by: 'Grace', why: 'reads badly' });
  expect(await answerRetraining(io, no)).toBe(false);
  const second = await untilApproval();
  const ada = { by: 'Ada', why: 'at once', at: START, request: 'test/by-log' };
  await promoteRun(rig.store, { kind: 'promoted', runId: second.runId }, ada);
  expect(await second.handle.result()).toEqual({ kind: 'promoted', runId: second.runId, by: 'Ada', why: 'at once' });
});

test('triggers join the running retraining, cool down after it, and a person is never too early', async () => {
  const first = await rig.retrain('drift');
  await rig.until('shadowing');
  await rig.retrain('weekly');
  const { runId, triggers } = await rig.until('shadowing');
  expect([runId, triggers.map(({ cause }) => cause)]).toEqual([first.runId, ['drift', 'weekly']]);
  expect(rig.fitted).toHaveLength(4);
  await review(first.runId, 'reject');
  await first.handle.result();
  rig.now += DAY_MS - 1;
  const early = await rig.retrain('drift');
  expect(await early.handle.result()).toMatchObject({ kind: 'cooled-down' });
  expect(rig.fitted).toHaveLength(4);
  rig.script.gates = INSUFFICIENT;
  expect(await (await rig.retrain('by-hand')).handle.result()).toMatchObject({ kind: 'insufficient-data' });
  rig.now += DAY_MS;
  expect(await (await rig.retrain('drift')).handle.result()).toMatchObject({ kind: 'insufficient-data' });
});
