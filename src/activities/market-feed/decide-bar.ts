/** Features → votes → decision → evidence, for one closed bar of one instrument. */
import type { Config } from '../../config/config';
import { decide } from '../../domain/decision';
import { decisionId } from '../../domain/ids';
import { FLAT_CONTEXT, type DecisionRecord, type Proposal } from '../../domain/proposals';
import type { SessionSnapshot } from '../../domain/session-snapshot';
import { combineVotes } from '../../domain/voting';
import type { InstrumentLane } from './instrument-lane';

export interface DecidedBar {
  readonly record: DecisionRecord;
  readonly proposal: Proposal | null;
}

/** What a decision reads of its instrument. */
export type DecidableLane = Pick<
  InstrumentLane,
  'symbol' | 'instrument' | 'contract' | 'stale' | 'warmedFrom' | 'quote' | 'opinion'
>;

/** What a decision reads of the session. */
export interface DecidingSession extends Pick<SessionSnapshot, 'contexts'> {
  readonly day: Pick<SessionSnapshot['day'], 'trades'>;
}

export type DecideBar = (lane: DecidableLane, barClose: number, session: DecidingSession) => Promise<DecidedBar>;

export interface DecideBarParts {
  readonly account: string;
  readonly trading: Config['trading'];
  readonly modelRun: string | null;
  readonly schemaHash: string;
  readonly runtime: DecisionRecord['runtime'];
  /** Null: proposals may leave; else why they may not (learning-only). */
  readonly proposalsWithheld: string | null;
}

/** The decision function of a trade date, with everything that stays the same over it bound. */
export function createDecideBar(parts: DecideBarParts): DecideBar {
  const { account, trading } = parts;
  return async (lane, barClose, session) => {
    const opinion = await lane.opinion();
    const combined = combineVotes(opinion.votes, { vote: trading.vote, minConfidence: trading.minConfidence });
    const context = session.contexts[lane.symbol] ?? { ...FLAT_CONTEXT, tradesToday: session.day.trades };
    const id = decisionId(account, lane.symbol, barClose);
    const { stale } = lane;
    // A stale quote is no quote: nothing is entered on it.
    const quote = stale === null ? lane.quote() : null;
    const decision = decide({
      decisionId: id,
      instrument: lane.instrument,
      contract: lane.contract,
      barClose,
      signal: combined.signal,
      quote,
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
      quote,
      stale,
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
