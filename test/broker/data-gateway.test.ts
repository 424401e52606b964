/** The data connection against the paper gateway over TCP: contracts, history, streams, the clock as a barrier, ids, losses. */
import { tmpdir } from 'node:os';
import { BrokerError } from '../../src/broker/broker-error';
import { createDataConnection } from '../../src/broker/data-connection';
import type {
  Bar5s,
  DataAlert,
  Equity,
  MarketDataPort,
  QuoteStatus,
  StreamGap,
} from '../../src/broker/market-data-port';
import { smoke } from '../../src/broker/smoke';
import { main } from '../../src/cli/main';
import { DEFAULT_CONFIG } from '../../src/config/config';
import type { Quote } from '../../src/domain/bars';
import { pause, SILENT, testBroker, until } from './guard-rig';
import { startPaperGateway, type PaperGateway } from './paper-gateway-rig';

/** The gateway's clock only goes forward: tests share it, in order, each from where the last one left it. */
const START = '2013-10-09T14:30:00Z';
const TRADE_DATE = '2013-10-09';
const MINUTE = 60_000;

let gateway: PaperGateway;
let now = Date.parse(START);
const open: MarketDataPort[] = [];
const connect = async (fields: Parameters<typeof testBroker>[1] = {}): Promise<MarketDataPort> => {
  const data = createDataConnection(testBroker(gateway.port, fields), { logger: SILENT });
  open.push(data);
  await data.connect();
  return data;
};
const advance = async (minutes: number): Promise<void> => {
  now += minutes * MINUTE;
  await gateway.advanceTo(new Date(now).toISOString());
};

beforeAll(async () => (gateway = await startPaperGateway(START)));
afterEach(async () => {
  await Promise.all(open.splice(0).map((data) => data.close()));
  await gateway.fault('clear');
});
afterAll(() => gateway.close());

test('five data connections take ids from 99 and skip the trading id', async () => {
  for (let i = 0; i < 5; i += 1) await connect();
  expect(open.map((data) => data.state().clientId)).toEqual([99, 100, 102, 103, 104]);
});

test('smoke: server version, account and a two-sided quote', async () => {
  const result = await smoke({ broker: testBroker(gateway.port), trading: DEFAULT_CONFIG.trading });
  expect(result).toMatchObject({
    serverVersion: 193,
    managedAccounts: ['DEMO1000001'],
    marketTime: now,
  });
  expect(result.contract.localSymbol).toBe('ESZ3');
  expect(result.quote?.bid).toBeGreaterThan(1_600);
  expect(result.quote?.ask).toBeGreaterThan(result.quote?.bid ?? Infinity);
});

test.each([['smoke'], ['smoke', '--json']])(
  'omega %s %s: exit code 4 when the gateway has another account',
  async (...args) => {
    const out: string[] = [];
    const err: string[] = [];
    const env = { IBKR_PORT: String(gateway.port), IBKR_ACCOUNT: 'DU9', OMEGA_STATE_DIR: tmpdir() };
    const io = { out: (text: string) => void out.push(text), err: (text: string) => void err.push(text) };
    expect(await main(args, { ...io, env, folder: tmpdir() })).toBe(4);
    expect(out.join()).toContain('DEMO1000001');
    expect([...out, ...err].join()).toContain('logged in to DEMO1000001, not to IBKR_ACCOUNT DU9');
  },
);

test('smoke without a gateway says what to do', async () => {
  const broker = testBroker(1, { requestTimeoutMs: 200 });
  const failed = smoke({ broker, trading: DEFAULT_CONFIG.trading });
  await expect(failed).rejects.toMatchObject({
    code: 'NO_GATEWAY',
    message: expect.stringContaining('127.0.0.1:1') as string,
  });
});

test('front contracts by the roll rule, with the expiry as an integer', async () => {
  const data = await connect();
  expect(await data.resolveFront('ES', TRADE_DATE)).toEqual({
    ...{ secType: 'FUT', symbol: 'ES', ibSymbol: 'ES', localSymbol: 'ESZ3', tradingClass: 'ES', exchange: 'CME' },
    ...{ currency: 'USD', multiplier: 50, lastTradeDate: 20131220, conId: expect.any(Number) as number },
  });
  expect(await data.resolveFront('GC', TRADE_DATE)).toMatchObject({ localSymbol: 'GCZ3', multiplier: 100 });
  expect((await data.resolveFront('ES', '2013-12-13')).localSymbol).toBe('ESH4');
  await expect(data.resolveFront('ES', '2033-01-03')).rejects.toMatchObject({ code: 'NO_CONTRACT' });
});

