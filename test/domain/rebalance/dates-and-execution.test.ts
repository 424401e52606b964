/** Which session decides and which one trades; what the cash of half-filled legs buys. */
import fc from 'fast-check';
import { heldShares, valueAccount } from '../../../src/domain/rebalance/account-value';
import {
  cashAfterFills,
  cashLeft,
  plannedLeg,
  positionDifferences,
  purchasePrice,
  stepText,
} from '../../../src/domain/rebalance/execute-list';
import { RebalanceError } from '../../../src/domain/rebalance/rebalance-error';
import type { LegReport } from '../../../src/domain/rebalance/rebalance-run';
import {
  needFreshPrices,
  newsCutOff,
  rebalanceDates,
  weeklySessions,
} from '../../../src/domain/rebalance/rebalance-dates';
import { affordableQuantity, feeOf } from '../../../src/domain/rebalance/trade-costs';
import { COSTS, FREE, sessionsFrom } from './market';

const SESSIONS = sessionsFrom('2012-12-17', 10);

test('nothing of the day itself decides it, and a holiday moves the orders on', () => {
  expect(rebalanceDates(SESSIONS, '2012-12-20')).toEqual({
    decidedOn: '2012-12-19',
    tradeOn: '2012-12-20',
    missed: 0,
    notices: [],
  });
  expect(rebalanceDates(SESSIONS, '2012-12-25')).toMatchObject({
    decidedOn: '2012-12-24',
    tradeOn: '2012-12-26',
    notices: [expect.stringContaining('2012-12-25') as string],
  });
  // The data end on New Year's Eve; the first is a holiday.
  expect(SESSIONS.at(-1)).toBe('2012-12-31');
  expect(rebalanceDates(SESSIONS, null)).toEqual({
    decidedOn: '2012-12-31',
    tradeOn: '2013-01-02',
    missed: 0,
    notices: [],
  });
  for (const day of ['2012-12-17', '2013-02-01']) expect(() => rebalanceDates(SESSIONS, day)).toThrow(RebalanceError);
  expect(new Date(newsCutOff('2012-12-26')).toISOString()).toBe('2012-12-26T14:00:00.000Z');
});

test('closes older than the session before are told in a dry run and refused for orders', () => {
  const old = rebalanceDates(SESSIONS, '2013-01-04');
  expect(old).toMatchObject({ decidedOn: '2012-12-31', tradeOn: '2013-01-04', missed: 2 });
  expect(old.notices).toEqual(['The closes are old: 2 sessions without prices lie between 2012-12-31 and 2013-01-04.']);
  expect(() => needFreshPrices(old)).toThrow(/Nothing is ordered on old closes: 2 sessions .* Run omega data heal/);
  expect(() => needFreshPrices(rebalanceDates(SESSIONS, '2013-01-02'))).not.toThrow();
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
  // What it was sized with counts, not the evening's close; fees that are not told yet count as modelled.
  expect(cashLeft(1_203, [{ ...buying, sizedAt: 60 }], FREE)).toBe(1_203 - 2 * 49 - 1 - 8 * 60);
  expect(cashLeft(1_000, [{ ...sold, fees: 0, state: 'filled' }], COSTS)).toBe(1_000 + 4 * 51 - COSTS.minimumFee);
  expect(cashAfterFills(1_000, [{ ...sold, fees: 0 }, buying])).toBe(1_000 + 4 * 51 - 2 * 49 - 1);
});

test('a purchase is sized by the ask and 1 %, else by the close, the worst rise met so far and 10 %', () => {
  const rose = leg({ side: 'buy', filled: 1, averagePrice: 58 });
  expect(purchasePrice(50, 58, [])).toBeCloseTo(58.58, 9);
  expect(purchasePrice(50, null, [leg({ averagePrice: 90 })])).toBeCloseTo(55, 9);
  expect(purchasePrice(50, 0, [rose, leg({ side: 'buy', filled: 1, averagePrice: 40 })])).toBeCloseTo(63.8, 9);
});

test('an offer more than 40 % from the close is a step that the list did not know', () => {
  expect([70, 30, 50, null, 0].map((ask) => stepText(50, ask))).toEqual([null, null, null, null, null]);
  expect(stepText(50, 70.01)).toBe('it is offered at 70.01, 40 % from the close of 50.00 that the list was decided on');
  expect(stepText(50, 5)).toContain('offered at 5.00, -90 % from');
});

test('whatever the opens are, purchases one after the other leave no negative cash when each fills within its margin', () => {
  const price = fc.double({ min: 1, max: 500, noNaN: true });
  const purchase = fc.record({
    ask: price,
    beyond: fc.double({ min: -0.05, max: 0.009, noNaN: true }),
    planned: fc.nat(500),
  });
  fc.assert(
    fc.property(
      fc.array(purchase, { maxLength: 8 }),
      fc.double({ min: 0, max: 50_000, noNaN: true }),
      (purchases, cash) => {
        let legs: readonly LegReport[] = [];
        for (const { ask, beyond, planned } of purchases) {
          const sizedAt = purchasePrice(50, ask, legs);
          const filled = affordableQuantity(planned, sizedAt, cashLeft(cash, legs, COSTS), 1, COSTS);
          const averagePrice = ask * (1 + beyond);
          const fees = feeOf(filled, COSTS);
          legs = [
            ...legs,
            leg({ side: 'buy', planned, asked: filled, filled, averagePrice, sizedAt, fees, state: 'filled' }),
          ];
        }
        expect(cashAfterFills(cash, legs)).toBeGreaterThanOrEqual(-1e-6);
      },
    ),
  );
});

test('what the broker names BRK B is held and priced as BRK.B', () => {
  const holdings = heldShares([
    { symbol: 'BRK B', quantity: 3 },
    { symbol: 'KO', quantity: 1 },
    { symbol: 'BRK.B', quantity: 2 },
  ]);
  expect(holdings).toEqual([
    { ticker: 'BRK.B', quantity: 5 },
    { ticker: 'KO', quantity: 1 },
  ]);
  const prices = new Map([
    ['BRK.B', 100],
    ['KO', 40],
  ]);
  expect(valueAccount(holdings, 10, prices)).toMatchObject({ equity: 550, unpriced: [] });
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
  const classB = [leg({ ticker: 'BRK.B', side: 'buy', filled: 5 })];
  expect(positionDifferences([{ ticker: 'BRK.B', quantity: 1 }], classB, [broker('BRK B', 6)])).toEqual([]);
  expect(positionDifferences(before, legs, [broker('AA', 10), broker('BB', 3, 'FUT')])).toEqual([
    { ticker: 'AA', expected: 6, broker: 10 },
    { ticker: 'BB', expected: 3, broker: 0 },
  ]);
});
