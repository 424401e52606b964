/** What must not happen: an order sent after it was cancelled or halted, a halt that leaves something open, orders without end. */
import { startSession } from '../../src/client/session-start';
import { DEFAULT_CONFIG } from '../../src/config/config';
import { TRADING_QUEUE, orderKey, orderRef, orderWorkflowId } from '../../src/domain/ids';
import * as messages from '../../src/workflows/messages';
import { batch, contractOf, entry, exit } from './proposals';
import { OPEN, propose, useTradingRig, type Rig } from './trading-rig';

const MINUTE = 60_000;
const newRig = useTradingRig();

const enterES = (rig: Rig) => propose(rig, batch(OPEN, [entry(rig.account, 'ES', OPEN)]));
const pause = (milliseconds: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, milliseconds));

/** An entry whose write had no answer and whose absence is not certain; whatever is placed from here on is filled. */
async function unknownES(rig: Rig): Promise<string> {
  rig.broker.script = ['lost-unanswered', 'fill'];
  rig.broker.fenced = false;
  await enterES(rig);
  const { orders } = await rig.until('the unknown', ({ settled }) => settled);
  return orders[0].key;
}

test('an unknown order that was asked to be cancelled is never placed again', async () => {
  const rig = await newRig();
  const key = await unknownES(rig);
  await rig.session.signal(messages.cancelOrder, { key, by: 'A. Trader' });
  await pause(300);
  rig.broker.fenced = true;
  const { orders } = await rig.until('the end', ({ settled, frozen }) => settled && frozen.ES === undefined);
  expect(rig.broker.placed).toEqual([]);
  expect(orders[0].state).toBe('expired');
});

test('a halt cancels what is unknown: absent it is not placed again', async () => {
  const rig = await newRig();
  await unknownES(rig);
  await rig.session.signal(messages.halt, { by: 'A. Trader', why: 'news' });
  await rig.until('the halt', ({ halt }) => halt.phase === 'HALTED');
  rig.broker.fenced = true;
  await rig.until('the end', ({ orders }) => orders[0].state === 'expired' || orders[0].state === 'filled');
  expect(rig.broker.placed).toEqual([]);
});

test('a halt cancels what is unknown: found working it is cancelled', async () => {
  const rig = await newRig();
  const key = await unknownES(rig);
  await rig.session.signal(messages.halt, { by: 'A. Trader', why: 'news' });
  await rig.until('the halt', ({ halt }) => halt.phase === 'HALTED');
  const ref = orderRef(key, 'entry');
  rig.broker.orders.set(ref, {
    orderRef: ref,
    orderId: 1_000_000,
    permId: 7,
    conId: contractOf('ES').conId,
    side: 'buy',
    quantity: 1,
    orderType: 'LMT',
    lmtPrice: 1_600,
    auxPrice: null,
    status: 'Submitted',
    completed: false,
  });
  await rig.until('the cancel', ({ orders }) => orders[0].state === 'cancelled');
  expect(rig.broker.orders.get(ref)?.status).toBe('Cancelled');
});

test('a broker that rejects every reduction is not sent them as fast as it can answer', async () => {
  const rig = await newRig();
  rig.broker.script = ['fill', 'reject'];
  await enterES(rig);
  await rig.until('the entry', ({ day, settled }) => day.executions === 1 && settled);
  await propose(rig, batch(OPEN + MINUTE, [exit(rig.account, 'ES', OPEN + MINUTE)]));
  await pause(4_000);
  expect(rig.broker.placed.filter(({ purpose }) => purpose === 'reduce').length).toBeLessThanOrEqual(3);
});

