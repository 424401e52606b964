/** What counts as kept of an export and of a rebalance, and what counts as made again. */
import { exportedBars, rowsKept, type StoredRow } from '../../../src/cli/drill/drilled-export';
import { ordersKept } from '../../../src/cli/drill/drilled-rebalance';

const MINUTE = 60_000;
const day = (...rows: readonly StoredRow[]): string => JSON.stringify(rows);
const row = (minute: number, fetchedAt = 1, prices = '1 2 1 2 5'): StoredRow => [minute * MINUTE, fetchedAt, prices];

test('a day is kept when rows were added, and not when one was fetched again, changed or is gone', () => {
  const before = day(row(0), row(1));
  expect(rowsKept(before, day(row(0), row(1), row(2, 9)))).toBe(true);
  expect(rowsKept(before, day(row(0), row(1, 9)))).toBe(false);
  expect(rowsKept(before, day(row(0), row(1, 1, '1 2 1 2 6')))).toBe(false);
  expect(rowsKept(before, day(row(0)))).toBe(false);
});

test('bars compare equal whenever they were fetched; an instant counts once a series', () => {
  const one = new Map([
    ['ES_201312/1m/2013-10-07', day(row(0), row(1))],
    ['ES_201312/5m/2013-10-07', day(row(0))],
  ]);
  const later = new Map([...one].reverse().map(([name, rows]) => [name, rows.replaceAll(',1,', ',7,')]));
  expect(exportedBars(later)).toEqual(exportedBars(one));
  expect(exportedBars(one)).toMatchObject({ bars: 3, repeated: 0 });
  const twice = new Map([...one, ['ES_201312/1m/2013-10-08', day(row(1))]]);
  expect(exportedBars(twice)).toMatchObject({ bars: 4, repeated: 1 });
  const other = new Map([...one, ['ES_201312/5m/2013-10-07', day(row(0, 1, '1 2 1 2 6'))]]);
  expect(exportedBars(other).hash).not.toBe(exportedBars(one).hash);
});

test('a stock is kept while its one order is the same and grows; a second order or a lost execution is not', () => {
  const orders = (...list: readonly (readonly [string, readonly string[]])[]): string =>
    JSON.stringify(list.map(([orderRef, executions]) => ({ symbol: 'KO', orderRef, executions })));
  const before = orders(['O-1', ['x1']]);
  expect(ordersKept(before, orders(['O-1', ['x1', 'x2']]))).toBe(true);
  expect(ordersKept(before, orders(['O-1', ['x2']]))).toBe(false);
  expect(ordersKept(before, orders(['O-1', ['x1']], ['O-2', ['x3']]))).toBe(false);
  expect(ordersKept(before, orders(['O-2', ['x1']]))).toBe(false);
});
