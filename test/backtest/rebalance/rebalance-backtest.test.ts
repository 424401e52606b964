/** The rebalance back-test: two names by hand, distributions as recorded, the shipped days, the page. */
import { join } from 'node:path';
import {
  buyAndHoldPolicy,
  equalWeightPolicy,
  rebalancePolicy,
} from '../../../src/backtest/rebalance/portfolio-policies';
import { PORTFOLIO_NAMES, setReport } from '../../../src/backtest/rebalance/rebalance-report';
import { rebalancePageOf } from '../../../src/backtest/rebalance/rebalance-page';
import { runRebalanceBacktest, type RebalanceTest } from '../../../src/backtest/rebalance/run-rebalance-backtest';
import { DEFAULT_REBALANCE } from '../../../src/config/rebalance-settings';
import type { DailyBar, DailyHistory } from '../../../src/domain/rebalance/daily-history';
import { distributionsOf } from '../../../src/domain/rebalance/distributions';
import { dailySets, loadDailyPrices, stocksOf, type DailyPrices } from '../../../src/market-data/daily-prices';
import { COSTS, flatBar, FREE, RULES, sessionsFrom } from '../../domain/rebalance/market';

const DATA = join(__dirname, '../../../data/equity_1d');

const bar = (date: string, open: number, close: number, factor = 1): DailyBar => ({
  ...flatBar(date, close, factor),
  open,
  high: Math.max(open, close),
  low: Math.min(open, close),
});

/** Two weeks from Monday 2015-01-05; UP rises, DOWN falls, and trade at the open of Monday 2015-01-12. */
function twoNames(): RebalanceTest {
  const sessions = sessionsFrom('2015-01-05', 10);
  const up = [100, 101, 102, 104, 106, 108, 110, 112, 114, 116];
  const down = [50, 49, 48, 47, 46, 45, 44, 43, 42, 41];
  const history = (ticker: string, closes: readonly number[], gap: number): DailyHistory => ({
    ticker,
    bars: closes.map((close, at) => bar(sessions[at], (closes[at - 1] ?? close) + gap, close)),
  });
  return {
    histories: [history('UP', up, 1), history('DOWN', down, 0)],
    universe: ['UP', 'DOWN'],
    sessions,
    from: sessions[5],
    to: sessions[9],
    sectors: null,
    cash: 10_000,
    weekday: 1,
    rules: {
      ...RULES,
      momentum: { windows: [2], skip: 1 },
      holdings: 1,
      keepRank: 1,
      positionLimit: 1,
      investedShare: 0.9,
    },
  };
}

test('two names by hand: decided on Friday’s closes, filled at Monday’s opens, with costs', () => {
  const test = twoNames();
  const rules = { ...test.rules, costs: COSTS };
  const [played] = runRebalanceBacktest({ ...test, rules }, [{ name: 'rebalance', policy: rebalancePolicy(rules) }]);
  // 9,000 at Friday's close of 106 are 84 shares; Monday opens at 107, 5 bp worse is 107.0535, and the fee is the minimum.
  expect(played.fills).toEqual([
    { date: '2015-01-12', ticker: 'UP', side: 'buy', quantity: 84, price: 107 * 1.0005, fee: 1 },
  ]);
  const cash = 10_000 - 84 * 107 * 1.0005 - 1;
  played.equity.forEach(({ equity }, at) => expect(equity).toBeCloseTo(cash + 84 * [108, 110, 112, 114, 116][at], 9));
  const notional = 84 * 107;
  expect(played.costs.fees).toBe(1);
  expect(played.costs.halfSpread).toBeCloseTo(notional * 2e-4, 9);
  expect(played.costs.slippage).toBeCloseTo(notional * 3e-4, 9);
  expect(played.rebalances.map(({ decidedOn, tradeOn }) => [decidedOn, tradeOn])).toEqual([
    ['2015-01-09', '2015-01-12'],
  ]);
});

test('a buy that gaps beyond the cash is cut to it, and said', () => {
  const test = twoNames();
  const rules = { ...test.rules, investedShare: 1 };
  const [{ rebalances }] = runRebalanceBacktest({ ...test, rules }, [{ name: 'x', policy: rebalancePolicy(rules) }]);
  expect(rebalances[0].fills[0].quantity).toBe(93);
  expect(rebalances[0].unfilled).toEqual([{ ticker: 'UP', quantity: 1, why: 'no cash for more' }]);
});

test('dividends are cash, splits are shares: the value does not jump, and an order decided before a split is for shares after it', () => {
  const test = twoNames();
  const [up, down] = test.histories;
  const [dividend, split] = [test.sessions[7], test.sessions[5]];
  // 2 for 1 on Monday, and a dollar of dividend on Wednesday: closes before are 111 on Tuesday after the split.
  const halved = up.bars.map((one, at) => {
    const factor = (at < 5 ? 0.5 : 1) * (at < 7 ? 1 - 1 / 55 : 1);
    const half = at < 5 ? 1 : 0.5;
    return {
      ...one,
      open: one.open * half,
      close: one.close * half,
      high: one.high * half,
      low: one.low * half,
      factor,
    };
  });
  expect(distributionsOf(halved)).toEqual([
    { date: split, kind: 'split', ratio: 2 },
    { date: dividend, kind: 'cash', perShare: expect.closeTo(1, 9) as number },
  ]);
  const after = { ...test, histories: [{ ...up, bars: halved }, down] };
  const [played] = runRebalanceBacktest(after, [{ name: 'x', policy: rebalancePolicy(test.rules) }]);
  expect(played.fills).toMatchObject([{ ticker: 'UP', quantity: 168, price: 53.5 }]);
  expect(played.distributed).toBeCloseTo(168, 9);
  expect(played.equity.at(-1)?.equity).toBeCloseTo(10_000 - 84 * 107 + 168 * 58 + 168, 6);
});

