/** The guard over TCP against a scripted TWS: what is written, what is refused, and what reading says afterwards. */
import { ESZ3, intentOf, KEY, lookupOf, startRig, until, type GuardRig, type RigSettings } from './guard-rig';
import { ACCOUNT, ES_WIRE, MARKET_TIME, TRADING_ID, wireOrder } from './scripted-tws';

let rig: GuardRig;
const start = async (settings?: RigSettings): Promise<GuardRig> => (rig = await startRig(settings));
afterEach(() => rig.close());

const BRACKET = { stopPrice: 1_640.1, targetPrice: 1_660.13 };

describe('placing', () => {
  test('a bracket goes out as three orders in one burst, the last one transmits', async () => {
    const { guard, tws } = await start();
    const result = await guard.place(intentOf({ quantity: 2, bracket: BRACKET }));
    expect(result).toMatchObject({ outcome: 'sent', epoch: guard.connection().epoch, sentAt: MARKET_TIME });
    await until(() => tws.requests('placeOrder').length === 3);
    const [entry, stop, target] = tws.requests('placeOrder');
    expect([entry.orderId, stop.orderId, target.orderId]).toEqual([1_000_000, 1_000_001, 1_000_002]);
    expect([entry, stop, target].map(({ order }) => order.transmit)).toEqual([false, false, true]);
    expect([entry, stop, target].map(({ order }) => order.orderRef)).toEqual([KEY, `${KEY}/stop`, `${KEY}/target`]);
    expect(entry.order).toMatchObject({
      action: 'BUY',
      orderType: 'MKT',
      tif: 'DAY',
      outsideRth: true,
      account: ACCOUNT,
    });
    // 1640.1 and 1660.13 are off the quarter-point grid (code 110): rounded before they are sent.
    expect(stop.order).toMatchObject({
      action: 'SELL',
      orderType: 'STP',
      auxPrice: 1_640,
      tif: 'GTC',
      totalQuantity: 2,
    });
    expect(target.order).toMatchObject({ action: 'SELL', orderType: 'LMT', lmtPrice: 1_660.25, tif: 'GTC' });
    expect(stop.order.parentId).toBe(1_000_000);
    expect(stop.order.ocaGroup).toBe(target.order.ocaGroup);
    expect(stop.order.ocaGroup).not.toBe('');
    expect(entry.contract).toMatchObject({ conId: ESZ3.conId, exchange: 'CME', secType: 'FUT' });
  });

  test('a market order without bracket transmits itself', async () => {
    const { guard, tws } = await start();
    await guard.place(intentOf());
    await until(() => tws.requests('placeOrder').length === 1);
    expect(tws.requests('placeOrder')[0].order).toMatchObject({ transmit: true, totalQuantity: 1 });
  });

  test('what nobody waits for any more when its turn comes is not written', async () => {
    const { guard, tws } = await start();
    let givenUp: string | null = null;
    const placing = guard.place(intentOf(), () => givenUp);
    givenUp = 'the attempt to send was given up';
    await expect(placing).resolves.toEqual({
      outcome: 'not-sent',
      refusal: { code: 'BROKER_NOT_READY', detail: givenUp },
    });
    await guard.lookup(lookupOf());
    expect(tws.requests('placeOrder')).toEqual([]);
  });

  test('an order is recorded before it leaves; when that fails, only a reduction leaves', async () => {
    const recorded: string[] = [];
    let disk = Promise.resolve();
    const recordSend = async ({ key }: { readonly key: string }): Promise<void> => {
      recorded.push(`${key} after ${rig.tws.requests('placeOrder').length}`);
      await disk;
    };
    const { guard, tws } = await start({
      options: { recordSend },
      before: (peer) => (peer.positions = [{ contract: ES_WIRE, position: -1 }]),
    });
    await guard.place(intentOf({ side: 'sell' }));
    expect(recorded).toEqual([`${KEY} after 0`]);
    disk = Promise.reject(new Error('disk full'));
    await expect(guard.place(intentOf({ key: `${ACCOUNT}-1-2`, orderIdBase: 1_000_008 }))).resolves.toMatchObject({
      refusal: { code: 'BROKER_NOT_READY', detail: 'the audit log cannot be written' },
    });
    await guard.place(intentOf({ key: `${ACCOUNT}-1-3`, orderIdBase: 1_000_016, purpose: 'reduce' }));
    await until(() => tws.requests('placeOrder').length === 2);
    expect(tws.requests('placeOrder').map(({ orderId }) => orderId)).toEqual([1_000_000, 1_000_016]);
  });

  test('an order the broker holds is adopted, not written again', async () => {
    const { guard, tws } = await start();
    await guard.place(intentOf());
    await until(() => tws.requests('placeOrder').length === 1);
    await guard.lookup(lookupOf());
    const again = await guard.place(intentOf());
    expect(again).toMatchObject({ outcome: 'exists', orders: [{ orderRef: KEY, side: 'buy', quantity: 1 }] });
    expect(tws.requests('placeOrder')).toHaveLength(1);
  });

  test('two calls for one key at once are one send', async () => {
    const { guard, tws } = await start();
    const results = await Promise.all([guard.place(intentOf()), guard.place(intentOf())]);
    expect(results.map(({ outcome }) => outcome)).toEqual(['sent', 'sent']);
    await guard.lookup(lookupOf());
    expect(tws.requests('placeOrder')).toHaveLength(1);
  });

  test('a burst leaves at once and in order: the library’s own queue holds nothing back', async () => {
    const { guard, tws } = await start();
    const intents = Array.from({ length: 11 }, (_, i) =>
      intentOf({ key: `${ACCOUNT}-1-${i + 1}`, orderIdBase: 1_000_000 + i * 8, bracket: BRACKET }),
    );
    const results = await Promise.all(intents.map((intent) => guard.place(intent)));
    expect(results.map(({ outcome }) => outcome)).toEqual(intents.map(() => 'sent'));
    await until(() => tws.requests('placeOrder').length === 33);
    expect(tws.requests('placeOrder').map(({ orderId }) => orderId)).toEqual(
      intents.flatMap(({ orderIdBase }) => [orderIdBase, orderIdBase + 1, orderIdBase + 2]),
    );
    expect(guard.connection().epoch).toBe(rig.states.at(-1)?.epoch);
    expect(tws.opened).toHaveLength(1);
  });

  test('execution in the mirror alone counts as held: the order traded before its description came', async () => {
    const { guard, tws } = await start();
    const held = tws.hold({
      orderId: 1_000_000,
      clientId: TRADING_ID,
      contract: ES_WIRE,
      order: wireOrder({ orderRef: KEY }),
    });
    tws.fill(held, 1, 1_650);
    tws.tellExecutions(tws.session());
    await until(() => rig.events.some(({ type }) => type === 'execution'));
    expect(await guard.place(intentOf())).toEqual({ outcome: 'exists', orders: [] });
    expect(tws.requests('placeOrder')).toHaveLength(0);
  });
});

