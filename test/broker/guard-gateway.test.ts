/**
 * The guard against the paper gateway over TCP: orders from the write to the fill, and the incidents of other systems
 * (their issue numbers stand in the names) scripted by the gateway's faults.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createDataConnection } from '../../src/broker/data-connection';
import { createTradingGuard, type TradingGuard } from '../../src/broker/guard';
import type { BrokerEvent, OrderEvidence } from '../../src/broker/port';
import type { FutureContract } from '../../src/domain/contracts';
import type { OrderIntent } from '../../src/domain/intents';
import { intentOf, pause, SILENT, testBroker, TRADING, until } from './guard-rig';
import { startPaperGateway, type PaperGateway } from './paper-gateway-rig';
import { ACCOUNT, TRADING_ID } from './scripted-tws';

const MINUTE = 60_000;
type Synced = Extract<OrderEvidence, { synced: true }>;
type GatewayOrder = { readonly orderRef: string };

let gateway: PaperGateway;
let now = Date.parse('2013-10-09T14:30:00Z');
let contract: FutureContract;
let guard: TradingGuard;
let events: BrokerEvent[];
let stateDir: string;
let sequence = 0;

const advance = async (minutes: number): Promise<void> => {
  now += minutes * MINUTE;
  await gateway.advanceTo(new Date(now).toISOString());
};

async function startGuard(): Promise<TradingGuard> {
  const started = createTradingGuard(
    { broker: testBroker(gateway.port), permissions: TRADING },
    { stateDir, logger: SILENT },
  );
  started.onEvent((event) => events.push(event));
  started.start();
  await until(() => started.connection().phase === 'ready');
  return started;
}

/** Session's part: a new key and a block of ids above everything the broker ever saw. */
const nextIntent = (fields: Partial<OrderIntent> = {}): OrderIntent => {
  sequence += 1;
  return intentOf({
    key: `${ACCOUNT}-7-${sequence}`,
    orderIdBase: 1_000_000 + sequence * 8,
    contract,
    decidedAt: now,
    expiresAt: now + MINUTE,
    ...fields,
  });
};

const look = async (intent: OrderIntent, sentAt = intent.decidedAt): Promise<Synced> => {
  const request = { key: intent.key, conId: contract.conId, sentAt, sentEpoch: null, refresh: true };
  const evidence = await guard.lookup(request);
  if (!evidence.synced) throw new Error(evidence.reason);
  return evidence;
};

const position = async (): Promise<number> =>
  (await guard.positions()).find(({ conId }) => conId === contract.conId)?.quantity ?? 0;
const atGateway = async (intent: OrderIntent): Promise<readonly GatewayOrder[]> =>
  (await gateway.get<readonly GatewayOrder[]>('/orders')).filter(({ orderRef }) => orderRef === intent.key);
const executionsOf = (intent: OrderIntent): number =>
  events.filter((event) => event.type === 'execution' && event.execution.orderRef === intent.key).length;
const lost = (): Promise<void> => until(() => guard.connection().phase !== 'ready');
const ready = (): Promise<void> => until(() => guard.connection().phase === 'ready');

beforeAll(async () => {
  gateway = await startPaperGateway(new Date(now).toISOString());
  const data = createDataConnection(testBroker(gateway.port), { logger: SILENT });
  await data.connect();
  contract = await data.resolveFront('ES', '2013-10-09');
  await data.close();
});
beforeEach(async () => {
  stateDir = mkdtempSync(join(tmpdir(), 'omega-guard-'));
  events = [];
  guard = await startGuard();
});
afterEach(async () => {
  await gateway.fault('clear');
  guard.stop();
  rmSync(stateDir, { recursive: true, force: true });
});
afterAll(() => gateway.close());

/** Leaves the account flat for the next test. */
async function flatten(): Promise<void> {
  const held = await position();
  if (held === 0) return;
  await guard.place(nextIntent({ side: held > 0 ? 'sell' : 'buy', quantity: Math.abs(held), purpose: 'reduce' }));
  await advance(1);
  expect(await position()).toBe(0);
}

/** A bracket far from the market, so that its legs rest. */
const FAR = { stopPrice: 1_500, targetPrice: 1_800 };

