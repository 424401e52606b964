/** Figures of back-tested portfolios: returns of the net value, risk, costs. Pure; fractions unless dollars are said. */
import { sharpeFigure, type SharpeFigure } from '../figures';
import type { TestedPortfolio } from './run-rebalance-backtest';

const SESSIONS_A_YEAR = 252;

export interface PortfolioFigures {
  readonly name: string;
  readonly startEquity: number;
  readonly endEquity: number;
  readonly totalReturn: number;
  /** Compounded, per 252 sessions. */
  readonly annualReturn: number;
  /** Standard deviation of daily returns, × √252. */
  readonly annualVolatility: number;
  /** Of daily returns, × √252, without a riskless rate. */
  readonly sharpe: SharpeFigure;
  /** Largest fall from a running maximum, as a fraction of it. */
  readonly maxDrawdown: number;
  /** Lesser of purchases and sales over mean equity, a year. */
  readonly annualTurnover: number;
  readonly trades: number;
  readonly costs: TestedPortfolio['costs'];
  /** Dividends and the like, dollars. */
  readonly distributed: number;
  readonly years: readonly { readonly year: string; readonly totalReturn: number }[];
}

/** Daily returns; the first is of the day on which `cash` became shares. */
export function dailyReturns({ equity }: TestedPortfolio, cash: number): readonly number[] {
  return equity.map(({ equity: value }, at) => value / (at === 0 ? cash : equity[at - 1].equity) - 1);
}

function largestFall(values: readonly number[]): number {
  let [peak, worst] = [-Infinity, 0];
  for (const value of values) {
    peak = Math.max(peak, value);
    worst = Math.max(worst, 1 - value / peak);
  }
  return worst;
}

function yearsOf({ equity }: TestedPortfolio, cash: number): PortfolioFigures['years'] {
  const ends = new Map(equity.map(({ date, equity: value }) => [date.slice(0, 4), value]));
  let before = cash;
  return [...ends].map(([year, end]) => {
    const totalReturn = end / before - 1;
    before = end;
    return { year, totalReturn };
  });
}

export function portfolioFigures(portfolio: TestedPortfolio, cash: number): PortfolioFigures {
  const returns = dailyReturns(portfolio, cash);
  const values = [cash, ...portfolio.equity.map(({ equity }) => equity)];
  const endEquity = values[values.length - 1];
  const years = returns.length / SESSIONS_A_YEAR;
  const mean = returns.reduce((sum, value) => sum + value, 0) / returns.length;
  const variance = returns.reduce((sum, value) => sum + (value - mean) ** 2, 0) / Math.max(1, returns.length - 1);
  const meanEquity = values.reduce((sum, value) => sum + value, 0) / values.length;
  return {
    name: portfolio.name,
    startEquity: cash,
    endEquity,
    totalReturn: endEquity / cash - 1,
    annualReturn: (endEquity / cash) ** (1 / years) - 1,
    annualVolatility: Math.sqrt(variance * SESSIONS_A_YEAR),
    sharpe: sharpeFigure(returns),
    maxDrawdown: largestFall(values),
    annualTurnover: Math.min(portfolio.traded.bought, portfolio.traded.sold) / meanEquity / years,
    trades: portfolio.fills.length,
    costs: portfolio.costs,
    distributed: portfolio.distributed,
    years: yearsOf(portfolio, cash),
  };
}
