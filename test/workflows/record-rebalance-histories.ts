/** Writes the weekly rebalance's test/histories anew, as record-histories.ts those of the other workflows. Not part of the suite. */
import { giveAnswer } from '../../src/client/rebalance';
import { DATA_QUEUE } from '../../src/domain/ids';
import { dueRebalanceWorkflowId, rebalanceWorkflowId } from '../../src/domain/rebalance/rebalance-run';
import { CASH, FEE, PRICE, RebalanceRig, SETTINGS } from './rebalance-rig';
import { saveHistory } from './save-history';
import { useTradingRig } from './trading-rig';

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
