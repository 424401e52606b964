/** Pacing, spans and refusals of historical data, without a gateway where none is needed. */
import fc from 'fast-check';
import { BrokerError } from '../../src/broker/broker-error';
import { createDataConnection } from '../../src/broker/data-connection';
import { BarHistory } from '../../src/broker/history';
import { pacingWaitMs, type PastRequest } from '../../src/broker/history-pacing';
import { barSeconds, durationText, longestSpanMs, MAX_BARS_PER_CALL } from '../../src/broker/history-spans';
import type { MarketDataPort } from '../../src/broker/market-data-port';
import type { WireBar } from '../../src/paper-gateway/messages';
import { ESZ3, SILENT, testBroker } from './guard-rig';
import { MARKET_TIME, ScriptedTws } from './scripted-tws';

const MINUTE = 60_000;

describe('pacing', () => {
  const script = fc.array(
    fc.record({
      stream: fc.constantFrom('ES', 'GC', 'NQ'),
      cost: fc.constantFrom(1, 2),
      idle: fc.integer({ min: 0, max: 20_000 }),
    }),
    { maxLength: 150 },
  );

  test('waiting as told never breaks a rule, and never waits longer than a window', () => {
    fc.assert(
      fc.property(script, (requests) => {
        const past: PastRequest[] = [];
        let now = 0;
        for (const { stream, cost, idle } of requests) {
          now += idle;
          const wait = pacingWaitMs(past, { stream, cost }, now);
          expect(wait).toBeLessThanOrEqual(600_000);
          now += wait;
          past.push({ stream, cost, at: now });
          const load = (windowMs: number, of?: string): number =>
            past
              .filter((each) => each.at > now - windowMs && (of === undefined || each.stream === of))
              .reduce((sum, each) => sum + each.cost, 0);
          expect(load(2_000, stream)).toBeLessThan(6);
          expect(load(600_000)).toBeLessThanOrEqual(60);
        }
      }),
      { numRuns: 100 },
    );
  });

  test('the first five of a contract go at once, the sixth waits out the two seconds', () => {
    const past = Array.from({ length: 5 }, (_, index) => ({ stream: 'ES', cost: 1, at: index }));
    expect(pacingWaitMs(past.slice(0, 4), { stream: 'ES', cost: 1 }, 10)).toBe(0);
    expect(pacingWaitMs(past, { stream: 'ES', cost: 1 }, 10)).toBe(1_990);
    expect(pacingWaitMs(past, { stream: 'GC', cost: 1 }, 10)).toBe(0);
  });
});

describe('spans', () => {
  test.each([
    ['1 min', 60],
    ['5 secs', 5],
    ['1 hour', 3_600],
    ['2 hours', 7_200],
    ['1 day', 86_400],
  ])('%s', (text, seconds) => expect(barSeconds(text)).toBe(seconds));

  test('what is no bar size is refused with an example', () => {
    expect(() => barSeconds('minute')).toThrow(/"1 min"/);
  });

  test('no call asks for more than 5,000 bars', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 10 * 365 * 86_400_000 }),
        fc.constantFrom('5 secs', '30 secs', '1 min', '5 mins', '1 hour', '1 day'),
        (span, barSize) => {
          const [count, unit] = durationText(span, barSize).split(' ');
          const seconds = Number(count) * { S: 1, D: 86_400, Y: 365 * 86_400 }[unit]!;
          expect(seconds / barSeconds(barSize)).toBeLessThanOrEqual(MAX_BARS_PER_CALL);
          // And as long as what is wanted, as far as one call goes.
          expect(seconds * 1_000).toBeGreaterThanOrEqual(Math.min(span, longestSpanMs(barSize)) * 0.5);
        },
      ),
    );
  });
});

