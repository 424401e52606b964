/**
 * One retraining (requirements E8–E10, G6): snapshot → fits fanned out → second level → gates → shadow run → a person's approval →
 * promotion, which the running session takes up by itself. There is one at a time; triggers that come meanwhile join it.
 * Invariants:
 *  1. What is finished is in the store: whatever dies, no fit is made twice, and nothing half-written can be promoted.
 *  2. Nothing is promoted but by a named person with a reason, after gates and shadow run.
 *  3. Whoever decides in the review log beside this workflow is followed, not contradicted.
 */
import {
  allHandlersFinished,
  ApplicationFailure,
  condition,
  ParentClosePolicy,
  proxyActivities,
  setHandler,
  startChild,
} from '@temporalio/workflow';
import { ActivityFailure, WorkflowExecutionAlreadyStartedError } from '@temporalio/common';
import { TRAINING_QUEUE } from '../domain/ids';
import { championWatchWorkflowId, coolDownText, fitPlan } from '../domain/retraining';
import type { RetrainingOutcome, RetrainingPatience } from '../domain/retraining';
import type { PreparedTraining } from '../learning/training/prepare-training';
import type { RetrainingRequest, ReviewReading, TrainingActivities } from './activity-types';
import type { championWatch } from './champion-watch';
import * as messages from './messages';
import { decide, refuseDecision } from './retraining-decision';
import { enter, newRetraining, remark, reviews, type Remarked, type Retraining } from './retraining-state';

export interface RetrainingInput {
  readonly request: RetrainingRequest;
  readonly patience: RetrainingPatience;
}

// A worker that dies is noticed by its heartbeat, which no computation delays: all of it is in threads. What a step itself says is tried
// again a few times (src/activities), then told.
const steps = proxyActivities<TrainingActivities>({
  taskQueue: TRAINING_QUEUE,
  startToCloseTimeout: '4 hours',
  heartbeatTimeout: '10 s',
  retry: { initialInterval: '1 s', maximumInterval: '1 minute' },
});
export async function retraining({ request, patience }: RetrainingInput): Promise<RetrainingOutcome> {
  const self = newRetraining(request, patience);
  registerHandlers(self);
  await condition(() => self.triggers.length > 0);
  const outcome =
    (await beginOrNot(self)) ?? (await train(self)) ?? (await runShadow(self)) ?? (await awaitApproval(self));
  self.outcome = outcome;
  if (outcome.kind === 'promoted') await watchChampionFromNow(outcome.runId);
  enter(self, 'done');
  await condition(allHandlersFinished);
  return outcome;
}

function registerHandlers(self: Retraining): void {
  setHandler(messages.retrainingTrigger, (trigger) => {
    self.triggers = [...self.triggers, trigger];
  });
  setHandler(messages.retrainingStatus, () => {
    const { request, phase, triggers, gates, shadow, approveBy, outcome } = self;
    return { runId: request.runId, phase, triggers, gates, shadow, approveBy, outcome };
  });
  setHandler(messages.retrainingProgress, () => {
    const { planned, fitted, failed } = self;
    return { planned, fitted: [...fitted], failed: [...failed] };
  });
  setHandler(messages.reviewRun, (decision) => decide(self, decision), {
    validator: (decision: messages.ReviewDecision) => refuseDecision(self, decision),
  });
}

async function beginOrNot({ request, triggers }: Retraining): Promise<RetrainingOutcome | null> {
  const begun = await reviews.beginRetraining({ runId: request.runId, triggers });
  return begun.kind === 'begun' ? null : { kind: 'cooled-down', until: begun.until, why: coolDownText(begun.until) };
}

/** Null when the gates passed and the run may go on. */
async function train(self: Retraining): Promise<RetrainingOutcome | null> {
  const { request } = self;
  const { runId } = request;
  enter(self, 'preparing');
  const prepared = await steps.prepareTraining.executeWithOptions({ summary: request.instruments.join(' ') }, [
    request,
  ]);
  await fitAll(self, prepared);
  enter(self, 'assembling');
  self.gates = await steps.assembleRun({ request, prepared });
  const { verdict, why } = self.gates;
  switch (verdict.outcome) {
    case 'passed':
      return null;
    case 'insufficient':
      return { kind: 'insufficient-data', runId, why };
    case 'refused':
      return (await remarked(self, 'rejected', why)) ?? { kind: 'refused', by: 'gates', runId, why };
  }
}