test('equal weight and buy-and-hold', () => {
  const test = twoNames();
  const policies = [equalWeightPolicy(test.rules), buyAndHoldPolicy(test.rules)];
  const longer = { ...test, from: test.sessions[1] };
  const [equal, hold] = runRebalanceBacktest(
    longer,
    policies.map((policy, at) => ({ name: `${at}`, policy })),
  );
  expect(hold.rebalances.map(({ fills }) => fills.length)).toEqual([2, 0]);
  // 4,500 each at Monday's closes of 100 and 50.
  expect(hold.fills.map(({ ticker, quantity }) => [ticker, quantity])).toEqual([
    ['DOWN', 90],
    ['UP', 45],
  ]);
  expect(equal.fills).toHaveLength(4);
  expect(equal.fills[2]).toMatchObject({ ticker: 'UP', side: 'sell' });
});

describe('the shipped daily bars', () => {
  let years2008: DailyPrices;
  let years2012: DailyPrices;
  beforeAll(async () => {
    const [first, second] = dailySets(DATA);
    [years2008, years2012] = [await loadDailyPrices(first), await loadDailyPrices(second)];
  });

  test('2008 to 2013: distributions are the ones of record', () => {
    const { histories, rejected, sessions } = years2008;
    expect([histories.length, rejected.length, sessions.length]).toEqual([22, 0, 1511]);
    expect(stocksOf(histories)).toHaveLength(20);
    const of = (ticker: string) => distributionsOf(histories.find((one) => one.ticker === ticker)!.bars);
    const splits = histories.flatMap(({ ticker, bars }) =>
      distributionsOf(bars).flatMap((one) => (one.kind === 'split' ? [`${ticker} ${one.date} ${one.ratio}`] : [])),
    );
    expect(splits).toEqual(['CL 2013-05-16 2', 'KO 2012-08-13 2']);
    // ConocoPhillips gave half a share of Phillips 66, $34 then, on 2012-05-01.
    const spunOff = of('COP').find(({ date }) => date === '2012-05-01');
    expect(spunOff).toMatchObject({ kind: 'cash' });
    expect(spunOff?.kind === 'cash' && spunOff.perShare).toBeCloseTo(17, 0);
    // Wal-Mart paid 0.47 a quarter in 2013.
    const walmart = of('WMT').flatMap((one) =>
      one.date.startsWith('2013') && one.kind === 'cash' ? [one.perShare] : [],
    );
    expect(walmart).toHaveLength(4);
    walmart.forEach((perShare) => expect(perShare).toBeCloseTo(0.47, 1));
  });

  test('held without costs, a name returns what its adjusted closes do, but for dividends that stay cash', () => {
    const { histories, sessions } = years2012;
    const google = histories.find(({ ticker }) => ticker === 'GOOG')!;
    const rules = { ...RULES, investedShare: 1, costs: FREE };
    const test: RebalanceTest = {
      histories: [google],
      universe: ['GOOG'],
      sessions,
      from: sessions[300],
      to: sessions[1200],
      sectors: null,
      cash: 1e7,
      weekday: 1,
      rules,
    };
    const [played] = runRebalanceBacktest(test, [{ name: 'x', policy: buyAndHoldPolicy(rules) }]);
    const [bought, last] = [google.bars[300].open, google.bars[1200].close];
    expect(played.equity.at(-1)!.equity / 1e7).toBeCloseTo(last / bought, 2);
    expect(played.distributed).toBe(0);
  });

  test('a year of rebalances: figures add up, and the page holds them and nothing from outside', () => {
    const { histories, sessions, files } = years2008;
    const { rules, weekday } = DEFAULT_REBALANCE;
    const cash = 100_000;
    const test = {
      histories,
      sessions,
      universe: stocksOf(histories),
      from: '2009-01-05',
      to: '2009-12-31',
      sectors: null,
      cash,
      weekday,
      rules,
    };
    const policies = [rebalancePolicy(rules), equalWeightPolicy(rules), buyAndHoldPolicy(rules)];
    const portfolios = runRebalanceBacktest(
      test,
      policies.map((policy, at) => ({ name: PORTFOLIO_NAMES[at], policy })),
    );
    const report = setReport({ set: 'us20', sha256: files[0].sha256, rejectedRows: 0, test, portfolios });
    const [strategy] = report.figures;
    expect(report.rebalances).toHaveLength(52);
    expect(report.rebalances.every(({ failure }) => failure === null)).toBe(true);
    expect(strategy.years.reduce((value, { totalReturn }) => value * (1 + totalReturn), cash)).toBeCloseTo(
      strategy.endEquity,
      6,
    );
    for (const { rebalances, equity } of portfolios) {
      expect(equity).toHaveLength(report.sessions);
      expect(rebalances.flatMap(({ fills }) => fills).every(({ quantity }) => quantity > 0)).toBe(true);
    }
    const page = rebalancePageOf({
      kind: 'rebalance-backtest',
      sets: [report],
      rules,
      weekday,
      cash,
      sectorLimit: false,
      notices: ['<survivorship>'],
      command: 'omega rebalance backtest',
      codeVersion: '0',
    });
    expect(page).not.toMatch(/<script|https?:|<link|@import/);
    expect(page).toContain('&lt;survivorship&gt;');
    expect(page).toContain('WMT');
  });
});
