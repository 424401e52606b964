/** The guard's connection over TCP: acceptance, standby, losses, silence, and what a lost line means for orders. */
import { EventName, IBApi } from '@stoqey/ib';
import { createTradingGuard } from '../../src/broker/guard';
import {
  intentOf,
  KEY,
  lookupOf,
  pause,
  SILENT,
  startRig,
  testBroker,
  TRADING,
  until,
  type GuardRig,
  type RigSettings,
} from './guard-rig';
import { ACCOUNT, ES_WIRE, MARKET_TIME, TRADING_ID, wireOrder } from './scripted-tws';

let rig: GuardRig;
const start = async (settings?: RigSettings): Promise<GuardRig> => (rig = await startRig(settings));
afterEach(() => rig.close());

const phases = (): readonly string[] => rig.states.map(({ phase }) => phase);

test('ready only after executions, orders, completed orders, positions and account were read', async () => {
  const asked = ['reqExecutions', 'reqAllOpenOrders', 'reqCompletedOrders', 'reqPositions', 'reqAccountUpdates'];
  for (const withheld of asked) {
    await start({
      ready: false,
      broker: { requestTimeoutMs: 60_000 },
      before: (tws) => (tws.intercept = (_session, request) => request.type === withheld),
    });
    await until(() => rig.tws.heard.some(({ request }) => request.type === withheld));
    await pause(30);
    expect(rig.guard.connection().phase).toBe('syncing');
    expect(await rig.guard.place(intentOf())).toMatchObject({ refusal: { code: 'BROKER_NOT_READY' } });
    expect(await rig.guard.lookup(lookupOf())).toMatchObject({ synced: false });
    if (withheld !== asked.at(-1)) await rig.close();
  }
});

test('a reading that is never answered costs the connection, and the next one reads again', async () => {
  let answers = false;
  await start({
    ready: false,
    broker: { requestTimeoutMs: 300 },
    before: (tws) => (tws.intercept = (_session, { type }) => type === 'reqPositions' && !answers),
  });
  await until(
    () => phases().includes('disconnected') && rig.states.some(({ reason }) => /positions/.test(reason ?? '')),
  );
  answers = true;
  await until(() => rig.guard.connection().phase === 'ready');
});

describe('client id', () => {
  test('326: stand by and ask for the same id again until it is free', async () => {
    await start();
    const standby = createTradingGuard(
      { broker: testBroker(rig.port), permissions: TRADING },
      { stateDir: rig.stateDir, logger: SILENT },
    );
    standby.start();
    await until(() => standby.connection().phase === 'standby');
    expect(standby.connection().reason).toContain(String(TRADING_ID));
    expect(await standby.place(intentOf())).toMatchObject({ refusal: { code: 'BROKER_NOT_READY' } });
    rig.guard.stop();
    await until(() => standby.connection().phase === 'ready');
    expect(new Set(rig.tws.opened)).toEqual(new Set([TRADING_ID]));
    standby.stop();
  });
});

