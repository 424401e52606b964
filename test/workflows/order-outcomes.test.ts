/** What becomes of orders whose fate the broker hides: unknown outcomes, silence, absence, late executions, corrections, strangers. */
import { orderKey } from '../../src/domain/ids';
import { reportOf } from '../../src/domain/order-book';
import * as messages from '../../src/workflows/messages';
import { batch, contractOf, entry, exit } from './proposals';
import { OPEN, TRADE_DATE, propose, refusedAnswers, useTradingRig, type Rig } from './trading-rig';

const MINUTE = 60_000;
const newRig = useTradingRig();

const enterES = (rig: Rig) => propose(rig, batch(OPEN, [entry(rig.account, 'ES', OPEN)]));

async function keyOf(rig: Rig): Promise<string> {
  const { orders } = await rig.snapshot();
  return orders[0].key;
}

test('a write without an answer that arrived is found by reading, never sent twice', async () => {
  const rig = await newRig();
  rig.broker.script = ['arrive-unanswered'];
  const [answer] = await enterES(rig);
  expect(answer.outcome).toBe('unknown');
  const snapshot = await rig.until('the reading', ({ orders, settled }) => orders[0].state === 'working' && settled);
  expect(snapshot.frozen).toEqual({});
  expect(rig.broker.placed).toHaveLength(1);
});

test('a write without an answer that certainly never arrived is placed again, same reference and ids, once', async () => {
  const rig = await newRig();
  rig.broker.script = ['lost-unanswered', 'fill'];
  const [answer] = await enterES(rig);
  expect(answer.outcome).toBe('unknown');
  const snapshot = await rig.until('the fill', ({ day, settled }) => day.executions === 1 && settled);
  expect(rig.broker.placed).toMatchObject([{ key: snapshot.orders[0].key, orderIdBase: 1_000_000 }]);
});

test('absence that is not certain stays unknown, freezes the symbol and resolves when the fence stands', async () => {
  const rig = await newRig();
  rig.broker.script = ['lost-unanswered', 'expired'];
  rig.broker.fenced = false;
  await enterES(rig);
  // Settled: nothing moves by itself, a human is needed.
  const stuck = await rig.until('the freeze', ({ settled }) => settled);
  expect(stuck.orders[0].state).toBe('unknown');
  expect(stuck.frozen.ES).toContain('is unknown');
  const later = OPEN + MINUTE;
  const [refused] = await refusedAnswers(rig, batch(later, [entry(rig.account, 'ES', later)]));
  expect(refused).toMatchObject({ refusal: { code: 'SYMBOL_FROZEN' } });
  rig.broker.fenced = true;
  const done = await rig.until('the end', ({ orders }) => orders[0].state === 'expired');
  expect(done.frozen).toEqual({});
  expect(done.day.trades).toBe(0);
  expect(rig.broker.placed).toHaveLength(0);
});

test('a position that is not the expected one keeps an unseen order unknown', async () => {
  const rig = await newRig();
  rig.broker.script = ['lost-unanswered', 'fill'];
  rig.broker.held.set(contractOf('ES').conId, { symbol: 'ES', quantity: 1, averageCost: 82_500 });
  await enterES(rig);
  const stuck = await rig.until('doubt', ({ orders, settled }) => settled && orders[0].state === 'unknown');
  expect((await rig.book(stuck.orders[0].key)).reason).toContain("broker's position is 1, expected 0");
  expect(rig.broker.placed).toHaveLength(0);
});

test('an order that the broker swallows silently is unknown after five seconds and placed again', async () => {
  const rig = await newRig();
  rig.broker.script = ['swallow', 'expired'];
  await enterES(rig);
  const snapshot = await rig.until('silence to be noticed', ({ orders }) => orders[0].state === 'expired');
  expect(snapshot.day.orders.expired).toBe(1);
  expect(rig.broker.placed).toHaveLength(1);
});

test('"certainly not sent" is tried again until the broker is back, or the time to live is over', async () => {
  const rig = await newRig();
  rig.broker.script = ['not-ready', 'not-ready', 'fill'];
  const [answer] = await enterES(rig);
  expect(answer.outcome).toBe('placed');
  rig.broker.script = ['not-ready', 'expired'];
  const later = OPEN + MINUTE;
  const [expired] = await propose(rig, batch(later, [entry(rig.account, 'GC', later)]));
  expect(expired).toMatchObject({ outcome: 'not-sent', refusal: { code: 'EXPIRED' } });
  expect(rig.broker.placed).toHaveLength(1);
});

test('a halt takes back what waits to be sent', async () => {
  const rig = await newRig();
  rig.broker.script = ['not-ready'];
  const waiting = enterES(rig);
  await rig.until('the proposal', ({ orders }) => orders.length === 1);
  await rig.session.signal(messages.halt, { by: 'A. Trader', why: 'news' });
  expect(await waiting).toMatchObject([{ outcome: 'not-sent', refusal: { code: 'HALTED' } }]);
  await rig.until('the halt', ({ halt }) => halt.phase === 'HALTED');
});

