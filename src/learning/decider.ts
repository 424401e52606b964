/** What the configured rule's decider says of a bar, as three probabilities: what gates, shadow run and alarms judge a run by. Pure. */
import { MAJORITY_RULES } from '../domain/decision-ensemble';
import type { EnsembleOpinion } from '../domain/decision-ensemble';
import type { DecisionRecord } from '../domain/proposals';
import type { Vote } from '../domain/vote';

/**
 * With `stacked`, the stacker's word; with the other rules, and where no stacker answers, the mean of the calibrated votes: shares of votes
 * tie on most bars and are 0 for a class that nobody chose, which neither ranks bars nor has a finite log loss. Null when nobody voted.
 */
export function decidedProbabilities({
  rules,
  votes,
  stack,
}: Pick<EnsembleOpinion, 'votes' | 'stack'> & {
  readonly rules: Pick<EnsembleOpinion['rules'], 'voting'>;
}): Vote['probabilities'] | null {
  if (rules.voting === 'stacked' && stack.kind === 'answered') return stack.probabilities;
  if (votes.length === 0) return null;
  const mean = (c: 0 | 1 | 2): number => votes.reduce((sum, vote) => sum + vote.probabilities[c], 0) / votes.length;
  return [mean(0), mean(1), mean(2)];
}

/** A record of a version that did not say how it decided. */
const UNSAID = { rules: MAJORITY_RULES, stack: { kind: 'absent', why: 'not recorded' } } as const;

/** What a decision said, as its record has it: the AUC alarms of the drift monitor and of the champion's watch read the same figures. */
export function recordedProbabilities({
  votes,
  ensemble,
}: Pick<DecisionRecord, 'votes' | 'ensemble'>): Vote['probabilities'] | null {
  const { rules, stack } = ensemble?.given ?? UNSAID;
  return decidedProbabilities({ rules, stack, votes });
}
