import type { ServerMessage } from '../../src/paper-gateway/messages';
import { ES_QUERY } from './sample-parts';
import { minute, Rig, sampleMarket, scriptedMarket, T0, type Client } from './exchange-rig';

const QUERY = { ...ES_QUERY, conId: 0, lastTradeDateOrContractMonth: '201312' };
const bars = (reqId: number, whatToShow = 'TRADES') =>
  ({ type: 'reqRealTimeBars', reqId, contract: QUERY, barSize: 5, whatToShow, useRth: false }) as const;
const quotes = (reqId: number, fields: object = {}) =>
  ({
    type: 'reqMktData',
    reqId,
    contract: QUERY,
    genericTicks: '',
    snapshot: false,
    regulatorySnapshot: false,
    ...fields,
  }) as const;

describe('live streams', () => {
  let rig: Rig;
  let client: Client;
  afterEach(() => rig.close());
  const sample = async (): Promise<void> => {
    rig = new Rig(await sampleMarket());
    client = rig.connect();
  };

  it('twelve 5-second bars are the recorded minute; the last comes at its end', async () => {
    await sample();
    rig.exchange.onRequest(client, bars(1));
    for (let index = 0; index < 30; index += 1) {
      client.received.length = 0;
      rig.exchange.advanceTo(T0 + index * 60_000 + 59_000);
      expect(client.all('realTimeBar')).toHaveLength(11);
      rig.exchange.advanceTo(T0 + (index + 1) * 60_000);
      const heard = client.all('realTimeBar');
      expect(heard.map(({ time }) => time)).toEqual(
        Array.from({ length: 12 }, (_, i) => T0 + index * 60_000 + i * 5000),
      );
      const bar = rig.exchange.recorded.contracts[0].minutes.find(({ start }) => start === T0 + index * 60_000)?.bar;
      const traded = heard.filter(({ volume }) => volume > 0);
      expect({
        open: traded[0].open,
        high: Math.max(...traded.map(({ high }) => high)),
        low: Math.min(...traded.map(({ low }) => low)),
        close: traded[traded.length - 1].close,
        volume: traded.reduce((sum, { volume }) => sum + volume, 0),
      }).toEqual({ open: bar?.open, high: bar?.high, low: bar?.low, close: bar?.close, volume: bar?.volume });
    }
  });

  it('tells the state on subscription, then only what changes, ending at the recorded quote and volume', async () => {
    await sample();
    rig.exchange.onRequest(client, quotes(1));
    const first = client.all('tickPrice').map(({ tickType }) => tickType);
    expect(first).toEqual(expect.arrayContaining([1, 2, 4, 6, 7, 9, 14]));
    const volumeBefore = client.all('tickSize').find(({ tickType }) => tickType === 8)?.size ?? 0;
    client.received.length = 0;
    rig.exchange.advanceTo(T0 + 59_000);
    const recorded = rig.exchange.recorded.contracts[0].minutes.find(({ start }) => start === T0);
    const last = (tickType: number): ServerMessage | undefined =>
      client.received.findLast(
        (message) => (message.type === 'tickSize' || message.type === 'tickPrice') && message.tickType === tickType,
      );
    expect(last(8)).toMatchObject({ size: volumeBefore + (recorded?.bar?.volume ?? 0) });
    expect(last(4)).toMatchObject({ price: recorded?.bar?.close });
    const before = rig.exchange.recorded.contracts[0].minutes.find(({ start }) => start === T0 - 60_000)?.quote;
    if (recorded?.quote?.bid !== before?.bid) expect(last(1)).toMatchObject({ price: recorded?.quote?.bid });
    if (recorded?.quote?.bidSize !== before?.bidSize) expect(last(0)).toMatchObject({ size: recorded?.quote?.bidSize });
    if (recorded?.quote?.askSize !== before?.askSize) expect(last(3)).toMatchObject({ size: recorded?.quote?.askSize });
  });

  it('answers a snapshot and ends it', async () => {
    await sample();
    rig.exchange.onRequest(client, quotes(1, { snapshot: true }));
    expect(client.received.at(-1)?.type).toBe('tickSnapshotEnd');
    client.received.length = 0;
    rig.exchange.advanceTo(T0 + 60_000);
    expect(client.received).toEqual([]);
  });

  it('is silent after a cancel, and says when there is nothing to cancel', async () => {
    await sample();
    rig.exchange.onRequest(client, bars(1));
    rig.exchange.onRequest(client, { type: 'cancelRealTimeBars', reqId: 1 });
    rig.exchange.onRequest(client, { type: 'cancelMktDepth', reqId: 9 });
    rig.exchange.advanceTo(T0 + 60_000);
    expect([client.all('realTimeBar'), client.errors(9)]).toEqual([[], [310]]);
  });

  it('has bid, ask and midpoint bars from the quote', () => {
    rig = new Rig(
      scriptedMarket([minute(0, [100, 100, 100, 100], [99, 101, 5, 5]), minute(1, [100, 100, 100, 100], null)]),
    );
    client = rig.connect();
    (['BID', 'ASK', 'MIDPOINT'] as const).forEach((show, index) => rig.exchange.onRequest(client, bars(index, show)));
    rig.exchange.advanceTo(T0 + 65_000);
    expect(
      client
        .all('realTimeBar')
        .slice(-3)
        .map(({ close, volume }) => [close, volume]),
    ).toEqual([
      [99, -1],
      [101, -1],
      [100, -1],
    ]);
  });

  it('streams ticks that sum to the volume, and the recorded quotes', async () => {
    await sample();
    const ticks = (reqId: number, tickType: string) =>
      ({ type: 'reqTickByTickData', reqId, contract: QUERY, tickType, numberOfTicks: 0, ignoreSize: false }) as const;
    rig.exchange.onRequest(client, ticks(1, 'AllLast'));
    rig.exchange.onRequest(client, ticks(2, 'BidAsk'));
    rig.exchange.onRequest(client, ticks(3, 'MidPoint'));
    rig.exchange.onRequest(client, ticks(4, 'Gossip'));
    rig.exchange.advanceTo(T0 + 60_000);
    const recorded = rig.exchange.recorded.contracts[0].minutes.find(({ start }) => start === T0);
    expect(client.all('tickByTickLast').reduce((sum, { size }) => sum + size, 0)).toBe(recorded?.bar?.volume);
    expect(client.all('tickByTickBidAsk')).toMatchObject([
      { bidPrice: recorded?.quote?.bid, askSize: recorded?.quote?.askSize },
    ]);
    expect(client.all('tickByTickMidPoint')).toHaveLength(1);
    expect(client.errors(4)).toEqual([321]);
  });

  it('shows a depth whose first level is the quote, and says that the rest is simulated', async () => {
    await sample();
    rig.exchange.onRequest(client, { type: 'reqMktDepth', reqId: 1, contract: QUERY, rows: 5, smartDepth: true });
    expect(client.errors(1)).toEqual([2152]);
    const levels = client.all('marketDepthL2');
    const quote = rig.exchange.recorded.contracts[0].minutes.find(({ start }) => start === T0 - 60_000)?.quote;
    expect(levels).toHaveLength(10);
    expect(levels.every(({ marketMaker }) => marketMaker === 'SIM')).toBe(true);
    expect(levels[0]).toMatchObject({ side: 1, operation: 0, price: quote?.bid, size: quote?.bidSize });
    expect(levels[4].price).toBe((quote?.bid ?? 0) - 1);
    client.received.length = 0;
    rig.exchange.advanceTo(T0 + 60_000);
    expect(client.all('marketDepthL2').every(({ operation }) => operation === 1)).toBe(true);
  });

  it('has no market for contracts without recorded data', async () => {
    await sample();
    const stock = {
      ...QUERY,
      symbol: 'AAPL',
      secType: 'STK',
      exchange: 'SMART',
      multiplier: '',
      localSymbol: '',
      tradingClass: '',
      lastTradeDateOrContractMonth: '',
    };
    rig.exchange.onRequest(client, { ...quotes(1), contract: stock });
    rig.exchange.onRequest(client, { ...bars(2), contract: stock });
    rig.exchange.onRequest(client, { ...quotes(3), contract: { ...stock, symbol: 'NOPE' } });
    expect([client.errors(1), client.errors(2), client.errors(3)]).toEqual([[354], [420], [200]]);
  });
});

