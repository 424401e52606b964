import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { economicCalendar } from '../../../src/market-data/providers/economic-calendar';
import { etfFlows } from '../../../src/market-data/providers/etf-flows';
import { fredSeries } from '../../../src/market-data/providers/fred';
import { optionsFlow } from '../../../src/market-data/providers/options-flow';
import type {
  OutsideProvider,
  OutsideRequest,
  OutsideRow,
  RejectedOutside,
} from '../../../src/market-data/providers/outside-provider';
import { socialSentiment } from '../../../src/market-data/providers/social-sentiment';
import { startLocalProvider, type Asked, type LocalProvider } from '../../http/local-provider';
import { quickClient } from './collect';

let provider: LocalProvider;
let folder: string;
beforeEach(async () => {
  provider = await startLocalProvider();
  folder = await mkdtemp(join(tmpdir(), 'omega-outside-'));
});
afterEach(async () => {
  await provider.close();
  await rm(folder, { recursive: true });
});

async function all(
  outside: OutsideProvider,
  request: OutsideRequest,
): Promise<{ rows: OutsideRow[]; aside: RejectedOutside[] }> {
  const rows: OutsideRow[] = [];
  const aside: RejectedOutside[] = [];
  for await (const page of outside.rows(request, (rejected) => aside.push(rejected))) rows.push(...page);
  return { rows, aside };
}

const utc = (text: string): number => Date.parse(text);

