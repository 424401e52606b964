/** Writes the weekly rebalance's test/histories anew, as record-histories.ts those of the other workflows. Not part of the suite. */
import { giveAnswer } from '../../src/client/rebalance';
import { DATA_QUEUE } from '../../src/domain/ids';
import { dueRebalanceWorkflowId, rebalanceWorkflowId } from '../../src/domain/rebalance/rebalance-run';
import { CASH, FEE, PRICE, RebalanceRig, SETTINGS } from './rebalance-rig';
import { saveHistory } from './save-history';
import { OPEN, useTradingRig } from './trading-rig';

const newRig = useTradingRig();

// weeklyRebalance.turned-over is of before a purchase was sized by its quote and waited for, and stays as it is.
test('rebalances: approved and turned over, rejected, answered by nobody, only listed, and handed on by the schedule', async () => {
  const rebalance = await RebalanceRig.open(await newRig());
  const { client, account } = rebalance.rig;
  const save = (name: string): Promise<void> =>
    saveHistory(rebalance.rig, `weeklyRebalance.${name}`, rebalanceWorkflowId(account));
  const answered = async (decision: 'approve' | 'reject'): Promise<void> => {
    rebalance.settings = { ...SETTINGS, approval: { needed: true, hours: 1 } };
    const started = await rebalance.start();
    const { rebalanceId } = await rebalance.until('awaiting-approval');
    await giveAnswer(client, account, { rebalanceId, decision, by: 'A. Trader', why: 'reads well' });
    await started?.result();
  };
  try {
    await (await rebalance.start())?.result();
    rebalance.turnPrices();
    rebalance.cash = CASH - 3 * 54 * (PRICE + FEE);
    await answered('reject');
    await save('rejected');
    rebalance.settings = { ...SETTINGS, approval: { needed: true, hours: 0.0001 } };
    await (await rebalance.start())?.result();
    await save('unanswered');
    await answered('approve');
    await save('one-by-one');
    const listed = await rebalance.start({ manner: { trade: false } });
    await listed?.result();
    await save('dry-run');
    rebalance.settings = { ...SETTINGS, trade: false };
    const workflowId = dueRebalanceWorkflowId(account);
    const input = { account, rebalanceId: null, asOf: null, manner: {}, paper: null, askBecause: null };
    const due = await client.workflow.start('weeklyRebalance', { workflowId, taskQueue: DATA_QUEUE, args: [input] });
    expect(await due.result()).toEqual({ kind: 'dry-run' });
    await saveHistory(rebalance.rig, 'weeklyRebalance.handed-on', workflowId);
  } finally {
    await rebalance.close();
  }
});

test('a rebalance that waits for the open, opens, and is stopped between two legs', async () => {
  const rebalance = await RebalanceRig.open(await newRig());
  const { client, account, broker } = rebalance.rig;
  try {
    broker.now = Date.parse('2013-10-09T13:29:58Z');
    rebalance.settings = { ...SETTINGS, paceMs: 1_500 };
    const started = await rebalance.start();
    await rebalance.until('waiting-for-open');
    broker.now = OPEN;
    await rebalance.rig.until('the first fill', ({ day }) => day.executions === 1);
    const { rebalanceId } = await rebalance.until('buying');
    await giveAnswer(client, account, { rebalanceId, decision: 'reject', by: 'A. Trader', why: 'enough' });
    await started?.result();
    await saveHistory(rebalance.rig, 'weeklyRebalance.stopped', rebalanceWorkflowId(account));
  } finally {
    await rebalance.close();
  }
});
