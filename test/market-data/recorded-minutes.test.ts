import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { readFileSync } from 'node:fs';
import { isTwoSided } from '../../src/domain/bars';
import { dataNotes } from '../../src/market-data/data-notes';
import { frontMinutesBefore, frontMinutesOn, frontSeries } from '../../src/market-data/front-series';
import type { RecordedMarket } from '../../src/market-data/recorded-market';
import { loadRecordedMarket, parseRecordedMinutes } from '../../src/market-data/recorded-minutes';

const HEADER = 'timestamp,open,high,low,close,volume,bid,ask,bid_size,ask_size';
const GOOD = '2013-10-09T14:30:00Z,1650,1650.5,1649.75,1650.25,100,1650,1650.25,5,7';
const GOLD = '2013-10-09T14:30:00Z,1300.1,1300.5,1300,1300.2,100,1300.1,1300.2,5,7';
const parse = (...rows: string[]): ReturnType<typeof parseRecordedMinutes> =>
  parseRecordedMinutes('f.csv', [HEADER, GOOD, ...rows].join('\n'), 'ES');

describe('the sample data', () => {
  let market: RecordedMarket;
  beforeAll(async () => {
    market = await loadRecordedMarket('data');
  });

  it('loads every row of every contract', () => {
    expect(
      market.contracts.map(({ symbol, deliveryMonth, minutes }) => [symbol, deliveryMonth, minutes.length]),
    ).toEqual([
      ['ES', '201312', 7073],
      ['ES', '201403', 6385],
      ['GC', '201312', 6871],
      ['GC', '201402', 6707],
    ]);
    expect(market.contracts.map(({ minutes }) => minutes.filter(({ bar }) => bar !== null).length)).toEqual([
      6826,
      1689 - 38,
      6687,
      370 - 84,
    ]);
    expect(market.rejected).toEqual([]);
    expect(market.tradeDates).toEqual(['2013-10-07', '2013-10-08', '2013-10-09', '2013-10-10', '2013-10-11']);
    expect(market.margins).toContainEqual({ symbol: 'ES', from: 20131003, initial: 4180, maintenance: 3800 });
  });

  /** The file leaves the size of an absent side empty. */
  const sizeText = (price: number | null | undefined, size: number | undefined): string =>
    typeof price === 'number' ? String(size) : '';

  it('equals the file, number for number', () => {
    const lines = gunzipSync(readFileSync('data/futures_1m/GC_201312_1m.csv.gz'))
      .toString()
      .trim()
      .split('\n')
      .slice(1);
    const written = market.contracts[2].minutes.map(({ start, bar, quote }) =>
      [
        new Date(start).toISOString().replace('.000', ''),
        ...(bar === null ? ['', '', '', '', 0] : [bar.open, bar.high, bar.low, bar.close, bar.volume]),
        quote?.bid ?? '',
        quote?.ask ?? '',
        sizeText(quote?.bid, quote?.bidSize),
        sizeText(quote?.ask, quote?.askSize),
      ].join(','),
    );
    const normal = (line: string): string =>
      line
        .split(',')
        .map((field, i) => (i === 0 || field === '' ? field : Number(field)))
        .join(',');
    expect(written).toEqual(lines.map(normal));
  });

  it('keeps crossed quotes, none of which can be traded on', () => {
    const crossed = market.contracts.map(
      ({ minutes }) =>
        minutes.filter(
          ({ quote }) => quote !== null && (quote.bid ?? 0) > (quote.ask ?? Infinity) && !isTwoSided(quote),
        ).length,
    );
    expect(crossed).toEqual([5, 0, 7, 36]);
  });

  it('gives the front month of a trade date and of the days before it', () => {
    const day = frontMinutesOn(market, 'ES', '2013-10-09');
    expect(day[0].start).toBeGreaterThanOrEqual(Date.parse('2013-10-08T22:00:00Z'));
    expect(day[day.length - 1].start).toBeLessThan(Date.parse('2013-10-09T22:00:00Z'));
    expect(new Set(day.map(({ deliveryMonth }) => deliveryMonth))).toEqual(new Set(['201312']));
    expect(frontMinutesBefore(market, 'GC', '2013-10-09').every(({ start }) => start < day[0].start)).toBe(true);
    expect(frontMinutesBefore(market, 'GC', '2013-10-07')).toEqual([]);
  });

  it('takes no later contract for an absent front one', () => {
    const [, esNext, gc] = market.contracts;
    const withoutFront = { ...market, contracts: [esNext, gc] };
    expect(frontMinutesOn(withoutFront, 'ES', '2013-10-09')).toEqual([]);
    expect(frontMinutesOn(withoutFront, 'GC', '2013-10-09').length).toBeGreaterThan(1_000);
  });

  it('marks the first minute after a roll, and only that one', () => {
    const [front, next] = market.contracts;
    const shifted = {
      ...next,
      minutes: next.minutes
        .slice(0, 3)
        .map((minute, i) => ({ ...minute, start: Date.parse('2013-12-12T15:00:00Z') + i * 60_000 })),
    };
    const last = {
      ...front,
      minutes: front.minutes
        .slice(0, 2)
        .map((minute, i) => ({ ...minute, start: Date.parse('2013-12-11T15:00:00Z') + i * 60_000 })),
    };
    const series = frontSeries({ ...market, contracts: [last, shifted] }, 'ES', ['2013-12-11', '2013-12-12']);
    expect(series.map(({ deliveryMonth, afterRoll }) => [deliveryMonth, afterRoll])).toEqual([
      ['201312', false],
      ['201312', false],
      ['201403', true],
      ['201403', false],
      ['201403', false],
    ]);
  });
});

