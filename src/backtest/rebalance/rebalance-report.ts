/** The document of a rebalance back-test: what `--json` writes and the page shows. Nothing of the time or machine it was made on. */
import type { RebalanceList } from '../../domain/rebalance/rebalance-list';
import type { RebalanceRules } from '../../domain/rebalance/rebalance-rules';
import { portfolioFigures, type PortfolioFigures } from './rebalance-figures';
import type { RebalanceTest, TestedPortfolio, TestedRebalance } from './run-rebalance-backtest';

export interface RebalanceRow {
  readonly tradeOn: string;
  readonly bought: readonly string[];
  readonly sold: readonly string[];
  readonly regime: string | null;
  readonly suppressed: boolean;
  readonly turnover: number | null;
  readonly wayAllowed: number | null;
  readonly unfilled: TestedRebalance['unfilled'];
  /** Code and sentence where nothing could be decided. */
  readonly failure: string | null;
}

export interface CurveRow {
  readonly date: string;
  readonly strategy: number;
  readonly equalWeight: number;
  readonly buyAndHold: number;
}

/** One set of data. */
export interface SetReport {
  readonly set: string;
  readonly sha256: string;
  readonly universe: readonly string[];
  readonly from: string;
  readonly to: string;
  readonly sessions: number;
  readonly figures: readonly PortfolioFigures[];
  readonly curve: readonly CurveRow[];
  readonly rebalances: readonly RebalanceRow[];
  /** Names excluded in any week: how often, and the last sentence. */
  readonly exclusions: readonly {
    readonly ticker: string;
    readonly code: string;
    readonly weeks: number;
    readonly why: string;
  }[];
  readonly lastList: RebalanceList | null;
  readonly rejectedRows: number;
}

export interface RebalanceReport {
  readonly kind: 'rebalance-backtest';
  readonly sets: readonly SetReport[];
  readonly rules: RebalanceRules;
  readonly weekday: number;
  readonly cash: number;
  readonly sectorLimit: boolean;
  readonly notices: readonly string[];
  readonly command: string;
  readonly codeVersion: string;
}

/** Names in order of the strategy, equal weight, buy-and-hold. */
export const PORTFOLIO_NAMES = ['rebalance', 'equal weight', 'buy and hold'] as const;

export interface SetRun {
  readonly set: string;
  readonly sha256: string;
  readonly rejectedRows: number;
  readonly test: RebalanceTest;
  readonly portfolios: readonly TestedPortfolio[];
}

export function setReport({ set, sha256, rejectedRows, test, portfolios }: SetRun): SetReport {
  const [strategy, equalWeight, buyAndHold] = portfolios;
  return {
    set,
    sha256,
    rejectedRows,
    universe: test.universe,
    from: strategy.equity[0]?.date ?? test.from,
    to: strategy.equity.at(-1)?.date ?? test.to,
    sessions: strategy.equity.length,
    figures: portfolios.map((portfolio) => portfolioFigures(portfolio, test.cash)),
    curve: strategy.equity.map(({ date, equity }, at) => ({
      date,
      strategy: cents(equity),
      equalWeight: cents(equalWeight.equity[at].equity),
      buyAndHold: cents(buyAndHold.equity[at].equity),
    })),
    rebalances: strategy.rebalances.map(rowOf),
    exclusions: exclusionsOf(strategy.rebalances),
    lastList: strategy.rebalances.at(-1)?.list ?? null,
  };
}

const cents = (value: number): number => Math.round(value * 100) / 100;

function rowOf({ tradeOn, fills, list, unfilled, failure }: TestedRebalance): RebalanceRow {
  const of = (side: 'buy' | 'sell'): readonly string[] =>
    fills.filter((fill) => fill.side === side).map(({ ticker, quantity }) => `${quantity} ${ticker}`);
  return {
    tradeOn,
    bought: of('buy'),
    sold: of('sell'),
    regime: list?.regime ?? null,
    suppressed: list?.suppressed ?? false,
    turnover: list?.turnover ?? null,
    wayAllowed: list?.wayAllowed ?? null,
    unfilled,
    failure,
  };
}

function exclusionsOf(rebalances: readonly TestedRebalance[]): SetReport['exclusions'] {
  const found = new Map<string, { ticker: string; code: string; weeks: number; why: string }>();
  for (const { list } of rebalances)
    for (const { ticker, code, rank, why } of list?.names ?? []) {
      if (rank !== null || code === 'NOT_IN_UNIVERSE') continue;
      const before = found.get(`${ticker} ${code}`);
      found.set(`${ticker} ${code}`, { ticker, code, why, weeks: (before?.weeks ?? 0) + 1 });
    }
  return [...found.values()].sort((a, b) => (a.ticker < b.ticker ? -1 : 1));
}