test('a bracket fills at the market, its legs rest, a cancel ends them', async () => {
  const intent = nextIntent({ bracket: FAR });
  expect(await guard.place(intent)).toMatchObject({ outcome: 'sent', sentAt: now });
  await advance(1);
  const evidence = await look(intent);
  expect(evidence.executions).toHaveLength(1);
  expect(evidence.commissions).toMatchObject([{ commission: 2.25 }]);
  expect(evidence.position).toBe(1);
  expect(evidence.orders.map(({ orderRef, completed }) => [orderRef, completed]).sort()).toEqual([
    [intent.key, true],
    [`${intent.key}/stop`, false],
    [`${intent.key}/target`, false],
  ]);
  expect(await guard.modify(intent.key, 'stop', { price: 1_510.1 })).toMatchObject({ outcome: 'sent' });
  expect((await look(intent)).orders.find(({ orderRef }) => orderRef.endsWith('/stop'))).toMatchObject({
    auxPrice: 1_510,
  });
  expect(await guard.cancel(intent.key, ['stop', 'target'])).toMatchObject({ outcome: 'sent' });
  expect((await look(intent)).orders.every(({ completed }) => completed)).toBe(true);
  expect(executionsOf(intent)).toBe(1);
  await flatten();
});

test('a new process knows the orders of the old one: found by their reference, not placed again (freqtrade: incident 13)', async () => {
  const intent = nextIntent({ bracket: FAR });
  await guard.place(intent);
  await advance(1);
  guard.stop();
  events = [];
  guard = await startGuard();
  expect(await guard.place(intent)).toMatchObject({ outcome: 'exists' });
  expect(executionsOf(intent)).toBe(1);
  expect(guard.connection().nextValidId).toBeGreaterThan(intent.orderIdBase + 2);
  await guard.cancel(intent.key, ['stop', 'target']);
  await flatten();
});

test('ids roll back with the gateway: the next id stays above everything seen (LeanIB #242)', async () => {
  const intent = nextIntent({ orderType: 'limit', limitPrice: 1_500 });
  await guard.place(intent);
  await look(intent);
  await gateway.fault('id-rollback');
  await gateway.fault('drop', { clientId: TRADING_ID });
  await lost();
  await ready();
  expect(guard.connection().nextValidId).toBeGreaterThan(intent.orderIdBase);
  expect(await guard.place(nextIntent({ orderIdBase: intent.orderIdBase }))).toMatchObject({
    refusal: { code: 'INVALID_PROPOSAL' },
  });
  await guard.cancel(intent.key, ['entry']);
});

test('a fill during 1100 is known after 1102, once (LeanIB #249)', async () => {
  const intent = nextIntent();
  await guard.place(intent);
  await gateway.fault('1100');
  await lost();
  await advance(1);
  expect(await guard.place(nextIntent())).toMatchObject({ refusal: { code: 'BROKER_NOT_READY' } });
  await gateway.fault('1102');
  await ready();
  expect((await look(intent)).executions).toHaveLength(1);
  expect(executionsOf(intent)).toBe(1);
  await flatten();
});

test('an order dropped without a word: absent and fenced, then placed again as one (LeanIB #93)', async () => {
  await gateway.fault('drop-order');
  const intent = nextIntent();
  expect(await guard.place(intent)).toMatchObject({ outcome: 'sent' });
  expect(await look(intent)).toMatchObject({
    fenced: true,
    insideExecutionWindow: true,
    orders: [],
    executions: [],
    position: 0,
  });
  expect(await guard.place(intent)).toMatchObject({ outcome: 'sent' });
  await advance(1);
  expect(await look(intent)).toMatchObject({ position: 1, executions: [{ shares: 1 }] });
  await flatten();
});

test('a change that leaves two live orders of one id is seen as two (Nautilus #4564)', async () => {
  const intent = nextIntent({ orderType: 'limit', limitPrice: 1_500 });
  await guard.place(intent);
  await look(intent);
  await gateway.fault('double-modify');
  await guard.modify(intent.key, 'entry', { price: 1_501 });
  const twice = await look(intent);
  expect(twice.orders).toHaveLength(2);
  expect(new Set(twice.orders.map(({ permId }) => permId)).size).toBe(2);
  expect(await guard.modify(intent.key, 'entry', { price: 1_502 })).toMatchObject({
    refusal: { code: 'INVALID_PROPOSAL' },
  });
  for (let i = 0; i < 3; i += 1) {
    const answer = await guard.cancel(intent.key, ['entry']);
    if (answer.outcome === 'nothing-to-cancel') break;
    await look(intent);
  }
  expect((await look(intent)).orders.every(({ completed }) => completed)).toBe(true);
});

test('10349 on an order is told and changes nothing (pysystemtrade #1580)', async () => {
  await gateway.fault('inform-order');
  const intent = nextIntent();
  await guard.place(intent);
  await look(intent);
  expect(events).toContainEqual(expect.objectContaining({ type: 'order-error', code: 10349, orderRef: intent.key }));
  await advance(1);
  expect(await look(intent)).toMatchObject({ executions: [{ shares: 1 }] });
  expect(await atGateway(intent)).toHaveLength(1);
  await flatten();
});

