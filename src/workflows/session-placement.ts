/**
 * Handing reserved intents to the broker, one activity at a time so that broker ids leave in rising order.
 * Invariants: 1. an intent leaves the outbox once, with an outcome; 2. only "certainly not sent because the broker is away" is tried again,
 * and the guard ends that by the time to live; 3. an intent that may have been sent has its order workflow before its outcome is told.
 */
import { ParentClosePolicy, condition, log, startChild } from '@temporalio/workflow';
import { WorkflowExecutionAlreadyStartedError, type SearchAttributePair } from '@temporalio/common';
import { contractName, tradedSymbolOf } from '../domain/contracts';
import { orderWorkflowId } from '../domain/ids';
import type { OrderIntent } from '../domain/intents';
import { refusal, type Refusal } from '../domain/refusals';
import { neverSent, placed } from '../domain/session-orders';
import type { PlaceOutcome } from './activity-types';
import type { order } from './order';
import { isWorthRetrying, placeOnce } from './place-call';
import { instrumentAttribute, modeAttribute, sideAttribute, stateAttribute } from './search-attributes';
import { beside, take, type Session } from './session';

const FIRST_RETRY_MS = 250;
const LONGEST_RETRY_MS = 60_000;

/** Queues an intent; resolves when the broker has answered about it, or certainly never will. */
export function handOver(session: Session, intent: OrderIntent): Promise<PlaceOutcome> {
  session.outbox.push(intent);
  return new Promise((resolve) => session.waiting.set(intent.key, resolve));
}

/** Empties the outbox for as long as the run lasts. */
export async function runPlacement(session: Session): Promise<void> {
  let retryMs = FIRST_RETRY_MS;
  for (;;) {
    await condition(() => session.outbox.length > 0);
    withdraw(session);
    const intents = [...session.outbox];
    if (intents.length === 0) continue;
    session.inFlight += 1;
    const outcomes = await placeOnce(session.calls, intents);
    session.inFlight -= 1;
    intents.forEach((intent, index) => settleUnlessRetried(session, intent, outcomes[index]));
    if (!intents.some((intent) => session.outbox.includes(intent))) {
      retryMs = FIRST_RETRY_MS;
      continue;
    }
    const { brokerEpoch } = session.state;
    const toWithdraw = (): boolean => session.outbox.some((intent) => whyWithdrawn(session, intent) !== null);
    await condition(() => session.state.brokerEpoch !== brokerEpoch || toWithdraw(), retryMs);
    retryMs = Math.min(LONGEST_RETRY_MS, retryMs * 2);
  }
}

/** Entries that wait are given up when they were cancelled, the session was halted or paused, or their symbol is being closed meanwhile. Reductions always go. */
function withdraw(session: Session): void {
  for (const intent of [...session.outbox]) {
    const refused = whyWithdrawn(session, intent);
    if (refused !== null) settle(session, intent, { outcome: 'not-sent', refusal: refused });
  }
}

function whyWithdrawn({ state, cancelWanted }: Session, { purpose, contract, key }: OrderIntent): Refusal | null {
  if (purpose === 'reduce') return null;
  if (cancelWanted.has(key)) return refusal('CANCELLED', 'before it was sent, by its operator');
  if (state.halt.phase !== 'ACTIVE') return refusal('HALTED', `before it was sent: ${state.halt.cause ?? 'halted'}`);
  if (state.pausedBy !== null) return refusal('PAUSED', `before it was sent, by ${state.pausedBy}`);
  const isClosing = state.flattening[tradedSymbolOf(contract)] !== undefined;
  return isClosing ? refusal('POSITION_OPEN', `${tradedSymbolOf(contract)} is being closed`) : null;
}

function settleUnlessRetried(session: Session, intent: OrderIntent, outcome: PlaceOutcome): void {
  if (outcome.outcome === 'not-sent' && isWorthRetrying(outcome.refusal.code)) return;
  settle(session, intent, outcome);
}

/** Books the outcome, starts the order workflow when something may have been sent, and tells whoever waits. */
function settle(session: Session, intent: OrderIntent, outcome: PlaceOutcome): void {
  session.outbox.splice(session.outbox.indexOf(intent), 1);
  switch (outcome.outcome) {
    case 'not-sent': {
      const end = outcome.refusal.code === 'EXPIRED' ? 'expired' : 'rejected';
      take(session, neverSent(session.state, intent.key, end, `${outcome.refusal.code}: ${outcome.refusal.detail}`));
      break;
    }
    case 'sent':
    case 'exists':
      take(session, placed(session.state, intent.key, 'submitting'));
      beside(session, tradedSymbolOf(intent.contract), startOrder(session, intent, outcome));
      break;
    case 'unknown':
      take(session, placed(session.state, intent.key, 'unknown'));
      beside(session, tradedSymbolOf(intent.contract), startOrder(session, intent, { outcome: 'unknown' }));
      break;
  }
  session.waiting.get(intent.key)?.(outcome);
  session.waiting.delete(intent.key);
}

async function startOrder(
  session: Session,
  intent: OrderIntent,
  placement: Parameters<typeof order>[0]['placement'],
): Promise<void> {
  const attribute = (key: typeof stateAttribute, value: string): SearchAttributePair => ({ key, value });
  session.inFlight += 1;
  session.starting.add(intent.key);
  const started = startChild<typeof order>('order', {
    workflowId: orderWorkflowId(intent.key),
    // As the session's own: a worker that dies mid-task is noticed in this time.
    workflowTaskTimeout: '2s',
    args: [{ intent, placement, sentEpoch: session.state.brokerEpoch, carried: null }],
    // The order outlives the session's runs: its fills do not wait for anybody.
    parentClosePolicy: ParentClosePolicy.ABANDON,
    typedSearchAttributes: [
      attribute(instrumentAttribute, tradedSymbolOf(intent.contract)),
      attribute(sideAttribute, intent.side),
      attribute(stateAttribute, placement.outcome === 'unknown' ? 'unknown' : 'submitting'),
      attribute(modeAttribute, session.state.mode),
    ],
    staticSummary: `${intent.side} ${intent.quantity} ${contractName(intent.contract)} ${intent.orderType} (${intent.purpose})`,
  });
  try {
    await started;
  } catch (error) {
    // A session that was reset names the same orders again: the one of this key runs already, and reports here.
    if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
    log.warn('the order workflow runs already', { key: intent.key });
  } finally {
    session.starting.delete(intent.key);
    session.inFlight -= 1;
  }
}
