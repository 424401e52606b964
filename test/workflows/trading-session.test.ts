import type { TestWorkflowEnvironment } from '@temporalio/testing';
import type { WorkflowBundleWithSourceMap } from '@temporalio/worker';
import type { ProposalAnswer, ProposalBatch } from '../../src/domain/proposals';
import * as messages from '../../src/workflows/messages';
import { batch, entry } from './proposals';
import { OPEN, bundle, devServer, openDay, openRig, quietRuntime, type Rig } from './trading-rig';

let env: TestWorkflowEnvironment;
let workflowBundle: WorkflowBundleWithSourceMap;
const rigs: Rig[] = [];
let accounts = 0;

async function newRig(): Promise<Rig> {
  accounts += 1;
  const rig = await openRig(env, workflowBundle, `DEMO10000${String(accounts).padStart(2, '0')}`);
  rigs.push(rig);
  await openDay(rig);
  return rig;
}

const propose = (rig: Rig, proposed: ProposalBatch): Promise<readonly ProposalAnswer[]> =>
  rig.session.executeUpdate(messages.proposeOrders, { args: [proposed] });

beforeAll(async () => {
  quietRuntime();
  [env, workflowBundle] = await Promise.all([devServer(), bundle()]);
});

afterEach(async () => {
  await Promise.all(rigs.splice(0).map((rig) => rig.stop()));
});

afterAll(async () => {
  await env.teardown();
});

test('a market order goes through session, broker and order workflow to its fill', async () => {
  const rig = await newRig();
  const [answer] = await propose(rig, batch(OPEN, [entry(rig.account, 'ES', OPEN)]));
  expect(answer.outcome).toBe('placed');
  const snapshot = await rig.until('the fill', ({ day, settled }) => day.executions === 1 && settled);
  expect(snapshot.positions).toMatchObject([{ symbol: 'ES', quantity: 1, averagePrice: 1_650 }]);
  expect(snapshot.orders).toMatchObject([{ state: 'filled', filledQuantity: 1 }]);
  expect(snapshot.day).toMatchObject({ trades: 1, fees: 2.25, orders: { filled: 1 } });
});
