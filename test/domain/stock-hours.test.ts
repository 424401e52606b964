/** When US stocks trade, and when orders for a day may leave. */
import fc from 'fast-check';
import { isStockDay } from '../../src/domain/exchange-holidays';
import { orderWindow, stockHours, stockHoursAt } from '../../src/domain/stock-hours';

const at = (time: string): number => Date.parse(time);

test('an ordinary day, winter time, an early close, a holiday and a weekend', () => {
  expect(stockHours('2013-06-03')).toEqual({ open: at('2013-06-03T13:30:00Z'), close: at('2013-06-03T20:00:00Z') });
  expect(stockHours('2013-12-03')).toEqual({ open: at('2013-12-03T14:30:00Z'), close: at('2013-12-03T21:00:00Z') });
  expect(stockHours('2013-11-29')?.close).toBe(at('2013-11-29T18:00:00Z'));
  expect([stockHours('2013-07-04'), stockHours('2013-06-02'), stockHours('2012-10-29')]).toEqual([null, null, null]);
  expect(orderWindow('2013-11-29')).toEqual({ from: at('2013-11-29T14:30:00Z'), until: at('2013-11-29T17:55:00Z') });
  expect(orderWindow('2013-07-04')).toBeNull();
});

test('the close itself is outside, and what is inside is within the hours of a stock day', () => {
  expect(stockHoursAt(at('2013-06-03T20:00:00Z'))).toBeNull();
  expect(stockHoursAt(at('2013-06-03T13:29:59.999Z'))).toBeNull();
  expect(stockHoursAt(at('2013-06-03T19:59:59.999Z'))).toEqual(stockHours('2013-06-03'));
  fc.assert(
    fc.property(fc.integer({ min: at('2008-01-01'), max: at('2026-01-01') }), (time) => {
      const hours = stockHoursAt(time);
      if (hours === null) return;
      const date = new Date(time).toISOString().slice(0, 10);
      expect(isStockDay(date) && hours.open <= time && time < hours.close).toBe(true);
    }),
  );
});
