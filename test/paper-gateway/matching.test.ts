import { INSTRUMENTS } from '../../src/domain/instruments';
import type { RecordedMinute } from '../../src/market-data/recorded-market';
import { isMatchingOpen } from '../../src/paper-gateway/matching-hours';
import { minute, Rig, scriptedMarket, T0, type Client } from './exchange-rig';

/** The quote of minute 0 is in force when a test starts: it stands at 59 s. */
const AFTER_QUOTE = T0 + 59_000;
const minuteEnd = (index: number): number => T0 + (index + 1) * 60_000;

describe('orders against the recorded market', () => {
  let rig: Rig;
  let client: Client;
  afterEach(() => rig.close());

  function start(minutes: readonly RecordedMinute[], clock = AFTER_QUOTE): void {
    rig = new Rig(scriptedMarket(minutes));
    client = rig.connect();
    rig.exchange.advanceTo(clock);
  }
  const fills = (): readonly (readonly [number, string, number, number])[] =>
    rig.exchange.ledger.executions.map(({ orderId, side, shares, price }) => [orderId, side, shares, price]);
  const status = (orderId: number): string | undefined => client.statuses(orderId).at(-1);
  const position = (): number => rig.exchange.ledger.account.positions.at(0)?.quantity ?? 0;
  const QUIET = minute(0, [100, 100, 100, 100], [100, 100.25, 10, 10]);

  it('fills a market order at the quote in force, with its commission, and tells it in order', () => {
    start([QUIET]);
    rig.place(client, 7, { action: 'BUY', orderRef: 'a-1-1' });
    expect(fills()).toEqual([[7, 'BOT', 1, 100.25]]);
    expect(client.statuses(7)).toEqual(['PreSubmitted', 'Submitted', 'Filled']);
    expect(client.all('execDetails')[0].execution.orderRef).toBe('a-1-1');
    expect(client.all('commissionReport')).toMatchObject([{ commission: 2.25, realizedPnl: null }]);
    rig.place(client, 8, { action: 'SELL' });
    expect(client.all('commissionReport')[1]).toMatchObject({ commission: 2.25, realizedPnl: -12.5 });
    expect(rig.exchange.ledger.account.cash).toBe(100_000 - 12.5 - 4.5);
  });

  it('waits for a two-sided quote: crossed and one-sided ones are shown, not traded', () => {
    const oneSided = minute(2, [100, 100, 100, 100], null);
    const bidOnly = {
      ...oneSided,
      quote: { time: oneSided.start + 59_000, bid: 101, ask: null, bidSize: 5, askSize: 0 },
    };
    start(
      [QUIET, minute(1, [100, 100, 100, 100], [102, 101, 5, 5]), bidOnly, minute(3, null, [101, 101.25, 5, 5])],
      minuteEnd(1),
    );
    rig.place(client, 1, { action: 'BUY' });
    rig.exchange.advanceTo(minuteEnd(2));
    expect(fills()).toEqual([]);
    expect(status(1)).toBe('PreSubmitted');
    rig.exchange.advanceTo(minuteEnd(3));
    expect(fills()).toEqual([[1, 'BOT', 1, 101.25]]);
  });

  it('fills partly against the size on offer and the rest at the next quote; orders share one quote', () => {
    start([minute(0, [100, 100, 100, 100], [100, 100.25, 10, 3]), minute(1, null, [100.5, 100.75, 1, 10])]);
    rig.place(client, 1, { action: 'BUY', totalQuantity: 2 });
    rig.place(client, 2, { action: 'BUY', totalQuantity: 2 });
    expect(fills()).toEqual([
      [1, 'BOT', 2, 100.25],
      [2, 'BOT', 1, 100.25],
    ]);
    rig.exchange.advanceTo(minuteEnd(1));
    expect(fills()[2]).toEqual([2, 'BOT', 1, 100.75]);
    expect(client.all('execDetails').at(-1)?.execution).toMatchObject({ cumQty: 2, avgPrice: 100.5 });
  });

  it('rests a limit until the quote or trades go beyond it', () => {
    start([
      QUIET,
      minute(1, [100, 100, 99.5, 99.5], [99.5, 99.75, 5, 5]),
      minute(2, [99.5, 99.5, 99.25, 99.5], [99.5, 99.75, 5, 5]),
      minute(3, null, [99, 99.25, 5, 5]),
    ]);
    rig.place(client, 1, { action: 'BUY', orderType: 'LMT', lmtPrice: 99.5 });
    rig.place(client, 2, { action: 'BUY', orderType: 'LMT', lmtPrice: 99.25 });
    rig.exchange.advanceTo(minuteEnd(1));
    expect(fills()).toEqual([]);
    rig.exchange.advanceTo(minuteEnd(2));
    expect(fills()).toEqual([[1, 'BOT', 1, 99.5]]);
    rig.exchange.advanceTo(minuteEnd(3));
    expect(fills()[1]).toEqual([2, 'BOT', 1, 99.25]);
  });

  it.each([
    ['SELL', 99, [100, 100, 98, 98.5] as const, [98.5, 98.75, 5, 5] as const, 98.5],
    // The quote recovered: the stop still fills no better than its price.
    ['SELL', 99, [100, 100, 98, 100] as const, [100, 100.25, 5, 5] as const, 99],
    ['BUY', 101, [100, 102, 100, 101.5] as const, [101.5, 101.75, 5, 5] as const, 101.75],
    ['BUY', 101, [100, 102, 100, 100] as const, [99.75, 100, 5, 5] as const, 101],
  ])('%s stop at %d through %j with quote %j fills at %d', (action, auxPrice, prices, quote, expected) => {
    start([QUIET, minute(1, prices, quote)]);
    rig.place(client, 1, { action, orderType: 'STP', auxPrice, tif: 'GTC' });
    expect(status(1)).toBe('PreSubmitted');
    rig.exchange.advanceTo(minuteEnd(1));
    expect(fills()).toEqual([[1, action === 'SELL' ? 'SLD' : 'BOT', 1, expected]]);
  });

  it('turns a stop-limit into a limit', () => {
    start([QUIET, minute(1, [98.5, 98.5, 98, 98.5], [98.5, 98.75, 5, 5]), minute(2, null, [98.75, 99, 5, 5])]);
    rig.place(client, 1, { action: 'SELL', orderType: 'STP LMT', auxPrice: 99, lmtPrice: 98.75 });
    rig.exchange.advanceTo(minuteEnd(1) - 1000);
    expect(fills()).toEqual([]);
    expect(status(1)).toBe('Submitted');
    rig.exchange.advanceTo(minuteEnd(2));
    expect(fills()).toEqual([[1, 'SLD', 1, 98.75]]);
  });

  it('trails a stop behind the best price, never back', () => {
    start([
      QUIET,
      minute(1, [100, 105, 100, 105], [105, 105.25, 5, 5]),
      minute(2, [104.5, 104.5, 103.5, 104], [104, 104.25, 5, 5]),
      minute(3, [104, 104, 102.5, 102.5], [102.5, 102.75, 5, 5]),
    ]);
    rig.place(client, 1, { action: 'SELL', orderType: 'TRAIL', auxPrice: 2 });
    rig.exchange.advanceTo(minuteEnd(1));
    expect(rig.exchange.ledger.orders()[0].trailStop).toBe(103);
    rig.exchange.advanceTo(minuteEnd(2));
    expect(rig.exchange.ledger.orders()[0].trailStop).toBe(103);
    rig.exchange.advanceTo(minuteEnd(3));
    expect(fills()).toEqual([[1, 'SLD', 1, 102.5]]);
  });

  describe('a bracket', () => {
    const bracket = (quantity = 1): void => {
      rig.place(client, 10, { action: 'BUY', totalQuantity: quantity, transmit: false });
      rig.place(client, 11, {
        action: 'SELL',
        totalQuantity: quantity,
        orderType: 'STP',
        auxPrice: 99,
        parentId: 10,
        transmit: false,
        tif: 'GTC',
      });
      rig.place(client, 12, {
        action: 'SELL',
        totalQuantity: quantity,
        orderType: 'LMT',
        lmtPrice: 102,
        parentId: 10,
        tif: 'GTC',
      });
    };

    it('says nothing and does nothing before its last leg is transmitted', () => {
      start([QUIET]);
      rig.place(client, 10, { action: 'BUY', transmit: false });
      rig.place(client, 11, { action: 'SELL', orderType: 'STP', auxPrice: 99, parentId: 10, transmit: false });
      expect([fills(), client.all('openOrder')]).toEqual([[], []]);
    });

    it('rests both legs once the entry has filled; the target cancels the stop', () => {
      start([QUIET, minute(1, [101, 103, 101, 103], [103, 103.25, 5, 5])]);
      bracket();
      expect([status(10), status(11), status(12)]).toEqual(['Filled', 'PreSubmitted', 'Submitted']);
      rig.exchange.advanceTo(minuteEnd(1));
      expect(fills()[1]).toEqual([12, 'SLD', 1, 102]);
      expect([status(11), status(12), position()]).toEqual(['Cancelled', 'Filled', 0]);
      expect(client.errors(11)).toEqual([202]);
    });

    it('a filled stop cancels the target', () => {
      start([QUIET, minute(1, [100, 100, 98, 98], [98, 98.25, 5, 5])]);
      bracket();
      rig.exchange.advanceTo(minuteEnd(1));
      expect([status(11), status(12), position()]).toEqual(['Filled', 'Cancelled', 0]);
    });

    it('never sells more than its entry has bought', () => {
      start([
        minute(0, [100, 100, 100, 100], [100, 100.25, 10, 1]),
        minute(1, [100, 100, 98, 98], [98, 98.25, 5, 0]),
        minute(2, null, [98, 98.25, 5, 5]),
      ]);
      bracket(2);
      expect(position()).toBe(1);
      rig.exchange.advanceTo(minuteEnd(1));
      expect(position()).toBe(0);
      rig.exchange.advanceTo(minuteEnd(2));
      expect(fills().reduce((sum, [, side, shares]) => sum + (side === 'BOT' ? shares : -shares), 0)).toBe(0);
    });

    it('dies with its entry', () => {
      start([QUIET]);
      rig.place(client, 10, { action: 'BUY', orderType: 'LMT', lmtPrice: 90, transmit: false });
      rig.place(client, 11, { action: 'SELL', orderType: 'STP', auxPrice: 89, parentId: 10 });
      rig.exchange.onRequest(client, { type: 'cancelOrder', orderId: 10 });
      expect([status(10), status(11)]).toEqual(['Cancelled', 'Cancelled']);
    });
  });

  it('an OCA group of type 1 is cancelled by the first fill, type 3 reduced by it', () => {
    start([minute(0, [100, 100, 100, 100], [100, 100.25, 10, 1])]);
    for (const [type, base] of [
      [1, 10],
      [3, 20],
    ] as const) {
      const group = { ocaGroup: `g${base}`, ocaType: type, totalQuantity: 2, orderType: 'LMT', action: 'BUY' };
      rig.place(client, base, { ...group, lmtPrice: 90 });
      rig.exchange.engine.execute(rig.exchange.ledger.orderOf(1, base)!, { price: 90, quantity: 1 });
      rig.place(client, base + 1, { ...group, lmtPrice: 89 });
      rig.exchange.engine.execute(rig.exchange.ledger.orderOf(1, base)!, { price: 90, quantity: 1 });
    }
    const [, first, , second] = rig.exchange.ledger.orders();
    expect([first.status, second.status, second.order.totalQuantity]).toEqual(['Cancelled', 'Submitted', 1]);
  });

  it('ends DAY orders with the trade date, GTD at their time, IOC at once; GTC stays', () => {
    start([QUIET]);
    const far = { action: 'BUY', orderType: 'LMT', lmtPrice: 50 };
    rig.place(client, 1, { ...far, tif: 'DAY' });
    rig.place(client, 2, { ...far, tif: 'GTC' });
    rig.place(client, 3, { ...far, tif: 'GTD', goodTillDate: '20131009-15:00:00' });
    rig.place(client, 4, { ...far, tif: 'IOC' });
    expect(status(4)).toBe('Cancelled');
    rig.exchange.advanceTo(Date.parse('2013-10-09T15:00:00Z'));
    expect([status(1), status(3)]).toEqual(['Submitted', 'Cancelled']);
    rig.exchange.advanceTo(Date.parse('2013-10-09T22:00:00Z'));
    expect([status(1), status(2)]).toEqual(['Cancelled', 'Submitted']);
    expect(rig.exchange.ledger.order(rig.exchange.ledger.orders()[0].permId)).toMatchObject({
      completedStatus: 'Expired',
      completedAt: Date.parse('2013-10-09T22:00:00Z'),
    });
  });

  it('modifies price and quantity under the same id', () => {
    start([QUIET]);
    rig.place(client, 1, { action: 'BUY', orderType: 'LMT', lmtPrice: 90, totalQuantity: 2 });
    rig.place(client, 1, { action: 'BUY', orderType: 'LMT', lmtPrice: 100.25, totalQuantity: 1 });
    expect(fills()).toEqual([[1, 'BOT', 1, 100.25]]);
    expect(rig.exchange.ledger.orders()).toHaveLength(1);
  });

  it('answers a what-if with margin and commission and keeps nothing', () => {
    start([QUIET]);
    rig.place(client, 1, { action: 'BUY', totalQuantity: 2, whatIf: true });
    expect(client.all('openOrder')[0].state).toMatchObject({
      initMarginChange: 8360,
      initMarginAfter: 8360,
      commission: 4.5,
    });
    expect(rig.exchange.ledger.orders()).toEqual([]);
  });

  it.each([
    ['off the tick grid', { orderType: 'LMT', lmtPrice: 100.1 }, 110],
    ['too big for the account', { totalQuantity: 24 }, 201],
    ['an unknown type', { orderType: 'MIDPRICE' }, 387],
    ['an unknown time in force', { tif: 'OPG' }, 10052],
    ['no quantity', { totalQuantity: 0 }, 434],
    ['a limit order without a limit', { orderType: 'LMT' }, 321],
    ['another account', { account: 'DU1' }, 321],
    ['an absent parent', { parentId: 99 }, 135],
    ['a date gone by', { tif: 'GTD', goodTillDate: '20131008-15:00:00' }, 201],
  ])('refuses %s', (_, order, code) => {
    start([QUIET]);
    rig.place(client, 1, order);
    expect(client.errors(1)).toEqual([code]);
    expect(fills()).toEqual([]);
    expect(rig.exchange.ledger.openOrders()).toEqual([]);
  });

  it('answers errors about ids as IB does', () => {
    start([QUIET]);
    const cancel = (orderId: number): void => rig.exchange.onRequest(client, { type: 'cancelOrder', orderId });
    rig.place(client, 1, {});
    rig.place(client, 1, {});
    cancel(1);
    expect(client.errors(1)).toEqual([104, 10148]);
    rig.place(client, 2, { orderType: 'LMT', lmtPrice: 50 });
    rig.place(client, 2, { orderType: 'LMT', lmtPrice: 50, action: 'SELL' });
    cancel(2);
    rig.place(client, 2, {});
    expect(client.errors(2)).toEqual([105, 202, 103]);
    cancel(3);
    expect(client.errors(3)).toEqual([10147]);
    rig.place(client, 4, {}, 'NQ');
    rig.place(client, 5, {}, 'XX');
    expect([client.errors(4), client.errors(5)]).toEqual([[201], [200]]);
  });

  it('holds orders while the market is closed, and says so', () => {
    start([QUIET, minute(600, null, [101, 101.25, 5, 5])], Date.parse('2013-10-09T21:30:00Z'));
    rig.place(client, 1, { tif: 'GTC' });
    expect([status(1), client.errors(1)]).toEqual(['PreSubmitted', [399]]);
    rig.exchange.advanceTo(minuteEnd(600));
    expect(fills()).toEqual([[1, 'BOT', 1, 101.25]]);
  });

  it.each([
    // A decision at the close of the last bar still meets its quote; during the pause nothing trades, whatever is indicated.
    ['2013-10-09T20:15:00Z', true],
    ['2013-10-09T20:15:00.001Z', false],
    ['2013-10-09T20:20:00Z', false],
    ['2013-10-09T20:30:00Z', true],
    ['2013-10-09T21:15:00Z', true],
    ['2013-10-09T21:16:00Z', false],
    ['2013-10-09T22:00:00Z', true],
    ['2013-10-11T22:30:00Z', false],
    ['2013-10-13T21:59:00Z', false],
    ['2013-10-13T22:00:00Z', true],
    ['2024-10-09T20:20:00Z', true],
  ])('at %s the index future can trade: %s', (time, open) => {
    expect(isMatchingOpen(Date.parse(time), INSTRUMENTS.ES)).toBe(open);
    start([QUIET]);
  });

  it('shows executions of its day only, cut at midnight in Chicago', () => {
    const night = Date.parse('2013-10-10T04:59:00Z');
    start([minute(868, null, [100, 100.25, 9, 9]), minute(871, null, [100, 100.25, 9, 9])], night);
    rig.place(client, 1, {});
    const count = (reqId: number): number => {
      const filter = { clientId: 0, account: '', time: '', symbol: '', secType: '', exchange: '', side: '' };
      rig.exchange.onRequest(client, { type: 'reqExecutions', reqId, filter });
      return client.all('execDetails').filter((message) => message.reqId === reqId).length;
    };
    rig.exchange.advanceTo(night + 59_999);
    expect(count(900)).toBe(1);
    rig.exchange.advanceTo(night + 60_000);
    expect(count(901)).toBe(0);
    rig.place(client, 2, {});
    rig.exchange.advanceTo(minuteEnd(871));
    expect(count(902)).toBe(1);
  });
});
