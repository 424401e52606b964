/** What reading the broker says about an intent, over TCP against a scripted TWS. */
import { intentOf, KEY, lookupOf, pause, startRig, until, type GuardRig, type RigSettings } from './guard-rig';
import { ACCOUNT, ES_WIRE, MARKET_TIME, TRADING_ID, wireOrder } from './scripted-tws';

let rig: GuardRig;
const start = async (settings?: RigSettings): Promise<GuardRig> => (rig = await startRig(settings));
afterEach(() => rig.close());

describe('evidence', () => {
  test('an order the broker dropped silently (incident 3): absent, fenced by a round trip, position as expected', async () => {
    const { guard, tws } = await start();
    tws.onPlace = () => undefined;
    await guard.place(intentOf());
    const evidence = await guard.lookup(lookupOf());
    expect(evidence).toMatchObject({
      synced: true,
      fenced: true,
      insideExecutionWindow: true,
      orders: [],
      executions: [],
      position: 0,
    });
    // Placed again with the same id and fields: one order.
    tws.onPlace = (session, request) => tws.acknowledge(session, tws.keep(session, request));
    expect(await guard.place(intentOf())).toMatchObject({ outcome: 'sent' });
    expect(await guard.lookup(lookupOf())).toMatchObject({ orders: [{ orderId: 1_000_000 }] });
  });

  test('sent before the broker’s midnight: outside the window in which executions are told', async () => {
    const { guard } = await start();
    // 2013-10-09 04:59 UTC is 23:59 of the 8th in Chicago.
    const sentAt = Date.parse('2013-10-09T04:59:00Z');
    expect(await guard.lookup({ ...lookupOf(), sentAt })).toMatchObject({ insideExecutionWindow: false });
    expect(await guard.lookup({ ...lookupOf(), sentAt: sentAt + 60_000 })).toMatchObject({
      insideExecutionWindow: true,
    });
  });

  test('position, executions and commissions are read', async () => {
    const { guard, tws } = await start();
    await guard.place(intentOf());
    await until(() => tws.orders.length === 1);
    tws.fill(tws.orders[0], 1, 1_650.25);
    tws.positions = [{ contract: ES_WIRE, position: 1 }];
    expect(await guard.lookup(lookupOf())).toMatchObject({
      position: 1,
      executions: [{ orderRef: KEY, side: 'buy', shares: 1, price: 1_650.25, time: MARKET_TIME }],
      commissions: [{ commission: 2.25, realizedPnl: null }],
      orders: [{ orderRef: KEY, status: 'Filled', completed: true }],
    });
    expect(await guard.positions()).toEqual([
      { conId: 201_312, symbol: 'ES', secType: 'FUT', quantity: 1, averageCost: 80_000 },
    ]);
    expect((await guard.executionsToday()).executions).toHaveLength(1);
    expect(guard.netLiquidation()).toBe(100_000);
  });

  test('a broker order of ours that nobody here placed is told, and a foreign one as foreign', async () => {
    await start({
      before: (peer) => {
        peer.hold({
          orderId: 1_000_800,
          clientId: TRADING_ID,
          contract: ES_WIRE,
          order: wireOrder({ orderRef: `${ACCOUNT}-1-100` }),
        });
        peer.hold({ orderId: 0, clientId: 0, contract: ES_WIRE, order: wireOrder({ orderRef: '' }), permId: 77 });
      },
    });
    expect(rig.events).toMatchObject([
      { type: 'order', order: { orderRef: `${ACCOUNT}-1-100` } },
      { type: 'foreign-order', order: { permId: 77, orderId: 0 } },
    ]);
    expect(rig.guard.connection().nextValidId).toBe(1_000_801);
  });

  test('a listener that throws costs the others nothing', async () => {
    const { guard } = await start();
    guard.onEvent(() => {
      throw new Error('listener');
    });
    const late: string[] = [];
    guard.onEvent(({ type }) => late.push(type));
    await guard.place(intentOf());
    await until(() => late.includes('order'));
    await pause(0);
    expect(guard.connection().phase).toBe('ready');
  });
});
