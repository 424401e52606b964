/** The broker's history, files of FNSPID and of the user's own, and factors by themselves. */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { BrokerError } from '../../../src/broker/broker-error';
import { parseIbTime } from '../../../src/broker/ib-time';
import type { Bar } from '../../../src/domain/bars';
import { csvHistory } from '../../../src/market-data/providers/csv-history';
import { fnspidPrices } from '../../../src/market-data/providers/fnspid-prices';
import { ibkrBars, type IbkrHistory } from '../../../src/market-data/providers/ibkr';
import { ibkrHistoryOver } from '../../../src/market-data/providers/ibkr-history';
import { adjustmentFactors } from '../../../src/market-data/providers/price-factors';
import type { BarRequest } from '../../../src/market-data/providers/provider';
import { stockOf } from '../../../src/domain/contracts';
import { ES_CONTRACT } from '../../es-contract';
import { collect, DAY_REQUEST } from './collect';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'omega-bars-'));
});
afterEach(() => rm(folder, { recursive: true }));

const utc = (text: string): number => Date.parse(text);

describe('IBKR', () => {
  type Asked = Parameters<IbkrHistory['history']>[1];
  const port = (bars: readonly Bar[], asked: Asked[] = []): IbkrHistory => ({
    zone: 'America/New_York',
    cannot: (contract) => (contract === 'ES_201312' ? null : `IBKR lists no ${contract}.`),
    history: async (_, request) => {
      asked.push(request);
      return bars.filter(({ start }) => start >= request.from && start < request.to);
    },
  });
  const minute: BarRequest = {
    contract: 'ES_201312',
    whatToShow: 'MIDPOINT',
    interval: '1m',
    from: utc('2013-08-01T00:00:00Z'),
    to: utc('2013-10-10T00:00:00Z'),
  };
  const bar = (start: number): Bar => ({ start, open: 10, high: 11, low: 9, close: 10, volume: 0 });

  test('thirty days a question, each bar once', async () => {
    const starts = [minute.from, utc('2013-08-31T00:00:00Z'), utc('2013-10-09T23:59:00Z')];
    const asked: Asked[] = [];
    const { bars } = await collect(ibkrBars(port(starts.map(bar), asked)), minute);
    expect(bars.map(({ start }) => start)).toEqual(starts);
    expect(asked.map(({ from, to }) => (to - from) / 86_400_000)).toEqual([30, 30, 10]);
    expect(asked[0]).toMatchObject({ barSize: '1 min', whatToShow: 'MIDPOINT' });
  });

  test('days are dates of the exchange, in summer and in winter', async () => {
    const days = ['20260306', '20260309'].map((date) => bar(parseIbTime(date, 'America/New_York') ?? NaN));
    const { bars, aside } = await collect(ibkrBars(port(days)), {
      ...DAY_REQUEST,
      from: utc('2026-03-06'),
      to: utc('2026-03-10'),
    });
    expect(bars.map(({ start }) => new Date(start).toISOString())).toEqual([
      '2026-03-06T00:00:00.000Z',
      '2026-03-09T00:00:00.000Z',
    ]);
    expect(aside).toEqual([]);
  });

  test('a future is resolved by its delivery month, a share by IB’s spelling, each once', async () => {
    const asked: string[] = [];
    const history = ibkrHistoryOver(
      {
        resolveFuture: async (symbol, month) => (asked.push(`${symbol} ${month}`), ES_CONTRACT),
        resolveStock: async (ticker) => (asked.push(ticker), stockOf(7, ticker)),
        history: async (contract, { barSize }) => (asked.push(`${contract.conId} ${barSize}`), []),
      },
      'UTC',
    );
    const request = { barSize: '1 min', whatToShow: 'TRADES', from: 0, to: 60_000 } as const;
    for (const name of ['ES_201312', 'BRK.B', 'BRK.B']) await history.history(name, request);
    const es = `${ES_CONTRACT.conId} 1 min`;
    expect(asked).toEqual(['ES 201312', es, 'BRK B', '7 1 min', '7 1 min']);
    expect(history.cannot('AAPL')).toBeNull();
    expect(history.cannot('ES')).toContain('"ES" is no contract');
  });

  test("the broker's errors keep their meaning", async () => {
    const failing = (error: Error): IbkrHistory => ({ ...port([]), history: () => Promise.reject(error) });
    const asking = (error: Error) => collect(ibkrBars(failing(error)), minute);
    await expect(asking(new BrokerError('PACING', 'too many', 162))).rejects.toMatchObject({
      code: 'RATE_LIMITED',
      provider: 'IBKR',
    });
    await expect(asking(new BrokerError('CONNECTION_LOST', 'gone'))).rejects.toMatchObject({ code: 'UNREACHABLE' });
    await expect(asking(new BrokerError('NO_CONTRACT', 'none'))).rejects.toMatchObject({ code: 'NOT_FOUND' });
    await expect(asking(new TypeError('a defect'))).rejects.toBeInstanceOf(TypeError);
    expect(ibkrBars(port([])).cannot({ ...minute, contract: 'X' })).toBe('IBKR lists no X.');
  });
});

