/** What a run would have made on trade dates it never saw: the gates' evidence, by the decision code that trades live and modelled fills. */
import type { TradeHoldOut } from '../activities/training-steps';
import { tradeDateBounds } from '../domain/calendar';
import { DEFAULT_COSTS } from './cost-model';
import { ModelledBroker } from './modelled-broker';
import { storedRun } from './model-source';
import { runBacktest } from './run-backtest';

const ACCOUNT = 'HOLDOUT';
const CASH = 100_000;

/** Rejects with ModelRunError when the run cannot be used. */
export const tradeHoldOut: TradeHoldOut = async ({ store, runId, market, instruments, tradeDates, config }) => {
  const startClock = tradeDateBounds(tradeDates[0]).start;
  const run = await runBacktest({
    market,
    config,
    account: ACCOUNT,
    instruments,
    tradeDates,
    models: await storedRun(store, runId),
    broker: new ModelledBroker({ market, cash: CASH, startClock, costs: DEFAULT_COSTS }),
    onProgress: () => undefined,
  });
  const daily = run.days.map(({ tradeDate, points }, i) => {
    const before = i === 0 ? run.startEquity : (run.days[i - 1].points.at(-1)?.equity ?? run.startEquity);
    return { tradeDate, netPnl: (points.at(-1)?.equity ?? before) - before };
  });
  return { daily, trades: run.days.reduce((sum, { totals }) => sum + totals.trades, 0) };
};