test('history: the default is a day of minutes; a span is cut to what was asked, in order, once', async () => {
  const data = await connect();
  const es = await data.resolveFront('ES', TRADE_DATE);
  const day = await data.history(es, {});
  expect(day.length).toBeGreaterThan(500);
  expect(Math.max(...day.map(({ start }) => start))).toBeLessThan(now);
  const to = now - 30 * MINUTE;
  const from = to - 5 * 86_400_000;
  const span = await data.history(es, { from, to });
  const starts = span.map(({ start }) => start);
  expect(starts).toEqual([...new Set(starts)].sort((a, b) => a - b));
  expect(starts[0]).toBeGreaterThanOrEqual(from);
  expect(starts.at(-1)).toBe(to - MINUTE);
  expect(span.every(({ volume }) => volume > 0)).toBe(true);
  const lastHour = (bars: typeof span): typeof span =>
    bars.filter(({ start }) => start >= to - 60 * MINUTE && start < to);
  expect(lastHour(span)).toEqual(lastHour(day));
  // Nothing of the future.
  expect(await data.history(es, { from: now - 5 * MINUTE, to: now + 30 * MINUTE })).toHaveLength(5);
});

test('five-second bars and quotes come before the answer of the clock that released them', async () => {
  const data = await connect();
  const es = await data.resolveFront('ES', TRADE_DATE);
  const bars: Bar5s[] = [];
  const quotes: (readonly [Quote, QuoteStatus])[] = [];
  data.subscribe(es, { onBar5s: (bar) => bars.push(bar), onQuote: (quote, status) => quotes.push([quote, status]) });
  await data.marketTime();
  const start = now;
  for (let i = 0; i < 3; i += 1) {
    await advance(1);
    expect(await data.marketTime()).toBe(now);
    expect(bars.at(-1)?.start).toBe(now - 5_000);
  }
  const [history] = await data.history(es, { from: start, to: start + MINUTE });
  const inMinute = bars.filter((bar) => bar.start >= start && bar.start < start + MINUTE);
  expect(inMinute.reduce((sum, { volume }) => sum + volume, 0)).toBe(history.volume);
  expect(Math.max(...inMinute.filter(({ volume }) => volume > 0).map(({ high }) => high))).toBe(history.high);
  const [lastQuote, status] = quotes.at(-1)!;
  expect(lastQuote.bid).toBeLessThan(lastQuote.ask!);
  expect(lastQuote.bidSize).toBeGreaterThan(0);
  expect(status).toMatchObject({ stale: false, marketDataType: 1 });
  expect(status.dayVolume).toBeGreaterThan(0);
});

test('depth and single trades where they are wanted', async () => {
  const data = await connect();
  const es = await data.resolveFront('ES', TRADE_DATE);
  let depth: { bids: readonly { price: number }[]; asks: readonly { price: number }[] } | null = null;
  const trades: number[] = [];
  data.subscribe(es, { onDepth: (book) => (depth = book), onTrade: ({ price }) => trades.push(price) });
  await data.marketTime();
  await advance(1);
  await data.marketTime();
  expect(depth!.bids[0].price).toBeLessThan(depth!.asks[0].price);
  expect(depth!.bids.map(({ price }) => price)).toEqual(
    [...depth!.bids.map(({ price }) => price)].sort((a, b) => b - a),
  );
  expect(trades.length).toBeGreaterThan(0);
});

test('unsubscribing ends the stream', async () => {
  const data = await connect();
  const es = await data.resolveFront('ES', TRADE_DATE);
  let bars = 0;
  const end = data.subscribe(es, { onBar5s: () => (bars += 1) });
  await data.marketTime();
  await advance(1);
  await data.marketTime();
  const before = bars;
  expect(before).toBeGreaterThan(0);
  end();
  await advance(1);
  await data.marketTime();
  expect(bars).toBe(before);
});

test('equity is told', async () => {
  const data = createDataConnection(testBroker(gateway.port), { logger: SILENT });
  open.push(data);
  const heard: Equity[] = [];
  data.onEquity((equity) => heard.push(equity));
  await data.connect();
  await until(() => heard.length > 0);
  expect(heard.at(-1)).toMatchObject({ netLiquidation: 100_000, reportedNetLiquidation: 100_000 });
});

