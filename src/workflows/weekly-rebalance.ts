/**
 * One weekly rebalance of an account (requirement F6): plan → a person's yes, if one is asked for → orders → reconciliation → report. There
 * is one at a time: `rebalance/<account>`. What the schedule starts has a name of its own and hands on to that one.
 * Invariants:
 *  1. Nothing is ordered unless the settings say so, the list is explained name by name, and the person who is asked has said yes.
 *  2. The list is in the history before anything leaves: a run that was killed goes on with the same one.
 *  3. Every end leaves a report in the store.
 */
import {
  allHandlersFinished,
  ApplicationFailure,
  condition,
  ParentClosePolicy,
  proxyActivities,
  setHandler,
  startChild,
  workflowInfo,
} from '@temporalio/workflow';
import {
  defineSearchAttributeKey,
  SearchAttributeType,
  WorkflowExecutionAlreadyStartedError,
} from '@temporalio/common';
import { DATA_QUEUE, runIdOf } from '../domain/ids';
import { rebalanceWorkflowId } from '../domain/rebalance/rebalance-run';
import type {
  RebalanceActivities,
  RebalanceAnswer,
  RebalanceManner,
  RebalanceOutcome,
  RebalancePhase,
  RebalanceRunInput,
} from '../domain/rebalance/rebalance-run';
import { needNameAndReason } from './named-command';
import { answerRebalance, rebalanceStatus } from './rebalance-messages';
import { carryOut, rejectedBy } from './rebalance-orders';
import { enter, newRebalance, statusOf, type Plan, type Rebalance } from './rebalance-state';

const HOUR = 3_600_000;
/** Later than this after its time a scheduled run counts as missed. */
const MISSED_AFTER = HOUR;

/** A no is taken after the yes, too, and of a list that needed none, for as long as orders may leave. */
const STOPPABLE: ReadonlySet<RebalancePhase> = new Set([
  'warming-up',
  'planning',
  'waiting-for-open',
  'selling',
  'waiting-for-sells',
  'buying',
]);

const scheduledFor = defineSearchAttributeKey('TemporalScheduledStartTime', SearchAttributeType.DATETIME);

// Reads prices and news, perhaps for minutes; repeatable until it is done.
const { planRebalance, readManner, storeReport } = proxyActivities<RebalanceActivities>({
  taskQueue: DATA_QUEUE,
  startToCloseTimeout: '15 minutes',
  retry: { initialInterval: '1 s', maximumInterval: '1 minute' },
});

// Providers may allow fifty questions an hour; what is stored already is not asked for again.
const { warmUpPrices } = proxyActivities<RebalanceActivities>({
  taskQueue: DATA_QUEUE,
  startToCloseTimeout: '3 hours',
  heartbeatTimeout: '2 minutes',
  retry: { initialInterval: '1 s', maximumInterval: '1 minute' },
});

export async function weeklyRebalance(input: RebalanceRunInput): Promise<RebalanceOutcome> {
  const { account, rebalanceId } = input;
  if (rebalanceId === null) return handOn(input);
  const self = newRebalance(account, rebalanceId);
  setHandler(rebalanceStatus, () => statusOf(self));
  setHandler(answerRebalance, (answer) => take(self, answer), {
    validator: (answer: RebalanceAnswer) => refuse(self, answer),
  });
  const outcome = await run(self, input);
  self.outcome = outcome;
  await storeReport({
    rebalanceId,
    account,
    startedAt: workflowInfo().startTime.toISOString(),
    endedAt: new Date(Date.now()).toISOString(),
    list: self.plan?.list ?? null,
    notices: self.plan?.notices ?? [],
    approval: self.answer,
    outcome,
  });
  enter(self, 'done');
  await condition(allHandlersFinished);
  return outcome;
}