describe('rows that are refused, each with its reason', () => {
  it.each([
    ['2013-10-09T14:31:00Z,1650,1650', /expected 10 columns, found 3/],
    ['yesterday,1650,1650.5,1649.75,1650.25,100,1650,1650.25,5,7', /ISO-8601/],
    ['2013-10-09T14:31:00,1650,1650.5,1649.75,1650.25,100,1650,1650.25,5,7', /time zone/],
    ['2013-10-09T14:31:05Z,1650,1650.5,1649.75,1650.25,100,1650,1650.25,5,7', /start of a minute/],
    ['2013-10-09T14:30:00Z,1650,1650.5,1649.75,1650.25,100,1650,1650.25,5,7', /not after/],
    ['2013-10-09T14:31:00Z,abc,1650.5,1649.75,1650.25,100,1650,1650.25,5,7', /open "abc" is not a number/],
    ['2013-10-09T14:31:00Z,1650,1649,1649.75,1650.25,100,1650,1650.25,5,7', /enclose/],
    ['2013-10-09T14:31:00Z,1650,1650.5,1649.75,1650.1,100,1650,1650.25,5,7', /tick grid/],
    ['2013-10-09T14:31:00Z,1650,1650.5,1649.75,1650.25,100,1650.1,1650.25,5,7', /quoted price is off the tick grid/],
    ['2013-10-09T14:31:00Z,1650,1650.5,1649.75,1650.25,-1,1650,1650.25,5,7', /negative/],
    ['2013-10-09T14:31:00Z,1650,1650.5,,1650.25,1,1650,1650.25,5,7', /absent/],
    ['2013-10-09T14:31:00Z,,,,,5,1650,1650.25,5,7', /without prices/],
    ['2013-10-09T14:31:00Z,-1,1650.5,-1,1650.25,1,1650,1650.25,5,7', /above zero/],
  ])('%s', (row, reason) => {
    const { minutes, rejected } = parse(row);
    expect(minutes).toHaveLength(1);
    expect(rejected).toEqual([
      expect.objectContaining({ line: 3, text: row, reason: expect.stringMatching(reason) as string }),
    ]);
  });

  it('goes on after a refused row', () => {
    const { minutes, rejected } = parse('bad', GOOD.replace('14:30', '14:32'));
    expect([minutes.length, rejected.length]).toEqual([2, 1]);
  });
});

