/** The session against a real server: reservation, refusals, exits, stops, the halt latch, trade dates. */
import { FUTURE_SYMBOLS } from '../../src/domain/instruments';
import { orderWorkflowId } from '../../src/domain/ids';
import * as messages from '../../src/workflows/messages';
import { batch, entry, exit } from './proposals';
import { OPEN, TRADE_DATE, propose, refusedAnswers, toldHalts, useTradingRig, type Rig } from './trading-rig';

const MINUTE = 60_000;
const newRig = useTradingRig();

async function longES(rig: Rig): Promise<string> {
  const [answer] = await propose(rig, batch(OPEN, [entry(rig.account, 'ES', OPEN)]));
  if (answer.outcome !== 'placed') throw new Error(answer.outcome);
  await rig.until('the entry', ({ day, settled }) => day.executions === 1 && settled);
  return answer.key;
}

const equityReport = (netLiquidation: number) => ({ marketTime: OPEN, netLiquidation, cause: 'limit-100' as const });

test('a market order goes through session, broker and order workflow to its fill', async () => {
  const rig = await newRig();
  const key = await longES(rig);
  const snapshot = await rig.until('the fee', ({ day }) => day.fees > 0);
  expect(snapshot.positions).toMatchObject([{ symbol: 'ES', quantity: 1, averagePrice: 1_650 }]);
  expect(snapshot.orders).toMatchObject([{ key, state: 'filled', filledQuantity: 1 }]);
  expect(snapshot.day).toMatchObject({ trades: 1, fees: 2.25, orders: { filled: 1 } });
  expect(rig.broker.placed).toMatchObject([{ key, orderIdBase: 1_000_000, expectedPosition: 0 }]);
});

test('eight proposals at once against an exposure limit of three give three', async () => {
  const rig = await newRig();
  rig.broker.script = ['rest'];
  const proposals = [...FUTURE_SYMBOLS, ...FUTURE_SYMBOLS.slice(0, 2)].map((symbol, index) => {
    const barClose = OPEN + (index < 6 ? 0 : MINUTE);
    return batch(barClose, [entry(rig.account, symbol, barClose)]);
  });
  const outcomes = await Promise.allSettled(proposals.map((proposed) => propose(rig, proposed)));
  expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(3);
  expect(rig.broker.placed).toHaveLength(3);
  expect((await rig.settled()).day.trades).toBe(3);
});

test('six entries of one batch: what fits the limit is placed in rising ids, the rest refused with numbers', async () => {
  const rig = await newRig();
  rig.broker.script = ['rest'];
  const answers = await propose(
    rig,
    batch(
      OPEN,
      FUTURE_SYMBOLS.map((symbol) => entry(rig.account, symbol, OPEN)),
    ),
  );
  expect(answers.map(({ outcome }) => outcome)).toEqual([
    'placed',
    'placed',
    'placed',
    'refused',
    'refused',
    'refused',
  ]);
  expect(rig.broker.placed.map(({ orderIdBase }) => orderIdBase)).toEqual([1_000_000, 1_000_008, 1_000_016]);
  expect((await rig.settled()).day.refusals).toEqual({ LIMIT_EXPOSURE: 3 });
});

test('a batch that is refused whole writes nothing to history and carries its answers', async () => {
  const rig = await newRig();
  await rig.settled();
  const before = (await rig.session.describe()).historyLength;
  const answers = await refusedAnswers(rig, batch(OPEN, [entry(rig.account, 'ES', OPEN, 'buy', 3)]));
  expect(answers).toMatchObject([
    { outcome: 'refused', refusal: { code: 'LIMIT_ORDER_SIZE', detail: 'quantity=3 limit=2' } },
  ]);
  expect((await rig.session.describe()).historyLength).toBe(before);
});

test('a repeated batch is answered as the first, and places nothing', async () => {
  const rig = await newRig();
  const proposed = batch(OPEN, [entry(rig.account, 'ES', OPEN)]);
  const [first, second] = await Promise.all([propose(rig, proposed), propose(rig, proposed)]);
  expect(second).toEqual(first);
  await rig.session.signal(messages.rollover);
  expect(await propose(rig, proposed)).toEqual(first);
  expect(rig.broker.placed).toHaveLength(1);
});