describe('contracts', () => {
  it('lists front and next month of every instrument, continuous futures and stocks, under ids that never change', async () => {
    const rig = new Rig(await sampleMarket());
    const client = rig.connect();
    const blank = {
      ...QUERY,
      lastTradeDateOrContractMonth: '',
      multiplier: '',
      exchange: '',
      localSymbol: '',
      tradingClass: '',
    };
    const details = (fields: object): readonly (readonly [number, string, string])[] => {
      client.received.length = 0;
      rig.exchange.onRequest(client, { type: 'reqContractDetails', reqId: 1, contract: { ...blank, ...fields } });
      return client
        .all('contractDetails')
        .map(({ details: { contract } }) => [contract.conId, contract.localSymbol, contract.secType]);
    };
    expect(details({ symbol: 'ES' })).toEqual([
      [10201312, 'ESZ3', 'FUT'],
      [10201403, 'ESH4', 'FUT'],
    ]);
    expect(details({ symbol: 'EUR' }).map(([, name]) => name)).toEqual(['6EZ3', '6EH4']);
    expect(details({ symbol: 'GC', exchange: 'COMEX' }).map(([, name]) => name)).toEqual(['GCZ3', 'GCG4']);
    for (const symbol of ['NQ', 'GBP', 'AUD']) expect(details({ symbol })).toHaveLength(2);
    expect(details({ symbol: 'ES', secType: 'CONTFUT', exchange: 'CME' })).toEqual([[10201312, 'ESZ3', 'CONTFUT']]);
    expect(details({ symbol: '', conId: 60201312 })).toEqual([[60201312, 'GCZ3', 'FUT']]);
    expect(details({ symbol: '', localSymbol: 'ESZ3' })).toHaveLength(1);
    expect(details({ symbol: 'MSFT', secType: 'STK', exchange: 'SMART' })).toEqual([[272093, 'MSFT', 'STK']]);
    expect(details({ symbol: 'ES', exchange: 'NYSE' })).toEqual([]);
    expect(client.errors(1)).toEqual([200]);
    expect(details({ symbol: 'ES', lastTradeDateOrContractMonth: '20131220' })).toHaveLength(1);
    rig.close();
  });
});

