/** The rows of the list: each name with its figures and the sentence that says why. Pure. */
import type { AccountValue } from './account-value';
import type { DeltaTrades } from './delta-trades';
import type { Exclusion } from './rebalance-error';
import type { ListedName } from './rebalance-list';
import type { SelectedName } from './selection';
import type { TargetWeights, WeighedName } from './target-weights';

/** A name that may be traded; `scored` is null for one that is held and not in the universe. */
export interface CandidateName extends WeighedName {
  readonly scored: SelectedName | null;
}

export interface Priced {
  readonly account: AccountValue;
  readonly prices: ReadonlyMap<string, number>;
  readonly sectors: ReadonlyMap<string, string> | null;
}

const NO_SCORE = {
  rank: null,
  composite: null,
  momentum: null,
  momentumReturn: null,
  sentiment: null,
  signal: null,
} as const;

export function listCandidate(
  { ticker, price, weightNow, sector, scored }: CandidateName,
  weightTarget: number,
  { held }: AccountValue,
  { trades, notes }: DeltaTrades,
  { wayAllowed }: TargetWeights,
): ListedName {
  const trade = trades.find((one) => one.ticker === ticker);
  const leavesPartly = scored?.selected !== true && weightTarget > 0 && wayAllowed < 1;
  const parts = [
    scored?.why ?? 'leaves: it is not in the universe',
    ...(leavesPartly ? ['only in part, by the turnover limit'] : []),
    ...(notes.has(ticker) ? [notes.get(ticker)] : []),
  ];
  return {
    ticker,
    action: trade === undefined ? 'HOLD' : trade.side === 'buy' ? 'BUY' : 'SELL',
    quantity: trade?.quantity ?? 0,
    held: held.get(ticker) ?? 0,
    price,
    weightNow,
    weightTarget,
    sector,
    ...(scored === null ? NO_SCORE : scoreOf(scored)),
    code: scored?.code ?? 'NOT_IN_UNIVERSE',
    why: `${parts.join('; ')}.`,
  };
}

const scoreOf = ({ rank, composite, momentum, momentumReturn, sentiment, signal }: SelectedName) => ({
  rank,
  composite,
  momentum,
  momentumReturn,
  sentiment,
  signal,
});

export function listExclusion({ ticker, code, why }: Exclusion, { account, prices, sectors }: Priced): ListedName {
  const shares = account.held.get(ticker) ?? 0;
  const price = prices.get(ticker) ?? null;
  return {
    ticker,
    action: 'HOLD',
    quantity: 0,
    held: shares,
    price,
    weightNow: price === null ? null : (shares * price) / account.equity,
    weightTarget: null,
    sector: sectors?.get(ticker) ?? null,
    ...NO_SCORE,
    code,
    why:
      shares === 0 ? why : `${why} The ${shares} shares held are left alone: nothing is sent that can't be explained.`,
  };
}

/** By rank, then those without one by ticker. */
export const byRank = (a: ListedName, b: ListedName): number =>
  (a.rank ?? Number.MAX_SAFE_INTEGER) - (b.rank ?? Number.MAX_SAFE_INTEGER) || (a.ticker < b.ticker ? -1 : 1);
