import fc from 'fast-check';
import type { RecordedMinute } from '../../src/market-data/recorded-market';
import { durationStart, historyBars, parseBarSize } from '../../src/paper-gateway/history-bars';
import { ES_QUERY } from './sample-parts';
import { Rig, sampleMarket, type Client } from './exchange-rig';

const NOW = Date.parse('2013-10-09T14:30:00Z');
const QUERY = { ...ES_QUERY, conId: 0, lastTradeDateOrContractMonth: '201312' };

describe('history over the exchange', () => {
  let nextRequest = 100;
  let rig: Rig;
  let client: Client;
  let minutes: readonly RecordedMinute[];
  beforeAll(async () => {
    const market = await sampleMarket();
    minutes = market.contracts[0].minutes;
    rig = new Rig(market, NOW);
    client = rig.connect();
  });
  afterAll(() => rig.close());

  const ask = (reqId: number, fields: object): void =>
    rig.exchange.onRequest(client, {
      type: 'reqHistoricalData',
      reqId,
      contract: QUERY,
      endDateTime: '',
      duration: '1 D',
      barSize: '1 min',
      whatToShow: 'TRADES',
      useRth: false,
      formatDate: 2,
      keepUpToDate: false,
      ...fields,
    });
  const barsOf = (reqId: number): readonly (readonly [number, ...number[]])[] =>
    (client.all('historicalData').find((message) => message.reqId === reqId)?.bars ?? []).map((bar) => [
      Number(bar.date) * 1000,
      bar.open,
      bar.high,
      bar.low,
      bar.close,
      bar.volume,
    ]);

  it('equals the recorded rows, minute for minute', () => {
    ask(1, {});
    const start = Date.parse('2013-10-08T22:00:00Z');
    const recorded = minutes.flatMap(({ bar }) =>
      bar !== null && bar.start >= start && bar.start < NOW
        ? [[bar.start, bar.open, bar.high, bar.low, bar.close, bar.volume]]
        : [],
    );
    expect(recorded.length).toBeGreaterThan(900);
    expect(barsOf(1)).toEqual(recorded);
  });

  it('aggregates five minutes exactly', () => {
    ask(2, { barSize: '5 mins', duration: '3600 S' });
    const fives = barsOf(2);
    expect(fives).toHaveLength(12);
    for (const [start, open, high, low, close, volume] of fives) {
      const bars = minutes.flatMap(({ bar }) =>
        bar && bar.start >= start && bar.start < start + 300_000 ? [bar] : [],
      );
      expect([open, high, low, close, volume]).toEqual([
        bars[0].open,
        Math.max(...bars.map((bar) => bar.high)),
        Math.min(...bars.map((bar) => bar.low)),
        bars[bars.length - 1].close,
        bars.reduce((sum, bar) => sum + bar.volume, 0),
      ]);
    }
  });

  it.each([
    [{ endDateTime: '20131009 09:00:00 US/Central', duration: '600 S' }, 10],
    [{ endDateTime: '20131009-14:00:00', duration: '600 S' }, 10],
    [{ barSize: '5 secs', duration: '60 S' }, 12],
    [{ barSize: '1 day', duration: '2 D' }, 2],
    [{ barSize: '1 hour', duration: '7200 S' }, 2],
    [{ whatToShow: 'BID_ASK', duration: '600 S' }, 10],
    [{ useRth: true, duration: '1 D' }, 60],
  ])('%j gives %d bars', (fields, count) => {
    const reqId = (nextRequest += 1);
    ask(reqId, fields);
    expect(barsOf(reqId)).toHaveLength(count);
  });

  it.each([
    [{ barSize: '7 mins' }, 321],
    [{ duration: 'a day' }, 321],
    [{ whatToShow: 'GOSSIP' }, 321],
    [{ endDateTime: 'yesterday' }, 10314],
    [{ endDateTime: '20131009-14:00:00', keepUpToDate: true }, 321],
    [{ endDateTime: '20120101-14:00:00' }, 162],
    [{ contract: { ...QUERY, symbol: 'NQ', multiplier: '', tradingClass: '', localSymbol: '' } }, 162],
    [{ contract: { ...QUERY, symbol: 'ZZ' } }, 200],
  ])('%j is answered with error %d', (fields, code) => {
    const reqId = (nextRequest += 1);
    ask(reqId, fields);
    expect(client.errors(reqId)).toEqual([code]);
  });

  it('keeps a request up to date, the forming bar ending as the recorded one', () => {
    const other = new Rig(rig.exchange.recorded, NOW);
    const listener = other.connect();
    other.exchange.onRequest(listener, {
      type: 'reqHistoricalData',
      reqId: 1,
      contract: QUERY,
      endDateTime: '',
      duration: '300 S',
      barSize: '1 min',
      whatToShow: 'TRADES',
      useRth: false,
      formatDate: 2,
      keepUpToDate: true,
    });
    other.exchange.advanceTo(NOW + 180_000);
    const last = new Map(listener.all('historicalDataUpdate').map(({ bar }) => [Number(bar.date) * 1000, bar]));
    const recorded = minutes.flatMap(({ bar }) => (bar && bar.start >= NOW && bar.start < NOW + 180_000 ? [bar] : []));
    expect([...last.keys()]).toEqual(recorded.map(({ start }) => start));
    for (const bar of recorded)
      expect(last.get(bar.start)).toMatchObject({
        open: bar.open,
        high: bar.high,
        low: bar.low,
        close: bar.close,
        volume: bar.volume,
      });
    other.close();
  });
});

it('never shows what comes after the cut-off', async () => {
  const rig = new Rig(await sampleMarket(), NOW);
  const replay = rig.exchange.universe.recorded()[0].replay;
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 7200 }),
      fc.constantFrom('5 secs', '1 min', '15 mins', '1 hour', '1 day'),
      (second, text) => {
        const size = parseBarSize(text);
        if (size === null) throw new Error(text);
        const cutOff = NOW + second * 1000;
        const from = NOW - 3_600_000;
        const seen = historyBars(replay, { from, to: cutOff, cutOff }, size, 'TRADES', false);
        const later = historyBars(
          replay,
          { from, to: cutOff + 7_200_000, cutOff: cutOff + 7_200_000 },
          size,
          'TRADES',
          false,
        );
        expect(seen.slice(0, -1)).toEqual(later.slice(0, seen.length - 1));
        const last = seen[seen.length - 1];
        const full = later[seen.length - 1];
        expect(last.volume).toBeLessThanOrEqual(full.volume);
        expect([last.start, last.open]).toEqual([full.start, full.open]);
      },
    ),
    { numRuns: 60 },
  );
  rig.close();
});

it('counts days as trade dates', () => {
  const start = (duration: string): string => new Date(durationStart(duration, NOW) ?? Number.NaN).toISOString();
  expect(start('1 D')).toBe('2013-10-08T22:00:00.000Z');
  expect(start('3 D')).toBe('2013-10-06T22:00:00.000Z');
  expect(start('4 D')).toBe('2013-10-03T22:00:00.000Z');
  expect(start('1 W')).toBe('2013-10-02T22:00:00.000Z');
  expect(durationStart('0 D', NOW)).toBeNull();
});
