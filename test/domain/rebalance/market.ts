/** Small markets for the rebalance's tests: business days of 2015 and prices as a test wants them. */
import { isBusinessDay, addDays } from '../../../src/domain/exchange-holidays';
import type { DailyBar, DailyHistory } from '../../../src/domain/rebalance/daily-history';
import type { RebalanceInput } from '../../../src/domain/rebalance/decide-rebalance';
import type { RebalanceRules } from '../../../src/domain/rebalance/rebalance-rules';

export function sessionsFrom(first: string, count: number): readonly string[] {
  const dates: string[] = [];
  for (let date = first; dates.length < count; date = addDays(date, 1)) if (isBusinessDay(date)) dates.push(date);
  return dates;
}

export const flatBar = (date: string, close: number, factor = 1): DailyBar => ({
  date,
  open: close,
  high: close,
  low: close,
  close,
  volume: 1_000,
  factor,
});

export const historyOf = (ticker: string, closes: readonly number[], dates: readonly string[]): DailyHistory => ({
  ticker,
  bars: closes.map((close, at) => flatBar(dates[at], close)),
});

export const FREE = { feePerShare: 0, minimumFee: 0, halfSpreadBps: 0, slippageBps: 0 };
export const COSTS = { feePerShare: 0.005, minimumFee: 1, halfSpreadBps: 2, slippageBps: 3 };

export const RULES: RebalanceRules = {
  momentum: { windows: [2, 4], skip: 1 },
  sentiment: { weight: 0.5, halfLifeDays: 5, minimumCoverage: 0.2 },
  standardise: 'z-score',
  holdings: 2,
  keepRank: 3,
  upper: 0,
  lower: -0.5,
  suppressBuysIn: [],
  weighting: { method: 'equal' },
  positionLimit: 0.5,
  sectorLimit: 1,
  turnoverLimit: 1,
  investedShare: 1,
  significance: 0,
  minimumTrade: 0,
  lot: 1,
  costs: FREE,
};

/** A market of names by their closes; the last session decides. */
export function marketOf(
  closes: Readonly<Record<string, readonly number[]>>,
  account: Partial<Pick<RebalanceInput, 'holdings' | 'cash' | 'sentiments' | 'sectors' | 'universe'>> = {},
): RebalanceInput {
  const count = Math.max(...Object.values(closes).map(({ length }) => length));
  const sessions = sessionsFrom('2015-01-05', count + 1);
  const histories = Object.entries(closes).map(([ticker, series]) =>
    historyOf(ticker, series, sessions.slice(count - series.length, count)),
  );
  return {
    decidedOn: sessions[count - 1],
    tradeOn: sessions[count],
    sessions: sessions.slice(0, count),
    universe: Object.keys(closes),
    histories,
    sentiments: null,
    sectors: null,
    holdings: [],
    cash: 10_000,
    ...account,
  };
}
