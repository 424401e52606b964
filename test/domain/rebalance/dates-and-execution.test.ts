/** Which session decides and which one trades; what the cash of half-filled legs buys. */
import { cashLeft, plannedLeg, positionDifferences, quantityToBuy } from '../../../src/domain/rebalance/execute-list';
import { RebalanceError } from '../../../src/domain/rebalance/rebalance-error';
import type { LegReport } from '../../../src/domain/rebalance/rebalance-run';
import { newsCutOff, rebalanceDates, weeklySessions } from '../../../src/domain/rebalance/rebalance-dates';
import { COSTS, FREE, sessionsFrom } from './market';

const SESSIONS = sessionsFrom('2012-12-17', 10);

test('nothing of the day itself decides it, and a holiday moves the orders on', () => {
  expect(rebalanceDates(SESSIONS, '2012-12-20')).toEqual({
    decidedOn: '2012-12-19',
    tradeOn: '2012-12-20',
    notice: null,
  });
  expect(rebalanceDates(SESSIONS, '2012-12-25')).toMatchObject({
    decidedOn: '2012-12-24',
    tradeOn: '2012-12-26',
    notice: expect.stringContaining('2012-12-25') as string,
  });
  // The data end on New Year's Eve; the first is a holiday.
  expect(SESSIONS.at(-1)).toBe('2012-12-31');
  expect(rebalanceDates(SESSIONS, null)).toEqual({ decidedOn: '2012-12-31', tradeOn: '2013-01-02', notice: null });
  for (const day of ['2012-12-17', '2013-02-01']) expect(() => rebalanceDates(SESSIONS, day)).toThrow(RebalanceError);
  expect(new Date(newsCutOff('2012-12-26')).toISOString()).toBe('2012-12-26T14:00:00.000Z');
});

test('one session a week: the day asked for, or the next that trades', () => {
  const days = sessionsFrom('2013-01-14', 20);
  expect(weeklySessions(days, 1)).toEqual(['2013-01-14', '2013-01-22', '2013-01-28', '2013-02-04', '2013-02-11']);
  expect(weeklySessions(days, 5)).toEqual(['2013-01-18', '2013-01-25', '2013-02-01', '2013-02-08']);
  const easter = sessionsFrom('2013-03-25', 9);
  // Good Friday: the week's turn comes on Monday.
  expect(weeklySessions(easter, 5)).toEqual(['2013-04-01', '2013-04-05']);
});

const leg = (more: Partial<LegReport>): LegReport => ({
  ...plannedLeg({ leg: 0, ticker: 'AA', side: 'sell', quantity: 10, price: 50, cash: 0 }),
  ...more,
});

test('cash: what was filled counts with its fees, what a sale may bring does not, what a purchase may take does', () => {
  const sold = leg({ asked: 10, filled: 4, averagePrice: 51, fees: 1, state: 'partially-filled' });
  const buying = leg({ leg: 1, side: 'buy', asked: 10, filled: 2, averagePrice: 49, fees: 1, state: 'working' });
  expect(cashLeft(1_000, [sold], FREE)).toBe(1_000 + 4 * 51 - 1);
  expect(cashLeft(1_000, [sold, buying], FREE)).toBe(1_203 - 2 * 49 - 1 - 8 * 50);
  expect(cashLeft(1_000, [sold, { ...buying, state: 'cancelled' }], FREE)).toBe(1_203 - 2 * 49 - 1);
  expect(quantityToBuy(leg({ side: 'buy', planned: 10 }), 251.2, 1, COSTS)).toBe(5);
  expect(quantityToBuy(leg({ side: 'buy', planned: 10 }), 251.1, 1, COSTS)).toBe(4);
});

test('positions: what was held and filled is expected, futures and other stocks are not looked at', () => {
  const broker = (symbol: string, quantity: number, secType = 'STK') => ({
    conId: 1,
    symbol,
    secType,
    quantity,
    averageCost: 1,
  });
  const legs = [leg({ filled: 4 }), leg({ ticker: 'BB', side: 'buy', filled: 3 })];
  const before = [{ ticker: 'AA', quantity: 10 }];
  expect(
    positionDifferences(before, legs, [broker('AA', 6), broker('BB', 3), broker('ES', 1, 'FUT'), broker('ZZ', 9)]),
  ).toEqual([]);
  expect(positionDifferences(before, legs, [broker('AA', 10), broker('BB', 3, 'FUT')])).toEqual([
    { ticker: 'AA', expected: 6, broker: 10 },
    { ticker: 'BB', expected: 3, broker: 0 },
  ]);
});
