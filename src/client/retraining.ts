/** How commands, schedules and the drift monitor set off a retraining, and how a person's word reaches it. */
import type { Client, WorkflowHandle } from '@temporalio/client';
import { LEARNING_QUEUE } from '../domain/ids';
import { DEFAULT_PATIENCE, RETRAINING_WORKFLOW_ID } from '../domain/retraining';
import type { RetrainingPatience, RetrainingTrigger } from '../domain/retraining';
import type { RetrainingRequest } from '../workflows/activity-types';
import * as messages from '../workflows/messages';
import type { retraining } from '../workflows/retraining';
import { modeAttribute, stateAttribute } from '../workflows/search-attributes';

export interface RetrainingStart {
  /** What is trained when no retraining runs; a running one keeps its own. */
  readonly request: RetrainingRequest;
  readonly trigger: RetrainingTrigger;
  readonly patience?: RetrainingPatience;
}

/** The running retraining, or the one that ended last. */
export const retrainingHandle = (client: Client): WorkflowHandle<typeof retraining> =>
  client.workflow.getHandle<typeof retraining>(RETRAINING_WORKFLOW_ID);

/** Starts a retraining, or joins the one that runs: the trigger is in its status, whose `runId` tells which. Idempotent but for that. */
export async function startRetraining(
  client: Client,
  { request, trigger, patience = DEFAULT_PATIENCE }: RetrainingStart,
): Promise<WorkflowHandle<typeof retraining>> {
  await client.workflow.signalWithStart<typeof retraining, [RetrainingTrigger]>('retraining', {
    workflowId: RETRAINING_WORKFLOW_ID,
    taskQueue: LEARNING_QUEUE,
    args: [{ request, patience }],
    signal: messages.retrainingTrigger,
    signalArgs: [trigger],
    typedSearchAttributes: [
      { key: stateAttribute, value: 'starting' },
      { key: modeAttribute, value: trigger.cause },
    ],
    staticSummary: `Retraining ${request.runId}: ${trigger.cause}`,
    staticDetails: `${trigger.why} (by ${trigger.by})`,
  });
  return retrainingHandle(client);
}
