/** Judging, merging, rolls and longer bars: pure rules of the store. */
import fc from 'fast-check';
import { barsOf, tableOf, type StoredBar } from '../../../src/market-data/bar-store/bar-table';
import { joinContracts, returnsOf } from '../../../src/market-data/bar-store/continuous-series';
import { judgeBars, type JudgingContext } from '../../../src/market-data/bar-store/judge-bars';
import { longerBars } from '../../../src/market-data/bar-store/longer-bars';
import { mergeBars } from '../../../src/market-data/bar-store/merge-bars';
import type { ProvidedBar } from '../../../src/market-data/providers/provider';
import { AAPL, bar, DAY, ES, FETCHED, MINUTE, time } from './store-rig';

const AT = time('2013-10-08T14:00:00Z');
const stored = (one: ProvidedBar, change: Partial<StoredBar> = {}): StoredBar => ({
  ...one,
  provider: 'csv',
  fetchedAt: FETCHED,
  ...change,
});
const context: JudgingContext = { series: ES, tickSize: 0.25, before: null };
const judge = (bars: readonly ProvidedBar[], change: Partial<JudgingContext> = {}) =>
  judgeBars(tableOf(bars.map((one) => stored(one))), { ...context, ...change });

test.each<[Partial<ProvidedBar>, string]>([
  [{ low: 0 }, 'a price is 0, not above zero'],
  [{ open: -1, low: -2 }, 'a price is -2, not above zero'],
  [{ high: 1600, low: 1700 }, 'the high 1600 is below the low 1700'],
  [{ close: 1660 }, 'high and low do not enclose open and close'],
  [{ close: 1650.3 }, 'a price is off the tick grid of 0.25'],
  [{ volume: -1 }, 'the volume is -1'],
  [{ close: Number.NaN }, 'a price is not a number'],
  [{ start: AT + 60_001 }, 'the time is not the start of a bar of 1m'],
  [{ start: AT }, 'the bar repeats the one before it'],
  [{ start: AT - MINUTE }, 'the time is before that of the bar before it'],
  [{ start: FETCHED }, 'the bar had not ended when it was fetched'],
])('%j is refused: %s', (change, reason) => {
  const { taken, rejected } = judge([bar(AT), bar(AT + MINUTE, change)]);
  expect([...taken]).toEqual([0]);
  expect(rejected.map((one) => one.reason)).toEqual([reason]);
});

test('a spike is kept aside; a level that stays is taken and named', () => {
  const low = { open: 800, high: 801, low: 799, close: 800 };
  const spike = judge([bar(AT), bar(AT + MINUTE, low), bar(AT + 2 * MINUTE)]);
  expect([...spike.taken]).toEqual([0, 2]);
  expect(spike.rejected[0].reason).toBe('a jump of -52 % without a split');
  const crash = judge([bar(AT), ...[1, 2, 3].map((i) => bar(AT + i * MINUTE, low))]);
  expect([...crash.taken]).toEqual([0, 1, 2, 3]);
  expect(crash.notes).toEqual(['2013-10-08T14:01:00.000Z: a jump of -52 % without a split, and it stays there']);
  expect(judge([bar(AT, low)], { before: { close: 1650, adjustmentFactor: null } }).rejected).toHaveLength(1);
});

test('a split that the factors explain is none; one that they do not is a jump', () => {
  const low = { open: 800, high: 801, low: 799, close: 800 };
  const days = { series: AAPL, tickSize: null };
  const explained = [
    bar(time('2013-10-08'), { adjustmentFactor: 0.5 }),
    bar(time('2013-10-09'), { ...low, adjustmentFactor: 1 }),
  ];
  expect(judge(explained, days)).toMatchObject({ rejected: [], notes: [] });
  const unexplained = explained.map((one) => ({ ...one, adjustmentFactor: 1 }));
  expect(judge(unexplained, days).rejected).toHaveLength(1);
});

