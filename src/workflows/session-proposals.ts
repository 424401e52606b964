/** The `proposeOrders` update: refusal by its validator, reservation and placement by its handler. */
import { ApplicationFailure, condition } from '@temporalio/workflow';
import type { ProposalAnswer, ProposalBatch } from '../domain/proposals';
import { refusalText } from '../domain/refusals';
import { answered, judgeBatch, refusedWhole, type Verdict } from '../domain/session-proposals';
import type { SessionState } from '../domain/session-state';
import type { PlaceOutcome } from './activity-types';
import { failPoints } from './fail-points';
import { take, type Session } from './session';
import { flattenSymbol } from './session-flatten';
import { handOver } from './session-placement';

/** Throws when nothing of the batch may be done; writes nothing to history. Type = first code, details = [answers]. */
export function refuseWhole(state: SessionState, batch: ProposalBatch): void {
  const refused = refusedWhole(judgeBatch(state, batch));
  if (refused === null) return;
  const [first] = refused;
  if (first === undefined) throw ApplicationFailure.nonRetryable('a batch without proposals', 'INVALID_PROPOSAL', []);
  throw ApplicationFailure.nonRetryable(refusalText(first.refusal), first.refusal.code, refused);
}

/** Answers each proposal when the broker has answered about it. Everything is reserved before the first await. */
export async function proposeOrders(session: Session, batch: ProposalBatch): Promise<readonly ProposalAnswer[]> {
  failPoints.reached('update-accepted');
  const judged = judgeBatch(session.state, batch);
  take(session, judged.state);
  return Promise.all(judged.verdicts.map((verdict) => answer(session, verdict)));
}

async function answer(session: Session, verdict: Verdict): Promise<ProposalAnswer> {
  const { decisionId, symbol } = verdict.proposal;
  switch (verdict.kind) {
    case 'refuse':
      return { outcome: 'refused', decisionId, refusal: verdict.refusal };
    case 'exit':
      flattenSymbol(session, symbol, verdict.proposal.reason);
      return { outcome: 'exit-started', decisionId };
    case 'place': {
      const { key } = verdict.intent;
      const found = answerOf(decisionId, key, await handOver(session, verdict.intent));
      take(session, answered(session.state, verdict.proposal, found));
      return found;
    }
    case 'repeat': {
      const first = (): ProposalAnswer | null => {
        const decided = session.state.watermarks[symbol];
        return decided?.decisionId === decisionId ? decided.answer : null;
      };
      if (verdict.answer !== null) return verdict.answer;
      await condition(() => session.state.watermarks[symbol]?.decisionId !== decisionId || first() !== null);
      return (
        first() ?? { outcome: 'refused', decisionId, refusal: { code: 'STALE_BAR', detail: 'a later bar was decided' } }
      );
    }
  }
}

function answerOf(decisionId: string, key: string, outcome: PlaceOutcome): ProposalAnswer {
  switch (outcome.outcome) {
    case 'sent':
    case 'exists':
      return { outcome: 'placed', decisionId, key };
    case 'not-sent':
      return { outcome: 'not-sent', decisionId, key, refusal: outcome.refusal };
    case 'unknown':
      return { outcome: 'unknown', decisionId, key };
  }
}
