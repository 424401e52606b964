/**
 * The whole decision: prices, news and the account in, the list out (requirement F6). Pure; the weekly workflow, `omega rebalance` and the
 * back-test call this one function.
 * Invariants: 1. every name of the universe and of the account is in the list once, with its reason; 2. nothing is traded that is excluded;
 * 3. the same input in any order gives the same list; 4. nothing after `decidedOn` is looked at.
 */
import { regimeName, type Regime } from '../regime';
import { closesOn, valueAccount, type AccountValue, type Holding } from './account-value';
import { scoreNames } from './composite';
import { barsThrough, type DailyHistory } from './daily-history';
import { deltaTrades } from './delta-trades';
import { judgeEligibility } from './eligibility';
import { byRank, listCandidate, listExclusion, type CandidateName } from './list-names';
import { marketRegime } from './market-regime';
import { RebalanceError, type Exclusion } from './rebalance-error';
import type { RebalanceList } from './rebalance-list';
import { sessionsNeeded, type RebalanceRules } from './rebalance-rules';
import { isSuppressed, rankNames, selectNames, type SelectedName } from './selection';
import { targetWeights, type TargetWeights } from './target-weights';

export interface RebalanceInput {
  readonly decidedOn: string;
  /** The session that the orders are for. */
  readonly tradeOn: string;
  readonly universe: readonly string[];
  readonly histories: readonly DailyHistory[];
  /** The market's sessions through `decidedOn`, ascending. */
  readonly sessions: readonly string[];
  /** −1 … 1 by ticker, null or absent where there is no news; null when there is none of any. */
  readonly sentiments: ReadonlyMap<string, number | null> | null;
  /** Null: no table of sectors. */
  readonly sectors: ReadonlyMap<string, string> | null;
  readonly holdings: readonly Holding[];
  /** Dollars. */
  readonly cash: number;
}

/** Throws RebalanceError where nothing can be decided. */
export function decideRebalance(input: RebalanceInput, rules: RebalanceRules): RebalanceList {
  const { decidedOn, tradeOn, universe, cash, sectors } = input;
  if (universe.length === 0)
    throw new RebalanceError('UNIVERSE_EMPTY', 'There is no name to choose from: the universe is empty.');
  const prices = closesOn(input.histories, decidedOn);
  const account = valueAccount(input.holdings, cash, prices);
  const { scored, excluded, coverage } = scoreUniverse(input, rules, account);
  const regime = marketRegime(scored);
  const selected = selectNames(rankNames(scored, rules), new Set(account.held.keys()), regime, rules);
  const candidates = candidatesOf(input, selected, account, prices);
  const targets = targetWeights(
    candidates,
    rules.investedShare - weightLeftAlone(candidates, account, prices),
    rules,
    sectors !== null,
  );
  const deltas = deltaTrades(
    candidates.map(({ ticker, price, scored: score, weightNow }, at) => ({
      ticker,
      price,
      weightNow,
      weightTarget: targets.weights[at],
      held: account.held.get(ticker) ?? 0,
      rank: score?.rank ?? Number.MAX_SAFE_INTEGER,
    })),
    account.equity,
    cash,
    rules,
  );
  const names = [
    ...candidates.map((name, at) => listCandidate(name, targets.weights[at], account, deltas, targets)),
    ...excluded.map((exclusion) => listExclusion(exclusion, { account, prices, sectors })),
  ];
  return {
    decidedOn,
    tradeOn,
    equity: account.equity,
    cash,
    cashAfter: deltas.cashAfter,
    names: names.sort(byRank),
    trades: deltas.trades,
    regime: regime === null ? null : regimeName(regime),
    suppressed: isSuppressed(regime, rules),
    coverage,
    sectorLimit: sectors !== null,
    volatility: targets.volatility,
    shrinkage: targets.shrinkage,
    turnover: targets.turnover,
    wayAllowed: targets.wayAllowed,
    notices: [coverage.why, ...noticesOf(input, account, regime, targets, candidates)],
  };
}

