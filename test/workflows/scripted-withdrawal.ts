/** Watches over runs that breached, on the real server, with a store that takes each attempt to withdraw them as a script says. */
import { ApplicationFailure } from '@temporalio/common';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { Worker } from '@temporalio/worker';
import { randomUUID } from 'node:crypto';
import type { ReviewRequest } from '../../src/workflows/activity-types';
import type { championWatch } from '../../src/workflows/champion-watch';
import { BUNDLE } from './trading-rig';

export const BREACH = '2 answers were not finite numbers';

/**
 * The watch of each run, all at once. `scripts`: by run id the answers of the store, a code for what it refuses for good, null where it
 * does what it is asked.
 */
export async function withdrawn(
  env: TestWorkflowEnvironment,
  scripts: Readonly<Record<string, readonly (string | null)[]>>,
) {
  const taskQueue = `watch-${randomUUID()}`;
  const requests: ReviewRequest[] = [];
  const rollBackRun = (request: ReviewRequest): Promise<void> => {
    const attempt = requests.filter(({ runId }) => runId === request.runId).length;
    requests.push(request);
    const type = scripts[request.runId][attempt];
    return type === null
      ? Promise.resolve()
      : Promise.reject(ApplicationFailure.create({ message: 'refused', type, nonRetryable: true }));
  };
  const worker = await Worker.create({
    connection: env.nativeConnection,
    taskQueue,
    workflowBundle: BUNDLE,
    activities: { watchChampion: () => Promise.resolve({ kind: 'breached', breaches: [BREACH] }), rollBackRun },
  });
  const watched = async (runId: string) => {
    const workflowId = `${taskQueue}/${runId}`;
    const handle = await env.client.workflow.start<typeof championWatch>('championWatch', {
      workflowId,
      taskQueue,
      args: [{ runId, againAfterMs: 1 }],
    });
    const end = await handle.result();
    const { runId: last } = await env.client.workflow.getHandle(workflowId).describe();
    return { runId, end, isOneHistory: last === handle.firstExecutionRunId };
  };
  const watches = await worker.runUntil(() => Promise.all(Object.keys(scripts).map(watched)));
  return { watches, requests };
}