test('a rejected order ends as rejected, holds no risk and freezes nothing', async () => {
  const rig = await newRig();
  rig.broker.script = ['reject'];
  await enterES(rig);
  const snapshot = await rig.until('the rejection', ({ orders }) => orders[0].state === 'rejected');
  expect(snapshot).toMatchObject({ frozen: {}, day: { trades: 0, orders: { rejected: 1 } } });
  expect((await rig.book(snapshot.orders[0].key)).reason).toBe('201 Order rejected');
});

test('an execution after the cancel was confirmed leaves a bare position, which is closed at once', async () => {
  const rig = await newRig();
  rig.broker.script = ['rest', 'fill'];
  await enterES(rig);
  await rig.settled();
  const key = await keyOf(rig);
  await rig.session.signal(messages.cancelOrder, { key, by: 'A. Trader' });
  await rig.until('the cancel', ({ orders, settled }) => orders[0].state === 'cancelled' && settled);
  rig.broker.fill(key, 'entry', 1);
  const snapshot = await rig.until(
    'the position to be closed',
    ({ day, positions, contexts }) =>
      day.executions === 2 && positions.length === 0 && contexts.ES?.exitPending === false,
  );
  expect(snapshot.orders).toMatchObject([{ state: 'filled' }, { purpose: 'reduce', state: 'filled' }]);
});

test('an execution that only the reading at the end of the trade date finds is booked, and its bare position closed', async () => {
  const rig = await newRig();
  rig.broker.script = ['rest', 'fill'];
  await propose(rig, batch(OPEN, [entry(rig.account, 'ES', OPEN, 'buy', 2)]));
  await rig.settled();
  const key = await keyOf(rig);
  // Its commission stays untold, so the order reads the broker when the trade date ends.
  rig.broker.fill(key, 'entry', 1, 1_650, true);
  rig.broker.emit({ type: 'execution', execution: rig.broker.executions[0] });
  await rig.until('half of it', ({ day }) => day.executions === 1);
  await propose(rig, batch(OPEN + MINUTE, [exit(rig.account, 'ES', OPEN + MINUTE)]));
  await rig.until(
    'flat',
    ({ positions, day, contexts }) =>
      positions.length === 0 && day.executions === 2 && contexts.ES?.exitPending === false,
  );
  rig.broker.fill(key, 'entry', 1, 1_650, true);
  await rig.session.signal(messages.tradeDateClosed, { tradeDate: TRADE_DATE, marketTime: OPEN + 60 * MINUTE });
  const late = await rig.until('the late execution', ({ pastDays }) => pastDays.at(-1)?.executions === 3);
  expect(late.frozen).toEqual({});
  await rig.until('the reduction', () => rig.broker.held.get(contractOf('ES').conId)?.quantity === 0);
  await rig.until('flat', ({ positions, contexts }) => positions.length === 0 && contexts.ES?.exitPending === false);
});

test('an entry that is Filled at the broker without an execution ends, freezes, and frees the symbol once a human looked', async () => {
  const rig = await newRig();
  rig.broker.script = ['rest'];
  await enterES(rig);
  await rig.settled();
  const key = await keyOf(rig);
  rig.broker.fill(key, 'entry', 1, 1_650, true);
  rig.broker.executions.splice(0);
  await rig.broker.cancel(key, ['stop', 'target']);
  const order = rig.broker.orders.get(key);
  if (order === undefined) throw new Error('no order');
  rig.broker.emit({ type: 'order', order });
  const frozen = await rig.until('the freeze', (snapshot) => snapshot.frozen.ES !== undefined);
  expect(frozen.frozen.ES).toContain('no longer tells');
  expect(frozen.orders[0].state).toBe('filled');
  const symbol = 'ES' as const;
  await rig.session.executeUpdate(messages.unfreeze, { args: [{ symbol, by: 'A. Trader', why: 'statement checked' }] });
  const { contexts, positions } = await rig.snapshot();
  expect(contexts.ES).toMatchObject({ entryPending: false, frozen: false, position: 1 });
  expect(positions).toMatchObject([{ symbol: 'ES', quantity: 1 }]);
});

test('an execution of an order that is not booked freezes its symbol', async () => {
  const rig = await newRig();
  await enterES(rig);
  const { orders } = await rig.until('the entry', ({ day, settled }) => day.executions === 1 && settled);
  const report = reportOf(await rig.book(orders[0].key));
  await rig.session.signal(messages.orderReport, { ...report, key: orderKey(rig.account, 1, 1) });
  const { frozen } = await rig.until('the freeze', (snapshot) => snapshot.frozen.ES !== undefined);
  expect(frozen.ES).toContain('is not booked');
});

