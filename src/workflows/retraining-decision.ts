/** A person's word about the run that a retraining made. */
import { ApplicationFailure } from '@temporalio/workflow';
import { ActivityFailure } from '@temporalio/common';
import type { RetrainingOutcome, RetrainingPhase } from '../domain/retraining';
import type { ReviewDecision } from './messages';
import { needNameAndReason } from './named-command';
import { act, reviews, type Retraining } from './retraining-state';

/** Throws when the decision cannot be taken now; nothing is written to the history then. */
export function refuseDecision({ phase, request, deciding, outcome }: Retraining, decision: ReviewDecision): void {
  needNameAndReason(decision, 'deciding about a run');
  const refuse = (why: string): never => {
    throw ApplicationFailure.nonRetryable(why, 'NOT_AWAITED');
  };
  if (decision.runId !== request.runId) refuse(`the retraining makes run ${request.runId}, not ${decision.runId}`);
  if (deciding || outcome !== null) refuse(`run ${request.runId} is being decided about already`);
  const phases: readonly RetrainingPhase[] =
    decision.decision === 'approve' ? ['awaiting-approval'] : ['shadowing', 'awaiting-approval'];
  if (!phases.includes(phase)) refuse(`run ${request.runId} is ${phase}: it cannot be decided about now`);
}

/** Writes it into the review log; when that refuses it, the decision fails and the wait goes on. */
export async function decide(
  self: Retraining,
  { decision, by, why, runId }: ReviewDecision,
): Promise<RetrainingOutcome> {
  self.deciding = true;
  try {
    if (decision === 'reject') await reviews.remarkOnRun({ ...act(runId, by, why, decision), kind: 'rejected' });
    else await reviews.approveRun(act(runId, by, why, decision));
    const outcome: RetrainingOutcome = { kind: decision === 'reject' ? 'rejected' : 'promoted', runId, by, why };
    self.outcome = outcome;
    return outcome;
  } catch (error) {
    const cause = error instanceof ActivityFailure ? error.cause : error;
    throw ApplicationFailure.nonRetryable(cause instanceof Error ? cause.message : String(cause), 'NOT_DECIDED');
  } finally {
    self.deciding = false;
  }
}
