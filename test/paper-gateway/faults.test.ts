/** Every fault of the exchange that the control port offers; those of the line alone are in transport-faults.test.ts. */
import { FaultDesk } from '../../src/paper-gateway/fault-desk';
import type { TransportFault } from '../../src/paper-gateway/transport-faults';
import { ES_QUERY } from './sample-parts';
import { minute, Rig, scriptedMarket, T0, type Client } from './exchange-rig';

const QUERY = { ...ES_QUERY, conId: 0, lastTradeDateOrContractMonth: '201312' };

describe('faults', () => {
  let rig: Rig;
  let client: Client;
  let desk: FaultDesk;
  let line: TransportFault[];
  beforeEach(() => {
    rig = new Rig(
      scriptedMarket([0, 1, 2, 3].map((index) => minute(index, [100, 100, 100, 100], [100, 100.25, 50, 50]))),
    );
    client = rig.connect();
    line = [];
    desk = new FaultDesk(rig.exchange, {
      applyFault: async (fault) => line.push(fault),
      clearFaults: async () => undefined,
    });
    rig.exchange.advanceTo(T0 + 59_000);
  });
  afterEach(() => rig.close());
  const fault = async (name: string, fields: object = {}): Promise<void> => {
    expect(await desk.apply({ fault: name, ...fields })).toMatchObject({ ok: true });
  };
  const cancel = (orderId: number): void => rig.exchange.onRequest(client, { type: 'cancelOrder', orderId });
  const limit = (orderId: number, lmtPrice: number): void => rig.place(client, orderId, { orderType: 'LMT', lmtPrice });
  const last = (orderId: number): string | undefined => client.statuses(orderId).at(-1);

  it('names what exists when asked for something else', async () => {
    expect(await desk.apply({ fault: 'earthquake' })).toMatchObject({
      ok: false,
      error: expect.stringMatching(/drop-order.*nightly-restart/) as string,
    });
  });

  it('counts down and lists what is left', async () => {
    await fault('reject-order', { count: 2 });
    rig.place(client, 1, {});
    expect(desk.list()).toMatchObject([{ fault: 'reject-order', left: 1 }]);
    rig.place(client, 2, {});
    rig.place(client, 3, {});
    expect([client.errors(1), client.errors(2), last(3)]).toEqual([[201], [201], 'Filled']);
    expect([last(1), desk.list()]).toEqual(['Inactive', []]);
  });

  it('drops an order without a word', async () => {
    await fault('drop-order');
    rig.place(client, 1, {});
    expect([client.all('openOrder'), client.errors(1), rig.exchange.ledger.orders()]).toEqual([[], [], []]);
  });

  it('adds an informational error to a living order', async () => {
    await fault('inform-order', { code: 10349 });
    rig.place(client, 1, {});
    expect([client.errors(1), last(1)]).toEqual([[10349], 'Filled']);
  });

  it('refuses a modification and leaves the original alive', async () => {
    limit(1, 90);
    await fault('modify-error');
    limit(1, 91);
    expect(client.errors(1)).toEqual([321]);
    expect(rig.exchange.ledger.openOrders()).toMatchObject([{ order: { lmtPrice: 90 }, status: 'Submitted' }]);
  });

  it('leaves two living orders after a modification; each cancel ends one', async () => {
    limit(1, 90);
    await fault('double-modify');
    limit(1, 91);
    const living = rig.exchange.ledger.openOrders();
    expect(living.map(({ orderId, order }) => [orderId, order.lmtPrice])).toEqual([
      [1, 90],
      [1, 91],
    ]);
    expect(new Set(living.map(({ permId }) => permId)).size).toBe(2);
    cancel(1);
    cancel(1);
    expect(rig.exchange.ledger.openOrders()).toEqual([]);
  });

  it('ignores a cancel; fills after a cancel', async () => {
    limit(1, 90);
    await fault('cancel-ignored');
    cancel(1);
    expect(last(1)).toBe('Submitted');
    await fault('fill-after-cancel');
    cancel(1);
    expect(client.statuses(1).slice(-3)).toEqual(['PendingCancel', 'Cancelled', 'Filled']);
    expect(rig.exchange.ledger.executions).toHaveLength(1);
  });

  it('corrects an execution under a new id, cash and all', async () => {
    rig.place(client, 1, {});
    await fault('correct-execution');
    const [first, second] = client.all('execDetails').map(({ execution }) => execution);
    expect(second.execId).toBe(first.execId.replace(/\.01$/, '.02'));
    expect(second.price).toBe(100.5);
    expect(rig.exchange.ledger.account.cash).toBe(100_000 - 2.25 - 12.5);
  });

  it('doubles, loses, delays and reorders callbacks', async () => {
    await fault('duplicate-callbacks');
    rig.place(client, 1, {});
    expect(client.all('execDetails')).toHaveLength(2);
    await fault('lost-callbacks');
    rig.place(client, 2, {});
    expect(last(2)).toBeUndefined();
    await fault('executions-first');
    rig.place(client, 3, {});
    const of3 = client.received
      .filter((message) => message.type === 'execDetails' || message.type === 'openOrder')
      .slice(-4);
    expect(of3[0].type).toBe('execDetails');
    await fault('late-callbacks', { delayMs: 20 });
    rig.place(client, 4, {});
    expect(last(4)).toBeUndefined();
    await new Promise((resolve) => setTimeout(resolve, 60));
    expect(last(4)).toBe('Filled');
    expect(rig.exchange.ledger.executions).toHaveLength(4);
  });

  it('loses connectivity: data stop, orders live on; 1101 loses subscriptions, 1102 keeps them', async () => {
    const subscribe = (reqId: number): void =>
      rig.exchange.onRequest(client, {
        type: 'reqRealTimeBars',
        reqId,
        contract: QUERY,
        barSize: 5,
        whatToShow: 'TRADES',
        useRth: false,
      });
    subscribe(1);
    await fault('1100');
    rig.exchange.advanceTo(T0 + 120_000);
    rig.place(client, 1, {});
    expect([client.all('realTimeBar'), last(1), client.errors(-1).includes(1100)]).toEqual([[], 'Filled', true]);
    await fault('1102');
    rig.exchange.advanceTo(T0 + 150_000);
    expect(client.all('realTimeBar')).toHaveLength(6);
    await fault('1101');
    rig.exchange.advanceTo(T0 + 180_000);
    expect(client.all('realTimeBar')).toHaveLength(6);
    subscribe(1);
    rig.exchange.advanceTo(T0 + 210_000);
    expect(client.all('realTimeBar')).toHaveLength(12);
  });

  it('breaks and mends the data farms', async () => {
    const history = (reqId: number): void =>
      rig.exchange.onRequest(client, {
        ...{ type: 'reqHistoricalData', reqId, contract: QUERY, endDateTime: '', duration: '60 S', barSize: '5 secs' },
        ...{ whatToShow: 'TRADES', useRth: false, formatDate: 2, keepUpToDate: false },
      } as const);
    await fault('2105');
    history(1);
    await fault('2106');
    history(2);
    expect([client.errors(1), client.all('historicalData').map(({ reqId }) => reqId)]).toEqual([[162], [2]]);
    await fault('2103');
    await fault('2104');
    await fault('10197');
    await fault('10197', { on: false });
    expect(client.errors(-1)).toEqual(expect.arrayContaining([2103, 2104, 2105, 2106, 10197]));
    expect(desk.list()).toEqual([]);
  });

  it('delivers delayed data under the delayed tick types', async () => {
    rig.exchange.onRequest(client, {
      type: 'reqMktData',
      reqId: 1,
      contract: QUERY,
      genericTicks: '',
      snapshot: false,
      regulatorySnapshot: false,
    });
    await fault('delayed-data');
    client.received.length = 0;
    rig.exchange.advanceTo(T0 + 120_000);
    expect(new Set(client.all('tickPrice').map(({ tickType }) => tickType))).toEqual(new Set([66, 67, 68, 72, 73, 76]));
    rig.exchange.onRequest(client, {
      type: 'reqMktData',
      reqId: 2,
      contract: QUERY,
      genericTicks: '',
      snapshot: true,
      regulatorySnapshot: false,
    });
    expect([client.errors(2), client.all('marketDataType').at(-1)?.marketDataType]).toEqual([[10167], 3]);
  });

  it('rolls its ids back and takes ended ones again', async () => {
    rig.place(client, 1, {});
    await fault('id-rollback');
    rig.exchange.onSessionClosed(client);
    const again = rig.connect();
    expect(again.all('nextValidId')[0].orderId).toBe(1);
    rig.place(again, 1, { action: 'SELL' });
    expect(again.statuses(1).at(-1)).toBe('Filled');
    expect(rig.exchange.ledger.orders().map(({ orderId }) => orderId)).toEqual([1, 1]);
  });

  it('cuts off a client for its pace', async () => {
    await fault('pacing-kill', { clientId: 1 });
    expect([client.errors(-1).includes(100), client.closed]).toEqual([true, true]);
  });

  it('asks the line for what is the line’s', async () => {
    await fault('freeze', { clientId: 101 });
    await fault('rst');
    await fault('cut-before-place', { skip: 1 });
    await fault('cut-after-cancel');
    await fault('fill-while-away');
    await fault('nightly-restart', { downMs: 5 });
    await new Promise((resolve) => setTimeout(resolve, 30));
    expect(line).toEqual([
      { type: 'freeze', clientId: 101 },
      { type: 'reset', clientId: null },
      { type: 'cut', clientId: null, request: 'placeOrder', when: 'before', skip: 1 },
      { type: 'cut', clientId: null, request: 'cancelOrder', when: 'after', skip: 0 },
      { type: 'cut', clientId: null, request: 'placeOrder', when: 'after', skip: 0 },
      { type: 'refuse-connections', refuse: true },
      { type: 'drop', clientId: null },
      { type: 'refuse-connections', refuse: false },
    ]);
  });

  it('forgets everything on clear', async () => {
    for (const name of ['drop-order', '1100', 'delayed-data', 'id-rollback', 'kill-after-place']) await fault(name);
    expect(desk.list().length).toBe(5);
    await fault('clear');
    expect(desk.list()).toEqual([]);
  });
});