describe('refusing: nothing reaches the socket', () => {
  const refusals: readonly (readonly [string, RigSettings, Parameters<typeof intentOf>[0], string])[] = [
    ['execution disabled', { permissions: { enableOrderExec: false } }, {}, 'ORDERS_DISABLED'],
    ['orders not allowed', { permissions: { allowOrders: false } }, {}, 'ORDERS_DISABLED'],
    ['dry run', { permissions: { dryRun: true } }, {}, 'ORDERS_DISABLED'],
    ['learning only', { permissions: { learningOnly: true } }, {}, 'ORDERS_DISABLED'],
    ['no account configured', { broker: { account: null } }, {}, 'ACCOUNT_MISMATCH'],
    ['another account in the order', {}, { account: 'DU7' }, 'ACCOUNT_MISMATCH'],
    ['gateway manages another account', { before: (tws) => (tws.accounts = ['DU9']) }, {}, 'ACCOUNT_MISMATCH'],
    ['after its time to live', {}, { expiresAt: MARKET_TIME - 1 }, 'EXPIRED'],
    ['an order id below the first', {}, { orderIdBase: 999_999 }, 'INVALID_PROPOSAL'],
    ['no quantity', {}, { quantity: 0 }, 'INVALID_PROPOSAL'],
  ];
  test.each(refusals)('%s', async (_name, settings, fields, code) => {
    const { guard, tws } = await start(settings);
    expect(await guard.place(intentOf(fields))).toMatchObject({ outcome: 'not-sent', refusal: { code } });
    await guard.positions();
    expect(tws.requests('placeOrder')).toHaveLength(0);
  });

  test('a live account needs ALLOW_LIVE to name it', async () => {
    const live = { before: (tws: GuardRig['tws']) => (tws.accounts = ['U1234567']), broker: { account: 'U1234567' } };
    const { guard } = await start(live);
    const intent = intentOf({ account: 'U1234567' });
    expect(await guard.place(intent)).toMatchObject({ refusal: { code: 'ACCOUNT_MISMATCH' } });
    await rig.close();
    await start({ ...live, permissions: { allowLive: 'U1234567' } });
    expect(await rig.guard.place(intent)).toMatchObject({ outcome: 'sent' });
  });

  test('the deadline is judged by the clock of the broker at the write, not by an older answer', async () => {
    const { guard, tws } = await start();
    tws.marketTime = MARKET_TIME + 61_000;
    expect(await guard.place(intentOf())).toMatchObject({ outcome: 'not-sent', refusal: { code: 'EXPIRED' } });
    expect(tws.requests('placeOrder')).toHaveLength(0);
  });

  test('an order id that belongs to another order (ids rolled back, incident 1) is not used again', async () => {
    const { guard, tws } = await start({
      before: (peer) => {
        peer.hold({
          orderId: 1_000_001,
          clientId: TRADING_ID,
          contract: ES_WIRE,
          order: wireOrder({ orderRef: `${ACCOUNT}-0-9` }),
        });
      },
    });
    expect(await guard.place(intentOf())).toMatchObject({ outcome: 'not-sent', refusal: { code: 'INVALID_PROPOSAL' } });
    expect(tws.requests('placeOrder')).toHaveLength(0);
    // And the next id is above everything seen although the gateway says 1.
    expect(guard.connection().nextValidId).toBe(1_000_002);
  });

  test('a frozen gateway whose clock must be asked: refused in time, and not sent after the thaw', async () => {
    const { guard, tws } = await start({ broker: { livenessMs: 20_000, requestTimeoutMs: 20_000 } });
    await tws.faults.applyFault({ type: 'freeze', clientId: TRADING_ID });
    const startedAt = performance.now();
    expect(await guard.place(intentOf())).toMatchObject({ outcome: 'not-sent', refusal: { code: 'BROKER_NOT_READY' } });
    expect(performance.now() - startedAt).toBeLessThan(2_500);
    await tws.faults.applyFault({ type: 'thaw', clientId: TRADING_ID });
    await guard.positions();
    expect(tws.requests('placeOrder')).toHaveLength(0);
  });
});

