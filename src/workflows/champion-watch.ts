/**
 * Watches one promoted run until another follows it; a breach of its limits (requirement E10) takes it back without asking anybody.
 * Invariants: 1. what is withdrawn is the run that breached, never the one that followed it meanwhile; 2. the watch does not end while a
 * run that breached votes.
 */
import { ApplicationFailure, isCancellation, proxyActivities, sleep, workflowInfo } from '@temporalio/workflow';
import { ActivityFailure } from '@temporalio/common';
import type { ChampionEnd, ReviewActivities } from './activity-types';

export interface ChampionWatchInput {
  readonly runId: string;
}

const AGAIN_AFTER = '1 minute';

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
  const { workflowId, runId: execution } = workflowInfo();
  for (;;) {
    const end = await watchChampion(runId);
    if (end.kind === 'followed') return end;
    try {
      await rollBackRun({ runId, by: workflowId, why: end.breaches.join('; '), request: `${execution}/rollback` });
      return end;
    } catch (error) {
      if (isFollowed(error)) return { kind: 'followed' };
      if (isCancellation(error)) throw error;
      // The log is damaged, say: whoever mends it finds the watch still there.
      await sleep(AGAIN_AFTER);
    }
  }
}

/** A person was faster. */
const isFollowed = (error: unknown): boolean =>
  error instanceof ActivityFailure &&
  error.cause instanceof ApplicationFailure &&
  ['NOT_PROMOTED', 'NOTHING_PROMOTED', 'PROMOTION_CONFLICT'].includes(error.cause.type ?? '');
