/** A risk rule judges one entry against the session's state: null allows, a refusal carries the numbers behind it. Pure. */
import type { EntryProposal, ProposalBatch } from '../proposals';
import type { Refusal } from '../refusals';
import type { SessionState } from '../session-state';

export interface EntryCase {
  readonly state: SessionState;
  readonly proposal: EntryProposal;
  readonly batch: ProposalBatch;
}

/** Asks nothing but the session: stocks are judged by it as well. */
export type StateRule = (entry: Pick<EntryCase, 'state'>) => Refusal | null;
export type RiskRule = (entry: EntryCase) => Refusal | null;
