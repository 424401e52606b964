/** Holes are filled in the order of the providers with their names on the rows; the warm-up is one series (property). */
import fc from 'fast-check';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { barsOf } from '../../../src/market-data/bar-store/bar-table';
import { findGaps } from '../../../src/market-data/bar-store/gaps';
import { healSeries } from '../../../src/market-data/bar-store/heal-series';
import { sessionsBetween } from '../../../src/market-data/bar-store/sessions';
import { warmUpSeries } from '../../../src/market-data/bar-store/warm-up-series';
import { ProviderError } from '../../../src/http/provider-error';
import type { SeriesKey } from '../../../src/market-data/bar-store/series-key';
import { seriesStatus } from '../../../src/market-data/bar-store/series-status';
import { scriptedProvider } from './scripted-provider';
import { AAPL, bar, DAY, FETCHED, MINUTE, minutes, storeRig, time, type StoreRig } from './store-rig';

const match = (pattern: RegExp): string => expect.stringMatching(pattern) as string;
const SPY: SeriesKey = { contract: 'SPY', whatToShow: 'TRADES', interval: '1m' };
const FROM = time('2013-10-08T13:30:00Z');
const TO = time('2013-10-08T20:00:00Z');
const whole = minutes('2013-10-08T13:30:00Z', 390);
let rig: StoreRig;

beforeEach(async () => {
  rig = await storeRig();
});
afterEach(() => rig.close());

test('each provider is asked for what the ones before it left', async () => {
  await rig.bars.append(SPY, [...whole.slice(0, 100), ...whole.slice(200)], { provider: 'ibkr', fetchedAt: FETCHED });
  const failing = scriptedProvider('polygon', [], {
    failure: new ProviderError('RATE_LIMITED', 'polygon', 'Polygon allows 5 requests a minute; wait.'),
  });
  const part = scriptedProvider('tiingo', whole.slice(0, 150));
  const rest = scriptedProvider('yahoo', whole);
  const without = scriptedProvider('csv', whole, { refusal: 'has no minutes' });
  const { gaps } = await healSeries(rig.bars, {
    series: SPY,
    from: FROM,
    to: TO,
    providers: [without, failing, part, rest, scriptedProvider('sample', whole)],
    now: () => FETCHED + 1,
  });
  expect(gaps).toEqual([
    {
      from: whole[100].start,
      to: whole[200].start,
      filled: [
        { provider: 'tiingo', rows: 50 },
        { provider: 'yahoo', rows: 50 },
      ],
      refusals: ['csv: has no minutes', 'polygon: Polygon allows 5 requests a minute; wait.'],
      failures: [
        { provider: 'polygon', code: 'RATE_LIMITED', refusal: 'polygon: Polygon allows 5 requests a minute; wait.' },
      ],
      left: [],
    },
  ]);
  expect(rest.asked).toMatchObject([{ from: whole[150].start, to: whole[200].start }]);
  const bars = barsOf((await rig.bars.read(SPY)).table);
  expect(bars.map(({ start }) => start)).toEqual(whole.map(({ start }) => start));
  expect(bars.filter(({ provider }) => provider === 'tiingo')).toHaveLength(50);
  expect(bars[160]).toMatchObject({ provider: 'yahoo', fetchedAt: FETCHED + 1 });
});

test('a hole that nobody fills stays, and says so', async () => {
  await rig.bars.append(AAPL, [bar(time('2013-10-07')), bar(time('2013-10-09'))], {
    provider: 'csv',
    fetchedAt: FETCHED,
  });
  const { gaps } = await healSeries(rig.bars, {
    series: AAPL,
    from: time('2013-10-07'),
    to: time('2013-10-10'),
    providers: [scriptedProvider('yahoo', [])],
    now: () => FETCHED,
  });
  expect(gaps).toMatchObject([
    {
      filled: [],
      refusals: ['yahoo: has no bars there'],
      left: [{ from: time('2013-10-08'), to: time('2013-10-09') }],
    },
  ]);
});

test('a first and a last file that cannot be read are holes of their whole period, named, and filled', async () => {
  const days = sessionsBetween('AAPL', time('2011-06-01'), time('2013-12-31') + DAY).map(({ date }) => bar(time(date)));
  await rig.bars.append(AAPL, days, { provider: 'csv', fetchedAt: FETCHED });
  for (const year of ['2011', '2013'])
    writeFileSync(join(rig.folder, `processed/daily/AAPL/1d/${year}.parquet`), 'garbage');
  // Another command has met the first one before.
  expect((await rig.bars.read(AAPL, 0, time('2011-12-31'))).corrupt).toHaveLength(1);
  const heal = () =>
    healSeries(rig.bars, { series: AAPL, providers: [scriptedProvider('yahoo', days)], now: () => FETCHED });
  const { gaps, notes } = await heal();
  expect(notes).toEqual([expect.stringMatching(/2013\.parquet is put aside as processed\/corrupt\/daily\/AAPL/)]);
  expect(gaps.map(({ filled, left }) => [filled[0]?.rows, left.length])).toEqual([
    [days.filter(({ start }) => start < time('2012-01-01')).length, 1],
    [days.filter(({ start }) => start >= time('2013-01-01')).length, 0],
  ]);
  const [first] = (await heal()).gaps;
  // What nobody had before the first bar is said, and stays.
  expect(first).toMatchObject({ from: time('2011-01-03'), filled: [], left: [{ to: time('2011-06-01') }] });
  expect((await rig.bars.read(AAPL)).table).toHaveLength(days.length);
});

