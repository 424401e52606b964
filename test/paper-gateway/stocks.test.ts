/** US stocks in the gateway: prices, hours, orders, account, history. The recorded daily bars are the repository's. */
import fc from 'fast-check';
import { stockTickAt } from '../../src/domain/contracts';
import { DEFAULT_ORDER, type ContractQuery, type WireOrder } from '../../src/paper-gateway/messages';
import type { DailyBar } from '../../src/paper-gateway/daily-bars';
import { modelledQuote } from '../../src/paper-gateway/modelled-quote';
import { stockCommission } from '../../src/paper-gateway/stock-commission';
import { loadStockMarkets } from '../../src/paper-gateway/stock-markets';
import type { RecordedStockMarket } from '../../src/paper-gateway/stock-replay';
import { syntheticConId } from '../../src/paper-gateway/synthetic-con-id';
import { US_STOCKS } from '../../src/paper-gateway/us-stocks';
import { Rig, sampleMarket, type Client } from './exchange-rig';
import { ES_QUERY } from './sample-parts';

const at = (text: string): number => Date.parse(text);
/** 09:30 and 16:00 in New York. */
const OPEN = at('2013-06-03T13:30:00Z');
const CLOSE = at('2013-06-03T20:00:00Z');

let all: readonly RecordedStockMarket[];
/** The few that are traded here: each exchange makes its market of all that it is given. */
let stocks: readonly RecordedStockMarket[];
let rig: Rig;
let client: Client;

beforeAll(async () => {
  all = (await loadStockMarkets('data')).markets;
  stocks = all.filter(({ ticker }) => ['KO', 'IBM', 'SPY'].includes(ticker));
});
afterEach(() => rig?.close());

async function start(clock: number, listed = stocks): Promise<void> {
  rig = new Rig(await sampleMarket(), clock, undefined, 1, listed);
  client = rig.connect();
}

const named = (symbol: string, more: Partial<ContractQuery> = {}): ContractQuery => ({
  ...ES_QUERY,
  conId: 0,
  symbol,
  secType: 'STK',
  exchange: 'SMART',
  currency: 'USD',
  multiplier: '',
  localSymbol: '',
  tradingClass: '',
  lastTradeDateOrContractMonth: '',
  ...more,
});
const place = (orderId: number, contract: ContractQuery, order: Partial<WireOrder>): void =>
  rig.exchange.onRequest(client, {
    type: 'placeOrder',
    orderId,
    contract,
    order: { ...DEFAULT_ORDER, orderType: 'MKT', action: 'BUY', totalQuantity: 10, ...order },
  });
const fills = (): readonly (readonly [number, number, number])[] =>
  rig.exchange.ledger.executions.map(({ orderId, shares, price }) => [orderId, shares, price]);
const barsOf = (ticker: string): readonly DailyBar[] => all.find((stock) => stock.ticker === ticker)?.daily ?? [];
const barOf = (ticker: string, date: string): DailyBar => {
  const bar = barsOf(ticker).find((day) => day.date === date);
  if (bar === undefined) throw new Error(`no bar of ${ticker} on ${date}`);
  return bar;
};

describe('prices', () => {
  // Examples of interactivebrokers.com, "Commissions: Stocks, Fixed": 100 shares at 25, 1,000 at 25, 1,000 at 0.25.
  test.each([
    [100, 25, 1],
    [1_000, 25, 5],
    [1_000, 0.25, 2.5],
    [1, 50, 0.5],
    [0, 50, 0],
  ])('%d shares at %d cost %d', (shares, price, fee) => {
    expect(stockCommission(shares, shares * price)).toBe(fee);
  });

  test('a modelled quote lies on the tick around its price, at least a tick and at most a half-spread and a tick away', () => {
    fc.assert(
      fc.property(fc.double({ min: 0.01, max: 3_000, noNaN: true }), (price) => {
        const { bid, ask } = modelledQuote(price);
        const tick = stockTickAt(price);
        const onTick = (side: number): boolean => Math.abs(side / tick - Math.round(side / tick)) < 1e-6;
        expect([bid < ask, bid <= price, ask >= price, onTick(bid), onTick(ask)]).toEqual(Array(5).fill(true));
        expect(Math.max(ask - price, price - bid)).toBeLessThanOrEqual(price * 1.5e-4 + tick + 1e-9);
      }),
    );
    expect(modelledQuote(40)).toEqual({ bid: 39.99, ask: 40.01 });
    expect(modelledQuote(200)).toEqual({ bid: 199.97, ask: 200.03 });
  });

  test('the repository’s daily bars are read whole, one series a ticker where the files overlap', () => {
    expect(all).toHaveLength(40);
    const ko = barsOf('KO').map(({ date }) => date);
    expect([ko[0], ko.at(-1), new Set(ko).size]).toEqual(['2008-01-02', '2017-09-01', ko.length]);
    expect([...ko].sort()).toEqual(ko);
  });

  test('ids of our own are no ids of IB’s, and no two of them alike', () => {
    const ids = US_STOCKS.map(({ conId }) => conId);
    expect(new Set(ids).size).toBe(ids.length);
    expect(syntheticConId('ZZZZZ')).toBeLessThan(2 ** 31);
    expect(() => syntheticConId('BRK B')).toThrow(RangeError);
  });
});

