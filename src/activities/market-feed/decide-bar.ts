/** Features → votes → decision → evidence, for one closed bar of one instrument. */
import type { Config } from '../../config/config';
import { decide } from '../../domain/decision';
import { decisionId } from '../../domain/ids';
import type { DecisionContext, DecisionRecord, Proposal } from '../../domain/proposals';
import type { SessionSnapshot } from '../../domain/session-snapshot';
import { combineVotes } from '../../domain/voting';
import type { InstrumentLane } from './instrument-lane';

export interface DecidedBar {
  readonly record: DecisionRecord;
  readonly proposal: Proposal | null;
}

export type DecideBar = (lane: InstrumentLane, barClose: number, snapshot: SessionSnapshot) => Promise<DecidedBar>;

export interface DecideBarParts {
  readonly account: string;
  readonly trading: Config['trading'];
  readonly modelRun: string | null;
  readonly schemaHash: string;
  readonly runtime: DecisionRecord['runtime'];
  /** Null: proposals may leave; else why they may not (learning-only). */
  readonly proposalsWithheld: string | null;
}

const FLAT: DecisionContext = {
  position: 0,
  enteredAt: null,
  lastStopAt: null,
  entryPending: false,
  exitPending: false,
  tradesToday: 0,
  halted: false,
  paused: false,
  frozen: false,
};

/** The decision function of a trade date, with everything that stays the same over it bound. */
export function createDecideBar(parts: DecideBarParts): DecideBar {
  const { account, trading } = parts;
  return async (lane, barClose, snapshot) => {
    const opinion = await lane.opinion();
    const combined = combineVotes(opinion.votes, { vote: trading.vote, minConfidence: trading.minConfidence });
    const context = snapshot.contexts[lane.symbol] ?? { ...FLAT, tradesToday: snapshot.day.trades };
    const id = decisionId(account, lane.symbol, barClose);
    const stale = lane.stale;
    const decision = decide({
      decisionId: id,
      instrument: lane.instrument,
      contract: lane.contract,
      barClose,
      signal: combined.signal,
      // A stale quote is no quote: nothing is entered on it.
      quote: stale === null ? lane.quote() : null,
      atr: opinion.atr,
      context,
      rules: trading,
    });
    const record: DecisionRecord = {
      decisionId: id,
      account,
      symbol: lane.symbol,
      barClose,
      featureHash: opinion.featureHash,
      schemaHash: parts.schemaHash,
      modelRun: parts.modelRun,
      votes: opinion.votes,
      skipped: opinion.skipped,
      signal: combined.signal,
      confidence: combined.confidence,
      action: decision.action,
      reason: withheld(decision.reason, decision.action, parts.proposalsWithheld, stale),
      warmupFrom: lane.warmedFrom,
      session: context,
      runtime: parts.runtime,
    };
    return { record, proposal: decision.action === 'none' ? null : decision.proposal };
  };
}

function withheld(reason: string, action: string, why: string | null, stale: string | null): string {
  const text = stale === null ? reason : `${reason} (${stale})`;
  return action === 'none' || why === null ? text : `${text}; not proposed: ${why}`;
}