describe('asking', () => {
  let tws: ScriptedTws;
  let data: MarketDataPort;
  beforeEach(async () => {
    const started = await ScriptedTws.start();
    tws = started.tws;
    data = createDataConnection(testBroker(started.port), { logger: SILENT });
    await data.connect();
  });
  afterEach(async () => {
    await data.close();
    await tws.close();
  });

  const bar = (time: number, volume = 10): WireBar => ({
    date: String(time / 1_000),
    ...{ open: 1, high: 2, low: 1, close: 2, volume, wap: 1.5, count: 3 },
  });
  const answering = (bars: (end: string, duration: string) => readonly WireBar[]): void => {
    tws.intercept = (session, request) => {
      if (request.type !== 'reqHistoricalData') return false;
      const { reqId, endDateTime, duration } = request;
      session.send({ type: 'historicalData', reqId, start: '', end: '', bars: bars(endDateTime, duration) });
      return true;
    };
  };
  const refusing = (message: string): void => {
    tws.intercept = (session, request) => {
      if (request.type === 'reqHistoricalData') session.send({ type: 'error', id: request.reqId, code: 162, message });
      return request.type === 'reqHistoricalData';
    };
  };

  test('by default one day of one-minute TRADES, outside regular hours too, as text, up to now', async () => {
    answering(() => [bar(MARKET_TIME - MINUTE)]);
    await data.history(ESZ3, {});
    expect(tws.requests('reqHistoricalData')).toMatchObject([
      { duration: '1 D', barSize: '1 min', whatToShow: 'TRADES', useRth: false, formatDate: 1, endDateTime: '' },
    ]);
  });

  test('all of it can be set', async () => {
    answering(() => []);
    await data.history(ESZ3, {
      duration: '2 W',
      end: MARKET_TIME,
      barSize: '5 mins',
      whatToShow: 'MIDPOINT',
      useRth: true,
    });
    expect(tws.requests('reqHistoricalData')).toMatchObject([
      { duration: '2 W', barSize: '5 mins', whatToShow: 'MIDPOINT', useRth: true, endDateTime: '20131009-14:30:00' },
    ]);
  });

  test('minutes without a trade are no bars; a midpoint has no volume and stays', async () => {
    answering(() => [bar(MARKET_TIME - 2 * MINUTE, 0), bar(MARKET_TIME - MINUTE)]);
    expect(await data.history(ESZ3, {})).toHaveLength(1);
    expect(await data.history(ESZ3, { whatToShow: 'MIDPOINT' })).toHaveLength(2);
  });

  test('the identical request within 15 s is answered without asking; now is named the second time', async () => {
    answering(() => [bar(MARKET_TIME - MINUTE)]);
    const span = { from: MARKET_TIME - 10 * MINUTE, to: MARKET_TIME };
    const first = await data.history(ESZ3, span);
    expect(await data.history(ESZ3, span)).toEqual(first);
    const asked = tws.requests('reqHistoricalData').length;
    await data.history(ESZ3, {});
    await data.history(ESZ3, {});
    expect(
      tws
        .requests('reqHistoricalData')
        .slice(asked)
        .map(({ endDateTime }) => endDateTime),
    ).toEqual(['', '20131009-14:30:00']);
    const texts = tws.requests('reqHistoricalData').map(({ reqId: _reqId, ...rest }) => JSON.stringify(rest));
    expect(new Set(texts).size).toBe(texts.length);
  });

  test('162 without data is an empty answer', async () => {
    refusing('Historical Market Data Service error message:HMDS query returned no data: ESZ3@CME Trades');
    expect(await data.history(ESZ3, { duration: '1 D' })).toEqual([]);
  });

  test('162 for want of permission is an error with its text', async () => {
    refusing('Historical Market Data Service error message:No market data permissions for CME FUT');
    await expect(data.history(ESZ3, {})).rejects.toMatchObject({
      code: 'REQUEST_REFUSED',
      ibCode: 162,
      message: expect.stringContaining('No market data permissions') as string,
    });
  });

  test('an answer that never comes is a time-out', async () => {
    tws.intercept = (_session, { type }) => type === 'reqHistoricalData';
    await expect(data.history(ESZ3, {})).rejects.toMatchObject({ code: 'REQUEST_TIMEOUT' });
  });

  test('a connection lost while waiting is said to be', async () => {
    tws.intercept = (_session, { type }) => type === 'reqHistoricalData';
    const answer = data.history(ESZ3, {});
    await Promise.all([
      expect(answer).rejects.toMatchObject({ code: 'CONNECTION_LOST' }),
      tws.faults.applyFault({ type: 'drop', clientId: data.state().clientId }),
    ]);
  });
});

test('162 for pacing: waits and asks again, at most three times', async () => {
  const waited: number[] = [];
  let asked = 0;
  const pendingRequests = {
    allocateId: () => 1,
    wait: () => Promise.reject(new BrokerError('REQUEST_REFUSED', 'pacing violation', 162)),
    fail: () => undefined,
  };
  const history = new BarHistory({
    connection: {} as never,
    pending: pendingRequests as never,
    send: async () => void (asked += 1),
    zone: 'UTC',
    pause: async (ms) => void waited.push(ms),
  });
  await expect(history.fetch(ESZ3, { duration: '1 D', end: MARKET_TIME })).rejects.toMatchObject({ code: 'PACING' });
  expect(asked).toBe(3);
  expect(waited).toEqual([15_000, 15_000]);
});