describe('FRED', () => {
  const NOW = utc('2014-03-01T12:00:00Z');
  /** Vintages of a price index: each value stands from one release to the day before the next. */
  const VINTAGES = [
    { date: '2013-08-01', value: '233.877', realtime_start: '2013-09-17', realtime_end: '2014-02-19' },
    { date: '2013-09-01', value: '234.149', realtime_start: '2013-10-30', realtime_end: '2014-02-19' },
    { date: '2013-10-01', value: '.', realtime_start: '2013-11-20', realtime_end: '2013-11-20' },
    { date: '2013-08-01', value: '233.433', realtime_start: '2014-02-20', realtime_end: '9999-12-31' },
    { date: '2013-09-01', value: '233.743', realtime_start: '2014-02-20', realtime_end: '9999-12-31' },
  ];
  const PAGE = 2;

  /** As the API does: of the vintages in force within the period, cut to it, in order of observation, a few at a time. */
  const fredReply = ({ query }: Asked) => {
    const inside = VINTAGES.filter(
      ({ realtime_start, realtime_end }) =>
        realtime_start <= query.realtime_end && realtime_end >= query.realtime_start,
    )
      .map((row) => ({
        ...row,
        realtime_start: row.realtime_start < query.realtime_start ? query.realtime_start : row.realtime_start,
      }))
      .sort((a, b) => (a.date < b.date ? -1 : 1));
    const offset = Number(query.offset);
    return {
      body: {
        realtime_start: query.realtime_start,
        realtime_end: query.realtime_end,
        units: 'lin',
        output_type: 1,
        file_type: 'json',
        count: inside.length,
        offset,
        limit: PAGE,
        observations: inside.slice(offset, offset + PAGE),
      },
    };
  };
  const fred = () => fredSeries({ client: quickClient('FRED', provider.url), now: () => NOW });
  const request = { series: 'CPIAUCSL', from: utc('2013-01-01'), to: NOW };

  test('a value counts from the midnight after its release in St. Louis, a revision from its own', async () => {
    provider.answer(fredReply);
    const { rows, aside } = await all(fred(), request);
    expect(rows).toEqual([
      // Summer time in September and October, winter time in February.
      { series: 'CPIAUCSL', period: utc('2013-08-01'), knownFrom: utc('2013-09-18T05:00:00Z'), value: 233.877 },
      { series: 'CPIAUCSL', period: utc('2013-09-01'), knownFrom: utc('2013-10-31T05:00:00Z'), value: 234.149 },
      { series: 'CPIAUCSL', period: utc('2013-08-01'), knownFrom: utc('2014-02-21T06:00:00Z'), value: 233.433 },
      { series: 'CPIAUCSL', period: utc('2013-09-01'), knownFrom: utc('2014-02-21T06:00:00Z'), value: 233.743 },
    ]);
    expect(aside).toEqual([]);
    expect(provider.asked[0]).toMatchObject({
      path: '/fred/series/observations',
      query: { series_id: 'CPIAUCSL', file_type: 'json', output_type: '1', offset: '0' },
    });
  });

  test('what stood before the question, and over the border of two questions, is no release', async () => {
    provider.answer(fredReply);
    const later = await all(fred(), { ...request, from: utc('2013-11-01') });
    expect(later.rows.map(({ value }) => value)).toEqual([233.433, 233.743]);
    const long = await all(fred(), { ...request, from: utc('2006-01-01') });
    expect(long.rows).toHaveLength(4);
    // The second question begins between the first releases and their revisions.
    const cut = await all(fred(), { ...request, from: utc('2010-06-01') });
    expect(cut.rows).toEqual(long.rows);
    expect(provider.asked.at(-1)?.query.realtime_start).toBe('2014-01-01');
    const asked = provider.asked.map(({ query }) => `${query.realtime_start} ${query.realtime_end}`);
    expect(asked).toContain('2005-12-30 2008-12-31');
    expect(asked).toContain('2013-01-01 9999-12-31');
  });

  test('a page that is empty against its own count is no end', async () => {
    provider.answer((asked) => {
      const { body } = fredReply(asked);
      return asked.query.offset === '0' ? { body } : { body: { ...body, observations: [] } };
    });
    await expect(all(fred(), request)).rejects.toMatchObject({
      code: 'SCHEMA',
      message: 'FRED: CPIAUCSL has 5 observations by its own count and ends after 2; try again.',
    });
  });

  test('rows that cannot be read are kept aside, a layout of another kind is an error', async () => {
    provider.answer(() => ({
      body: {
        count: 2,
        offset: 0,
        limit: 2,
        observations: [
          { date: '2013-08-01', value: 'n/a', realtime_start: '2013-09-17', realtime_end: '9999-12-31' },
          { date: '2013-08-01', realtime_start: '2013-09-17', realtime_end: '9999-12-31' },
        ],
      },
    }));
    const { rows, aside } = await all(fred(), request);
    expect(rows).toEqual([]);
    expect(aside.map(({ reason }) => reason)).toEqual(['the value is not a number', 'lacks value']);
    provider.answer(() => ({
      status: 400,
      body: { error_code: 400, error_message: 'Bad Request. The series does not exist.' },
    }));
    await expect(all(fred(), request)).rejects.toMatchObject({
      code: 'BAD_REQUEST',
      message: expect.stringContaining('The series does not exist') as string,
    });
  });
});

