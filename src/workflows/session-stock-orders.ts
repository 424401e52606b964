/** The `placeStockOrder` update: refusal by its validator, reservation and placement by its handler. */
import { ApplicationFailure, condition, patched } from '@temporalio/workflow';
import { refusalText } from '../domain/refusals';
import { answeredLeg, judgeStockOrder } from '../domain/session-stock-orders';
import type { SessionState } from '../domain/session-state';
import { legNameOf, type StockOrderAnswer, type StockOrderRequest } from '../domain/stock-orders';
import type { PlaceOutcome } from './activity-types';
import { failPoints } from './fail-points';
import { take, type Session } from './session';
import { handOver } from './session-placement';

/** Throws when the leg may not be placed; writes nothing to history. Type = code, details = [answer]. */
export function refuseStockOrder(state: SessionState, order: StockOrderRequest): void {
  const verdict = judgeStockOrder(state, order);
  if (verdict.kind !== 'refuse') return;
  const { rebalanceId, leg } = order;
  const answer: StockOrderAnswer = { rebalanceId, leg, outcome: 'refused', refusal: verdict.refusal };
  throw ApplicationFailure.nonRetryable(refusalText(verdict.refusal), verdict.refusal.code, answer);
}

/** Answers when the broker has answered about the leg. It is reserved before the first await. */
export async function placeStockOrder(session: Session, order: StockOrderRequest): Promise<StockOrderAnswer> {
  failPoints.reached('update-accepted');
  const { rebalanceId, leg } = order;
  // A history from before the rule may hold a leg that was placed outside of regular hours.
  const verdict = judgeStockOrder(session.state, order, patched('stock-legs-within-hours'));
  switch (verdict.kind) {
    case 'refuse':
      return { rebalanceId, leg, outcome: 'refused', refusal: verdict.refusal };
    case 'place': {
      take(session, verdict.state);
      const outcome = await handOver(session, verdict.intent);
      const answer = answerOf(order, verdict.intent.key, outcome);
      take(session, answeredLeg(session.state, answer));
      return answer;
    }
    case 'repeat':
      return verdict.answer ?? firstAnswer(session, order);
  }
}

/** Waits for the answer that another request of the same leg is about to get: a leg without an answer is never forgotten. */
async function firstAnswer(session: Session, order: StockOrderRequest): Promise<StockOrderAnswer> {
  const known = (): StockOrderAnswer | null => session.state.stockLegs[legNameOf(order)]?.answer ?? null;
  await condition(() => known() !== null);
  const answer = known();
  if (answer === null) throw ApplicationFailure.nonRetryable(`${legNameOf(order)} has lost its answer`);
  return answer;
}

function answerOf({ rebalanceId, leg }: StockOrderRequest, key: string, outcome: PlaceOutcome): StockOrderAnswer {
  const name = { rebalanceId, leg };
  switch (outcome.outcome) {
    case 'sent':
    case 'exists':
      return { ...name, outcome: 'placed', key };
    case 'not-sent':
      return { ...name, outcome: 'not-sent', key, refusal: outcome.refusal };
    case 'unknown':
      return { ...name, outcome: 'unknown', key };
  }
}