test('a halt closes the broker position of a frozen symbol that the session believes flat', async () => {
  const rig = await newRig();
  await enterES(rig);
  await rig.until('the entry', ({ day, settled }) => day.executions === 1 && settled);
  const { orders } = await rig.snapshot();
  rig.broker.fill(orders[0].key, 'stop', 1);
  await rig.until('flat', ({ day, settled }) => day.executions === 2 && settled);
  const known = rig.broker.orders.get(orders[0].key);
  if (known === undefined) throw new Error('no order');
  rig.broker.emit({ type: 'foreign-order', order: { ...known, orderRef: 'by hand', orderId: -7 } });
  await rig.until('the freeze', ({ frozen }) => frozen.ES !== undefined);
  rig.broker.held.set(contractOf('ES').conId, { symbol: 'ES', quantity: 1, averageCost: 82_500 });
  await rig.session.signal(messages.halt, { by: 'A. Trader', why: 'news' });
  // Read several times before the broker is believed against the session.
  await pause(13_000);
  await rig.until('the reduction', ({ orders: [, reduction] }) => reduction?.state === 'filled');
  expect(rig.broker.held.get(contractOf('ES').conId)?.quantity).toBe(0);
}, 40_000);

test('a report that found no session is made again until one takes it', async () => {
  const rig = await newRig();
  rig.broker.script = ['rest'];
  await enterES(rig);
  const { orders } = await rig.until('the entry to rest', ({ settled }) => settled);
  await rig.session.terminate('lost');
  rig.broker.fill(orders[0].key, 'entry', 1);
  await pause(2_500);
  await startSession(rig.client, {
    account: rig.account,
    settings: { limits: DEFAULT_CONFIG.limits, mode: 'trading' },
  });
  // A new chain never named the order: what it traded is for a human.
  const { frozen } = await rig.until('the report', (snapshot) => snapshot.frozen.ES !== undefined);
  expect(frozen.ES).toContain(`${orders[0].key} executed`);
  await rig.client.workflow.getHandle(orderWorkflowId(orders[0].key)).terminate('test is over');
}, 30_000);

test('an order whose workflow runs already, as after a reset of the session, is taken as started', async () => {
  const rig = await newRig();
  const { epoch } = await rig.snapshot();
  rig.broker.script = ['rest'];
  const workflowId = orderWorkflowId(orderKey(rig.account, epoch, 1));
  // Whatever holds the name: what matters is that it is taken.
  await rig.client.workflow.start('order', {
    workflowId,
    taskQueue: `nobody/${TRADING_QUEUE}`,
    args: [],
  });
  const [answer] = await enterES(rig);
  expect(answer.outcome).toBe('placed');
  await rig.session.signal(messages.pause, { by: 'A. Trader', why: 'still alive' });
  const alive = await rig.until('the session to go on', ({ paused, settled, frozen }) => {
    return paused && !settled && frozen.ES === undefined;
  });
  expect(alive.orders).toMatchObject([{ state: 'submitting' }]);
  // Nothing is in flight any more: the run can end.
  const { runId } = await rig.session.describe();
  await rig.session.signal(messages.rollover);
  const deadline = Date.now() + 5_000;
  while ((await rig.session.describe()).runId === runId && Date.now() < deadline) await pause(50);
  expect((await rig.session.describe()).runId).not.toBe(runId);
});

test('events that found no order workflow in time are handed on to it; of an order that is no more they freeze', async () => {
  const rig = await newRig();
  rig.broker.script = ['rest'];
  await enterES(rig);
  const { orders } = await rig.until('the order', ({ orders: all }) => all[0]?.state === 'working');
  const [{ key }] = orders;
  rig.broker.fill(key, 'entry', 1, 1_650, true);
  const execution = rig.broker.executions[0];
  const unrouted = { key, events: [{ type: 'execution', execution }] } as const;
  await rig.session.signal(messages.unroutedEvents, unrouted);
  const { positions, frozen } = await rig.until('the fill', ({ day }) => day.executions === 1);
  expect([positions, frozen]).toMatchObject([[{ quantity: 1 }], {}]);

  await rig.client.workflow.getHandle(orderWorkflowId(key)).terminate('as a person may');
  await rig.session.signal(messages.unroutedEvents, unrouted);
  const after = await rig.until('the freeze', (snapshot) => snapshot.frozen.ES !== undefined);
  expect(after.frozen.ES).toBe(`${key} moved after its workflow had ended`);
});