test('an error on a change: the original lives on (ib_insync #502)', async () => {
  const intent = nextIntent({ orderType: 'limit', limitPrice: 1_500 });
  await guard.place(intent);
  await look(intent);
  await gateway.fault('modify-error');
  await guard.modify(intent.key, 'entry', { price: 1_501 });
  expect((await look(intent)).orders).toMatchObject([{ lmtPrice: 1_500, completed: false }]);
  await guard.cancel(intent.key, ['entry']);
});

test.each(['cut-before-place', 'cut-after-place'])(
  '%s: sent, unknown until read, never doubled (Nautilus #4958)',
  async (fault) => {
    await gateway.fault(fault, { clientId: TRADING_ID });
    const intent = nextIntent({ orderType: 'limit', limitPrice: 1_500 });
    expect(await guard.place(intent)).toMatchObject({ outcome: 'sent' });
    await lost();
    await ready();
    const evidence = await look(intent);
    expect(evidence.fenced).toBe(true);
    expect(evidence.orders).toHaveLength(fault === 'cut-after-place' ? 1 : 0);
    const again = await guard.place(intent);
    expect(again.outcome).toBe(fault === 'cut-after-place' ? 'exists' : 'sent');
    await look(intent);
    expect(await atGateway(intent)).toHaveLength(1);
    await guard.cancel(intent.key, ['entry']);
  },
);

test('execution before the order, doubled and late callbacks: told once, the same in the end (Nautilus #3949)', async () => {
  await gateway.fault('executions-first');
  await gateway.fault('duplicate-callbacks', { count: 5 });
  const intent = nextIntent();
  await guard.place(intent);
  await advance(1);
  const evidence = await look(intent);
  expect(evidence).toMatchObject({ executions: [{ shares: 1 }], orders: [{ completed: true }], position: 1 });
  expect(executionsOf(intent)).toBe(1);
  await flatten();
});

test('callbacks that never came are made up for by reading', async () => {
  await gateway.fault('lost-callbacks', { count: 20 });
  const intent = nextIntent();
  await guard.place(intent);
  await advance(1);
  await gateway.fault('clear');
  expect(await look(intent)).toMatchObject({ executions: [{ shares: 1 }], orders: [{ completed: true }] });
  expect(executionsOf(intent)).toBe(1);
  await flatten();
});

test('filled while nobody was connected: known at once by the next connection', async () => {
  const intent = nextIntent();
  await guard.place(intent);
  guard.stop();
  await advance(1);
  events = [];
  guard = await startGuard();
  expect(executionsOf(intent)).toBe(1);
  await flatten();
});

test('a cancel that crosses a fill: the execution is told, the position is what the broker says', async () => {
  await gateway.fault('fill-after-cancel');
  const intent = nextIntent({ orderType: 'limit', limitPrice: 1_500 });
  await guard.place(intent);
  await look(intent);
  await guard.cancel(intent.key, ['entry']);
  await advance(1);
  const evidence = await look(intent);
  expect(evidence.position).toBe(evidence.executions.reduce((sum, { shares }) => sum + shares, 0));
  await flatten();
});

test('frozen gateway: found in time, the order read after the thaw is one', async () => {
  await gateway.fault('freeze', { clientId: TRADING_ID });
  const frozenAt = performance.now();
  expect(await guard.place(nextIntent())).toMatchObject({ outcome: 'not-sent' });
  await lost();
  expect(performance.now() - frozenAt).toBeLessThan(3_000);
  await gateway.fault('thaw', { clientId: TRADING_ID });
  await ready();
});

test('a second trader stands by and takes over, with everything read before it may send', async () => {
  const standby = createTradingGuard(
    { broker: testBroker(gateway.port), permissions: TRADING },
    { stateDir, logger: SILENT },
  );
  standby.start();
  await until(() => standby.connection().phase === 'standby');
  const intent = nextIntent({ orderType: 'limit', limitPrice: 1_500 });
  await guard.place(intent);
  guard.stop();
  await until(() => standby.connection().phase === 'ready');
  expect(await standby.place(intent)).toMatchObject({ outcome: 'exists' });
  expect(await standby.cancel(intent.key, ['entry'])).toMatchObject({ outcome: 'sent' });
  await standby.positions();
  standby.stop();
});

test('a correction replaces its execution and is told as one more', async () => {
  const intent = nextIntent();
  await guard.place(intent);
  await advance(1);
  await look(intent);
  await gateway.fault('correct-execution');
  await pause(20);
  const { executions } = await look(intent);
  expect(executions.map(({ execId }) => execId.slice(-3)).sort()).toEqual(['.01', '.02']);
  await flatten();
});