describe('cancel and modify', () => {
  test('only live legs are cancelled; nothing is sent for a dead one (incident 12)', async () => {
    const { guard, tws } = await start();
    await guard.place(intentOf());
    await guard.lookup(lookupOf());
    tws.fill(tws.orders[0], 1, 1_650);
    tws.tellExecutions(tws.session());
    await until(() => rig.events.some(({ type }) => type === 'execution'));
    expect(await guard.cancel(KEY, ['entry'])).toMatchObject({ outcome: 'nothing-to-cancel' });
    await guard.positions();
    expect(tws.requests('cancelOrder')).toHaveLength(0);
  });

  test('an order that was written and never heard of is cancelled by its id all the same', async () => {
    const { guard, tws } = await start();
    tws.onPlace = () => undefined;
    await guard.place(intentOf());
    expect(await guard.cancel(KEY, ['entry'])).toMatchObject({ outcome: 'sent' });
    await until(() => rig.events.some((event) => event.type === 'order-error'));
    expect(rig.events.at(-1)).toMatchObject({ type: 'order-error', code: 10147, orderId: 1_000_000, orderRef: KEY });
  });

  test('a change keeps the id and every other field', async () => {
    const { guard, tws } = await start();
    await guard.place(intentOf({ bracket: BRACKET }));
    await guard.lookup(lookupOf());
    expect(await guard.modify(KEY, 'stop', { price: 1_645.1 })).toMatchObject({ outcome: 'sent' });
    await until(() => tws.requests('placeOrder').length === 4);
    const [, original, , change] = tws.requests('placeOrder');
    expect(change.orderId).toBe(1_000_001);
    expect(change.order).toEqual({ ...original.order, auxPrice: 1_645, transmit: true });
  });

  test('no change of an order that lives twice (incident 4), but a cancel reaches each id', async () => {
    const { guard, tws } = await start({
      before: (peer) => {
        for (const permId of [11, 12]) {
          peer.hold({
            permId,
            orderId: 1_000_000,
            clientId: TRADING_ID,
            contract: ES_WIRE,
            order: wireOrder({ orderRef: KEY }),
          });
        }
      },
    });
    expect(await guard.modify(KEY, 'entry', { quantity: 2 })).toMatchObject({ refusal: { code: 'INVALID_PROPOSAL' } });
    const evidence = await guard.lookup(lookupOf());
    expect(evidence).toMatchObject({ synced: true, orders: [{ permId: 11 }, { permId: 12 }] });
    expect(await guard.cancel(KEY, ['entry'])).toMatchObject({ outcome: 'sent' });
    await guard.positions();
    expect(tws.requests('cancelOrder')).toHaveLength(1);
    expect(tws.requests('placeOrder')).toHaveLength(0);
  });
});