describe('orders', () => {
  test('fill at the day’s open and half a spread, whenever in the day, and what they cost leaves the cash', async () => {
    await start(OPEN + 3 * 3_600_000);
    const { open } = barOf('KO', '2013-06-03');
    const { bid, ask } = modelledQuote(open);
    place(1, named('KO'), { totalQuantity: 100 });
    place(2, named('KO'), { totalQuantity: 40, action: 'SELL' });
    expect(fills()).toEqual([
      [1, 100, ask],
      [2, 40, bid],
    ]);
    expect(client.all('commissionReport').map(({ commission }) => commission)).toEqual([1, 1]);
    const { cash, netLiquidation, stockValue, futuresPnl } = rig.exchange.account.figures();
    expect(cash).toBeCloseTo(100_000 - 100 * ask + 40 * bid - 2, 6);
    expect(stockValue).toBeCloseTo(60 * open, 6);
    expect(netLiquidation).toBeCloseTo(cash + stockValue, 6);
    expect(futuresPnl).toBe(0);
  });

  test('wait for the next open outside hours, with a warning, and end at its close when they were DAY orders unfilled', async () => {
    await start(CLOSE + 1);
    place(1, named('KO'), {});
    place(2, named('KO'), { orderType: 'LMT', lmtPrice: 20 });
    expect(client.errors(1)).toEqual([399]);
    expect(client.statuses(1)).toEqual(['PreSubmitted']);
    rig.exchange.advanceTo(at('2013-06-04T13:30:00Z'));
    expect(fills()).toEqual([[1, 10, modelledQuote(barOf('KO', '2013-06-04').open).ask]]);
    rig.exchange.advanceTo(at('2013-06-04T20:00:00Z'));
    expect(client.statuses(2).at(-1)).toBe('Cancelled');
  });

  test('of a size that the quote has not fill in parts; the commission is the whole order’s', async () => {
    const days = ['2013-05-31', '2013-06-03', '2013-06-04'];
    const bar = { open: 40, high: 41, low: 39, close: 40, volume: 20_000, adjustment: 1 };
    const thin = { ticker: 'KO', daily: days.map((date) => ({ date, ...bar })), minutes: [] };
    await start(OPEN, [thin]);
    place(1, named('KO'), { totalQuantity: 300, tif: 'GTC' });
    expect(fills()).toEqual([[1, 200, 40.01]]);
    rig.exchange.advanceTo(at('2013-06-04T13:30:00Z'));
    expect(fills()[1]).toEqual([1, 100, 40.01]);
    expect(client.all('commissionReport').map(({ commission }) => commission)).toEqual([1, 0.5]);
  });

  test('are refused as TWS does: an unknown ticker, one that is not listed any more, a price off the tick', async () => {
    await start(at('2014-06-03T14:00:00Z'));
    const details = (reqId: number, contract: ContractQuery): void =>
      rig.exchange.onRequest(client, { type: 'reqContractDetails', reqId, contract });
    details(50, named('NOPE'));
    details(51, named('IBM'));
    details(52, named('KO'));
    expect([client.errors(50), client.errors(51)]).toEqual([[200], [200]]);
    expect(client.all('contractDetails')).toMatchObject([{ details: { contract: { conId: 8894, symbol: 'KO' } } }]);
    place(1, named('NOPE'), {});
    place(2, named('', { conId: 8314 }), {});
    place(3, named('KO'), { orderType: 'LMT', lmtPrice: 40.005 });
    expect([client.errors(1), client.errors(2), client.errors(3)]).toEqual([[200], [201], [110]]);
    expect(fills()).toEqual([]);
  });

  test('three of five buys are rejected and sells are left alone when scripted; both end', async () => {
    await start(OPEN);
    rig.exchange.faults.add({ fault: 'reject-order', count: 3, skip: 1, side: 'buy', reason: 'scripted' });
    for (const orderId of [1, 2, 3, 4, 5]) place(orderId, named('KO'), {});
    expect(fills().map(([orderId]) => orderId)).toEqual([1, 5]);
    rig.exchange.faults.set({ unfilled: 'sell' });
    place(6, named('KO'), { action: 'SELL' });
    place(7, named('KO'), {});
    expect(client.statuses(6)).toEqual(['PreSubmitted', 'Submitted']);
    rig.exchange.faults.set({ unfilled: null });
    rig.exchange.transact(() => rig.exchange.engine.matchAll());
    expect(fills().map(([orderId]) => orderId)).toEqual([1, 5, 7, 6]);
  });

  test('positions of stocks are told, and outlive a gateway that is killed', async () => {
    await start(OPEN);
    place(1, named('KO'), { totalQuantity: 30 });
    rig.restart();
    client = rig.connect(2);
    rig.exchange.onRequest(client, { type: 'reqPositions' });
    rig.exchange.onRequest(client, { type: 'reqAccountUpdates', subscribe: true, account: '' });
    const { ask } = modelledQuote(barOf('KO', '2013-06-03').open);
    expect(client.all('position')).toMatchObject([
      { contract: { conId: 8894, symbol: 'KO', secType: 'STK', multiplier: '' }, position: 30, averageCost: ask },
    ]);
    expect(client.all('portfolioValue')).toMatchObject([{ contract: { symbol: 'KO' }, position: 30 }]);
  });
});

