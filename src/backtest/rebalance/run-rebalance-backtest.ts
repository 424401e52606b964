/**
 * Weekly rebalances over recorded daily bars: decided on the closes of a session by the live code, filled at the next session's open, worse
 * by half spread and slippage, with fees. Prices are traded unadjusted, splits and distributions are the account's (distributions.ts).
 * Invariant: a decision sees nothing after its own session.
 */
import { closesOn } from '../../domain/rebalance/account-value';
import type { DailyHistory } from '../../domain/rebalance/daily-history';
import { distributionsOf, type Distribution } from '../../domain/rebalance/distributions';
import { weeklySessions } from '../../domain/rebalance/rebalance-dates';
import type { RebalanceRules } from '../../domain/rebalance/rebalance-rules';
import { PaperPortfolio, type PaperCosts, type PaperFill, type PaperTrading } from './paper-portfolio';
import type { Policy, PolicyDecision } from './portfolio-policies';

export interface RebalanceTest {
  readonly histories: readonly DailyHistory[];
  readonly universe: readonly string[];
  /** Of the data, ascending. */
  readonly sessions: readonly string[];
  /** First and last session to trade and value, within the data; decisions look at what is before. */
  readonly from: string;
  readonly to: string;
  readonly sectors: ReadonlyMap<string, string> | null;
  readonly cash: number;
  readonly weekday: number;
  readonly rules: RebalanceRules;
}

export interface TestedRebalance extends PolicyDecision, PaperTrading {
  readonly decidedOn: string;
  readonly tradeOn: string;
}

export interface TestedPortfolio {
  readonly name: string;
  /** Of each session from `from`, after its close; the cash before is the first point's predecessor. */
  readonly equity: readonly { readonly date: string; readonly equity: number }[];
  readonly rebalances: readonly TestedRebalance[];
  readonly fills: readonly PaperFill[];
  readonly costs: PaperCosts;
  readonly distributed: number;
  readonly traded: { readonly bought: number; readonly sold: number };
}

/** By date and ticker. */
type ByDate = ReadonlyMap<string, ReadonlyMap<string, Distribution>>;

function distributionsByDate(histories: readonly DailyHistory[]): ByDate {
  const byDate = new Map<string, Map<string, Distribution>>();
  for (const { ticker, bars } of histories)
    for (const distribution of distributionsOf(bars)) {
      const day = byDate.get(distribution.date) ?? new Map<string, Distribution>();
      byDate.set(distribution.date, day.set(ticker, distribution));
    }
  return byDate;
}

const opensOn = (
  histories: readonly DailyHistory[],
  at: ReadonlyMap<string, ReadonlyMap<string, number>>,
  date: string,
) =>
  new Map(
    histories.flatMap(({ ticker, bars }) => {
      const index = at.get(ticker)?.get(date);
      return index === undefined ? [] : [[ticker, bars[index].open] as const];
    }),
  );

/** Plays every portfolio over the same sessions. */
export function runRebalanceBacktest(
  test: RebalanceTest,
  policies: readonly { readonly name: string; readonly policy: Policy }[],
): readonly TestedPortfolio[] {
  const byDate = distributionsByDate(test.histories);
  const places = new Map(
    test.histories.map(({ ticker, bars }) => [ticker, new Map(bars.map(({ date }, at) => [date, at]))]),
  );
  return policies.map(({ name, policy }) => playPortfolio(test, name, policy, byDate, places));
}

function playPortfolio(
  test: RebalanceTest,
  name: string,
  policy: Policy,
  byDate: ByDate,
  places: ReadonlyMap<string, ReadonlyMap<string, number>>,
): TestedPortfolio {
  const { histories, sessions, from, to, rules, universe, sectors } = test;
  const portfolio = new PaperPortfolio(test.cash);
  const played = sessions.filter((session) => session >= from && session <= to);
  const rebalanceOn = new Set(weeklySessions(played, test.weekday));
  const equity: { date: string; equity: number }[] = [];
  const rebalances: TestedRebalance[] = [];
  let marks: ReadonlyMap<string, number> = new Map();
  for (const date of played) {
    const index = sessions.indexOf(date);
    const decidedOn = sessions[index - 1];
    const decided =
      decidedOn === undefined || !rebalanceOn.has(date)
        ? null
        : policy({
            decidedOn,
            tradeOn: date,
            universe,
            histories,
            sessions: sessions.slice(0, index),
            sentiments: null,
            sectors,
            holdings: portfolio.holdings(),
            cash: portfolio.cash,
          });
    const paid = byDate.get(date);
    paid?.forEach((distribution, ticker) => portfolio.distribute(ticker, distribution, marks.get(ticker) ?? 0));
    if (decided !== null && decidedOn !== undefined) {
      const trades = decided.trades.map((trade) => ({
        ...trade,
        quantity: afterSplit(trade.quantity, paid?.get(trade.ticker)),
      }));
      const trading = portfolio.trade(date, trades, opensOn(histories, places, date), rules.lot, rules.costs);
      rebalances.push({ ...decided, ...trading, decidedOn, tradeOn: date });
    }
    // A name without a bar keeps its last close.
    marks = new Map([...marks, ...closesOn(histories, date)]);
    equity.push({ date, equity: portfolio.valueAt(marks) });
  }
  const { costs, distributed, traded } = portfolio;
  return { name, equity, rebalances, fills: rebalances.flatMap(({ fills }) => fills), costs, distributed, traded };
}

/** An order of shares from before a split is for as many of those after it. */
const afterSplit = (quantity: number, distribution: Distribution | undefined): number =>
  distribution?.kind === 'split' ? Math.floor(quantity * distribution.ratio) : quantity;
