/** Series of the world outside: fetched, kept once, read by the names that features use, never before their release. */
import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DEFAULT_DATA } from '../../../src/config/data-settings';
import { readOutside } from '../../../src/domain/outside-ingestion';
import { fetchSeries, outsidePlan } from '../../../src/market-data/fetch-outside';
import { addRows, readLibrary, readSeries } from '../../../src/market-data/outside-library';
import { LATENCY_MS, outsideNames, outsideReaders } from '../../../src/market-data/outside-readers';
import { economicCalendar } from '../../../src/market-data/providers/economic-calendar';
import { openFolderStore } from '../../../src/storage/folder-store';
import type { ObjectStore } from '../../../src/storage/object-store';
import { startLocalProvider } from '../../http/local-provider';

const DAY = 86_400_000;
const MONDAY = Date.parse('2013-10-07T00:00:00Z');
const row = (period: number, knownFrom: number, value: number) => ({ series: 'SPY', period, knownFrom, value });

let folder: string;
let store: ObjectStore;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'omega-outside-'));
  store = await openFolderStore(join(folder, 'store'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe('the library', () => {
  it('keeps a row once, and a revision beside it', async () => {
    const first = [row(MONDAY, MONDAY + DAY, 5), row(MONDAY + DAY, MONDAY + 2 * DAY, 7)];
    expect(await addRows(store, 'etf-flows/SPY', first)).toBe(2);
    expect(await addRows(store, 'etf-flows/SPY', first)).toBe(0);
    expect(await addRows(store, 'etf-flows/SPY', [row(MONDAY, MONDAY + 3 * DAY, 6)])).toBe(1);
    expect((await readSeries(store, 'etf-flows/SPY')).map(({ value }) => value)).toEqual([5, 7, 6]);
    expect([...(await readLibrary(store)).keys()]).toEqual(['etf-flows/SPY']);
  });

  it('says which file is damaged and what to do', async () => {
    await store.put('processed/outside/fred/DGS10.json', Buffer.from('{"format":1,"rows":[[1,2]]}'));
    await expect(readLibrary(store)).rejects.toMatchObject({
      code: 'CORRUPT',
      message: expect.stringContaining('processed/outside/fred/DGS10.json') as string,
    });
  });
});

describe('readers', () => {
  it('give a value once its release and the ingestion are over, and null for what nobody told', async () => {
    await addRows(store, 'fred/DGS10', [row(MONDAY, MONDAY + DAY, 2.6), row(MONDAY + DAY, MONDAY + 2 * DAY, 2.7)]);
    const outside = outsideReaders(await readLibrary(store), []);
    const level = outside.reader('macro/DGS10/level');
    const change = outside.reader('macro/DGS10/change');
    const known = MONDAY + 2 * DAY + LATENCY_MS;
    expect([known - 1, known].map((at) => level?.(at))).toEqual([2.6, 2.7]);
    expect(change?.(known)).toBeCloseTo(0.1, 12);
    for (const name of [
      'macro/DGS2/level',
      'macro/DGS10',
      'macro/DGS10/slope',
      'fred/DGS10/level',
      'calendar/CPI/minutes_to',
    ])
      expect(outside.reader(name)).toBeNull();
  });

  it('count minutes around the shipped FOMC minutes of 9 October 2013', async () => {
    const events = await economicCalendar(join(__dirname, '../../../data/calendar/us_events.csv'));
    const outside = outsideReaders(new Map(), events);
    const at = (time: string, of: string) => outside.reader(`calendar/FOMC_MINUTES/${of}`)?.(Date.parse(time));
    expect(at('2013-10-09T17:00:00Z', 'minutes_to')).toBe(60);
    expect(at('2013-10-09T18:30:00Z', 'minutes_since')).toBe(30);
    expect(at('2013-10-07T12:00:00Z', 'minutes_to')).toBe(2_880);
    expect(outsideNames(new Map(), events)).toContain('calendar/FOMC/minutes_to');
  });
});

describe('fetching', () => {
  const flows = (): string => join(folder, 'flows.csv');
  const places = () => ({
    data: { ...DEFAULT_DATA, etfFlows: flows(), outsideTickers: ['SPY', 'QQQ'] },
    stateDir: folder,
    env: {},
    store,
    now: () => MONDAY + 30 * DAY,
  });

  it('asks what is configured, keeps what is new, puts aside what is no value', async () => {
    writeFileSync(
      flows(),
      'series,period,known_from,value\nSPY,2013-10-07,2013-10-08T13:00:00Z,150000000\nSPY,2013-10-08,2013-10-07T13:00:00Z,1\nQQQ,2013-10-07,2013-10-08T13:00:00Z,-3\n',
    );
    const plan = outsidePlan(places());
    expect(plan.ready).toEqual([
      { provider: 'etf-flows', series: 'SPY' },
      { provider: 'etf-flows', series: 'QQQ' },
    ]);
    expect(plan.skipped.map(({ provider }) => provider)).toEqual(['fred', 'options-flow', 'social-sentiment']);
    expect(await fetchSeries(places(), plan.ready[0])).toMatchObject({
      added: 1,
      rejected: 1,
      why: [expect.stringContaining('released before the period')],
    });
    expect(await fetchSeries(places(), plan.ready[0])).toMatchObject({ added: 0 });
    // A history that is put before it later counts, too.
    appendFileSync(flows(), 'SPY,2012-01-03,2012-01-04T13:00:00Z,7\n');
    expect(await fetchSeries(places(), plan.ready[0])).toMatchObject({ added: 1 });
  });

  it('a page that is lost loses nothing, whatever order the pages come in', async () => {
    const server = await startLocalProvider();
    try {
      const told = (day: string) => ({ series: 'SPY', period: day, known_from: `${day}T22:00:00Z`, value: 1 });
      const pages = [[told('2013-10-30')], [told('2013-01-03')]];
      let down = true;
      server.answer(({ query: { page, from } }) => {
        const rows = pages[Number(page) - 1].filter(({ known_from }) => Date.parse(known_from) >= Date.parse(from));
        return page === '2' && down ? { status: 403 } : { body: { rows, next_page: page === '1' ? 2 : null } };
      });
      const asked = { ...places(), data: { ...places().data, etfFlows: server.url } };
      const series = { provider: 'etf-flows', series: 'SPY' };
      await expect(fetchSeries(asked, series)).rejects.toMatchObject({ code: 'FORBIDDEN' });
      down = false;
      expect(await fetchSeries(asked, series)).toMatchObject({ added: 2 });
    } finally {
      await server.close();
    }
  });

  it('one series that is refused keeps no other from being read', async () => {
    const ready = [
      { provider: 'etf-flows', series: 'SPY' },
      { provider: 'etf-flows', series: 'QQQ' },
    ];
    const read = await readOutside(
      { ready, skipped: [] },
      ({ provider, series }) =>
        series === 'SPY'
          ? Promise.reject(new Error('no answer'))
          : Promise.resolve({ provider, series, added: 2, rejected: 0, why: [] }),
      (error) => (error as Error).message,
    );
    expect(read.results.map(({ series, added, failed }) => [series, added, failed])).toEqual([
      ['SPY', 0, 'no answer'],
      ['QQQ', 2, null],
    ]);
  });
});
