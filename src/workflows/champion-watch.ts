/**
 * Watches one promoted run until another follows it; a breach of its limits (requirement E10) takes it back without asking anybody.
 * Invariant: what is withdrawn is the run that breached, never the one that followed it meanwhile.
 */
import { ApplicationFailure, proxyActivities, workflowInfo } from '@temporalio/workflow';
import { ActivityFailure } from '@temporalio/common';
import type { ChampionEnd, ReviewActivities } from './activity-types';

export interface ChampionWatchInput {
  readonly runId: string;
}

// One activity that looks again and again, instead of a timer and an activity a minute: a champion may stay for months.
const { watchChampion } = proxyActivities<ReviewActivities>({
  startToCloseTimeout: '30 days',
  heartbeatTimeout: '1 minute',
  retry: { maximumInterval: '1 minute' },
});
const { rollBackRun } = proxyActivities<ReviewActivities>({
  startToCloseTimeout: '1 minute',
  retry: { maximumInterval: '10 s' },
});

export async function championWatch({ runId }: ChampionWatchInput): Promise<ChampionEnd> {
  const end = await watchChampion(runId);
  if (end.kind === 'followed') return end;
  const { workflowId, runId: execution } = workflowInfo();
  try {
    await rollBackRun({ runId, by: workflowId, why: end.breaches.join('; '), request: `${execution}/rollback` });
  } catch (error) {
    if (isFollowed(error)) return { kind: 'followed' };
    throw error;
  }
  return end;
}

/** A person was faster. */
const isFollowed = (error: unknown): boolean =>
  error instanceof ActivityFailure &&
  error.cause instanceof ApplicationFailure &&
  ['NOT_PROMOTED', 'NOTHING_PROMOTED', 'PROMOTION_CONFLICT'].includes(error.cause.type ?? '');