/** Scores of what can be believed; exclusions of the rest, with what is held and neither. Throws RebalanceError NO_SCORES. */
function scoreUniverse(input: RebalanceInput, rules: RebalanceRules, { held, unpriced }: AccountValue) {
  const histories = new Map(input.histories.map((history) => [history.ticker, history]));
  const isShort = (ticker: string): boolean => (held.get(ticker) ?? 0) < 0;
  const { names, excluded } = judgeEligibility(input.universe, histories, input.sessions, sessionsNeeded(rules));
  const long = names.filter(({ ticker }) => !isShort(ticker));
  const scoring = scoreNames(long, input.sentiments, rules);
  const known = new Set([...excluded, ...scoring.excluded].map(({ ticker }) => ticker));
  const asked = new Set(input.universe);
  const short = [...held].flatMap(([ticker, shares]): readonly Exclusion[] =>
    shares < 0 && !known.has(ticker)
      ? [
          {
            ticker,
            code: 'SHORT_POSITION',
            why: `${ticker} is held short (${shares} shares) and the list is long-only.`,
          },
        ]
      : [],
  );
  const priceless = unpriced
    .filter((ticker) => !asked.has(ticker) && !isShort(ticker))
    .map((ticker): Exclusion => {
      const why = `${ticker} is held, is not in the universe and has no price on ${input.decidedOn}.`;
      return { ticker, code: 'NO_PRICE_ON_DAY', why };
    });
  const all = [...excluded, ...scoring.excluded, ...short, ...priceless];
  if (scoring.scored.length === 0)
    throw new RebalanceError(
      'NO_SCORES',
      `None of the ${asked.size} names can be scored; the first: ${all[0]?.why ?? 'there is no name'}`,
    );
  return { ...scoring, excluded: all };
}

/** Names that may be traded: the selected ones, the others scored, and what is held outside the universe. Alphabetical. */
function candidatesOf(
  { universe, histories, decidedOn, sectors }: RebalanceInput,
  selected: readonly SelectedName[],
  { held, equity }: AccountValue,
  prices: ReadonlyMap<string, number>,
): readonly CandidateName[] {
  const asked = new Set(universe);
  const weighed = (ticker: string, price: number) => ({
    sector: sectors?.get(ticker) ?? null,
    weightNow: ((held.get(ticker) ?? 0) * price) / equity,
  });
  const foreign = histories.flatMap((history): readonly CandidateName[] => {
    const { ticker } = history;
    const price = prices.get(ticker);
    if (asked.has(ticker) || price === undefined || !((held.get(ticker) ?? 0) > 0)) return [];
    const bars = barsThrough(history, decidedOn);
    return [{ ticker, bars, price, selected: false, mayGrow: false, scored: null, ...weighed(ticker, price) }];
  });
  return [...selected.map((name) => ({ ...name, scored: name, ...weighed(name.ticker, name.price) })), ...foreign].sort(
    (a, b) => (a.ticker < b.ticker ? -1 : 1),
  );
}

/** Of equity: long positions that are excluded, and so neither sold nor counted for anything else. */
function weightLeftAlone(
  candidates: readonly CandidateName[],
  { held, equity }: AccountValue,
  prices: ReadonlyMap<string, number>,
): number {
  const traded = new Set(candidates.map(({ ticker }) => ticker));
  return [...held].reduce(
    (sum, [ticker, shares]) =>
      traded.has(ticker) ? sum : sum + Math.max(0, (shares * (prices.get(ticker) ?? 0)) / equity),
    0,
  );
}

function noticesOf(
  { sectors, cash }: RebalanceInput,
  { unpriced }: AccountValue,
  regime: Regime | null,
  { wayAllowed }: TargetWeights,
  candidates: readonly CandidateName[],
): readonly string[] {
  const unknown = sectors === null ? [] : candidates.filter(({ sector }) => sector === null);
  const way = (wayAllowed * 100).toFixed(0);
  return [
    ...(sectors === null ? ['There is no table of sectors: no sector limit is applied.'] : []),
    ...(unknown.length === 0
      ? []
      : [`Of no known sector, so under no sector limit: ${unknown.map(({ ticker }) => ticker).join(', ')}.`]),
    ...(regime === null ? ['There are too few sessions for a regime: nothing is suppressed by one.'] : []),
    ...(wayAllowed < 1 ? [`The turnover limit lets the account go ${way} % of the way to its target this time.`] : []),
    ...(unpriced.length === 0 ? [] : [`Held without a price, not counted in the equity: ${unpriced.join(', ')}.`]),
    ...(cash < 0 ? ['Cash is negative: sales repay it before anything is bought.'] : []),
  ];
}