/** One activity an instrument and family; one that fails for good leaves the others alone. */
async function fitAll(self: Retraining, prepared: PreparedTraining): Promise<void> {
  const { request } = self;
  const instruments = new Map(prepared.instruments.map((instrument) => [instrument.symbol, instrument] as const));
  const plan = fitPlan([...instruments.keys()], request.families);
  self.planned = plan.length;
  enter(self, 'fitting');
  await Promise.all(
    plan.map(async ({ symbol, family }) => {
      const instrument = instruments.get(symbol);
      if (instrument === undefined) return;
      try {
        const job = { request, instrument, family };
        self.fitted.push(await steps.fitFamily.executeWithOptions({ summary: `${symbol} ${family}` }, [job]));
      } catch (error) {
        if (!(error instanceof ActivityFailure) || !(error.cause instanceof ApplicationFailure)) throw error;
        self.failed.push({ symbol, family, why: error.cause.message });
      }
    }),
  );
}

/** Null when the shadow run passed. */
async function runShadow(self: Retraining): Promise<RetrainingOutcome | null> {
  const { runId } = self.request;
  const before = await reviews.readReview(runId);
  if (before.state !== 'candidate') return decidedElsewhere(self, before);
  const begun = await remarked(self, 'shadow-started', self.gates?.why ?? '');
  if (begun !== null) return begun;
  enter(self, 'shadowing');
  const giveUpAt = Date.now() + self.patience.shadowMs;
  for (;;) {
    const reading = await reviews.readShadow(runId);
    self.shadow = reading;
    if (await decidedHere(self)) return self.outcome;
    if (reading.state !== 'shadowing') return decidedElsewhere(self, reading);
    const { verdict } = reading;
    if (verdict.outcome === 'passed') {
      return remarked(self, 'shadow-passed', `log loss ${reading.figures?.logLoss?.toFixed(4) ?? '–'}`);
    }
    if (verdict.outcome === 'refused') {
      const refused = { kind: 'refused', by: 'shadow', runId, why: verdict.why } as const;
      return (await remarked(self, 'rejected', `shadow run: ${verdict.why}`)) ?? refused;
    }
    if (Date.now() >= giveUpAt) return expire(self, `the shadow run did not end in time: ${verdict.why}`);
    await condition(() => self.outcome !== null, self.patience.shadowPollMs);
  }
}

async function awaitApproval(self: Retraining): Promise<RetrainingOutcome> {
  const { patience, request } = self;
  const until = Date.now() + patience.approvalMs;
  self.approveBy = until;
  enter(self, 'awaiting-approval');
  for (;;) {
    const wait = Math.max(1, Math.min(patience.approvalPollMs, until - Date.now()));
    await condition(() => self.outcome !== null, wait);
    if ((await decidedHere(self)) && self.outcome !== null) return self.outcome;
    const reading = await reviews.readReview(request.runId);
    if ((await decidedHere(self)) && self.outcome !== null) return self.outcome;
    if (reading.state !== 'awaiting-approval') return decidedElsewhere(self, reading);
    if (Date.now() >= until) return expire(self, 'nobody approved it in time');
  }
}

/** Lets a decision that is being written come to its end. */
async function decidedHere(self: Retraining): Promise<boolean> {
  await condition(() => !self.deciding);
  return self.outcome !== null;
}

async function expire(self: Retraining, why: string): Promise<RetrainingOutcome> {
  self.deciding = true;
  return (await remarked(self, 'expired', why)) ?? { kind: 'expired', runId: self.request.runId, why };
}

/** Says it in the review log; null when it stands there, else what somebody decided there a moment before. */
async function remarked(self: Retraining, ...said: Remarked): Promise<RetrainingOutcome | null> {
  try {
    await remark(self, ...said);
    return null;
  } catch (error) {
    const isRefused =
      error instanceof ActivityFailure &&
      error.cause instanceof ApplicationFailure &&
      error.cause.type === 'ACT_REFUSED';
    if (!isRefused) throw error;
    return decidedElsewhere(self, await reviews.readReview(self.request.runId));
  }
}

/** Somebody decided in the review log itself. */
function decidedElsewhere({ request }: Retraining, { state, last }: ReviewReading): RetrainingOutcome {
  const { runId } = request;
  const said = last ?? { by: 'unknown', why: 'unknown' };
  if (state === 'promoted') return { kind: 'promoted', runId, ...said };
  if (state === 'expired') return { kind: 'expired', runId, why: said.why };
  return { kind: 'rejected', runId, ...said };
}

/** Outlives this workflow. */
async function watchChampionFromNow(runId: string): Promise<void> {
  try {
    await startChild<typeof championWatch>('championWatch', {
      workflowId: championWatchWorkflowId(runId),
      parentClosePolicy: ParentClosePolicy.ABANDON,
      staticSummary: `Watches run ${runId} for breaches while it is promoted`,
      args: [{ runId }],
    });
  } catch (error) {
    // The watch of an earlier reign has not seen its end yet: it watches this one too.
    if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
  }
}
