/** What the guard never lets open or enlarge a position: orders that must reduce, and everything while the latch is set. */
import { readLatch, setLatch, liftLatch } from '../../src/broker/latch';
import { intentOf, KEY, lookupOf, pause, startRig, until, type GuardRig, type RigSettings } from './guard-rig';
import { ACCOUNT, ES_WIRE, TRADING_ID, wireOrder } from './scripted-tws';

let rig: GuardRig;
const start = async (settings?: RigSettings): Promise<GuardRig> => (rig = await startRig(settings));
afterEach(() => rig.close());

const BRACKET = { stopPrice: 1_640.1, targetPrice: 1_660.13 };

describe('an order that must reduce', () => {
  const reduce = (fields: Parameters<typeof intentOf>[0] = {}) =>
    intentOf({ purpose: 'reduce', side: 'sell', expiresAt: Number.MAX_SAFE_INTEGER, ...fields });
  const next = (n: number) => ({ key: `${ACCOUNT}-1-${n}`, orderIdBase: 1_000_000 + 8 * n });
  const long = (position: number): RigSettings => ({
    before: (tws) => (tws.positions = [{ contract: ES_WIRE, position }]),
  });

  test.each([
    ['without a position', 0, {}],
    ['larger than the position', 1, { quantity: 2 }],
    ['on the side of the position', 1, { side: 'buy' }],
  ] as const)('%s is refused, latched or not', async (_name, position, fields) => {
    const { guard, tws } = await start(long(position));
    const refused = await guard.place(reduce(fields));
    expect(refused).toMatchObject({ outcome: 'not-sent', refusal: { code: 'NOT_REDUCING' } });
    await guard.positions();
    expect(tws.requests('placeOrder')).toHaveLength(0);
  });

  test('beside another on its way or resting, only what that one leaves is written', async () => {
    const { guard, tws } = await start(long(2));
    expect(await guard.place(reduce(next(1)))).toMatchObject({ outcome: 'sent' });
    expect(await guard.place(reduce({ ...next(2), quantity: 2 }))).toMatchObject({ refusal: { code: 'NOT_REDUCING' } });
    await guard.lookup(lookupOf(next(1).key));
    expect(await guard.place(reduce({ ...next(2), quantity: 2 }))).toMatchObject({ refusal: { code: 'NOT_REDUCING' } });
    expect(await guard.place(reduce(next(3)))).toMatchObject({ outcome: 'sent' });
    await until(() => tws.requests('placeOrder').length === 2);
  });

  test.each([
    [
      'rejected',
      ({ tws }: GuardRig) => {
        tws.onPlace = (session, request) => {
          const held = tws.keep(session, request);
          held.status = 'Inactive';
          tws.acknowledge(session, held);
          tws.notice(201, 'Order rejected', request.orderId);
        };
      },
    ],
    [
      'refused with no more than an error',
      ({ tws }: GuardRig) => (tws.onPlace = () => tws.notice(321, 'no', 1_000_008)),
    ],
  ] as const)(
    'one that was %s does not stand in the way of the next, once the broker was read',
    async (_name, refuse) => {
      const { guard, tws } = await start(long(1));
      refuse(rig);
      await guard.place(reduce(next(1)));
      await guard.positions();
      expect(await guard.place(reduce(next(2)))).toMatchObject({ outcome: 'sent' });
      await until(() => tws.requests('placeOrder').length === 2);
    },
  );

  test('a fill that came after the position was told counts', async () => {
    const { guard, tws } = await start(long(1));
    const stop = tws.hold({
      orderId: 1_000_801,
      clientId: TRADING_ID,
      contract: ES_WIRE,
      order: wireOrder({ action: 'SELL', orderRef: `${ACCOUNT}-1-100/stop` }),
    });
    tws.acknowledge(tws.session(), stop);
    tws.fill(stop, 1, 1_650);
    tws.tellExecutions(tws.session());
    await until(() => rig.events.some(({ type }) => type === 'execution'));
    expect(await guard.place(reduce())).toMatchObject({ refusal: { code: 'NOT_REDUCING' } });
  });

  test('one that the broker holds already is adopted, whatever is left of the position', async () => {
    const { guard, tws } = await start(long(1));
    await guard.place(reduce());
    await until(() => tws.orders.length === 1);
    tws.fill(tws.orders[0], 1, 1_650);
    tws.positions = [];
    await guard.lookup(lookupOf());
    expect(await guard.place(reduce())).toMatchObject({ outcome: 'exists' });
  });
});

