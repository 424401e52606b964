/**
 * From the models' votes to one signal (requirement E3). Pure: live, replay and back-test call the same function.
 * Invariants: 1. every vote counts, holds included; 2. below the minimum confidence, in a tie or without votes the signal is hold;
 * 3. the order of the votes changes nothing.
 */
import type { Signal, Vote } from './vote';

export interface VoteRule {
  readonly vote: 'majority' | 'weighted';
  /** Smallest share of the votes that the winner needs, 0.6 by default (E3). */
  readonly minConfidence: number;
  /** Weight by model name for `weighted`; a model without one weighs 1. Not read for `majority`. */
  readonly weights?: Readonly<Record<string, number>>;
}

export interface VoteResult {
  readonly signal: Signal;
  /** Share of the votes that the strongest signal has, holds counted; 0 without votes. */
  readonly confidence: number;
  /** Share of each signal; they sum to 1 unless nobody voted. */
  readonly shares: Readonly<Record<Signal, number>>;
  readonly why: string;
}

/** How the models' opinions become one signal; `stacked`: a fitted model reads them all. */
export type Voting = VoteRule['vote'] | 'stacked';

/** The rule for votes alone: where no stacker answers, the majority decides. */
export const votesRule = ({
  vote,
  minConfidence,
}: {
  readonly vote: Voting;
  readonly minConfidence: number;
}): VoteRule => ({
  vote: vote === 'stacked' ? 'majority' : vote,
  minConfidence,
});

const SIGNALS: readonly Signal[] = ['sell', 'hold', 'buy'];

/** Sums of weights differ in their last bits by order: shares this close are equal. */
const SHARE_TOLERANCE = 1e-9;

/** The class with the highest probability; hold when two are equally high. Probabilities are ordered sell, hold, buy. */
export function signalOf(probabilities: Vote['probabilities']): Signal {
  const highest = Math.max(...probabilities);
  const leaders = SIGNALS.filter((_signal, i) => probabilities[i] === highest);
  return leaders.length === 1 ? leaders[0] : 'hold';
}

/** The weight of a model's vote. Throws RangeError for one that is negative or not finite. */
export function weightOf(model: string, rule: VoteRule): number {
  if (rule.vote === 'majority') return 1;
  const weight = rule.weights?.[model] ?? 1;
  if (!(weight >= 0 && weight < Infinity)) {
    throw new RangeError(`The voting weight of ${model} is ${weight}; weights are finite and not negative.`);
  }
  return weight;
}

/** A stacker's calibrated probabilities as a result: the likeliest signal, held to the same minimum. */
export function stackedVote(probabilities: Vote['probabilities'], minConfidence: number): VoteResult {
  const [sell, hold, buy] = probabilities;
  const shares = { sell, hold, buy };
  const confidence = Math.max(sell, hold, buy);
  const leader = signalOf(probabilities);
  const said = `the stacker gives ${leader} ${confidence.toFixed(2)}`;
  return confidence < minConfidence - SHARE_TOLERANCE
    ? { signal: 'hold', confidence, shares, why: `${said}, ${minConfidence} needed` }
    : { signal: leader, confidence, shares, why: said };
}

/** Throws RangeError for a weight that is negative or not finite. */
export function combineVotes(votes: readonly Vote[], rule: VoteRule): VoteResult {
  const sums: Record<Signal, number> = { sell: 0, hold: 0, buy: 0 };
  for (const { model, signal } of votes) sums[signal] += weightOf(model, rule);
  const total = sums.sell + sums.hold + sums.buy;
  if (total === 0) return { signal: 'hold', confidence: 0, shares: { sell: 0, hold: 0, buy: 0 }, why: 'no votes' };

  const shares = { sell: sums.sell / total, hold: sums.hold / total, buy: sums.buy / total };
  const confidence = Math.max(shares.sell, shares.hold, shares.buy);
  const leaders = SIGNALS.filter((signal) => shares[signal] >= confidence - SHARE_TOLERANCE);
  if (leaders.length > 1) return { signal: 'hold', confidence, shares, why: `tie of ${leaders.join(' and ')}` };
  if (confidence < rule.minConfidence - SHARE_TOLERANCE) {
    const why = `${leaders[0]} has ${confidence.toFixed(2)} of the votes, ${rule.minConfidence} needed`;
    return { signal: 'hold', confidence, shares, why };
  }
  return { signal: leaders[0], confidence, shares, why: `${leaders[0]} has ${confidence.toFixed(2)} of the votes` };
}