describe('FNSPID', () => {
  test.each([
    [
      'full_history',
      'date,volume,open,high,low,close,adj close',
      '2024-02-01,64885400,183.98,186.94,183.82,186.86,186.42',
    ],
    ['raw', 'Date,Open,High,Low,Close,Adj Close,Volume', '2024-02-01,183.98,186.94,183.82,186.86,186.42,64885400'],
    [
      'preprocessed',
      'Date,Open,High,Low,Close,Adj close,Volume',
      '2024-02-01 00:00:00+00:00,183.98,186.94,183.82,186.86,186.42,64885400',
    ],
  ])('its days as %s has them', async (_, header, line) => {
    await writeFile(join(folder, 'AAPL.csv'), `${header}\n${line}\n`);
    const request = { ...DAY_REQUEST, contract: 'AAPL', from: utc('2024-01-01'), to: utc('2024-03-01') };
    const provider = fnspidPrices(folder);
    expect(provider.cannot(request)).toBeNull();
    expect((await collect(provider, request)).bars).toEqual([
      {
        start: utc('2024-02-01'),
        open: 183.98,
        high: 186.94,
        low: 183.82,
        close: 186.86,
        volume: 64_885_400,
        adjustmentFactor: 186.42 / 186.86,
      },
    ]);
  });

  test('newest first is turned round, a bad row kept aside, a missing column named', async () => {
    const header = 'date,open,high,low,close,adj close,volume';
    await writeFile(
      join(folder, 'aa.csv'),
      `${header}\n2024-02-02,5,6,4,5,5,1\n2024-02-01,5,6,4,,5,1\n2024-01-31,5,6,4,5,5,1\n`,
    );
    const request = { ...DAY_REQUEST, contract: 'AA', from: 0, to: utc('2025-01-01') };
    const { bars, aside } = await collect(fnspidPrices(folder), request);
    expect(bars.map(({ start }) => start)).toEqual([utc('2024-01-31'), utc('2024-02-02')]);
    expect(aside).toMatchObject([{ start: utc('2024-02-01'), reason: 'no close' }]);
    await writeFile(join(folder, 'B.csv'), 'date,open,high,low,close,volume\n');
    await expect(collect(fnspidPrices(folder), { ...request, contract: 'B' })).rejects.toMatchObject({
      code: 'SCHEMA',
      message: expect.stringContaining('lacks the column adj_close') as string,
    });
  });

  test('without its folder, and for what it has not', () => {
    expect(fnspidPrices(null).cannot(DAY_REQUEST)).toContain('FNSPID_PRICES');
    expect(fnspidPrices(folder).cannot(DAY_REQUEST)).toBe(`FNSPID has no SYN.csv in ${folder}.`);
    expect(fnspidPrices(folder).cannot({ ...DAY_REQUEST, interval: '1m' })).toBe('FNSPID has daily bars only, not 1m.');
  });
});

describe('CSV history', () => {
  const request: BarRequest = { ...DAY_REQUEST, contract: 'ES_201312', interval: '1m', from: 0, to: utc('2030-01-01') };
  const lines =
    'timestamp,open,high,low,close,volume\n2013-10-09T09:00:00-05:00,10,11,9,10,5\n2013-10-09 14:01:00,10,11,9,10,5\n';

  test('plain and packed files, times with their zone; others are kept aside', async () => {
    await writeFile(join(folder, 'ES_201312_1m.csv'), lines);
    await mkdir(join(folder, 'more'));
    await writeFile(join(folder, 'more', 'ES_201312_1m_midpoint.csv.gz'), gzipSync(lines));
    const provider = csvHistory(folder);
    expect(provider.cannot(request)).toBeNull();
    for (const whatToShow of ['TRADES', 'MIDPOINT'] as const) {
      const { bars, aside } = await collect(provider, { ...request, whatToShow });
      expect(bars.map(({ start }) => start)).toEqual([utc('2013-10-09T14:00:00Z')]);
      expect(aside).toHaveLength(1);
      expect(aside[0].reason).toContain('no time zone');
    }
  });

  test('a row that two files have comes once', async () => {
    await writeFile(join(folder, 'ES_201312_1m_1.csv'), lines);
    await writeFile(join(folder, 'ES_201312_1m_2.csv'), lines);
    expect((await collect(csvHistory(folder), request)).bars).toHaveLength(1);
  });

  test('no folder, no file, no columns', async () => {
    expect(csvHistory(join(folder, 'none')).cannot(request)).toContain('no file of ES_201312_1m');
    expect(csvHistory(folder).cannot(request)).toContain('no file of ES_201312_1m');
    await writeFile(join(folder, 'ES_201312_1m.csv'), 'time,open\n');
    await expect(collect(csvHistory(folder), request)).rejects.toMatchObject({
      code: 'SCHEMA',
      message: expect.stringContaining('lacks the columns timestamp, high') as string,
    });
  });
});

test('adjusted by its factors, a holder’s wealth is the price: splits and reinvested dividends leave the same returns', () => {
  const DAY = 86_400_000;
  const event = fc.record({ ratio: fc.constantFrom(1, 1, 1, 2, 0.1, 7), share: fc.constantFrom(0, 0, 0.01, 0.2) });
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.double({ min: 1, max: 1_000, noNaN: true }), event), { minLength: 2, maxLength: 30 }),
      (days) => {
        const closes = days.map(([close], i) => ({ start: i * DAY, close }));
        // A dividend of a share of the last close, per share as it is after the day's split.
        const cash = days.map(([, { ratio, share }], i) => (i === 0 ? 0 : (closes[i - 1].close / ratio) * share));
        const factors = adjustmentFactors(closes, {
          splits: days.map(([, { ratio }], i) => ({ exDate: i * DAY, ratio })),
          dividends: cash.map((amount, i) => ({ exDate: i * DAY, cash: amount })),
        });
        for (let i = 1; i < closes.length; i += 1) {
          const [before, now] = [closes[i - 1].close, closes[i].close];
          const [, { ratio }] = days[i];
          // Ex-dividend, the share that cost `before` is worth `before` less its dividend, in new shares.
          const held = (now * ratio) / (before - cash[i] * ratio);
          const adjusted = (now * factors[i]) / (before * factors[i - 1]);
          expect(adjusted / held).toBeCloseTo(1, 9);
        }
        expect(factors.at(-1)).toBe(1);
      },
    ),
  );
});