test('an exit cancels the resting legs, reduces by one market order and ends flat', async () => {
  const rig = await newRig();
  const key = await longES(rig);
  rig.broker.price = 1_652;
  const answers = await propose(rig, batch(OPEN + MINUTE, [exit(rig.account, 'ES', OPEN + MINUTE)]));
  expect(answers).toMatchObject([{ outcome: 'exit-started' }]);
  const snapshot = await rig.until(
    'the exit',
    ({ positions, contexts, settled }) => positions.length === 0 && contexts.ES?.exitPending === false && settled,
  );
  expect(rig.broker.placed).toMatchObject([
    { key, purpose: 'entry' },
    { purpose: 'reduce', side: 'sell', quantity: 1, bracket: null, expectedPosition: 1 },
  ]);
  expect(rig.broker.orders.get(`${key}/stop`)?.status).toBe('Cancelled');
  expect(snapshot.day).toMatchObject({ trades: 1, executions: 2, realizedPnl: 100 });
});

test('a stop-out is told as one: position closed, sibling gone, time of the stop known', async () => {
  const rig = await newRig();
  const key = await longES(rig);
  rig.broker.now = OPEN + 5 * MINUTE;
  rig.broker.fill(key, 'stop', 1, 1_640);
  const snapshot = await rig.until('the stop', ({ day, settled }) => day.executions === 2 && settled);
  expect(snapshot.contexts.ES).toMatchObject({ position: 0, lastStopAt: OPEN + 5 * MINUTE, entryPending: false });
  expect(snapshot.day.realizedPnl).toBe(-500);
});

test('a daily loss halts, flattens everything and stays latched until a name lifts it', async () => {
  const rig = await newRig();
  await longES(rig);
  await rig.session.signal(messages.equity, equityReport(97_900));
  const halted = await rig.until('the halt', ({ halt }) => halt.phase === 'HALTED');
  expect(halted.halt.cause).toBe('LIMIT_DAILY_LOSS: loss=2100.00 limit=2000.00');
  expect(halted.positions).toEqual([]);
  const later = OPEN + MINUTE;
  const [answer] = await refusedAnswers(rig, batch(later, [entry(rig.account, 'GC', later)]));
  expect(answer).toMatchObject({ refusal: { code: 'HALTED' } });
  await expect(rig.session.executeUpdate(messages.liftHalt, { args: [{ by: '', why: '' }] })).rejects.toThrow();
  await rig.session.executeUpdate(messages.liftHalt, { args: [{ by: 'A. Trader', why: 'positions checked' }] });
  expect((await rig.snapshot()).halt.phase).toBe('ACTIVE');
  const { epoch } = await rig.snapshot();
  expect(toldHalts.filter(({ account }) => account === rig.account)).toMatchObject([
    { type: 'halt', event: `${epoch}-1`, at: OPEN, cause: 'LIMIT_DAILY_LOSS: loss=2100.00 limit=2000.00' },
    { type: 'halt-lifted', event: `${epoch}-2`, by: 'A. Trader', why: 'positions checked' },
  ]);
  // The day's loss stays a limit, and the same loss does not halt again.
  await rig.session.signal(messages.equity, equityReport(97_800));
  const [still] = await refusedAnswers(rig, batch(later, [entry(rig.account, 'GC', later)]));
  expect(still).toMatchObject({ refusal: { code: 'LIMIT_DAILY_LOSS' } });
  expect((await rig.snapshot()).halt.phase).toBe('ACTIVE');
});

test('a halt and its lifting are dated by the clock of the broker, not by the last bar that the session heard of', async () => {
  const rig = await newRig();
  rig.broker.now = OPEN + 7 * MINUTE;
  await rig.session.signal(messages.halt, { by: 'A. Trader', why: 'news' });
  const { halt } = await rig.until('the time of the halt', (snapshot) => snapshot.halt.since !== null);
  expect(halt).toMatchObject({ cause: 'news (by A. Trader)', since: OPEN + 7 * MINUTE });
  rig.broker.now = OPEN + 9 * MINUTE;
  await rig.session.executeUpdate(messages.liftHalt, { args: [{ by: 'A. Trader', why: 'over' }] });
  await rig.settled();
  expect(toldHalts.filter(({ account }) => account === rig.account)).toMatchObject([
    { type: 'halt', at: OPEN + 7 * MINUTE },
    { type: 'halt-lifted', at: OPEN + 9 * MINUTE },
  ]);
});

