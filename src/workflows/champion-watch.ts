/**
 * Watches one promoted run until another follows it; a breach of its limits (requirement E10) takes it back without asking anybody.
 * Invariants: 1. what is withdrawn is the run that breached, never the one that followed it meanwhile; 2. the watch does not end while a
 * run that breached votes, however long that is: its history begins anew before the server ends it for its length.
 */
import {
  ApplicationFailure,
  continueAsNew,
  isCancellation,
  proxyActivities,
  sleep,
  workflowInfo,
} from '@temporalio/workflow';
import { ActivityFailure } from '@temporalio/common';
import { MINUTE_MS } from '../domain/exchange-time';
import type { ChampionEnd, ReviewActivities } from './activity-types';

export interface ChampionWatchInput {
  readonly runId: string;
  /** Wait before a run that could not be withdrawn is looked at again, ms; a minute when left out. */
  readonly againAfterMs?: number;
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

export async function championWatch(input: ChampionWatchInput): Promise<ChampionEnd> {
  const { runId, againAfterMs = MINUTE_MS } = input;
  const { workflowId, firstExecutionRunId } = workflowInfo();
  for (;;) {
    const end = await watchChampion(runId);
    if (end.kind === 'followed') return end;
    try {
      const request = `${firstExecutionRunId}/rollback`;
      await rollBackRun({ runId, by: workflowId, why: end.breaches.join('; '), request });
      return end;
    } catch (error) {
      if (isFollowed(error)) return { kind: 'followed' };
      if (isCancellation(error)) throw error;
      // The log is damaged, say: whoever mends it finds the watch still there.
      await sleep(againAfterMs);
      if (workflowInfo().continueAsNewSuggested) await continueAsNew<typeof championWatch>(input);
    }
  }
}

/** A person was faster. */
const isFollowed = (error: unknown): boolean =>
  error instanceof ActivityFailure &&
  error.cause instanceof ApplicationFailure &&
  ['NOT_PROMOTED', 'NOTHING_PROMOTED', 'PROMOTION_CONFLICT'].includes(error.cause.type ?? '');
