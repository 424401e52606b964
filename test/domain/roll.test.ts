import fc from 'fast-check';
import { addDays, isBusinessDay } from '../../src/domain/exchange-holidays';
import { FUTURE_SYMBOLS, INSTRUMENTS } from '../../src/domain/instruments';
import {
  dateOfExpiry,
  firstNoticeDate,
  frontContract,
  lastTradeDate,
  listedDeliveryMonths,
  localSymbolOf,
  rollDate,
} from '../../src/domain/roll';

const symbolArb = fc.constantFrom(...FUTURE_SYMBOLS);
const monthArb = fc
  .record({ year: fc.integer({ min: 2000, max: 2040 }), month: fc.integer({ min: 1, max: 12 }) })
  .map(({ year, month }) => `${year}${String(month).padStart(2, '0')}`);
const dateArb = fc.integer({ min: 0, max: 14_000 }).map((days) => addDays('2000-01-03', days));

describe('expiries', () => {
  it.each([
    ['ES', '201312', 20131220, null],
    ['ES', '201403', 20140321, null],
    ['NQ', '202403', 20240315, null],
    // Good Friday 2008 fell on the third Friday of March.
    ['ES', '200803', 20080320, null],
    ['GC', '201312', 20131227, 20131129],
    ['GC', '201402', 20140226, 20140131],
    ['GC', '202412', 20241227, 20241129],
    ['6E', '201312', 20131216, null],
    ['6B', '202406', 20240617, null],
  ] as const)('%s %s: last trade %d, first notice %s', (symbol, month, last, notice) => {
    expect(lastTradeDate(symbol, month)).toBe(last);
    expect(firstNoticeDate(symbol, month)).toBe(notice);
  });

  it('are business days, not before the delivery month, and the notice comes before the last trade', () => {
    fc.assert(
      fc.property(symbolArb, monthArb, (symbol, month) => {
        const last = lastTradeDate(symbol, month);
        expect(isBusinessDay(dateOfExpiry(last))).toBe(true);
        expect(Math.floor(last / 100)).toBe(Number(month));
        const notice = firstNoticeDate(symbol, month);
        if (notice !== null) {
          expect(isBusinessDay(dateOfExpiry(notice))).toBe(true);
          expect(Math.floor(notice / 100)).toBeLessThan(Number(month));
        }
        expect(rollDate(symbol, month) < dateOfExpiry(Math.min(last, notice ?? last))).toBe(true);
      }),
    );
  });

  it('refuses text that is no delivery month', () => {
    expect(() => lastTradeDate('ES', '2013-12')).toThrow(/write YYYYMM/);
    expect(() => lastTradeDate('ES', '201313')).toThrow(RangeError);
  });
});

describe('the front contract', () => {
  it.each([
    ['ES', '2013-10-09', '201312'],
    ['GC', '2013-10-09', '201312'],
    ['ES', '2013-12-11', '201312'],
    ['ES', '2013-12-12', '201403'],
    ['GC', '2013-11-23', '201312'],
    ['GC', '2013-11-24', '201402'],
  ] as const)('%s on %s is %s', (symbol, date, month) => {
    expect(listedDeliveryMonths(symbol, date, 2)[0]).toBe(month);
    expect(frontContract(symbol, ['201402', '201403', '201312'], date)).toBe(
      symbol === 'ES' && month === '201403' ? '201402' : month,
    );
  });

  it('is null when every contract has rolled off', () => {
    expect(frontContract('ES', ['201312'], '2014-01-02')).toBeNull();
    expect(frontContract('ES', [], '2014-01-02')).toBeNull();
  });

  it('never moves back as dates rise, and comes from the cycle', () => {
    fc.assert(
      fc.property(symbolArb, dateArb, fc.integer({ min: 0, max: 400 }), (symbol, date, later) => {
        const [front, next] = listedDeliveryMonths(symbol, date, 2);
        expect(front < next).toBe(true);
        expect(listedDeliveryMonths(symbol, addDays(date, later), 1)[0] >= front).toBe(true);
        expect(INSTRUMENTS[symbol].cycleMonths).toContain(Number(front.slice(4)));
        expect(date < rollDate(symbol, front)).toBe(true);
      }),
    );
  });
});

test('local symbols are the exchange tickers', () => {
  expect([localSymbolOf('ES', '201312'), localSymbolOf('6E', '202406'), localSymbolOf('GC', '201402')]).toEqual([
    'ESZ3',
    '6EM4',
    'GCG4',
  ]);
});