describe('bad folders and files say what to do', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'recorded-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const failure = async (): Promise<unknown> =>
    loadRecordedMarket(folder).then(
      () => null,
      (error: unknown) => error,
    );

  it('a missing folder', async () => {
    await expect(loadRecordedMarket(join(folder, 'none'))).rejects.toMatchObject({ code: 'FOLDER_MISSING' });
  });
  it('an empty folder', async () => {
    expect(await failure()).toMatchObject({ code: 'NO_FILES' });
  });
  it('a damaged archive', async () => {
    writeFileSync(join(folder, 'ES_201312_1m.csv.gz'), gzipSync(`${HEADER}\n${GOOD}`).subarray(0, 40));
    expect(await failure()).toMatchObject({ code: 'FILE_UNREADABLE' });
  });
  it('a missing column', async () => {
    writeFileSync(join(folder, 'ES_201312_1m.csv'), 'timestamp,open,high,low,close,bid,ask,bid_size,ask_size\n');
    expect(await failure()).toMatchObject({
      code: 'COLUMNS_MISSING',
      message: expect.stringMatching(/lacks the column volume/) as string,
    });
  });
  it('a file with a header alone', async () => {
    writeFileSync(join(folder, 'ES_201312_1m.csv'), `${HEADER}\n`);
    expect(await failure()).toMatchObject({ code: 'NO_ROWS' });
  });
  it('a contract table that contradicts the registry', async () => {
    writeFileSync(join(folder, 'ES_201312_1m.csv'), `${HEADER}\n${GOOD}\n`);
    writeFileSync(join(folder, 'contracts.csv'), 'root,multiplier,tick_size\nES,5,0.25\n');
    expect(await failure()).toMatchObject({ code: 'CONTRACT_TABLE_INVALID' });
  });
  it('a delivery month that does not exist', async () => {
    writeFileSync(join(folder, 'GC_201313_1m.csv'), `${HEADER}\n${GOOD}\n`);
    expect(await failure()).toMatchObject({
      code: 'FILE_NAME_INVALID',
      message: expect.stringMatching(/GC_201313_1m\.csv names the delivery month 201313/) as string,
    });
  });
  it('counts what it leaves out by file, with the first line and its reason', async () => {
    writeFileSync(join(folder, 'ES_201312_1m.csv'), `${HEADER}\n${GOOD}\nbad\n${GOOD}\n`);
    writeFileSync(join(folder, 'GC_201312_1m.csv'), `${HEADER}\nworse\n${GOLD}\n`);
    writeFileSync(join(folder, 'ES_201312_1m.csv.gz'), gzipSync(`${HEADER}\n${GOOD}\n`));
    expect(dataNotes(await loadRecordedMarket(folder))).toEqual([
      'data: ES_201312_1m.csv: 2 rows are left out, the first at line 3: expected 10 columns, found 1',
      'data: GC_201312_1m.csv: 1 row is left out at line 2: expected 10 columns, found 1',
      'data: ES_201312_1m.csv.gz is left out: ES_201312_1m.csv holds the same contract',
    ]);
  });
  it('says what it skips', async () => {
    writeFileSync(join(folder, 'ES_201312_1m.csv'), `${HEADER}\n${GOOD}\n`);
    writeFileSync(join(folder, 'ZB_201312_1m.csv'), `${HEADER}\n${GOOD}\n`);
    const market = await loadRecordedMarket(folder, { instruments: ['ES', 'NQ'] });
    expect(market.skipped).toEqual([
      { name: 'ZB_201312_1m.csv', reason: 'ZB is not in the instrument registry' },
      { name: 'NQ', reason: 'no recorded file' },
    ]);
  });
});