describe('account feeds', () => {
  it('tell net liquidation, P&L and position whenever quotes or fills change them', async () => {
    const market = scriptedMarket([
      minute(0, [100, 100, 100, 100], [100, 100.25, 5, 5]),
      minute(1, [101, 102, 101, 102], [102, 102.25, 5, 5]),
    ]);
    const rig = new Rig(market);
    const client = rig.connect();
    rig.exchange.advanceTo(T0 + 59_000);
    rig.exchange.onRequest(client, { type: 'reqAccountSummary', reqId: 1, group: 'All', tags: ['NetLiquidation'] });
    rig.exchange.onRequest(client, { type: 'reqPnL', reqId: 2, account: 'DEMO1000001', modelCode: '' });
    rig.exchange.onRequest(client, { type: 'reqPositions' });
    rig.exchange.onRequest(client, { type: 'reqAccountUpdates', subscribe: true, account: '' });
    const net = (): readonly string[] => client.all('accountSummary').map(({ value }) => value);
    rig.place(client, 1, { action: 'BUY' });
    // Bought at 100.25, marked at the last trade 100: −12.50 and the fee.
    expect(net()).toEqual(['100000.00', '99985.25']);
    rig.exchange.advanceTo(T0 + 120_000);
    expect(net().at(-1)).toBe((100_000 - 2.25 + (102 - 100.25) * 50).toFixed(2));
    rig.place(client, 2, { action: 'SELL' });
    expect(client.all('pnl').at(-1)).toMatchObject({ dailyPnl: 83, realizedPnl: 87.5, unrealizedPnl: 0 });
    expect(client.all('position').map(({ position }) => position)).toEqual([1, 0]);
    expect(client.all('portfolioValue').at(-1)).toMatchObject({ position: 0, realizedPnl: 87.5 });
    const told = client.received.length;
    rig.exchange.onRequest(client, { type: 'reqCurrentTime' });
    expect(client.received.slice(told).map(({ type }) => type)).toEqual(['currentTime']);
    rig.close();
  });

  it('measures daily P&L anew from 17:00 Chicago', () => {
    const rig = new Rig(scriptedMarket([minute(0, [100, 100, 100, 100], [100, 100.25, 5, 5])]));
    const client = rig.connect();
    rig.exchange.advanceTo(T0 + 59_000);
    rig.place(client, 1, {});
    expect(rig.exchange.account.figures().dailyPnl).toBe(-14.75);
    rig.exchange.advanceTo(Date.parse('2013-10-09T22:00:00Z'));
    expect(rig.exchange.account.figures()).toMatchObject({ dailyPnl: 0, netLiquidation: 99_985.25 });
    expect(rig.exchange.ledger.account.tradeDate).toBe('2013-10-10');
    rig.close();
  });
});