describe('losses', () => {
  test.each([
    ['drop', {}],
    ['rst', {}],
  ])('%s: connected again, streams asked for again, the gap told', async (fault, fields) => {
    const data = await connect();
    const es = await data.resolveFront('ES', TRADE_DATE);
    const gaps: StreamGap[] = [];
    let bars = 0;
    data.onGap((gap) => gaps.push(gap));
    data.subscribe(es, { onBar5s: () => (bars += 1) });
    await data.marketTime();
    await gateway.fault(fault, { clientId: data.state().clientId, ...fields });
    await until(() => data.state().phase !== 'ready');
    const lostAt = now;
    await advance(5);
    await until(() => data.state().phase === 'ready');
    expect(gaps).toMatchObject([{ from: lostAt, to: now }]);
    const before = bars;
    await advance(1);
    await data.marketTime();
    expect(bars).toBeGreaterThan(before);
  });

  test('silence with the socket open is found, and the streams come back', async () => {
    const data = await connect();
    const frozenAt = performance.now();
    const { clientId } = data.state();
    await gateway.fault('freeze', { clientId });
    await until(() => data.state().phase !== 'ready');
    expect(performance.now() - frozenAt).toBeLessThan(1_500);
    await until(() => data.state().phase === 'ready');
    // The frozen session still holds its id.
    expect(data.state().clientId).toBeGreaterThan(clientId);
    await gateway.fault('thaw', { clientId });
  });

  test('1100 and 1101: stale at once, then everything asked for again under new ids', async () => {
    const data = await connect();
    const es = await data.resolveFront('ES', TRADE_DATE);
    const quotes: QuoteStatus[] = [];
    const gaps: StreamGap[] = [];
    let bars = 0;
    data.onGap((gap) => gaps.push(gap));
    data.subscribe(es, { onQuote: (_quote, status) => quotes.push(status), onBar5s: () => (bars += 1) });
    await data.marketTime();
    await gateway.fault('1100');
    await until(() => data.state().phase === 'broker-offline');
    await pause(5);
    expect(quotes.at(-1)).toMatchObject({ stale: true });
    await gateway.fault('1101');
    await until(() => data.state().phase === 'ready');
    expect(gaps).toHaveLength(1);
    const before = bars;
    await advance(1);
    await data.marketTime();
    expect(bars).toBeGreaterThan(before);
    expect(quotes.at(-1)).toMatchObject({ stale: false });
  });
});

describe('quotes that must not be traded on', () => {
  test('delayed data: the type the broker returns counts, not the one asked for', async () => {
    await gateway.fault('delayed-data');
    const data = await connect();
    const es = await data.resolveFront('ES', TRADE_DATE);
    const quotes: QuoteStatus[] = [];
    data.subscribe(es, { onQuote: (_quote, status) => quotes.push(status) });
    await data.marketTime();
    await advance(1);
    await data.marketTime();
    expect(quotes.at(-1)).toMatchObject({ stale: true, marketDataType: 3 });
  });

  test('10197: stale, one alert however often it comes; 2103 too, until 2104', async () => {
    const data = await connect();
    const es = await data.resolveFront('ES', TRADE_DATE);
    const quotes: QuoteStatus[] = [];
    const alerts: DataAlert[] = [];
    data.onAlert((alert) => alerts.push(alert));
    data.subscribe(es, { onQuote: (_quote, status) => quotes.push(status) });
    await data.marketTime();
    await gateway.fault('2103');
    await data.marketTime();
    await pause(5);
    expect(quotes.at(-1)).toMatchObject({ stale: true });
    await gateway.fault('2104');
    await data.marketTime();
    await pause(5);
    expect(quotes.at(-1)).toMatchObject({ stale: false });
    for (let i = 0; i < 3; i += 1) await gateway.fault('10197');
    await data.marketTime();
    await pause(5);
    expect(quotes.at(-1)).toMatchObject({ stale: true });
    expect(alerts.filter(({ code }) => code === 10197)).toHaveLength(1);
    expect(data.state().phase).toBe('ready');
  });
});

test('closed before it was accepted: connect says so', async () => {
  const data = createDataConnection(testBroker(1), { logger: SILENT });
  const connected = data.connect();
  await data.close();
  await expect(connected).rejects.toThrow(BrokerError);
});
