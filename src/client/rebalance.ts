/** Starts the weekly rebalance of an account, asks how far it is, and brings it a person's answer. */
import { WorkflowExecutionAlreadyStartedError, type Client, type WorkflowHandle } from '@temporalio/client';
import { DATA_QUEUE, runIdOf } from '../domain/ids';
import { rebalanceWorkflowId } from '../domain/rebalance/rebalance-run';
import type { RebalanceAnswer, RebalanceRunInput, RebalanceStatus } from '../domain/rebalance/rebalance-run';
import { answerRebalance, rebalanceStatus } from '../workflows/rebalance-messages';
import { stateAttribute } from '../workflows/search-attributes';
import type { weeklyRebalance } from '../workflows/weekly-rebalance';

export type RebalanceStart = Omit<RebalanceRunInput, 'rebalanceId'>;

/** The running rebalance, or the one that ended last. */
export const rebalanceHandle = (client: Client, account: string): WorkflowHandle<typeof weeklyRebalance> =>
  client.workflow.getHandle<typeof weeklyRebalance>(rebalanceWorkflowId(account));

/** Null when one runs already: there is one at a time. `now` in UTC ms names it. */
export async function startRebalance(
  client: Client,
  start: RebalanceStart,
  now: number,
): Promise<WorkflowHandle<typeof weeklyRebalance> | null> {
  const rebalanceId = runIdOf(now);
  try {
    return await client.workflow.start<typeof weeklyRebalance>('weeklyRebalance', {
      workflowId: rebalanceWorkflowId(start.account),
      taskQueue: DATA_QUEUE,
      workflowIdConflictPolicy: 'FAIL',
      args: [{ ...start, rebalanceId }],
      typedSearchAttributes: [{ key: stateAttribute, value: 'starting' }],
      staticSummary: `Rebalance ${rebalanceId} of ${start.account}`,
    });
  } catch (error) {
    if (error instanceof WorkflowExecutionAlreadyStartedError) return null;
    throw error;
  }
}

export const readRebalance = (client: Client, account: string): Promise<RebalanceStatus> =>
  rebalanceHandle(client, account).query(rebalanceStatus);

/** A step that failed and is tried again. */
export interface FailingStep {
  /** Name of the activity. */
  readonly step: string;
  /** Attempts that failed so far. */
  readonly failures: number;
  readonly why: string;
}

/** What the rebalance waits for although it should not have to: a session, a gateway or a store that is away. */
export async function failingSteps(client: Client, account: string): Promise<readonly FailingStep[]> {
  const { raw } = await rebalanceHandle(client, account).describe();
  return (raw.pendingActivities ?? []).flatMap(({ activityType, attempt, lastFailure }): readonly FailingStep[] => {
    const why = lastFailure?.message ?? '';
    return why === '' ? [] : [{ step: activityType?.name ?? '', failures: (attempt ?? 1) - 1, why }];
  });
}

/** Throws WorkflowUpdateFailedError with its code when nobody is asked, or without name and reason. */
export const giveAnswer = (client: Client, account: string, answer: RebalanceAnswer): Promise<RebalanceAnswer> =>
  rebalanceHandle(client, account).executeUpdate(answerRebalance, { args: [answer] });
