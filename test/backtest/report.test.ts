/** Figures, comparison and page on values worked out by hand. */
import { compareTrades } from '../../src/backtest/compare-trades';
import type { ExecutedTrade } from '../../src/backtest/execution';
import { sharpeFigure, tradeFigures } from '../../src/backtest/figures';
import { maxDrawdown } from '../../src/domain/max-drawdown';
import { ticksOf } from '../../src/backtest/page/charts';
import { html, table } from '../../src/backtest/page/html';
import { roundTrips } from '../../src/backtest/round-trips';
import { NO_COSTS } from '../../src/backtest/simulated-broker';
import type { TapedExecution } from '../../src/backtest/taped-broker';

const T = Date.parse('2013-10-09T14:00:00Z');

const trade = (change: Partial<ExecutedTrade> = {}): ExecutedTrade => ({
  tradeDate: '2013-10-09',
  time: T,
  symbol: 'ES',
  conId: 1,
  leg: 'entry',
  side: 'buy',
  shares: 1,
  price: 1_650,
  fee: 2.25,
  ...change,
});

const taped = (change: Partial<TapedExecution>): TapedExecution => ({
  ...trade(),
  key: 'A-1-1',
  purpose: 'entry',
  costs: { ...NO_COSTS, fee: 2.25 },
  ...change,
});

describe('round trips', () => {
  it('join executions from flat to flat and know why they ended', () => {
    const trips = roundTrips(
      [
        taped({ shares: 2, price: 100 }),
        taped({ time: T + 1, side: 'sell', price: 102, leg: 'target' }),
        taped({ time: T + 2, side: 'sell', price: 101, key: 'A-1-2', purpose: 'reduce' }),
        taped({ time: T + 3, side: 'sell', price: 101, key: 'A-1-3' }),
      ],
      (key) => (key === 'A-1-2' ? 'opposite vote' : undefined),
    );
    // 2 long at 100, out at 101.5 on average: 1.5 × 2 × 50
    expect(trips[0]).toMatchObject({
      side: 'long',
      contracts: 2,
      grossPnl: 150,
      netPnl: 143.25,
      exit: 'opposite vote',
    });
    expect(trips[1]).toMatchObject({
      side: 'short',
      exitedAt: null,
      grossPnl: 0,
      netPnl: -2.25,
      exit: 'open at the end',
    });
    const figures = tradeFigures(trips);
    expect(figures).toMatchObject({ trades: 2, hitRate: 1, profitFactor: null, netPnl: 141 });
  });
});

describe('figures', () => {
  it('give Lo’s interval of the Sharpe ratio', () => {
    // mean 1, deviation 1 (n − 1): S = 1 a day, standard error √((1 + 1/2) / 3)
    const { sharpe, lower, upper } = sharpeFigure([0, 1, 2]);
    expect(sharpe).toBeCloseTo(Math.sqrt(252), 12);
    expect(lower).toBeCloseTo(Math.sqrt(252) * (1 - 1.959963984540054 * Math.sqrt(0.5)), 9);
    expect((upper ?? 0) + (lower ?? 0)).toBeCloseTo(2 * Math.sqrt(252), 9);
    expect(sharpeFigure([1])).toEqual({ sharpe: null, lower: null, upper: null, days: 1 });
  });

  it('measure the fall from the running maximum', () => {
    expect(maxDrawdown([100, 120, 90, 130, 110])).toBe(30);
    expect(maxDrawdown([])).toBe(0);
  });
});

describe('the comparison with the gateway', () => {
  it('pairs equal executions, names the fields of near ones and keeps strangers', () => {
    const gateway = [
      trade(),
      trade({ time: T + 60_000, side: 'sell', price: 1_651 }),
      trade({ conId: 2, time: T + 5 }),
    ];
    const backtest = [
      trade(),
      trade({ time: T + 59_000, side: 'sell', price: 1_652 }),
      trade({ conId: 3, time: T + 9 }),
    ];
    const found = compareTrades('record', gateway, backtest, ['2013-10-09', '2013-10-10']);
    expect(found.equal).toBe(1);
    expect(found.notRecorded).toEqual(['2013-10-10']);
    expect(found.differences.map(({ gateway: a, backtest: b, fields }) => [a?.conId, b?.conId, fields])).toEqual([
      [2, undefined, []],
      [undefined, 3, []],
      [1, 1, ['time', 'price']],
    ]);
  });
});

describe('the page', () => {
  it('escapes whatever is not markup, in tables too', () => {
    const bad = `<script>alert("1" & '2')</script>`;
    expect(html`<p title="${bad}">${bad}</p>`.text).not.toMatch(/<script|"1"|'2'/);
    const { text } = table([{ title: bad, cell: (row: string) => row }], [bad], 'none');
    expect(text).not.toContain('<script');
    expect(text).toContain('&lt;script&gt;');
  });

  it('chooses round ticks inside the range', () => {
    expect(ticksOf(0, 10)).toEqual([0, 2, 4, 6, 8, 10]);
    expect(ticksOf(95_510, 100_700).every((tick) => tick % 1_000 === 0)).toBe(true);
    expect(ticksOf(5, 5)).toEqual([5]);
  });
});
