/** CSV in and out: A5's layout, the shipped files, and rows that are none. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { csvOf } from '../../../src/market-data/bar-store/csv-bars';
import { csvFileOf } from '../../../src/market-data/bar-store/csv-files';
import { importCsv, storeLongerBars } from '../../../src/market-data/bar-store/import-csv';
import { healSeries } from '../../../src/market-data/bar-store/heal-series';
import { readSetAside } from '../../../src/market-data/bar-store/set-aside';
import { shippedBars } from '../../../src/market-data/bar-store/shipped-bars';
import { ES, FETCHED, storeRig, time, type StoreRig } from './store-rig';

const SHIPPED = join(__dirname, '../../../data');
const SAMPLE = { provider: 'sample', fetchedAt: FETCHED } as const;
let rig: StoreRig;
let folder: string;

beforeEach(async () => {
  rig = await storeRig();
  folder = mkdtempSync(join(tmpdir(), 'omega-csv-'));
});
afterEach(async () => {
  await rig.close();
  rmSync(folder, { recursive: true, force: true });
});

test.each([
  ['ES_201312_1m.csv.gz', { contract: 'ES_201312', interval: '1m', whatToShow: 'TRADES' }],
  ['ES_201312_5m_midpoint.csv', { contract: 'ES_201312', interval: '5m', whatToShow: 'MIDPOINT' }],
  ['SPY_1m_201101_201103.csv.gz', { contract: 'SPY', interval: '1m', whatToShow: 'TRADES' }],
  ['aapl_1d.csv', { contract: 'AAPL', interval: '1d', whatToShow: 'TRADES' }],
  ['BRK-B_1d.csv', { contract: 'BRK.B', interval: '1d', whatToShow: 'TRADES' }],
])('%s names its series', (name, series) => {
  expect(csvFileOf(name)).toEqual({ path: name, series });
});

test.each([
  ['prices.csv', 'its name is not CONTRACT_INTERVAL.csv'],
  ['us28_daily_splitadj_2012_2017.csv.gz', 'its prices are split-adjusted'],
])('%s is left out: %s', (name, reason) => {
  expect(csvFileOf(name)).toContain(reason);
});

test("A5's layout goes in, comes out and goes in again without a change", async () => {
  const text = [
    'timestamp,open,high,low,close,volume',
    '2013-10-08T14:00:00Z,1650,1651,1649.5,1650.25,10',
    '2013-10-08T14:01:00Z,1650.25,1651,1650,1650.75,7',
    '',
  ].join('\n');
  writeFileSync(join(folder, 'ES_201312_1m.csv'), text);
  const csv = { provider: 'csv', fetchedAt: FETCHED } as const;
  expect(await importCsv(rig.bars, folder, csv)).toMatchObject({
    imported: [{ series: ES, added: 2, rejected: 0 }],
    skipped: [],
  });
  expect(csvOf((await rig.bars.read(ES)).table, '1m')).toBe(text);
  expect((await importCsv(rig.bars, folder, csv)).imported).toMatchObject([{ added: 0, unchanged: 2 }]);
});

test('rows without a time, of another width, and files that are no bars are named', async () => {
  writeFileSync(
    join(folder, 'AAPL_1d.csv'),
    'timestamp,open,high,low,close,volume\n2013-10-08,1,2\n2013-13-45,1,1,1,1,1\n2013-10-09,70,71,69,70,1\n',
  );
  writeFileSync(join(folder, 'ES_201312_1m.csv'), 'timestamp,open\n');
  writeFileSync(join(folder, 'NQ_1m.csv'), 'timestamp,open,high,low,close,volume\n2013-10-08 14:00:00,1,1,1,1,1\n');
  const { imported, skipped } = await importCsv(rig.bars, folder, { provider: 'csv', fetchedAt: FETCHED });
  expect(imported).toMatchObject([
    { added: 1, rejected: 2, notes: ['line 2: 3 columns instead of 6', 'line 3: "2013-13-45" is no date'] },
  ]);
  expect(skipped.map(({ reason }) => reason)).toEqual([
    expect.stringContaining('lacks the columns high, low, close, volume'),
    expect.stringContaining('"NQ" is no contract: write a future with its delivery month'),
  ]);
  const rejected = await readSetAside(rig.bars.store, 'rejected');
  expect(rejected.map(({ reason }) => reason).sort()).toEqual([
    'line 2: 3 columns instead of 6',
    'line 3: "2013-13-45" is no date',
  ]);
});

test('the shipped minutes: stored as a sample, healed from the sample, with longer bars', async () => {
  const { imported } = await importCsv(rig.bars, join(SHIPPED, 'futures_1m', 'ES_201312_1m.csv.gz'), SAMPLE);
  expect(imported).toMatchObject([{ series: ES, rejected: 0, notes: [] }]);
  const before = await rig.bars.read(ES);
  expect(before.table.length).toBe(imported[0].added);
  const lost = (await rig.bars.store.list('processed/intraday/')).find((key) => key.includes('2013-10-09'));
  await rig.bars.store.delete(lost ?? '');
  const from = time('2013-10-07');
  const healed = await healSeries(rig.bars, {
    series: ES,
    from,
    to: time('2013-10-12'),
    providers: [shippedBars(SHIPPED)],
    now: () => FETCHED,
  });
  expect(healed.gaps.map(({ filled, left }) => [filled[0]?.provider, left])).toEqual([['sample', []]]);
  const made = await storeLongerBars(rig.bars, ES);
  const sums = await Promise.all(
    [ES, ...made].map(async (series) => (await rig.bars.read(series)).table.volume.reduce((a, b) => a + b, 0)),
  );
  expect(made.map(({ interval }) => interval)).toEqual(['5m', '10m', '15m', '60m']);
  // A last bar that still waits for minutes is not made.
  for (const sum of sums) expect(sum / sums[0]).toBeGreaterThan(0.98);
});

test('the shipped daily stocks: raw prices with their factors, a series a ticker', async () => {
  const { imported } = await importCsv(rig.bars, join(SHIPPED, 'equity_1d'), SAMPLE);
  expect(imported).toHaveLength(22);
  expect(imported.filter(({ rejected }) => rejected > 0).map(({ series, notes }) => [series.contract, notes])).toEqual(
    [],
  );
  const { table } = await rig.bars.read({ contract: 'BAC', whatToShow: 'TRADES', interval: '1d' });
  expect(table.start[0]).toBe(time('2008-01-02'));
  expect([table.close[0], table.adjustmentFactor[0]]).toEqual([40.56, 0.905325]);
});