test('a halt while no trader is connected is dated by the latest time heard, and halts at once', async () => {
  const rig = await newRig();
  await rig.brokerWorker.stop();
  await rig.session.signal(messages.halt, { by: 'A. Trader', why: 'news' });
  await rig.until('the halt', ({ halt }) => halt.phase === 'HALTED');
  const { halt } = await rig.until('the time of the halt', (snapshot) => snapshot.halt.since !== null);
  expect(halt.since).toBe(OPEN);
  await rig.brokerWorker.start();
});

test('a limit reached while halted for another cause halts anew at the lifting, and says so in its answer', async () => {
  const rig = await newRig();
  await rig.session.signal(messages.halt, { by: 'A. Trader', why: 'news' });
  await rig.until('the halt', ({ halt, settled }) => halt.phase === 'HALTED' && settled);
  await rig.session.signal(messages.equity, equityReport(97_500));
  const by = { by: 'A. Trader', why: 'checked' };
  const answer = await rig.session.executeUpdate(messages.liftHalt, { args: [by] });
  expect(answer).toMatchObject({ phase: 'HALTED', cause: 'LIMIT_DAILY_LOSS: loss=2500.00 limit=2000.00' });
  expect((await rig.snapshot()).acceptedLoss).toBe(0);
  expect(await rig.session.executeUpdate(messages.liftHalt, { args: [by] })).toMatchObject({ phase: 'ACTIVE' });
  await rig.settled();
  expect(toldHalts.filter(({ account }) => account === rig.account).map(({ type }) => type)).toEqual([
    'halt',
    'halt-lifted',
    'halt',
    'halt-lifted',
  ]);
});

test('pause refuses entries, lets exits pass, and resume ends it', async () => {
  const rig = await newRig();
  await longES(rig);
  await rig.session.signal(messages.pause, { by: 'A. Trader', why: 'lunch' });
  await rig.until('the pause', ({ paused }) => paused);
  const later = OPEN + MINUTE;
  const [answer] = await refusedAnswers(rig, batch(later, [entry(rig.account, 'GC', later)]));
  expect(answer).toMatchObject({ refusal: { code: 'PAUSED' } });
  await propose(rig, batch(later, [exit(rig.account, 'ES', later)]));
  await rig.until('the exit', ({ positions }) => positions.length === 0);
  await rig.session.signal(messages.resume, { by: 'A. Trader', why: 'back' });
  const [placed] = await propose(rig, batch(later, [entry(rig.account, 'GC', later)]));
  expect(placed.outcome).toBe('placed');
});

test('a closed trade date becomes a past day in a new run, its orders complete, a position goes on', async () => {
  const rig = await newRig();
  const key = await longES(rig);
  const gone = await propose(rig, batch(OPEN + MINUTE, [exit(rig.account, 'ES', OPEN + MINUTE)]));
  expect(gone).toHaveLength(1);
  await rig.until('flat', ({ positions, contexts }) => positions.length === 0 && contexts.ES?.exitPending === false);
  const held = OPEN + 2 * MINUTE;
  const [kept] = await propose(rig, batch(held, [entry(rig.account, 'GC', held)]));
  await rig.until('the second entry', ({ day, settled }) => day.executions === 3 && settled);
  const firstRun = (await rig.session.describe()).runId;
  await rig.session.signal(messages.tradeDateClosed, { tradeDate: TRADE_DATE, marketTime: OPEN + 8 * 60 * MINUTE });
  const closed = await rig.until('the close', ({ tradeDate }) => tradeDate === null);
  expect(closed.pastDays).toMatchObject([
    { tradeDate: TRADE_DATE, trades: 2, executions: 3, startNetLiquidation: 100_000 },
  ]);
  expect(closed.positions).toMatchObject([{ symbol: 'GC', quantity: 1 }]);
  await rig.until('the new run', () => true);
  await expect(rig.client.workflow.getHandle(orderWorkflowId(key)).result()).resolves.toBeUndefined();
  expect((await rig.session.describe()).runId).not.toBe(firstRun);
  if (kept.outcome !== 'placed') throw new Error(kept.outcome);
  const { status } = await rig.client.workflow.getHandle(orderWorkflowId(kept.key)).describe();
  expect(status.name).toBe('RUNNING');
});
