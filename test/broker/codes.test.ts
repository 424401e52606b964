/** Every code of the table: what it means, and what the guard does when it comes over the wire. */
import {
  CODE_TABLE,
  historyRefusal,
  meaningOf,
  type CodeKind,
  type OrderErrorMeaning,
} from '../../src/domain/broker-codes';
import { intentOf, KEY, lookupOf, pause, startRig, until, type GuardRig } from './guard-rig';

/** Written down from IB's documentation and the issue threads, apart from the table under test. */
const EXPECTED: readonly (readonly [code: number, kind: CodeKind, onOrder: OrderErrorMeaning])[] = [
  [1100, 'broker-offline', 'none'],
  [2110, 'broker-offline', 'none'],
  [1101, 'broker-back-data-lost', 'none'],
  [1102, 'broker-back', 'none'],
  [2103, 'farm-down', 'none'],
  [2105, 'farm-down', 'none'],
  [2157, 'farm-down', 'none'],
  [2104, 'farm-up', 'none'],
  [2106, 'farm-up', 'none'],
  [2158, 'farm-up', 'none'],
  [326, 'client-id-in-use', 'none'],
  [10197, 'competing-session', 'none'],
  [162, 'history', 'none'],
  [201, 'order-error', 'rejected'],
  [203, 'order-error', 'rejected'],
  [321, 'order-error', 'rejected'],
  [10289, 'order-error', 'rejected'],
  [10293, 'order-error', 'rejected'],
  [110, 'order-error', 'rejected'],
  [202, 'order-error', 'cancelled'],
  [103, 'order-error', 'read-again'],
  [104, 'order-error', 'read-again'],
  [105, 'order-error', 'read-again'],
  [10147, 'order-error', 'read-again'],
  [10148, 'order-error', 'read-again'],
  [399, 'informational', 'none'],
  [10349, 'informational', 'none'],
  [10167, 'informational', 'none'],
  [2100, 'informational', 'none'],
  [2109, 'informational', 'none'],
  [2137, 'informational', 'none'],
  [2169, 'informational', 'none'],
  [317, 'depth-reset', 'none'],
  [100, 'too-many-messages', 'unknown'],
  [505, 'unreadable', 'unknown'],
  [2170, 'unknown', 'unknown'],
  [2099, 'unknown', 'unknown'],
  [777_777, 'unknown', 'unknown'],
];

describe('the table', () => {
  test.each(EXPECTED)('%d is %s, on an order %s', (code, kind, onOrder) => {
    expect(meaningOf(code)).toMatchObject({ kind, onOrder });
  });

  test('no code is listed twice', () => {
    const codes = CODE_TABLE.flatMap(([listed]) => listed);
    expect(new Set(codes).size).toBe(codes.length);
  });

  test('only 202 says cancelled', () => {
    expect(CODE_TABLE.filter(([, , onOrder]) => onOrder === 'cancelled').map(([codes]) => codes)).toEqual([[202]]);
  });

  test.each([
    ['Historical Market Data Service error message:Historical data request pacing violation', 'pacing'],
    ['Historical Market Data Service error message:HMDS query returned no data: ESZ3@CME Trades', 'no-data'],
    ['Historical Market Data Service error message:API historical data query cancelled: 7', 'cancelled'],
    ['Historical Market Data Service error message:No market data permissions for CME FUT', 'refused'],
  ])('162 is decided on its text: %s', (text, about) => {
    expect(historyRefusal(text)).toBe(about);
  });
});

