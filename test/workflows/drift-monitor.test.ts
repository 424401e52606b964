/** The hourly check on the real server: its verdict, what an alarm asks for, and the schedule that begins it. */
import { Worker } from '@temporalio/worker';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import type { Client } from '@temporalio/client';
import { DateTime } from 'luxon';
import { applySchedules, listSchedules, plannedSchedules, setPaused } from '../../src/client/schedules';
import { driftMonitorWorkflowId } from '../../src/domain/drift-monitor';
import type { DriftActivities, DriftVerdict } from '../../src/domain/drift-monitor';
import { LEARNING_QUEUE, TRAINING_QUEUE } from '../../src/domain/ids';
import type { RetrainingTrigger } from '../../src/domain/retraining';
import type { driftMonitor } from '../../src/workflows/drift-monitor';
import { BUNDLE, devServer, quietRuntime } from './trading-rig';

const ACCOUNT = 'DU1';
const TRIGGER: RetrainingTrigger = { cause: 'drift', by: driftMonitorWorkflowId(ACCOUNT), why: 'ES: 40 % drifted' };
const QUIET: DriftVerdict = {
  runId: '20131009_220000',
  state: 'quiet',
  why: ['ES: 0 % of 15 features drifted, fewer than 10 %.'],
  through: '2013-10-10T20:00:00.000Z',
  fresh: true,
  triggers: [],
};
const ALARM: DriftVerdict = { ...QUIET, state: 'alarm', triggers: [TRIGGER] };

let env: TestWorkflowEnvironment;
let client: Client;
let workers: readonly Worker[];
let running: Promise<unknown>;
let verdicts: (DriftVerdict | Error)[] = [];
const asked: RetrainingTrigger[] = [];
const activities: DriftActivities = {
  checkDrift: ({ account }) => {
    const next = verdicts.shift() ?? QUIET;
    if (next instanceof Error) return Promise.reject(next);
    return Promise.resolve({ ...next, why: [account] });
  },
  askForRetraining: (trigger) => Promise.resolve(void asked.push(trigger)),
};

beforeAll(async () => {
  quietRuntime();
  env = await devServer();
  client = env.client;
  const connection = env.nativeConnection;
  workers = [
    await Worker.create({ connection, taskQueue: LEARNING_QUEUE, workflowBundle: BUNDLE }),
    await Worker.create({ connection, taskQueue: TRAINING_QUEUE, activities: { ...activities } }),
  ];
  running = Promise.all(workers.map((worker) => worker.run()));
});
afterAll(async () => {
  workers.forEach((worker) => worker.shutdown());
  await running;
  await env.teardown();
});

const check = (workflowId: string): Promise<DriftVerdict> =>
  client.workflow.execute<typeof driftMonitor>('driftMonitor', {
    workflowId,
    taskQueue: LEARNING_QUEUE,
    args: [{ account: ACCOUNT }],
  });

test('a quiet check asks for nothing; an alarm, after an attempt that failed, asks for a retraining once', async () => {
  expect(await check('quiet')).toEqual({ ...QUIET, why: [ACCOUNT] });
  expect(asked).toEqual([]);
  verdicts = [new Error('the store is away'), ALARM];
  expect(await check('alarm')).toMatchObject({ state: 'alarm' });
  expect(asked).toEqual([TRIGGER]);
});

test('the schedule: absent, applied, begun by hand, paused; applying again leaves the pause', async () => {
  const planned = plannedSchedules({ account: ACCOUNT, newsMinutes: 5, rebalanceDay: 1, instruments: ['ES'] });
  const [{ scheduleId }] = planned;
  const stateNow = async () => (await listSchedules(client, planned))[0].state;
  expect(await stateNow()).toEqual({ kind: 'absent' });
  await applySchedules(client, planned);
  const active = await stateNow();
  expect(active).toMatchObject({ kind: 'active', lastRun: null });
  const wait = active.kind === 'active' ? Date.parse(active.nextRun ?? '') - Date.now() : NaN;
  expect(wait).toBeGreaterThan(-60_000);
  expect(wait).toBeLessThanOrEqual(3_600_000);

  const exported = (await listSchedules(client, planned)).find(({ workflowType }) => workflowType === 'historyExport');
  const next = exported?.state.kind === 'active' ? (exported.state.nextRun ?? '') : '';
  const inNewYork = DateTime.fromISO(next, { zone: 'America/New_York' });
  expect([inNewYork.toFormat('HH:mm'), inNewYork.weekday < 6]).toEqual(['17:30', true]);

  verdicts = [ALARM];
  asked.splice(0);
  await client.schedule.getHandle(scheduleId).trigger();
  const deadline = Date.now() + 15_000;
  while (asked.length === 0 && Date.now() < deadline) await new Promise((resolve) => setTimeout(resolve, 50));
  expect(asked).toEqual([TRIGGER]);

  await setPaused(client, scheduleId, true, 'Ada: holidays');
  await applySchedules(client, planned);
  expect(await stateNow()).toMatchObject({ kind: 'paused', note: 'Ada: holidays', nextRun: null });
  await setPaused(client, scheduleId, false, 'Ada: back');
  expect(await stateNow()).toMatchObject({ kind: 'active', note: 'Ada: back' });
});