describe('losing the line', () => {
  test('the epoch rises, everything is read again, and the write before the loss is fenced', async () => {
    await start();
    const first = rig.guard.connection().epoch;
    await rig.guard.place(intentOf());
    await rig.tws.faults.applyFault({ type: 'drop', clientId: TRADING_ID });
    await until(() => phases().includes('disconnected'));
    expect(await rig.guard.lookup(lookupOf())).toMatchObject({ synced: false });
    await until(() => rig.guard.connection().phase === 'ready');
    expect(rig.guard.connection().epoch).toBeGreaterThan(first);
    expect(rig.tws.requests('reqExecutions')).toHaveLength(2);
    expect(await rig.guard.lookup(lookupOf(KEY, false))).toMatchObject({ synced: true, fenced: true });
  });

  test('after a short loss the first attempts come long before retryMs', async () => {
    await start({ broker: { retryMs: 60_000 } });
    await rig.tws.faults.applyFault({ type: 'drop', clientId: TRADING_ID });
    await until(() => phases().includes('disconnected'));
    await until(() => rig.guard.connection().phase === 'ready', 2_000);
  });

  test('in the same epoch a write is fenced only when a later question was answered', async () => {
    await start({ broker: { livenessMs: 60_000, requestTimeoutMs: 60_000 } });
    await rig.guard.place(intentOf());
    expect(await rig.guard.lookup(lookupOf(KEY, false))).toMatchObject({ synced: true, fenced: false });
    expect(await rig.guard.lookup(lookupOf(KEY, true))).toMatchObject({ synced: true, fenced: true });
  });

  test.each(['before', 'after'] as const)(
    'reset %s the order was processed: sent once, the outcome is read, never doubled (incidents 7, 13)',
    async (when) => {
      await start();
      await rig.tws.faults.applyFault({ type: 'cut', clientId: TRADING_ID, request: 'placeOrder', when, skip: 0 });
      const result = await rig.guard.place(intentOf());
      expect(result.outcome).toBe('sent');
      await until(() => phases().includes('disconnected'));
      await until(() => rig.guard.connection().phase === 'ready');
      const evidence = await rig.guard.lookup(lookupOf());
      expect(evidence).toMatchObject({ synced: true, fenced: true });
      expect(evidence.synced && evidence.orders).toHaveLength(when === 'after' ? 1 : 0);
      await pause(50);
      expect(rig.tws.orders).toHaveLength(when === 'after' ? 1 : 0);
    },
  );

  test('while the line is down nothing is kept to be sent later', async () => {
    await start({ broker: { retryMs: 300 } });
    await rig.tws.faults.applyFault({ type: 'drop', clientId: TRADING_ID });
    await until(() => phases().includes('disconnected'));
    expect(await rig.guard.place(intentOf())).toMatchObject({ outcome: 'not-sent' });
    expect(await rig.guard.cancel(KEY, ['entry'])).toMatchObject({ outcome: 'not-sent' });
    await until(() => rig.guard.connection().phase === 'ready');
    await pause(50);
    expect(rig.tws.requests('placeOrder')).toHaveLength(0);
    expect(rig.tws.requests('cancelOrder')).toHaveLength(0);
  });

  test('the library’s own object does keep an order and send it later: why it is thrown away with its socket', async () => {
    await start();
    const api = new IBApi({ host: '127.0.0.1', port: rig.port, clientId: 7 });
    const connected = new Promise((resolve) => api.once(EventName.nextValidId, resolve));
    api.placeOrder(1, { conId: 1 }, { orderType: 'MKT' } as Parameters<IBApi['placeOrder']>[2]);
    api.connect();
    await connected;
    await until(() => rig.tws.requests('placeOrder').length === 1);
    api.disconnect();
  });
});

describe('silence', () => {
  test.each(['freeze', 'mute'] as const)(
    'a gateway that goes silent with its socket open (%s) is found within livenessMs',
    async (type) => {
      await start({ broker: { livenessMs: 1_500 } });
      const frozenAt = performance.now();
      await rig.tws.faults.applyFault({ type, clientId: TRADING_ID });
      await until(() => phases().includes('disconnected'));
      expect(performance.now() - frozenAt).toBeLessThan(1_500);
      expect(rig.states.find(({ phase }) => phase === 'disconnected')?.reason).toMatch(/silent/);
      await rig.tws.faults.clearFaults();
      await until(() => rig.guard.connection().phase === 'ready');
    },
  );

  test('an order written into a frozen gateway: unknown until the thaw, then one order', async () => {
    await start({ broker: { livenessMs: 800, requestTimeoutMs: 800 } });
    // A live clock needs no question before the write, so the write happens into the frozen socket.
    rig.tws.marketTime = Date.now();
    await rig.guard.positions();
    await rig.tws.faults.applyFault({ type: 'freeze', clientId: TRADING_ID });
    const intent = intentOf({ expiresAt: Date.now() + 60_000 });
    expect(await rig.guard.place(intent)).toMatchObject({ outcome: 'sent' });
    await until(() => phases().includes('disconnected'));
    expect(await rig.guard.lookup(lookupOf())).toMatchObject({ synced: false });
    await rig.tws.faults.applyFault({ type: 'thaw', clientId: TRADING_ID });
    await until(() => rig.guard.connection().phase === 'ready');
    const evidence = await rig.guard.lookup({ ...lookupOf(), sentAt: Date.now() });
    expect(evidence).toMatchObject({ synced: true, fenced: true, orders: [{ orderRef: KEY }] });
    expect(await rig.guard.place(intent)).toMatchObject({ outcome: 'exists' });
    expect(rig.tws.orders).toHaveLength(1);
  });

  test('a busy event loop is not taken for a silent gateway', async () => {
    await start({ broker: { livenessMs: 600 } });
    const until_ = performance.now() + 900;
    while (performance.now() < until_);
    await pause(300);
    expect(phases()).not.toContain('disconnected');
  });
});