describe('over the wire', () => {
  let rig: GuardRig;
  beforeEach(async () => {
    rig = await startRig();
    await rig.guard.place(intentOf());
    await rig.guard.lookup(lookupOf());
  });
  afterEach(() => rig.close());

  test.each([1100, 2110])('%d: no sends, the socket stays, and 1102 reads everything before ready', async (code) => {
    rig.tws.notice(code, 'Connectivity between IBKR and Trader Workstation has been lost.');
    await until(() => rig.guard.connection().phase === 'broker-offline');
    const second = intentOf({ key: `${KEY}2`, orderIdBase: 1_000_008 });
    expect(await rig.guard.place(second)).toMatchObject({ refusal: { code: 'BROKER_NOT_READY' } });
    expect(await rig.guard.cancel(KEY, ['entry'])).toMatchObject({ outcome: 'not-sent' });
    expect(await rig.guard.modify(KEY, 'entry', { quantity: 2 })).toMatchObject({ outcome: 'not-sent' });
    expect(await rig.guard.lookup(lookupOf())).toMatchObject({ synced: false });
    const readBefore = rig.tws.requests('reqExecutions').length;
    rig.tws.notice(1102, 'Connectivity restored - data maintained.');
    await until(() => rig.guard.connection().phase === 'ready');
    expect(rig.tws.requests('reqExecutions').length).toBe(readBefore + 1);
    expect(rig.tws.opened).toHaveLength(1);
    expect(rig.tws.requests('placeOrder')).toHaveLength(1);
    expect(await rig.guard.place(second)).toMatchObject({ outcome: 'sent' });
  });

  test.each([1101, 1102])(
    '%d by itself: executions, open and completed orders, positions before ready',
    async (code) => {
      const asked = [
        'reqExecutions',
        'reqAllOpenOrders',
        'reqCompletedOrders',
        'reqPositions',
        'reqAccountUpdates',
      ] as const;
      const before = asked.map((type) => rig.tws.requests(type).length);
      const statesBefore = rig.states.length;
      rig.tws.notice(code, 'Connectivity restored.');
      await until(() => rig.states.length > statesBefore + 1 && rig.guard.connection().phase === 'ready');
      expect(rig.states[statesBefore].phase).toBe('syncing');
      expect(asked.map((type) => rig.tws.requests(type).length)).toEqual(before.map((count) => count + 1));
    },
  );

  test.each([
    [2103, 2104],
    [2105, 2106],
    [2157, 2158],
  ])('%d: look-ups say which farm, orders and socket go on; %d ends it', async (down, up) => {
    rig.tws.notice(down, 'Market data farm connection is broken:usfuture');
    await rig.guard.positions();
    expect(rig.guard.connection().phase).toBe('ready');
    expect(await rig.guard.lookup(lookupOf())).toEqual({ synced: false, reason: 'data farm down: usfuture' });
    rig.tws.notice(up, 'Market data farm connection is OK:usfuture');
    await rig.guard.positions();
    expect(await rig.guard.lookup(lookupOf())).toMatchObject({ synced: true });
    expect(rig.tws.opened).toHaveLength(1);
  });

  const aboutOrders = [
    201, 203, 321, 10289, 10293, 110, 202, 103, 104, 105, 10147, 10148, 399, 10349, 2109, 10167, 777_777,
  ];
  test.each(aboutOrders)(
    '%d on an order is told with its orderRef; the guard itself ends, cancels and repeats nothing',
    async (code) => {
      rig.tws.notice(code, 'about the order', 1_000_000);
      await until(() => rig.events.some(({ type }) => type === 'order-error'));
      expect(rig.events.filter(({ type }) => type === 'order-error')).toEqual([
        { type: 'order-error', orderId: 1_000_000, orderRef: KEY, code, message: 'about the order' },
      ]);
      // Incident 5: an informational code read as cancelled made 15 orders of one.
      const evidence = await rig.guard.lookup(lookupOf());
      expect(evidence).toMatchObject({ synced: true, orders: [{ status: 'Submitted', completed: false }] });
      expect(rig.tws.requests('placeOrder')).toHaveLength(1);
      expect(rig.tws.requests('cancelOrder')).toHaveLength(0);
    },
  );

  test('321 on a change: the original still lives (incident 6)', async () => {
    rig.tws.onPlace = (session, { orderId }) =>
      session.send({ type: 'error', id: orderId, code: 321, message: 'Error validating request' });
    expect(await rig.guard.modify(KEY, 'entry', { quantity: 2 })).toMatchObject({ outcome: 'sent' });
    await until(() => rig.events.some(({ type }) => type === 'order-error'));
    expect(await rig.guard.lookup(lookupOf())).toMatchObject({ orders: [{ quantity: 1, completed: false }] });
  });

  test('505, a message that could not be read: everything is read again', async () => {
    const before = rig.tws.requests('reqExecutions').length;
    rig.tws.say({ type: 'error', id: -1, code: 505, message: 'Decoding error' });
    await until(() => rig.tws.requests('reqExecutions').length > before);
    await until(() => rig.guard.connection().phase === 'ready');
  });

  test('10197 and an unknown code without an id change nothing on the trading connection', async () => {
    rig.tws.notice(10197, 'No market data during competing live session');
    rig.tws.notice(888_888, 'something new');
    await pause(30);
    expect(await rig.guard.lookup(lookupOf())).toMatchObject({ synced: true });
    expect(rig.guard.connection().phase).toBe('ready');
  });
});
