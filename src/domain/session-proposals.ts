/**
 * From a batch of proposals to reservations and answers. Pure; called by the update's validator (to refuse) and by its handler
 * (to reserve), so both judge alike.
 * Invariants: 1. a proposal is judged against the state with all earlier ones of its batch reserved; 2. a decision that was answered is
 * answered the same again; 3. exits are refused for a wrong account, an old bar or disabled orders only.
 */
import type { OrderIntent } from './intents';
import type { EntryProposal, ExitProposal, Proposal, ProposalAnswer, ProposalBatch } from './proposals';
import { refusal, type Refusal } from './refusals';
import { judgeEntry } from './risk/judge';
import { reserve } from './session-orders';
import { later, type SessionState, type Watermark } from './session-state';

export type Verdict =
  /** Reserved: the intent is to be placed. */
  | { readonly kind: 'place'; readonly proposal: EntryProposal; readonly intent: OrderIntent }
  | { readonly kind: 'exit'; readonly proposal: ExitProposal }
  | { readonly kind: 'refuse'; readonly proposal: Proposal; readonly refusal: Refusal }
  /** Decided before: the first answer holds, or is still being found (null). */
  | { readonly kind: 'repeat'; readonly proposal: Proposal; readonly answer: ProposalAnswer | null };

export interface JudgedBatch {
  readonly state: SessionState;
  readonly verdicts: readonly Verdict[];
}

/** Judges every proposal in order and reserves what may be placed. */
export function judgeBatch(state: SessionState, batch: ProposalBatch): JudgedBatch {
  const heard: SessionState = { ...state, marketTime: later(state.marketTime, batch.barClose) };
  return batch.proposals.reduce<JudgedBatch>(
    (judged, proposal) => {
      const next = judgeProposal(judged.state, proposal, batch);
      return { state: next.state, verdicts: [...judged.verdicts, next.verdict] };
    },
    { state: heard, verdicts: [] },
  );
}

function judgeProposal(
  state: SessionState,
  proposal: Proposal,
  batch: ProposalBatch,
): { readonly state: SessionState; readonly verdict: Verdict } {
  const decided = state.watermarks[proposal.symbol];
  if (decided?.decisionId === proposal.decisionId) {
    return { state, verdict: { kind: 'repeat', proposal, answer: decided.answer } };
  }
  const refused =
    proposal.kind === 'enter' ? judgeEntry({ state, proposal, batch }) : judgeExit(state, proposal, batch);
  if (refused !== null) {
    return { state: countRefusal(state, refused), verdict: { kind: 'refuse', proposal, refusal: refused } };
  }
  const counted = { ...state, day: { ...state.day, proposals: state.day.proposals + 1 } };
  if (proposal.kind === 'exit') {
    const answer: ProposalAnswer = { outcome: 'exit-started', decisionId: proposal.decisionId };
    return { state: withWatermark(counted, proposal, batch, answer), verdict: { kind: 'exit', proposal } };
  }
  const { state: reserved, intent } = reserve(counted, intentRequest(proposal, batch));
  return { state: withWatermark(reserved, proposal, batch, null), verdict: { kind: 'place', proposal, intent } };
}

function judgeExit(state: SessionState, proposal: ExitProposal, batch: ProposalBatch): Refusal | null {
  const decision = batch.decisions.find(({ decisionId }) => decisionId === proposal.decisionId);
  if (decision !== undefined && decision.account !== state.account) {
    return refusal('ACCOUNT_MISMATCH', `decided for ${decision.account}, session trades ${state.account}`);
  }
  if (state.mode !== 'trading') return refusal('ORDERS_DISABLED', `mode=${state.mode}`);
  const decided = state.watermarks[proposal.symbol];
  return decided !== undefined && batch.barClose <= decided.barClose
    ? refusal('STALE_BAR', `bar=${batch.barClose} decided=${decided.barClose}`)
    : null;
}

const intentRequest = (proposal: EntryProposal, batch: ProposalBatch) => ({
  contract: proposal.contract,
  side: proposal.side,
  quantity: proposal.quantity,
  orderType: proposal.orderType,
  limitPrice: proposal.limitPrice,
  bracket: { stopPrice: proposal.stopPrice, targetPrice: proposal.targetPrice },
  purpose: 'entry' as const,
  decisionId: proposal.decisionId,
  referencePrice: proposal.referencePrice,
  decidedAt: batch.barClose,
  expiresAt: proposal.expiresAt,
  decidedMonotonicMs: batch.decidedMonotonicMs,
});

function withWatermark(
  state: SessionState,
  { symbol, decisionId }: Proposal,
  { barClose }: ProposalBatch,
  answer: ProposalAnswer | null,
): SessionState {
  const watermark: Watermark = { barClose, decisionId, answer };
  return { ...state, watermarks: { ...state.watermarks, [symbol]: watermark } };
}

/** Completes the watermark of a decision with its answer, unless a later bar was decided meanwhile. */
export function answered(state: SessionState, { symbol, decisionId }: Proposal, answer: ProposalAnswer): SessionState {
  const decided = state.watermarks[symbol];
  if (decided?.decisionId !== decisionId) return state;
  return { ...state, watermarks: { ...state.watermarks, [symbol]: { ...decided, answer } } };
}

const countRefusal = (state: SessionState, { code }: Refusal): SessionState => ({
  ...state,
  day: {
    ...state.day,
    proposals: state.day.proposals + 1,
    refusals: { ...state.day.refusals, [code]: (state.day.refusals[code] ?? 0) + 1 },
  },
});

/** The answers of a batch in which every proposal is refused, or null when one is not. */
export function refusedWhole(judged: JudgedBatch): readonly Extract<ProposalAnswer, { outcome: 'refused' }>[] | null {
  const answers = judged.verdicts.flatMap((verdict) =>
    verdict.kind === 'refuse'
      ? [{ outcome: 'refused' as const, decisionId: verdict.proposal.decisionId, refusal: verdict.refusal }]
      : [],
  );
  return answers.length === judged.verdicts.length ? answers : null;
}
