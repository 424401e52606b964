/**
 * Who moved a decision, and how far (requirement E12). The score of a decision is its share of buy less its share of sell, −1 … 1.
 * Invariant: the contributions and the rest sum to the score.
 */
import type { Signal, Vote } from './vote';

export interface Contribution extends Vote {
  /** Share of all weights; null where a stacker weighed the votes in its own way. */
  readonly weight: number | null;
  /** What this model added to the score: positive towards buy. */
  readonly toScore: number;
}

export interface ScoreParts {
  readonly score: number;
  /** In the order of the votes. */
  readonly contributions: readonly Contribution[];
  /** Not any single model's: a stacker's base rate, its view of the regime, and interactions; 0 for a vote. */
  readonly rest: number;
}

const TOWARDS: Readonly<Record<Signal, number>> = { sell: -1, hold: 0, buy: 1 };

/** Of a vote: each model adds its share of the weights to its own signal. All zero where no weight is above 0. */
export function voteContributions(votes: readonly Vote[], weightOf: (model: string) => number): ScoreParts {
  const total = votes.reduce((sum, { model }) => sum + weightOf(model), 0);
  const contributions = votes.map((vote) => {
    const weight = total > 0 ? weightOf(vote.model) / total : 0;
    return { ...vote, weight, toScore: weight * TOWARDS[vote.signal] };
  });
  return { score: contributions.reduce((sum, { toScore }) => sum + toScore, 0), contributions, rest: 0 };
}

/**
 * Of a stacker, by occlusion: the score less the score with one model's votes replaced by their mean in training (`without`); 0 for a
 * model that the stacker does not read.
 */
export function stackContributions(
  votes: readonly Vote[],
  [sell, , buy]: Vote['probabilities'],
  without: Readonly<Record<string, number>>,
): ScoreParts {
  const score = buy - sell;
  const contributions = votes.map((vote) => ({
    ...vote,
    weight: null,
    toScore: vote.model in without ? score - without[vote.model] : 0,
  }));
  return { score, contributions, rest: score - contributions.reduce((sum, { toScore }) => sum + toScore, 0) };
}
