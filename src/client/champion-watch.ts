/** Starts the watch over a promoted run (requirement E10), whoever promoted it: one watch a run, however often it is asked for. */
import type { Client } from '@temporalio/client';
import { LEARNING_QUEUE } from '../domain/ids';
import { championWatchWorkflowId } from '../domain/retraining';
import type { championWatch } from '../workflows/champion-watch';

const CALL_MS = 5_000;

/**
 * Idempotent: a watch of this run that runs already is used as it is; one that has ended, in an earlier reign, is followed by another.
 * @returns its workflow id.
 */
export async function startChampionWatch(client: Client, runId: string): Promise<string> {
  const workflowId = championWatchWorkflowId(runId);
  await client.withDeadline(Date.now() + CALL_MS, () =>
    client.workflow.start<typeof championWatch>('championWatch', {
      workflowId,
      taskQueue: LEARNING_QUEUE,
      workflowIdConflictPolicy: 'USE_EXISTING',
      args: [{ runId }],
      staticSummary: `Watches run ${runId} for breaches while it is promoted`,
    }),
  );
  return workflowId;
}
