/**
 * What the validator did and what came of it (requirement E6): each entry it judged is followed to the end of its label horizon. Pure,
 * JSON-safe; money is in price points of one contract, after costs, as if held to the horizon's end.
 * Invariant: every entry judged is counted once, and its result at most once.
 */
import { advanceHorizon, awaitHorizon, NO_HORIZON } from './decision-horizon';
import type { Horizon, HorizonBar, Resolved } from './decision-horizon';
import type { Decision } from './decision';
import type { TradedUnit } from './instruments';
import type { Side } from './proposals';

export interface JudgedEntry {
  readonly side: Side;
  readonly vetoed: boolean;
  /** Of the round trip, points. */
  readonly cost: number;
}

export interface VetoCounts {
  readonly passed: number;
  readonly vetoed: number;
  /** Losses that vetoed entries would have made, and profits they would have made: what the vetoes saved and what they cost. */
  readonly saved: number;
  readonly missed: number;
  /** Net result of the entries passed. */
  readonly passedNet: number;
  /** Entries with a known result, and those that will never have one. */
  readonly resolved: number;
  readonly dropped: number;
}

export interface VetoLedger {
  readonly horizon: Horizon<JudgedEntry>;
  readonly counts: VetoCounts;
}

export const NO_VETOES: VetoLedger = {
  horizon: NO_HORIZON,
  counts: { passed: 0, vetoed: 0, saved: 0, missed: 0, passedNet: 0, resolved: 0, dropped: 0 },
};

/** Points that one contract bought and sold costs: both fees, and half the spread each way. */
export const roundTripCost = (spreadPoints: number, { feePerContract, multiplier }: TradedUnit): number =>
  (2 * feePerContract) / multiplier + spreadPoints;

/** Points that a trade made from mid to mid, after `cost`. */
export const netPoints = (side: Side, from: number, to: number, cost: number): number =>
  (side === 'buy' ? to - from : from - to) - cost;

/** The entry that the validator passed or stopped, or null: it judged none. */
export function judgedEntry(decision: Pick<Decision, 'action' | 'ensemble'>, cost: number): JudgedEntry | null {
  const { ensemble } = decision;
  if (ensemble === undefined || ensemble.signal === 'hold') return null;
  const { signal: side, validator, stoppedBy } = ensemble;
  if (stoppedBy === 'validator') return { side, vetoed: true, cost };
  return decision.action === 'enter' && validator.verdict === 'passed' ? { side, vetoed: false, cost } : null;
}

/** Counts the entry judged at the close of the last bar; the same one again changes nothing. */
export function recordJudgement(
  ledger: VetoLedger,
  barClose: number,
  entry: JudgedEntry,
  horizonBars: number,
): VetoLedger {
  const horizon = awaitHorizon(ledger.horizon, barClose, horizonBars, entry);
  if (horizon === ledger.horizon) return ledger;
  const { counts } = ledger;
  return {
    horizon,
    counts: entry.vetoed ? { ...counts, vetoed: counts.vetoed + 1 } : { ...counts, passed: counts.passed + 1 },
  };
}

function withResult(counts: VetoCounts, { from, to, item }: Resolved<JudgedEntry>): VetoCounts {
  const net = netPoints(item.side, from, to, item.cost);
  const resolved = counts.resolved + 1;
  if (!item.vetoed) return { ...counts, resolved, passedNet: counts.passedNet + net };
  return net < 0
    ? { ...counts, resolved, saved: counts.saved - net }
    : { ...counts, resolved, missed: counts.missed + net };
}

/** One more closed bar. */
export function advanceVetoes(ledger: VetoLedger, bar: HorizonBar): VetoLedger {
  const { horizon, resolved, dropped } = advanceHorizon(ledger.horizon, bar);
  if (horizon === ledger.horizon) return ledger;
  const counts = resolved.reduce(withResult, ledger.counts);
  return { horizon, counts: { ...counts, dropped: counts.dropped + dropped } };
}