test('property: the merged period does not depend on the order in which bars come', () => {
  const providers = ['ibkr', 'yahoo', 'csv'] as const;
  const rules = { precedence: providers, tolerance: () => 0.25 };
  const arbitrary = fc.record({
    minute: fc.nat(5),
    level: fc.nat(3),
    provider: fc.constantFrom(...providers),
    age: fc.nat(1000),
  });
  // One provider gives one value for a minute.
  const unique = fc.uniqueArray(arbitrary, { selector: ({ minute, provider }) => `${minute} ${provider}` });
  fc.assert(
    fc.property(unique, fc.nat(20), (rows, cut) => {
      const bars = rows.map(({ minute, level, provider, age }) =>
        stored(
          bar(AT + minute * MINUTE, { open: 1650 + level, high: 1660 + level, low: 1640 + level, close: 1650 + level }),
          {
            provider,
            fetchedAt: FETCHED + age,
          },
        ),
      );
      const values = (merged: readonly StoredBar[]) =>
        merged.map(({ start, close, provider }) => [start, close, provider]);
      const once = mergeBars([], bars, rules).bars;
      const reversed = mergeBars([], [...bars].reverse(), rules).bars;
      const parts = mergeBars(mergeBars([], bars.slice(cut), rules).bars, bars.slice(0, cut), rules).bars;
      const close = ({ close: price, provider }: StoredBar) => `${provider} ${price}`;
      expect(values(reversed).map(([start]) => start)).toEqual(values(once).map(([start]) => start));
      expect(reversed.map(close)).toEqual(once.map(close));
      expect(parts.map(close)).toEqual(once.map(close));
      expect(mergeBars(once, bars, rules)).toMatchObject({ added: 0, replaced: 0, bars: once });
    }),
    { numRuns: 200 },
  );
});

test('no return crosses a roll, and where the front contract is missing there is a hole', () => {
  const days = (from: string, count: number, close: number) =>
    tableOf(
      Array.from({ length: count }, (_bar, i) =>
        stored(bar(time(from) + i * DAY, { open: close, high: close, low: close, close: close + i })),
      ),
    );
  // ESZ3 expires on 2013-12-20 and rolls eight days before.
  const joined = joinContracts('ES', '1d', [
    { deliveryMonth: '201403', table: days('2013-12-09', 6, 1790) },
    { deliveryMonth: '201312', table: days('2013-12-09', 6, 1800) },
  ]);
  expect(joined.rolls).toEqual([{ at: time('2013-12-12'), from: 'ES_201312', to: 'ES_201403' }]);
  expect([...joined.table.close]).toEqual([1800, 1801, 1802, 1793, 1794, 1795]);
  expect([...joined.afterRoll]).toEqual([0, 0, 0, 1, 0, 0]);
  expect([...returnsOf(joined)].map(Number.isNaN)).toEqual([true, false, false, true, false, false]);
  expect(
    joinContracts('ES', '1d', [{ deliveryMonth: '201403', table: days('2013-12-09', 6, 1790) }]).table.length,
  ).toBe(3);
});

test('minutes of an evening belong to the next trade date when contracts are joined', () => {
  const evening = time('2013-12-11T23:00:00Z');
  const tables = ['201312', '201403'].map((deliveryMonth) => ({
    deliveryMonth,
    table: tableOf([stored(bar(evening - 3 * 60 * MINUTE)), stored(bar(evening))]),
  }));
  expect(joinContracts('ES', '1m', tables).rolls).toMatchObject([{ at: evening }]);
});

test('longer bars hold their minutes', () => {
  const minutesOf = [0, 1, 4, 5, 11].map((i) =>
    stored(bar(AT + i * MINUTE, { open: 1650 + i, high: 1660 + i, low: 1640 - i, close: 1651 + i, volume: i + 1 })),
  );
  const bars = barsOf(longerBars(tableOf(minutesOf), '5m'));
  expect(
    bars.map(({ start, open, high, low, close, volume }) => [(start - AT) / MINUTE, open, high, low, close, volume]),
  ).toEqual([
    [0, 1650, 1664, 1636, 1655, 8],
    [5, 1655, 1665, 1635, 1656, 6],
    [10, 1661, 1671, 1629, 1662, 12],
  ]);
  expect(longerBars(tableOf(minutesOf), '5m', AT + 12 * MINUTE).length).toBe(2);
  expect(() => longerBars(tableOf(minutesOf), '1d')).toThrow('Bars of 1d are not made from minutes');
});