test('an exit while a partial fill still works ends flat', async () => {
  const rig = await newRig();
  rig.broker.script = ['rest', 'fill'];
  await propose(rig, batch(OPEN, [entry(rig.account, 'ES', OPEN, 'buy', 2)]));
  await rig.settled();
  rig.broker.fill(await keyOf(rig), 'entry', 1);
  await rig.until('half of it', ({ orders }) => orders[0].state === 'partially-filled');
  await propose(rig, batch(OPEN + MINUTE, [exit(rig.account, 'ES', OPEN + MINUTE)]));
  const flat = await rig.until(
    'flat',
    ({ positions, contexts }) => positions.length === 0 && contexts.ES?.exitPending === false,
  );
  expect(flat.orders).toMatchObject([
    { state: 'cancelled', filledQuantity: 1 },
    { quantity: 1, state: 'filled' },
  ]);
});

test('a correction freezes the symbol until a human unfreezes it and adopts the position', async () => {
  const rig = await newRig();
  await enterES(rig);
  await rig.until('the entry', ({ day }) => day.executions === 1);
  const [execution] = rig.broker.executions;
  rig.broker.emit({ type: 'execution', execution: { ...execution, execId: '0000.1.02', price: 1_651 } });
  const frozen = await rig.until('the freeze', (snapshot) => snapshot.frozen.ES !== undefined);
  expect(frozen.frozen.ES).toContain('0000.1.02 corrects 0000.1.01');
  expect(frozen.day.executions).toBe(1);
  const symbol = 'ES' as const;
  await rig.session.executeUpdate(messages.unfreeze, { args: [{ symbol, by: 'A. Trader', why: 'statement checked' }] });
  expect((await rig.snapshot()).frozen).toEqual({});
});

test('a freeze stays while the broker holds a contract of the symbol that the session never traded', async () => {
  const rig = await newRig();
  await enterES(rig);
  await rig.until('the entry', ({ day, settled }) => day.executions === 1 && settled);
  const [execution] = rig.broker.executions;
  rig.broker.emit({ type: 'execution', execution: { ...execution, execId: '0000.1.02', price: 1_651 } });
  await rig.until('the freeze', ({ frozen }) => frozen.ES !== undefined);
  rig.broker.held.set(999, { symbol: 'ES', quantity: 2, averageCost: 82_000 });
  const args: [messages.SymbolCommand] = [{ symbol: 'ES', by: 'A. Trader', why: 'statement checked' }];
  await expect(rig.session.executeUpdate(messages.unfreeze, { args })).rejects.toMatchObject({
    cause: { type: 'FOREIGN_POSITION' },
  });
  expect((await rig.snapshot()).frozen.ES).toBeDefined();
  rig.broker.held.delete(999);
  await rig.session.executeUpdate(messages.unfreeze, { args });
  expect((await rig.snapshot()).frozen).toEqual({});
});

test.each(['AAPL', 'toString'])('%s is no symbol whose freeze could be lifted', async (name) => {
  const rig = await newRig();
  const args = [{ symbol: name, by: 'A. Trader', why: 'statement checked' }] as unknown as [messages.SymbolCommand];
  await expect(rig.session.executeUpdate(messages.unfreeze, { args })).rejects.toMatchObject({
    cause: { type: 'UNKNOWN_SYMBOL' },
  });
});

test('a foreign order in an instrument of ours freezes it; one of our name that nobody gave halts', async () => {
  const rig = await newRig();
  rig.broker.script = ['rest'];
  await enterES(rig);
  await rig.settled();
  const known = rig.broker.orders.get(await keyOf(rig));
  if (known === undefined) throw new Error('no order');
  rig.broker.emit({ type: 'foreign-order', order: { ...known, orderRef: 'by hand', orderId: -7 } });
  await rig.until('the freeze', ({ frozen }) => frozen.ES !== undefined);
  const { epoch } = await rig.snapshot();
  rig.broker.emit({
    type: 'order',
    order: { ...known, orderRef: orderKey(rig.account, epoch, 99), orderId: 1_000_792 },
  });
  const halted = await rig.until('the halt', ({ halt }) => halt.phase !== 'ACTIVE');
  expect(halted.halt.cause).toContain('never named');
});

test('a fill that came while nobody listened is told after the reconnect, once', async () => {
  const rig = await newRig();
  rig.broker.script = ['rest'];
  await enterES(rig);
  await rig.settled();
  const key = await keyOf(rig);
  rig.broker.fill(key, 'entry', 1, 1_650, true);
  const [execution] = rig.broker.executions;
  Array.from({ length: 3 }).forEach(() => rig.broker.emit({ type: 'execution', execution }));
  const snapshot = await rig.until('the fill', ({ day }) => day.executions === 1);
  expect(snapshot.positions).toMatchObject([{ quantity: 1 }]);
});

test('broker ids rise above what the broker says it has seen', async () => {
  const rig = await newRig();
  rig.broker.reconnect(2_000_003);
  await rig.until('the connection', ({ settled }) => settled);
  await new Promise((resolve) => setTimeout(resolve, 200));
  await enterES(rig);
  expect(rig.broker.placed).toMatchObject([{ orderIdBase: 2_000_008 }]);
});