test('nobody listening: says where and why, and connects when somebody does', async () => {
  await start();
  await rig.tws.faults.applyFault({ type: 'refuse-connections', refuse: true });
  await rig.tws.faults.applyFault({ type: 'drop', clientId: TRADING_ID });
  await until(() => rig.states.some(({ reason }) => /ECONNREFUSED/.test(reason ?? '')));
  expect(rig.guard.connection().phase).not.toBe('ready');
  await rig.tws.faults.applyFault({ type: 'refuse-connections', refuse: false });
  await until(() => rig.guard.connection().phase === 'ready');
});

test('fills that come while the link to IB is down are told (incident 2)', async () => {
  await start();
  await rig.guard.place(intentOf());
  await until(() => rig.tws.orders.length === 1);
  rig.tws.notice(1100, 'Connectivity between IB and TWS has been lost.');
  await until(() => rig.guard.connection().phase === 'broker-offline');
  rig.tws.fill(rig.tws.orders[0], 1, 1_650);
  rig.tws.tellExecutions(rig.tws.session());
  await until(() => rig.events.some(({ type }) => type === 'execution'));
  expect(rig.guard.connection().phase).toBe('broker-offline');
  rig.tws.notice(1102, 'Connectivity between IB and TWS has been restored - data maintained.');
  await until(() => rig.guard.connection().phase === 'ready');
  expect(rig.events.filter(({ type }) => type === 'execution')).toHaveLength(1);
});

test('executions before the order’s description (incident 10), doubled and with the commission first: each told once', async () => {
  await start();
  const { tws } = rig;
  const held = tws.hold({
    orderId: 1_000_000,
    clientId: TRADING_ID,
    contract: ES_WIRE,
    order: wireOrder({ orderRef: KEY }),
  });
  tws.fill(held, 1, 1_650);
  const [{ execution, commission }] = tws.executions;
  tws.say({ type: 'commissionReport', execId: execution.execId, commission, currency: 'USD', realizedPnl: null });
  tws.tellExecutions(tws.session());
  tws.tellExecutions(tws.session());
  tws.acknowledge(tws.session(), held);
  await until(() => rig.events.some(({ type }) => type === 'order'));
  const told = rig.events.map((event) => event.type);
  expect(told.filter((type) => type === 'execution')).toHaveLength(1);
  expect(told.filter((type) => type === 'commission')).toHaveLength(1);
  expect(told.indexOf('execution')).toBeLessThan(told.indexOf('commission'));
  expect(rig.events.find((event) => event.type === 'commission')).toMatchObject({ orderRef: KEY });
});

test('order ids never roll back with the gateway’s (incident 1)', async () => {
  await start({ before: (tws) => (tws.nextValidId = 1_000_500) });
  expect(rig.guard.connection().nextValidId).toBe(1_000_500);
  await rig.guard.place(intentOf({ orderIdBase: 1_000_600 }));
  await rig.guard.lookup(lookupOf());
  rig.tws.nextValidId = 1;
  await rig.tws.faults.applyFault({ type: 'reset', clientId: TRADING_ID });
  await until(() => phases().includes('disconnected'));
  await until(() => rig.guard.connection().phase === 'ready');
  expect(rig.guard.connection().nextValidId).toBe(1_000_601);
});

test('the account that is told is the configured one, the market time the broker’s', async () => {
  await start();
  expect(rig.guard.connection()).toMatchObject({ account: ACCOUNT, serverVersion: 193, reason: null });
  expect(rig.guard.marketTime()).toBe(MARKET_TIME);
});
