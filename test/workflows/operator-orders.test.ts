/** What an operator asks of single orders, and what a trader finds changed when it comes back. */
import { orderRef } from '../../src/domain/ids';
import * as messages from '../../src/workflows/messages';
import { batch, entry } from './proposals';
import { OPEN, openDay, propose, useTradingRig, type Rig } from './trading-rig';

const newRig = useTradingRig();
const enterES = (rig: Rig) => propose(rig, batch(OPEN, [entry(rig.account, 'ES', OPEN)]));

test('a stop and target that vanished while nobody listened are missed, and the position is closed', async () => {
  const rig = await newRig();
  await openDay(rig);
  await enterES(rig);
  const { orders } = await rig.until('the position', ({ positions, settled }) => positions.length === 1 && settled);
  const [{ key }] = orders;
  for (const leg of ['stop', 'target'] as const) rig.broker.orders.delete(orderRef(key, leg));
  rig.broker.reconnect();
  await rig.until('flat', ({ positions, settled }) => positions.length === 0 && settled);
  expect((await rig.book(key)).legs.stop?.state).toBe('expired');
  expect(rig.broker.placed.map(({ purpose }) => purpose)).toEqual(['entry', 'reduce']);
});

test('a reconnect that shows every order changes nothing', async () => {
  const rig = await newRig();
  await openDay(rig);
  await enterES(rig);
  const before = await rig.until('the position', ({ positions, settled }) => positions.length === 1 && settled);
  rig.broker.reconnect();
  const after = await rig.until('the epoch', ({ settled }) => settled);
  expect(after.orders).toEqual(before.orders);
  expect(rig.broker.placed).toHaveLength(1);
});

test('a cancel of an entry that is over leaves what protects its position', async () => {
  const rig = await newRig();
  await openDay(rig);
  await enterES(rig);
  const { orders } = await rig.until('the position', ({ positions, settled }) => positions.length === 1 && settled);
  await rig.session.signal(messages.cancelOrder, { key: orders[0].key, by: 'A. Trader' });
  await rig.session.signal(messages.pause, { by: 'A. Trader', why: 'the signal before has been heard' });
  await rig.until('the pause', ({ paused, settled }) => paused && settled);
  const { stop, target } = (await rig.book(orders[0].key)).legs;
  expect([stop?.state, target?.state]).toEqual(['working', 'working']);
  expect(rig.broker.placed).toHaveLength(1);
});

test('an entry that waits for the broker and is cancelled is never sent', async () => {
  const rig = await newRig();
  await openDay(rig);
  rig.broker.script = ['not-ready'];
  const answering = enterES(rig);
  const { orders } = await rig.until('the waiting order', (snapshot) => snapshot.orders.length === 1);
  await rig.session.signal(messages.cancelOrder, { key: orders[0].key, by: 'A. Trader' });
  expect(await answering).toMatchObject([{ outcome: 'not-sent', refusal: { code: 'CANCELLED' } }]);
  rig.broker.script = ['fill'];
  rig.broker.reconnect();
  await rig.settled();
  expect(rig.broker.placed).toEqual([]);
});
