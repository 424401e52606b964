/** The bar store over a folder: keys, idempotence, precedence, what is kept aside, files that are broken, other readers. */
import { DuckDBInstance } from '@duckdb/node-api';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { openBarStore } from '../../../src/market-data/bar-store/bar-store';
import { barsOf } from '../../../src/market-data/bar-store/bar-table';
import { adjustedTable } from '../../../src/market-data/bar-store/adjusted-bars';
import { readSetAside } from '../../../src/market-data/bar-store/set-aside';
import { prefixedStore } from '../../../src/storage/prefixed-store';
import { AAPL, bar, DAY, ES, FETCHED, minutes, storeRig, time, type StoreRig } from './store-rig';

const CSV = { provider: 'csv', fetchedAt: FETCHED } as const;
const IBKR = { provider: 'ibkr', fetchedAt: FETCHED + 1 } as const;
let rig: StoreRig;

beforeEach(async () => {
  rig = await storeRig();
});
afterEach(() => rig.close());

test('bars come back as they were, across days, in files of their days', async () => {
  const given = minutes('2013-10-08T23:58:00Z', 4);
  expect(await rig.bars.append(ES, given, CSV)).toMatchObject({ added: 4, rejected: 0, conflicts: 0, notes: [] });
  expect(await rig.bars.store.list('processed/intraday/')).toEqual([
    'processed/intraday/ES_201312/1m/2013-10-08.parquet',
    'processed/intraday/ES_201312/1m/2013-10-09.parquet',
  ]);
  const { table } = await rig.bars.read(ES);
  expect(barsOf(table)).toEqual(given.map((one) => ({ ...one, ...CSV })));
  const part = await rig.bars.read(ES, time('2013-10-08T23:59:00Z'), time('2013-10-09T00:01:00Z'));
  expect([...part.table.start]).toEqual([given[1].start, given[2].start]);
  expect(await rig.bars.last(ES)).toMatchObject({ start: given[3].start });
  expect(await rig.bars.list()).toEqual([ES]);
});

test('many days at once come back in order, whatever order the files have', async () => {
  const given = Array.from({ length: 40 }, (_day, day) =>
    minutes('2013-08-01T08:00:00Z', 701).map((one) => ({ ...one, start: one.start + day * DAY })),
  ).flat();
  expect(await rig.bars.append(ES, given, CSV)).toMatchObject({ added: given.length });
  const { table, corrupt } = await rig.bars.read(ES);
  expect(corrupt).toEqual([]);
  expect([...table.start]).toEqual(given.map(({ start }) => start));
});

test('the same bars again change no file; new ones make the next generation', async () => {
  await rig.bars.append(ES, minutes('2013-10-08T14:00:00Z', 3), CSV);
  const later = { ...CSV, fetchedAt: FETCHED + 60_000 };
  expect(await rig.bars.append(ES, minutes('2013-10-08T14:00:00Z', 3), later)).toMatchObject({
    added: 0,
    replaced: 0,
    unchanged: 3,
  });
  expect(await rig.bars.store.list('processed/intraday/')).toHaveLength(1);
  expect(await rig.bars.append(ES, minutes('2013-10-08T14:01:00Z', 4), later)).toMatchObject({
    added: 2,
    unchanged: 2,
  });
  expect(await rig.bars.store.list('processed/intraday/')).toEqual([
    'processed/intraday/ES_201312/1m/2013-10-08.2.parquet',
  ]);
  const { table } = await rig.bars.read(ES);
  expect([...table.fetchedAt]).toEqual([FETCHED, FETCHED, FETCHED, later.fetchedAt, later.fetchedAt]);
});

test('midpoints and daily bars lie beside', async () => {
  await rig.bars.append(
    { ...ES, whatToShow: 'MIDPOINT' },
    [bar(time('2013-10-08T14:00:00Z'), { open: 1650.125 })],
    CSV,
  );
  await rig.bars.append(AAPL, [bar(time('2012-12-31')), bar(time('2013-01-02'))], CSV);
  expect(await rig.bars.store.list('processed/')).toEqual([
    'processed/daily/AAPL/1d/2012.parquet',
    'processed/daily/AAPL/1d/2013.parquet',
    'processed/intraday/ES_201312/1m-midpoint/2013-10-08.parquet',
  ]);
  expect(await rig.bars.list()).toEqual([AAPL, { ...ES, whatToShow: 'MIDPOINT' }]);
});

test.each([
  [CSV, IBKR, 1],
  [IBKR, CSV, 0],
])(
  'two providers differ: the preferred one counts, both values are kept (%j first)',
  async (first, second, replaced) => {
    const at = time('2013-10-08T14:00:00Z');
    const byProvider = { csv: bar(at), ibkr: bar(at, { close: 1650.75 }) };
    await rig.bars.append(ES, [byProvider[first.provider]], first);
    const outcome = await rig.bars.append(ES, [byProvider[second.provider]], second);
    expect(outcome).toMatchObject({ conflicts: 1, replaced, unchanged: 1 - replaced, added: 0 });
    const [kept] = barsOf((await rig.bars.read(ES)).table);
    expect(kept).toEqual({ ...byProvider.ibkr, ...IBKR });
    expect(await readSetAside(rig.bars.store, 'conflicts', ES)).toMatchObject([
      { kept: { provider: 'ibkr', close: 1650.75 }, aside: { provider: 'csv', close: 1650.25 } },
    ]);
    await rig.bars.append(ES, [byProvider.csv], { ...CSV, fetchedAt: FETCHED + DAY });
    expect(await readSetAside(rig.bars.store, 'conflicts')).toHaveLength(1);
  },
);