test('a series of which every file was put aside is listed, is a hole as a whole, and heals', async () => {
  const days = sessionsBetween('AAPL', time('2012-06-01'), time('2013-12-31') + DAY).map(({ date }) => bar(time(date)));
  await rig.bars.append(AAPL, days, { provider: 'csv', fetchedAt: FETCHED });
  for (const year of ['2012', '2013'])
    writeFileSync(join(rig.folder, `processed/daily/AAPL/1d/${year}.parquet`), 'garbage');
  const status = async () => seriesStatus(rig.bars, AAPL);
  expect(await status()).toMatchObject({ rows: 0, unreadable: 2, corrupt: [/2012/, /2013/].map(match) });
  expect(await rig.bars.list()).toEqual([AAPL]);
  await healSeries(rig.bars, { series: AAPL, providers: [scriptedProvider('yahoo', days)], now: () => FETCHED });
  expect(await status()).toMatchObject({ rows: days.length, unreadable: 2, corrupt: [] });
});

test('a provider that lies is told by the count of its refused rows and the first reason', async () => {
  const days = sessionsBetween('AAPL', time('2013-10-01'), time('2013-10-15')).map(({ date }) => bar(time(date)));
  await rig.bars.append(AAPL, [days[0], days[9]], { provider: 'csv', fetchedAt: FETCHED });
  const lies = days.map((one, at) => (at < 6 ? { ...one, high: 1, low: 2 } : one));
  const providers = [scriptedProvider('yahoo', lies, { page: 20 })];
  const { notes } = await healSeries(rig.bars, { series: AAPL, providers, now: () => FETCHED });
  expect(notes.filter((note) => note.includes('put aside'))).toEqual([
    expect.stringMatching(/^yahoo: 5 of 8 rows are put aside; the first: 2013-10-02T00:00:00Z: /),
  ]);
});

test('property: history and 30 days of a source are one series without hole or repetition', async () => {
  const now = time('2013-12-20T00:00:00Z');
  const from = time('2013-09-03');
  const truth = sessionsBetween('AAPL', from, now).map(({ date }, i) => bar(time(date), { close: 1650 + (i % 4) / 4 }));
  const index = fc.nat(truth.length - 1);
  await fc.assert(
    fc.asyncProperty(fc.subarray(truth), index, fc.integer({ min: 1, max: 60 }), async (stored, others, page) => {
      const fresh = await storeRig();
      try {
        await fresh.bars.append(AAPL, stored, { provider: 'csv', fetchedAt: FETCHED });
        const source = scriptedProvider('yahoo', truth.slice(-25), { page });
        const other = scriptedProvider('tiingo', truth.slice(others), { page });
        const series = await warmUpSeries(fresh.bars, { series: AAPL, from, now, source, others: [other] });
        const known = truth.filter((one, i) => stored.includes(one) || i >= truth.length - 25 || i >= others);
        const starts = known.map(({ start }) => start);
        expect([...series.table.start]).toEqual(starts);
        expect([...series.table.close]).toEqual(known.map(({ close }) => close));
        expect(series.gaps).toEqual(findGaps(AAPL, starts, from, now));
        expect(series.gaps.length === 0).toBe(known.length === truth.length);
        // The source is asked for 30 days, and what it answered is stored: the next warm-up adds nothing.
        expect(source.asked[0]).toMatchObject({ from: now - 30 * DAY, to: now });
        const again = await warmUpSeries(fresh.bars, { series: AAPL, from, now, source, others: [other] });
        expect(again.fetched).toMatchObject({ added: 0, replaced: 0 });
      } finally {
        await fresh.close();
      }
    }),
    { numRuns: 8 },
  );
});

test('the bar that is forming is left out', async () => {
  const now = time('2013-10-08T14:00:30Z');
  const source = scriptedProvider('ibkr', whole);
  const { table } = await warmUpSeries(rig.bars, { series: SPY, from: FROM, now, source, others: [] });
  expect(table.start.at(-1)).toBe(now - 30_000 - MINUTE);
});
