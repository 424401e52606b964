/**
 * Scores that travel along supply links (requirement D6). Pure.
 * Invariants:
 *  1. A company that the article is about directly gets no indirect score, and every other one at most one, along its strongest path: a
 *     cycle brings nothing back and nothing twice.
 *  2. A path loses at every step; an indirect score and relevance are the direct ones times what is left, sign kept.
 *  3. Only links that hold at the time asked for count; the order of links and scores does not matter.
 */
import type { TickerScore } from '../../domain/article';
import type { SupplyLink } from './supply-links';

export interface SpreadRules {
  /** What is left after a link whose share is 1, 0..1. */
  readonly decay: number;
  readonly hops: number;
  /** Paths with less left are dropped. */
  readonly smallestShare: number;
}

interface Reached {
  readonly origin: TickerScore;
  /** Product over the path, 0..1. */
  readonly left: number;
}

interface Step {
  readonly to: string;
  readonly share: number;
}

/**
 * Indirect scores of an article's direct ones (as `countedScore` gives them, one per ticker) at `at` (UTC ms). News of a customer reaches its
 * supplier by the customer's part of its revenue; news of a supplier reaches its customer by its part of the costs.
 */
export function spreadScores(
  direct: readonly TickerScore[],
  links: readonly SupplyLink[],
  at: number,
  { decay, hops, smallestShare }: SpreadRules,
): readonly TickerScore[] {
  const steps = stepsAt(links, at);
  const own = new Set(direct.map(({ ticker }) => ticker));
  const best = new Map<string, Reached>();
  let edge = new Map(direct.filter(({ indirect }) => !indirect).map((origin) => [origin.ticker, { origin, left: 1 }]));
  for (let hop = 0; hop < hops && edge.size > 0; hop++) {
    const next = new Map<string, Reached>();
    for (const [ticker, { origin, left }] of edge) {
      for (const { to, share } of steps.get(ticker) ?? []) {
        const reached = { origin, left: left * decay * share };
        if (own.has(to) || reached.left < smallestShare || reached.left === 0) continue;
        if (isStronger(reached, best.get(to))) best.set(to, reached);
        if (isStronger(reached, next.get(to))) next.set(to, reached);
      }
    }
    edge = next;
  }
  return [...best]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([ticker, { origin, left }]) => ({
      ...origin,
      ticker,
      score: origin.score * left,
      relevance: origin.relevance * left,
      indirect: true,
    }));
}

/** More is left; of equal ones the stronger score, then the origin's name, so that the order of rows decides nothing. */
function isStronger(one: Reached, other: Reached | undefined): boolean {
  if (other === undefined || one.left !== other.left) return other === undefined || one.left > other.left;
  const [a, b] = [Math.abs(one.origin.score), Math.abs(other.origin.score)];
  return a !== b ? a > b : one.origin.ticker < other.origin.ticker;
}

/** From a company to those its news matters to; of several rows for a pair the largest share counts. */
function stepsAt(links: readonly SupplyLink[], at: number): ReadonlyMap<string, readonly Step[]> {
  const shares = new Map<string, Map<string, number>>();
  const add = (from: string, to: string, share: number | null): void => {
    if (share === null) return;
    const steps = shares.get(from) ?? new Map<string, number>();
    steps.set(to, Math.max(share, steps.get(to) ?? 0));
    shares.set(from, steps);
  };
  for (const { supplier, customer, revenueShare, costShare, from, to } of links) {
    if (at < from || (to !== null && at >= to)) continue;
    add(customer, supplier, revenueShare);
    add(supplier, customer, costShare);
  }
  return new Map([...shares].map(([from, steps]) => [from, [...steps].map(([to, share]) => ({ to, share }))]));
}
