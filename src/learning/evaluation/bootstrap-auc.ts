/**
 * Confidence of an AUC when rows of one group (a trade date) resemble each other: percentile bootstrap that draws whole groups with
 * replacement (Efron & Tibshirani 1993, ch. 13; groups as in Davison & Hinkley 1997, §3.8). Bounds are one-sided.
 */
import { createRandom } from '../random';

export const RESAMPLES = 2000;

export interface ScoredRows {
  readonly scores: ArrayLike<number>;
  readonly positive: ArrayLike<number | boolean>;
  /** What a row belongs to: its trade date, its hour. */
  readonly groups: readonly (string | number)[];
}

export interface BootstrapAuc {
  readonly auc: number;
  readonly groups: number;
  /** AUC of each resample that has both sides, ascending. */
  readonly resampled: Float64Array;
}

/** For each pair of groups, how often a positive of the first outranks a negative of the second, ties half. */
interface PairWins {
  readonly groups: number;
  readonly wins: Float64Array;
  readonly positives: Float64Array;
  readonly negatives: Float64Array;
}

export function pairWins({ scores, positive, groups }: ScoredRows): PairWins {
  const index = new Map([...new Set(groups)].map((group, i) => [group, i]));
  const groupOf = groups.map((group) => index.get(group) ?? 0);
  const count = index.size;
  const wins = new Float64Array(count * count);
  const positives = new Float64Array(count);
  const negatives = new Float64Array(count);
  const order = groupOf.map((_group, row) => row).sort((a, b) => scores[a] - scores[b]);
  for (let from = 0; from < order.length;) {
    let to = from + 1;
    while (to < order.length && scores[order[to]] === scores[order[from]]) to += 1;
    const tied = order.slice(from, to);
    const tiedNegatives = new Float64Array(count);
    for (const row of tied) if (!positive[row]) tiedNegatives[groupOf[row]] += 1;
    for (const row of tied) {
      if (!positive[row]) continue;
      const own = groupOf[row];
      positives[own] += 1;
      for (let other = 0; other < count; other += 1)
        wins[own * count + other] += negatives[other] + tiedNegatives[other] / 2;
    }
    tiedNegatives.forEach((more, group) => {
      negatives[group] += more;
    });
    from = to;
  }
  return { groups: count, wins, positives, negatives };
}

/** AUC when group i is taken `times[i]` times; null when a side is empty. */
export function aucOfGroups({ groups, wins, positives, negatives }: PairWins, times: ArrayLike<number>): number | null {
  let won = 0;
  let positiveRows = 0;
  let negativeRows = 0;
  for (let i = 0; i < groups; i += 1) {
    positiveRows += times[i] * positives[i];
    negativeRows += times[i] * negatives[i];
    if (times[i] === 0) continue;
    let row = 0;
    for (let j = 0; j < groups; j += 1) row += times[j] * wins[i * groups + j];
    won += times[i] * row;
  }
  return positiveRows === 0 || negativeRows === 0 ? null : won / (positiveRows * negativeRows);
}

/** Null when the rows, or all resamples, have no positive or no negative. The same seed gives the same numbers. */
export function bootstrapAuc(rows: ScoredRows, seed: number, resamples = RESAMPLES): BootstrapAuc | null {
  const pairs = pairWins(rows);
  const auc = aucOfGroups(pairs, new Float64Array(pairs.groups).fill(1));
  if (auc === null) return null;
  const random = createRandom(seed);
  const drawn: number[] = [];
  for (let i = 0; i < resamples; i += 1) {
    const times = new Float64Array(pairs.groups);
    for (let draw = 0; draw < pairs.groups; draw += 1) times[random.below(pairs.groups)] += 1;
    const resampled = aucOfGroups(pairs, times);
    if (resampled !== null) drawn.push(resampled);
  }
  return drawn.length === 0 ? null : { auc, groups: pairs.groups, resampled: Float64Array.from(drawn).sort() };
}

/** Value below which `share` of the ascending sample lies, interpolated linearly as numpy.quantile does. */
export function quantile(sorted: ArrayLike<number>, share: number): number {
  const at = share * (sorted.length - 1);
  const below = Math.floor(at);
  const above = Math.min(sorted.length - 1, below + 1);
  return sorted[below] + (at - below) * (sorted[above] - sorted[below]);
}
