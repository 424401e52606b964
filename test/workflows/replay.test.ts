/**
 * Committed histories of every workflow replay against the code of now: a change that would strand a running session fails here.
 * After an intended change, write them anew: npx jest --testMatch '<rootDir>/test/workflows/record-*histories.ts'
 */
import { DefaultLogger, Worker, bundleWorkflowCode, type ReplayWorkerOptions } from '@temporalio/worker';
import { DeterminismViolationError } from '@temporalio/workflow';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import * as workflows from '../../src/workflows';
import { BUNDLE, INERT_SINKS, quietRuntime } from './trading-rig';

const HISTORIES = join(__dirname, '../histories');
const files = readdirSync(HISTORIES).filter((name) => name.endsWith('.json'));
const historyOf = (name: string): unknown => JSON.parse(readFileSync(join(HISTORIES, name), 'utf8'));

const options: ReplayWorkerOptions = { workflowBundle: BUNDLE, sinks: INERT_SINKS };

beforeAll(quietRuntime);

test('every registered workflow has a committed history', () => {
  const recorded = new Set(files.map((name) => name.split('.')[0]));
  expect([...recorded].sort()).toEqual(Object.keys(workflows).sort());
});

test.each(files)('%s replays', async (name) => {
  await expect(Worker.runReplayHistory(options, historyOf(name))).resolves.toBeUndefined();
});

test('an order workflow that reads the broker before it waits does not replay: the check can fail', async () => {
  const workflowBundle = await bundleWorkflowCode({
    workflowsPath: require.resolve('./incompatible-order.ts'),
    logger: new DefaultLogger('ERROR'),
  });
  const [recorded] = files.filter((name) => name.startsWith('order.'));
  await expect(Worker.runReplayHistory({ ...options, workflowBundle }, historyOf(recorded))).rejects.toThrow(
    DeterminismViolationError,
  );
});
