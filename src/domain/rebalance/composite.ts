/**
 * The composite score (requirement F6): standardised momentum + weight × standardised sentiment. Pure.
 * Both are standardised across the names of the day, because their own units (a return, an opinion) can't be added. A name without news
 * gets the neutral 0 for it; with news about fewer names than the rules ask for, none of it counts.
 */
import { adjustedClose } from './daily-history';
import type { EligibleName } from './eligibility';
import { momentum } from './momentum';
import type { Exclusion } from './rebalance-error';
import type { RebalanceRules } from './rebalance-rules';
import { standardised } from './standardise';

export interface ScoredName extends EligibleName {
  /** Standardised, mean over the windows. */
  readonly momentum: number;
  /** Total return over the longest window, a fraction: for people. */
  readonly momentumReturn: number;
  /** −1 … 1 as the news says it; null without news. */
  readonly sentiment: number | null;
  readonly composite: number;
}

export interface SentimentCoverage {
  readonly names: number;
  readonly withNews: number;
  /** What the sentiment had a part in the composite of, or why it had none. */
  readonly used: boolean;
  readonly why: string;
}

export interface Scoring {
  readonly scored: readonly ScoredName[];
  readonly excluded: readonly Exclusion[];
  readonly coverage: SentimentCoverage;
}

function coverageOf(names: number, withNews: number, hasNews: boolean, rules: RebalanceRules): SentimentCoverage {
  const { weight, minimumCoverage } = rules.sentiment;
  const share = `${withNews} of ${names} names`;
  const told = (used: boolean, why: string): SentimentCoverage => ({ names, withNews, used, why });
  if (weight === 0) return told(false, 'The weight of sentiment is 0: momentum alone decides.');
  if (!hasNews || withNews === 0) return told(false, 'There is no news of these names: momentum alone decides.');
  if (withNews < minimumCoverage * names)
    return told(
      false,
      `There is news of ${share}, below the ${minimumCoverage * 100} % asked for: momentum alone decides.`,
    );
  return told(true, `There is news of ${share}; the others count as neutral.`);
}

/** `sentiments` null: there is no news at all. A sentiment that is no number in −1 … 1 excludes its name. */
export function scoreNames(
  names: readonly EligibleName[],
  sentiments: ReadonlyMap<string, number | null> | null,
  rules: RebalanceRules,
): Scoring {
  const sentimentOf = ({ ticker }: EligibleName): number | null => sentiments?.get(ticker) ?? null;
  const { windows, skip } = rules.momentum;
  const longest = Math.max(...windows);
  const judged = names.map((name) => {
    const closes = name.bars.map(adjustedClose);
    return { name, sentiment: sentimentOf(name), returns: windows.map((window) => momentum(closes, window, skip)) };
  });
  const isSound = ({ sentiment, returns }: (typeof judged)[number]): boolean =>
    returns.every(Number.isFinite) && (sentiment === null || Math.abs(sentiment) <= 1);
  const sound = judged.filter(isSound);
  const excluded = judged
    .filter((one) => !isSound(one))
    .map(({ name: { ticker }, sentiment }): Exclusion => {
      const what = sentiment !== null && !(Math.abs(sentiment) <= 1) ? `sentiment ${sentiment}` : 'momentum';
      return {
        ticker,
        code: 'SCORE_NOT_FINITE',
        why: `${ticker} has no usable score: its ${what} is no number in its range.`,
      };
    });
  const told = sound.flatMap(({ sentiment }) => (sentiment === null ? [] : [sentiment]));
  const coverage = coverageOf(sound.length, told.length, sentiments !== null, rules);
  const byWindow = windows.map((_window, at) =>
    standardised(
      sound.map(({ returns }) => returns[at]),
      rules.standardise,
    ),
  );
  const news = standardised(told, rules.standardise);
  let nextNews = 0;
  const scored = sound.map(({ name, sentiment, returns }, index): ScoredName => {
    const standard = byWindow.reduce((sum, scores) => sum + scores[index], 0) / windows.length;
    const heard = sentiment === null ? 0 : news[nextNews++];
    return {
      ...name,
      momentum: standard,
      momentumReturn: returns[windows.indexOf(longest)],
      sentiment,
      composite: standard + (coverage.used ? rules.sentiment.weight * heard : 0),
    };
  });
  return { scored, excluded, coverage };
}
