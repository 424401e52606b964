/** Features → votes → decision → evidence, for one closed bar of one instrument. */
import type { Config } from '../../config/config';
import { isTwoSided } from '../../domain/bars';
import { decide } from '../../domain/decision';
import { MAJORITY_RULES, type EnsembleRules } from '../../domain/decision-ensemble';
import { decisionId } from '../../domain/ids';
import { FLAT_CONTEXT, type DecisionRecord, type Proposal } from '../../domain/proposals';
import type { SessionSnapshot } from '../../domain/session-snapshot';
import type { InstrumentLane } from './instrument-lane';

export interface DecidedBar {
  readonly record: DecisionRecord;
  readonly proposal: Proposal | null;
}

/** What a decision reads of its instrument. */
export type DecidableLane = Pick<
  InstrumentLane,
  'symbol' | 'instrument' | 'contract' | 'stale' | 'warmedFrom' | 'quote' | 'opinion' | 'remember'
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
  readonly runtime: DecisionRecord['runtime'];
  /** Null: proposals may leave; else why they may not (learning-only). */
  readonly proposalsWithheld: string | null;
}

/** How opinions become a signal under these settings; those of an earlier version's audit log name the vote alone. */
export const ensembleRules = ({
  vote: voting,
  minConfidence,
  validator = MAJORITY_RULES.validator,
  regimes = MAJORITY_RULES.regimes,
  minVoterShare,
  validatorAbsent,
}: Pick<Config['trading'], 'vote' | 'minConfidence'> &
  Partial<Pick<Config['trading'], 'validator' | 'regimes' | 'minVoterShare' | 'validatorAbsent'>>): EnsembleRules => ({
  voting,
  minConfidence,
  validator,
  regimes,
  ...(minVoterShare !== undefined && { minVoterShare }),
  ...(validatorAbsent !== undefined && { validatorAbsent }),
});

/** The decision function of a trade date, with everything that stays the same over it bound. */
export function createDecideBar(parts: DecideBarParts): DecideBar {
  const { account, trading } = parts;
  const rules = ensembleRules(trading);
  return async (lane, barClose, session) => {
    const { featureHash, schemaHash, skipped, atr, ...opinions } = await lane.opinion();
    const { votes } = opinions;
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
      ensemble: { ...opinions, rules },
      quote,
      atr,
      context,
      rules: trading,
    });
    const { ensemble } = decision;
    lane.remember({ barClose, votes, decision, spread: isTwoSided(quote) ? quote.ask - quote.bid : null });
    const record: DecisionRecord = {
      decisionId: id,
      account,
      symbol: lane.symbol,
      barClose,
      featureHash,
      schemaHash,
      modelRun: parts.modelRun,
      votes,
      skipped,
      signal: ensemble.signal,
      confidence: ensemble.confidence,
      ensemble,
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