async function run(
  self: Rebalance,
  { account, asOf, manner, paper, askBecause }: RebalanceRunInput,
): Promise<RebalanceOutcome> {
  const settings = await readManner(account);
  const trade = manner.trade ?? settings.trade;
  enter(self, 'warming-up');
  const holes = await warmUpPrices({ asOf });
  enter(self, 'planning');
  const planned = await planRebalance({ account, asOf, trade, paper });
  if (planned.kind === 'failed') return planned;
  self.plan = { ...planned, notices: [...planned.notices, ...holes] };
  if (!trade) return { kind: 'dry-run' };
  if (planned.list.trades.length === 0) return { kind: 'nothing-to-do' };
  if (self.stop !== null) return rejectedBy(self.stop);
  const needed = manner.approvalNeeded ?? planned.manner.approval.needed;
  const declined = needed || askBecause !== null ? await approval(self, planned, askBecause) : null;
  return declined ?? carryOut(self, planned);
}

/** Null when a person said yes. */
async function approval(
  self: Rebalance,
  { manner }: Plan,
  askBecause: string | null,
): Promise<RebalanceOutcome | null> {
  const { hours } = manner.approval;
  self.approveBy = Date.now() + hours * HOUR;
  self.askedBecause = askBecause;
  enter(self, 'awaiting-approval');
  await condition(() => self.answer !== null, hours * HOUR);
  self.approveBy = null;
  if (self.answer === null) return { kind: 'expired', why: `nobody answered within ${hours} h; nothing was ordered` };
  return self.answer.decision === 'approve' ? null : rejectedBy(self.answer);
}

/** Somebody is waited for; after the time for it nobody is. */
const isAsked = ({ approveBy, answer }: Rebalance): boolean => approveBy !== null && answer === null;

/** Orders may leave: after a yes at once, although the phase is the old one until the broker has told its clock. */
const isStoppable = ({ phase, answer, stop }: Rebalance): boolean =>
  stop === null && (STOPPABLE.has(phase) || (phase === 'awaiting-approval' && answer?.decision === 'approve'));

/** Throws when it cannot be answered now; nothing is written to the history then. */
function refuse(self: Rebalance, answer: RebalanceAnswer): void {
  const { rebalanceId, phase } = self;
  needNameAndReason(answer, 'answering a rebalance');
  if (answer.rebalanceId !== rebalanceId)
    throw ApplicationFailure.nonRetryable(`rebalance ${rebalanceId} runs, not ${answer.rebalanceId}`, 'NOT_AWAITED');
  if (!isAsked(self) && !(answer.decision === 'reject' && isStoppable(self)))
    throw ApplicationFailure.nonRetryable(`rebalance ${rebalanceId} is ${phase}: nobody is asked`, 'NOT_AWAITED');
}

function take(self: Rebalance, answer: RebalanceAnswer): RebalanceAnswer {
  if (isAsked(self)) self.answer = answer;
  else self.stop = answer;
  return answer;
}

/** What the schedule started: looks whether its time was missed, and starts the account's one rebalance. */
async function handOn(input: RebalanceRunInput): Promise<RebalanceOutcome> {
  const { startTime, typedSearchAttributes } = workflowInfo();
  const due = typedSearchAttributes.get(scheduledFor) ?? startTime;
  const { missed } = await readManner(input.account);
  const lateMs = startTime.getTime() - due.getTime();
  const late = lateMs > MISSED_AFTER ? lateWords(due, lateMs) : null;
  if (late !== null && missed === 'skip') return { kind: 'skipped', why: `${late}; settings skip what was missed` };
  return startOne(input, due, late !== null && missed === 'ask' ? late : null, missed);
}

const lateWords = (due: Date, lateMs: number): string =>
  `it was due at ${due.toISOString()}, ${(lateMs / HOUR).toFixed(1)} h before it could begin`;

async function startOne(
  input: RebalanceRunInput,
  due: Date,
  askBecause: string | null,
  missed: RebalanceManner['missed'],
): Promise<RebalanceOutcome> {
  try {
    const child = await startChild(weeklyRebalance, {
      workflowId: rebalanceWorkflowId(input.account),
      parentClosePolicy: ParentClosePolicy.ABANDON,
      staticSummary: `Weekly rebalance of ${input.account}, due ${due.toISOString()}`,
      staticDetails: `Missed runs: ${missed}`,
      // Of this start, not of the time it was due: a time that is made up for twice is two rebalances.
      args: [{ ...input, rebalanceId: runIdOf(workflowInfo().startTime.getTime()), askBecause }],
    });
    return await child.result();
  } catch (error) {
    if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
    return { kind: 'already-running', why: `a rebalance of ${input.account} runs already` };
  }
}