describe('the latch', () => {
  test('refuses orders and changes, lets cancels pass, and is found set by another process', async () => {
    const { guard, tws, stateDir } = await start();
    await guard.place(intentOf({ bracket: BRACKET }));
    await guard.lookup(lookupOf());
    setLatch(stateDir, { who: 'anna', why: 'drill', at: 1 });
    expect(await guard.place(intentOf({ key: `${ACCOUNT}-1-2`, orderIdBase: 1_000_008 }))).toEqual({
      outcome: 'not-sent',
      refusal: { code: 'LATCHED', detail: 'by anna: drill' },
    });
    expect(await guard.modify(KEY, 'stop', { price: 1_630 })).toMatchObject({ refusal: { code: 'LATCHED' } });
    // The guard itself cancels everything of ours for it.
    await until(() => tws.requests('cancelOrder').length === 3);
    expect(
      tws
        .requests('cancelOrder')
        .map(({ orderId }) => orderId)
        .sort(),
    ).toEqual([1_000_000, 1_000_001, 1_000_002]);
    liftLatch(stateDir);
    expect(await guard.place(intentOf({ key: `${ACCOUNT}-1-2`, orderIdBase: 1_000_008 }))).toMatchObject({
      outcome: 'sent',
    });
  });

  test('leaves the stop and target of an open position, and lets what only reduces it pass', async () => {
    const { guard, tws, stateDir } = await start();
    await guard.place(intentOf({ bracket: BRACKET }));
    await guard.lookup(lookupOf());
    tws.fill(tws.orders[0], 1, 1_650);
    tws.positions = [{ contract: ES_WIRE, position: 1 }];
    tws.tellExecutions(tws.session());
    await guard.positions();
    setLatch(stateDir, { who: 'anna', why: 'drill', at: 1 });
    const reduce = { purpose: 'reduce', side: 'sell', quantity: 1 } as const;
    const enlarging = intentOf({ key: `${ACCOUNT}-1-2`, orderIdBase: 1_000_008, ...reduce, quantity: 2 });
    expect(await guard.place(enlarging)).toMatchObject({ refusal: { code: 'LATCHED' } });
    const closing = intentOf({ key: `${ACCOUNT}-1-3`, orderIdBase: 1_000_016, ...reduce });
    expect(await guard.place(closing)).toMatchObject({ outcome: 'sent' });
    await guard.cancelAll();
    await guard.positions();
    expect(tws.requests('cancelOrder').map(({ orderId }) => orderId)).not.toContain(1_000_001);
    expect(tws.requests('cancelOrder').map(({ orderId }) => orderId)).not.toContain(1_000_002);
  });

  test('an order in flight when it is set is cancelled by its id, and again when the broker first tells of it', async () => {
    const { guard, tws, stateDir } = await start();
    let arrive = (): void => undefined;
    tws.onPlace = (session, request) => {
      arrive = () => tws.acknowledge(session, tws.keep(session, request));
    };
    await guard.place(intentOf());
    setLatch(stateDir, { who: 'anna', why: 'drill', at: 1 });
    await until(() => tws.requests('cancelOrder').length === 1);
    // The cancel found nothing (10147); the order turns up later.
    arrive();
    await until(() => tws.requests('cancelOrder').length === 2);
    expect(tws.requests('cancelOrder').map(({ orderId }) => orderId)).toEqual([1_000_000, 1_000_000]);
    await until(() => tws.orders[0].status === 'Cancelled');
  });

  test('an order of ours that is first heard of while it stands is cancelled at once', async () => {
    const { tws, stateDir } = await start({ broker: { pollMs: 200 } });
    setLatch(stateDir, { who: 'anna', why: 'drill', at: 1 });
    await pause(300);
    const order = wireOrder({ orderRef: `${ACCOUNT}-1-7` });
    const held = tws.hold({ orderId: 1_000_056, clientId: TRADING_ID, contract: ES_WIRE, order });
    tws.acknowledge(tws.session(), held);
    await until(() => tws.requests('cancelOrder').length === 1);
    expect(held.status).toBe('Cancelled');
  });

  test('stop and target of an entry that may still trade stay until it is over; a filled one keeps them', async () => {
    const { guard, tws, stateDir } = await start();
    await guard.place(intentOf({ bracket: BRACKET }));
    await guard.lookup(lookupOf());
    // The broker fills it while the cancel is on its way, and tells the position last.
    tws.intercept = (session, request) => {
      if (request.type !== 'cancelOrder' || request.orderId !== 1_000_000) return false;
      tws.fill(tws.orders[0], 1, 1_650);
      tws.acknowledge(session, tws.orders[0]);
      tws.tellExecutions(session);
      return true;
    };
    setLatch(stateDir, { who: 'anna', why: 'drill', at: 1 });
    await until(() => rig.events.some(({ type }) => type === 'execution'));
    await pause(200);
    expect(tws.requests('cancelOrder').map(({ orderId }) => orderId)).toEqual([1_000_000]);
  });

  test('an order that only reduces the position is left to work', async () => {
    const { guard, tws, stateDir } = await start({
      before: (peer) => (peer.positions = [{ contract: ES_WIRE, position: 1 }]),
    });
    setLatch(stateDir, { who: 'anna', why: 'drill', at: 1 });
    await guard.place(intentOf({ purpose: 'reduce', side: 'sell' }));
    await guard.lookup(lookupOf());
    await pause(200);
    expect(tws.requests('cancelOrder')).toEqual([]);
  });

  test('each latch is told once, also one that stood before the start', async () => {
    const told: string[] = [];
    const { guard, stateDir } = await start();
    guard.onLatch(({ who }) => told.push(who));
    setLatch(stateDir, { who: 'anna', why: 'drill', at: 1 });
    await until(() => told.length === 1);
    await pause(150);
    liftLatch(stateDir);
    await pause(150);
    setLatch(stateDir, { who: 'bert', why: 'again', at: 2 });
    await until(() => told.length === 2);
    expect(told).toEqual(['anna', 'bert']);
    guard.stop();
    guard.onLatch(({ why }) => told.push(why));
    guard.start();
    await until(() => told.includes('again'));
  });

  test('cancelAll sets it and cancels every order of ours, no foreign one', async () => {
    const { guard, tws, stateDir } = await start({
      before: (peer) =>
        peer.hold({ orderId: 5, clientId: 7, contract: ES_WIRE, order: wireOrder({ orderRef: 'by hand' }) }),
      broker: { pollMs: 60_000 },
    });
    await guard.place(intentOf());
    await guard.lookup(lookupOf());
    await guard.cancelAll();
    expect(readLatch(stateDir)).toMatchObject({ who: 'guard' });
    await guard.positions();
    expect(tws.requests('cancelOrder').map(({ orderId }) => orderId)).toEqual([1_000_000]);
  });
});