test('a difference of a tick is none', async () => {
  const at = time('2013-10-08T14:00:00Z');
  await rig.bars.append(ES, [bar(at)], CSV);
  expect(await rig.bars.append(ES, [bar(at, { close: 1650.5 })], IBKR)).toMatchObject({ replaced: 1, conflicts: 0 });
});

test('rows that cannot be bars are kept aside with their reasons, the others are stored', async () => {
  const at = time('2013-10-08T14:00:00Z');
  const given = [
    bar(at),
    bar(at + 60_000, { low: 0 }),
    bar(at + 120_000, { high: Number.NaN }),
    bar(Number.NaN),
    bar(at + 180_000),
  ];
  const outcome = await rig.bars.append(ES, given, CSV);
  expect(outcome).toMatchObject({ added: 2, rejected: 3 });
  expect(outcome.notes[0]).toBe('2013-10-08T14:01:00Z: a price is 0, not above zero');
  const rejected = await readSetAside(rig.bars.store, 'rejected', ES);
  expect(rejected.map(({ reason }) => reason).sort()).toEqual([
    'a price is 0, not above zero',
    'a price is not a number',
    'the time is not a number',
  ]);
  await rig.bars.append(ES, given, { ...CSV, fetchedAt: FETCHED + DAY });
  expect(await readSetAside(rig.bars.store, 'rejected')).toHaveLength(3);
});

test('the move to a batch of its own is judged from what is stored', async () => {
  await rig.bars.append(AAPL, [bar(time('2013-10-08'))], CSV);
  const halved = bar(time('2013-10-09'), { open: 825, high: 826, low: 824, close: 825 });
  expect((await rig.bars.append(AAPL, [halved], CSV)).notes).toEqual([
    '2013-10-09T00:00:00Z: a jump of -50 % without a split',
  ]);
});

test('a split: factors are applied on reading, and a later factor of old bars is taken', async () => {
  const days = [time('2013-10-08'), time('2013-10-09')];
  await rig.bars.append(AAPL, [bar(days[0], { adjustmentFactor: 1 })], CSV);
  const halved = bar(days[1], { open: 825, high: 826, low: 824, close: 825, adjustmentFactor: 1 });
  const outcome = await rig.bars.append(AAPL, [bar(days[0], { adjustmentFactor: 0.5 }), halved], {
    ...CSV,
    fetchedAt: FETCHED + DAY,
  });
  expect(outcome).toMatchObject({ added: 1, replaced: 1, rejected: 0, conflicts: 0 });
  const { table } = await rig.bars.read(AAPL);
  expect([...table.close]).toEqual([1650.25, 825]);
  expect([...adjustedTable(table).close]).toEqual([825.125, 825]);
});

test('a broken file is named and put aside, the other days are read, and the day can be filled again', async () => {
  const given = minutes('2013-10-08T23:59:00Z', 2);
  await rig.bars.append(ES, given, CSV);
  const key = 'processed/intraday/ES_201312/1m/2013-10-08.parquet';
  writeFileSync(join(rig.folder, key), 'PAR1 is not enough PAR1');
  const read = await rig.bars.read(ES);
  expect([...read.table.start]).toEqual([given[1].start]);
  expect(read.corrupt).toMatchObject([{ key, asideKey: 'processed/corrupt/intraday/ES_201312/1m/2013-10-08.parquet' }]);
  expect(await rig.bars.store.exists('processed/corrupt/intraday/ES_201312/1m/2013-10-08.parquet')).toBe(true);
  expect((await rig.bars.read(ES)).corrupt).toEqual([]);
  expect(await rig.bars.append(ES, given, CSV)).toMatchObject({ added: 1, unchanged: 1 });
});

test('a store without files of its own (as S3 is) reads by copies', async () => {
  const remote = prefixedStore({ ...rig.bars.store, localFile: undefined }, 'processed/elsewhere/');
  expect(remote.localFile).toBeUndefined();
  const bars = await openBarStore(remote);
  await bars.append(ES, minutes('2013-10-08T23:59:00Z', 3), CSV);
  expect((await bars.read(ES)).table.length).toBe(3);
  await bars.close();
});

test('anybody opens the files with DuckDB', async () => {
  await rig.bars.append(ES, minutes('2013-10-08T23:59:00Z', 2), CSV);
  const connection = await (await DuckDBInstance.create(':memory:')).connect();
  const glob = join(rig.folder, 'processed/intraday/ES_201312/1m/*.parquet');
  const rows = await connection.runAndReadAll(
    `SELECT strftime(timestamp AT TIME ZONE 'UTC', '%H:%M') AS t, close, volume, adjustment_factor, provider, typeof(timestamp) AS type
     FROM '${glob}' ORDER BY timestamp`,
  );
  expect(rows.getRowObjectsJson()).toEqual(
    ['23:59', '00:00'].map((t) => ({
      t,
      close: 1650.25,
      volume: 10,
      adjustment_factor: null,
      provider: 'csv',
      type: 'TIMESTAMP WITH TIME ZONE',
    })),
  );
  connection.closeSync();
});
