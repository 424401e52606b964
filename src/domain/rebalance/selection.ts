/**
 * Who is in the portfolio: ranks, signals by thresholds, suppression by regime. Pure and the same for any order of the names.
 * A name enters when it ranks among the first and its composite reaches the upper threshold; it stays while it ranks to `keepRank` and its
 * composite is above the lower one, so that a name at the edge does not go in and out every week.
 */
import { regimeName, type Regime } from '../regime';
import type { ScoredName } from './composite';
import type { RebalanceRules } from './rebalance-rules';

export type RebalanceSignal = 'buy' | 'hold' | 'sell';

export interface RankedName extends ScoredName {
  /** From 1, the highest composite first; equal ones by ticker. */
  readonly rank: number;
  readonly signal: RebalanceSignal;
}

export type SelectionCode = 'ENTERS' | 'STAYS' | 'LEAVES' | 'RANKED_BELOW' | 'BELOW_THRESHOLD' | 'SUPPRESSED';

export interface SelectedName extends RankedName {
  readonly selected: boolean;
  readonly code: SelectionCode;
  readonly why: string;
  /** In a suppressed regime the weight may fall and not rise. */
  readonly mayGrow: boolean;
}

export const signalOf = (composite: number, { upper, lower }: RebalanceRules): RebalanceSignal =>
  composite <= lower ? 'sell' : composite >= upper ? 'buy' : 'hold';

/** Highest composite first. */
export function rankNames(scored: readonly ScoredName[], rules: RebalanceRules): readonly RankedName[] {
  return [...scored]
    .sort((a, b) => b.composite - a.composite || (a.ticker < b.ticker ? -1 : 1))
    .map((name, at) => ({ ...name, rank: at + 1, signal: signalOf(name.composite, rules) }));
}

export const isSuppressed = (regime: Regime | null, { suppressBuysIn }: RebalanceRules): boolean =>
  regime !== null && suppressBuysIn.includes(regimeName(regime));

const figures = (value: number): string => value.toFixed(2).replace('-', '−');

/** `held` are tickers with shares in the account. */
export function selectNames(
  ranked: readonly RankedName[],
  held: ReadonlySet<string>,
  regime: Regime | null,
  rules: RebalanceRules,
): readonly SelectedName[] {
  const suppressed = isSuppressed(regime, rules);
  const stays = ({ ticker, signal, rank }: RankedName): boolean =>
    held.has(ticker) && signal !== 'sell' && rank <= rules.keepRank;
  let places = rules.holdings - ranked.filter(stays).length;
  return ranked.map((name): SelectedName => {
    const { ticker, rank, composite, signal } = name;
    const score = `rank ${rank} of ${ranked.length}, composite ${figures(composite)}`;
    const told = (selected: boolean, code: SelectionCode, why: string): SelectedName => ({
      ...name,
      selected,
      code,
      why,
      mayGrow: !suppressed,
    });
    if (stays(name)) return told(true, 'STAYS', `stays: ${score}, within rank ${rules.keepRank}`);
    if (held.has(ticker))
      return signal === 'sell'
        ? told(false, 'LEAVES', `leaves: ${score}, at or below ${figures(rules.lower)}`)
        : told(false, 'LEAVES', `leaves: ${score}, beyond rank ${rules.keepRank}`);
    if (signal !== 'buy') return told(false, 'BELOW_THRESHOLD', `out: ${score}, below ${figures(rules.upper)}`);
    if (places <= 0 || rank > rules.holdings)
      return told(false, 'RANKED_BELOW', `out: ${score}, beyond the ${rules.holdings} places`);
    if (suppressed && regime !== null)
      return told(false, 'SUPPRESSED', `out: ${score}; nothing is bought in regime ${regimeName(regime)}`);
    places -= 1;
    return told(true, 'ENTERS', `enters: ${score}, at or above ${figures(rules.upper)}`);
  });
}