describe('market data', () => {
  const history = (reqId: number, contract: ContractQuery, more: object): void =>
    rig.exchange.onRequest(client, {
      type: 'reqHistoricalData',
      reqId,
      contract,
      endDateTime: '',
      barSize: '1 day',
      duration: '3 D',
      useRth: true,
      whatToShow: 'TRADES',
      formatDate: 1,
      keepUpToDate: false,
      ...more,
    });

  test('daily bars hold nothing of the day’s future: its open alone until the close', async () => {
    await start(OPEN + 60_000);
    history(1, named('KO'), {});
    const { open, high, low, close, volume } = barOf('KO', '2013-06-03');
    const during = client.all('historicalData')[0].bars;
    expect(during.map(({ date }) => date)).toEqual(['20130530', '20130531', '20130603']);
    expect(during.at(-1)).toMatchObject({ open, high: open, low: open, close: open, volume: 0 });
    rig.exchange.advanceTo(CLOSE);
    history(2, named('KO'), {});
    expect(client.all('historicalData')[1].bars.at(-1)).toMatchObject({ open, high, low, close, volume });
  });

  test('adjusted bars know no dividend after the last of them', async () => {
    await start(CLOSE);
    history(1, named('KO'), { whatToShow: 'ADJUSTED_LAST', duration: '1 Y' });
    const { bars } = client.all('historicalData')[0];
    const [first, last] = [barOf('KO', '2012-06-04'), barOf('KO', '2013-06-03')];
    expect(bars.at(-1)?.close).toBe(last.close);
    expect(bars.find(({ date }) => date === '20120604')?.close).toBeCloseTo(
      (first.close * first.adjustment) / last.adjustment,
      9,
    );
  });

  test('quotes stand at the open all day and at the close after it; the day’s volume is told in lots', async () => {
    await start(OPEN - 60_000);
    const { open, close, volume } = barOf('KO', '2013-06-03');
    rig.exchange.onRequest(client, {
      type: 'reqMktData',
      reqId: 9,
      contract: named('KO'),
      genericTicks: '',
      snapshot: false,
      regulatorySnapshot: false,
    });
    rig.exchange.advanceTo(OPEN);
    const last = (tickType: number): number | undefined =>
      client
        .all('tickPrice')
        .filter((tick) => tick.tickType === tickType)
        .at(-1)?.price;
    expect([last(1), last(2), last(4)]).toEqual([modelledQuote(open).bid, modelledQuote(open).ask, open]);
    rig.exchange.advanceTo(CLOSE);
    expect([last(1), last(4)]).toEqual([modelledQuote(close).bid, close]);
    expect(
      client
        .all('tickSize')
        .filter(({ tickType }) => tickType === 8)
        .at(-1)?.size,
    ).toBe(Math.floor(volume / 100));
  });

  test('SPY has its minutes where they are recorded, and its days elsewhere', async () => {
    await start(at('2011-01-04T15:00:00Z'));
    history(1, named('SPY'), { barSize: '1 min', duration: '600 S' });
    expect(client.all('historicalData')[0].bars).toHaveLength(10);
    place(1, named('SPY'), {});
    const replay = stocks.find(({ ticker }) => ticker === 'SPY')?.minutes ?? [];
    const minute = replay.findLast(({ start: begun }) => begun + 59_000 <= at('2011-01-04T15:00:00Z'));
    expect(fills()).toEqual([[1, 10, modelledQuote(minute?.close ?? 0).ask]]);
    rig.exchange.advanceTo(at('2011-02-01T14:30:00Z'));
    place(2, named('SPY'), { action: 'SELL' });
    expect(fills()[1]).toEqual([2, 10, modelledQuote(barOf('SPY', '2011-02-01').open).bid]);
    history(2, named('KO'), { barSize: '1 min', duration: '600 S' });
    expect(client.errors(2)).toContain(162);
  });
});
