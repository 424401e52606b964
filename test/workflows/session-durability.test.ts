/** The session over many runs and without a worker: nothing is executed twice, nothing is lost, the budget of events holds. */
import { orderWorkflowId } from '../../src/domain/ids';
import { FUTURE_SYMBOLS } from '../../src/domain/instruments';
import * as messages from '../../src/workflows/messages';
import { batch, entry, exit } from './proposals';
import { OPEN, propose, useTradingRig, type Rig } from './trading-rig';

const MINUTE = 60_000;
/** Continue-as-new is suggested after this many events instead of 4,096. */
const newRig = useTradingRig(['limit.historyCount.suggestContinueAsNew=60']);

async function runsOf(rig: Rig): Promise<readonly string[]> {
  const runs: string[] = [];
  for await (const { runId } of rig.client.workflow.list({ query: `WorkflowId = 'session/${rig.account}'` }))
    runs.push(runId);
  return runs;
}

async function eventsOf(rig: Rig, workflowId: string, runId?: string): Promise<number> {
  const { events } = await rig.client.workflow.getHandle(workflowId, runId).fetchHistory();
  return events?.length ?? 0;
}

test('a storm of doubled proposals over many runs executes none twice', async () => {
  const rig = await newRig();
  await rig.session.signal(messages.configure, {
    limits: {
      dailyLossFraction: 0.02,
      tradesPerDay: 1_000,
      exposureContracts: 1_000,
      orderContracts: 2,
      drawdownFraction: 0.2,
    },
    mode: 'trading',
  });
  const bars = Array.from({ length: 5 }, (_, bar) => OPEN + bar * MINUTE);
  for (const barClose of bars) {
    const proposed = FUTURE_SYMBOLS.map((symbol) => batch(barClose, [entry(rig.account, symbol, barClose)]));
    const answers = await Promise.all([...proposed, ...proposed].map((one) => propose(rig, one)));
    const keys = answers.flat().map((answer) => (answer.outcome === 'placed' ? answer.key : answer.outcome));
    expect(keys.slice(6)).toEqual(keys.slice(0, 6));
    expect(new Set(keys).size).toBe(6);
  }
  const snapshot = await rig.until('every fill', ({ day, settled }) => day.executions === 30 && settled);
  expect(rig.broker.placed).toHaveLength(30);
  expect(new Set(rig.broker.placed.map(({ decisionId }) => decisionId)).size).toBe(30);
  expect(snapshot.positions.map(({ quantity }) => quantity)).toEqual([5, 5, 5, 5, 5, 5]);
  expect((await runsOf(rig)).length).toBeGreaterThan(2);
});

test('a halt by signal waits for a worker and is applied by the first that comes', async () => {
  const rig = await newRig();
  await propose(rig, batch(OPEN, [entry(rig.account, 'ES', OPEN)]));
  await rig.until('the entry', ({ day, settled }) => day.executions === 1 && settled);
  await rig.trading.stop();
  await rig.brokerWorker.stop();
  await rig.session.signal(messages.halt, { by: 'A. Trader', why: 'the machine is down' });
  await rig.trading.start();
  await rig.brokerWorker.start();
  const halted = await rig.until('the halt', ({ halt }) => halt.phase === 'HALTED');
  expect(halted.halt.cause).toBe('the machine is down (by A. Trader)');
  expect(halted.positions).toEqual([]);
});

test('ten round trips cost at most 120 events an order, all runs and workflows together', async () => {
  const rig = await newRig();
  for (let trip = 0; trip < 10; trip += 1) {
    const opened = OPEN + 2 * trip * MINUTE;
    await propose(rig, batch(opened, [entry(rig.account, 'ES', opened)]));
    await rig.until('the entry', ({ day, settled }) => day.executions === 2 * trip + 1 && settled);
    await propose(rig, batch(opened + MINUTE, [exit(rig.account, 'ES', opened + MINUTE)]));
    await rig.until('the exit', ({ contexts, positions, settled }) => {
      return positions.length === 0 && contexts.ES?.exitPending === false && settled;
    });
  }
  const { orders, tradeDate } = await rig.snapshot();
  await rig.session.signal(messages.tradeDateClosed, { tradeDate: tradeDate ?? '', marketTime: OPEN + 60 * MINUTE });
  await rig.until('the close', (snapshot) => snapshot.tradeDate === null);
  const ids = orders.map(({ key }) => orderWorkflowId(key));
  await Promise.all(ids.map((id) => rig.client.workflow.getHandle(id).result()));
  const ofOrders = await Promise.all(ids.map((id) => eventsOf(rig, id)));
  const ofSession = await Promise.all((await runsOf(rig)).map((run) => eventsOf(rig, `session/${rig.account}`, run)));
  const total = [...ofOrders, ...ofSession].reduce((sum, events) => sum + events, 0);
  expect(total / ids.length).toBeLessThanOrEqual(120);
});
