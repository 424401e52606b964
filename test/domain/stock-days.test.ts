/** Days on which US stocks trade: holidays by rule, closures by list. */
import { isBusinessDay, isStockDay } from '../../src/domain/exchange-holidays';

it.each(['2001-09-11', '2007-01-02', '2012-10-29', '2012-10-30', '2018-12-05', '2025-01-09'])(
  '%s: stocks stayed closed, and it is no holiday by rule',
  (date) => {
    expect(isStockDay(date)).toBe(false);
    expect(isBusinessDay(date)).toBe(true);
  },
);

it.each([
  ['2012-10-31', true],
  ['2013-07-04', false],
  ['2013-10-12', false],
])('%s: %s', (date, trades) => {
  expect(isStockDay(date)).toBe(trades);
});