describe('flows and sentiment', () => {
  const request = { series: 'SPY', from: utc('2026-03-01'), to: utc('2026-03-10') };
  const FILE = [
    'series,period,known_from,value',
    'SPY,2026-03-02,2026-03-03T13:00:00Z,150000000',
    'QQQ,2026-03-02,2026-03-03T13:00:00Z,1',
    'SPY,2026-03-03,2026-03-04T08:00:00-05:00,-2.5e7',
    'SPY,2026-03-04,2026-03-03T13:00:00Z,1',
    'SPY,2026-03-05,2026-03-06,lots',
    'SPY,2026-03-06,2026-03-06,1',
    'SPY,2026-03-08,2026-03-11T13:00:00Z,7',
  ].join('\n');
  const EXPECTED = [
    { series: 'SPY', period: utc('2026-03-02'), knownFrom: utc('2026-03-03T13:00:00Z'), value: 150_000_000 },
    { series: 'SPY', period: utc('2026-03-03'), knownFrom: utc('2026-03-04T13:00:00Z'), value: -25_000_000 },
  ];

  test('a file: rows of the series known in the span, others aside with their reason', async () => {
    const path = join(folder, 'flows.csv');
    await writeFile(path, FILE);
    const { rows, aside } = await all(etfFlows({ kind: 'file', path }), request);
    expect(rows).toEqual(EXPECTED);
    expect(aside.map(({ reason }) => reason)).toEqual([
      'released before the period it measures has begun',
      'the value is not a number',
      'released before the period it measures has begun',
    ]);
  });

  test('a server of the same columns gives the same rows, over pages', async () => {
    const rowsOf = (lines: readonly string[]) =>
      lines.map((line) => {
        const [series, period, known_from, value] = line.split(',');
        return { series, period, known_from, value: Number(value), vendor: 'x' };
      });
    const lines = FILE.split('\n');
    provider.answer(({ query }) => ({
      body:
        query.page === '1'
          ? { rows: rowsOf(lines.slice(1, 3)), next_page: 2 }
          : { rows: rowsOf(lines.slice(3, 4)), next_page: null },
    }));
    const { rows } = await all(etfFlows({ kind: 'server', client: quickClient('ETF flows', provider.url) }), request);
    expect(rows).toEqual(EXPECTED);
    expect(provider.asked).toMatchObject([
      { path: '/etf-flows', query: { series: 'SPY', from: '2026-03-01T00:00:00.000Z', page: '1' } },
      { query: { page: '2' } },
    ]);
  });

  test('pages in a circle, columns that are missing, a file that is not there', async () => {
    provider.answer(() => ({ body: { rows: [], next_page: 1 } }));
    const server = etfFlows({ kind: 'server', client: quickClient('ETF flows', provider.url) });
    await expect(all(server, request)).rejects.toMatchObject({ code: 'SCHEMA' });
    const path = join(folder, 'other.csv');
    await writeFile(path, 'ticker,day,value\nSPY,2026-03-02,1\n');
    await expect(all(etfFlows({ kind: 'file', path }), request)).rejects.toMatchObject({
      code: 'SCHEMA',
      message: expect.stringContaining('lacks the columns series, period, known_from') as string,
    });
    await expect(all(etfFlows({ kind: 'file', path: join(folder, 'none.csv') }), request)).rejects.toMatchObject({
      code: 'NOT_FOUND',
    });
  });

  test.each([
    ['options', optionsFlow],
    ['social', socialSentiment],
  ])('%s: a value beyond −1 to 1 is kept aside', async (_, open) => {
    const path = join(folder, 'values.csv');
    await writeFile(
      path,
      'series,period,known_from,value\nSPY,2026-03-02,2026-03-03,-1\nSPY,2026-03-03,2026-03-04,1.5\n',
    );
    const { rows, aside } = await all(open({ kind: 'file', path }), request);
    expect(rows.map(({ value }) => value)).toEqual([-1]);
    expect(aside).toMatchObject([{ reason: 'the value 1.5 is outside -1 to 1' }]);
  });
});

describe('economic calendar', () => {
  test('events in order, once each; a date alone and an announcement after the fact are kept aside', async () => {
    const path = join(folder, 'calendar.csv');
    const lines = [
      'time,event,known_from,source',
      '2013-10-30T18:00:00Z,FOMC,2012-06-01T16:00:00Z,x',
      '2013-10-09T14:00:00-04:00,FOMC_MINUTES,,x',
      '2013-10-09T18:00:00Z,FOMC_MINUTES,,x',
      '2013-10-22,EMPLOYMENT,,x',
      '2013-10-30T12:30:00Z,CPI,2013-11-01,x',
    ];
    await writeFile(path, lines.join('\n'));
    const aside: RejectedOutside[] = [];
    const events = await economicCalendar(path, (rejected) => aside.push(rejected));
    expect(events).toEqual([
      { event: 'FOMC_MINUTES', time: utc('2013-10-09T18:00:00Z'), knownFrom: utc('2013-09-09T18:00:00Z') },
      { event: 'FOMC', time: utc('2013-10-30T18:00:00Z'), knownFrom: utc('2012-06-01T16:00:00Z') },
    ]);
    expect(aside.map(({ reason }) => reason)).toEqual([
      'time "2013-10-22" is no instant with its zone, such as 2013-10-09T18:00:00Z',
      'announced after it happened',
    ]);
  });
});
