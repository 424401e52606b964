/** History events of all our workflows of an account: sessions, orders and feeds, every run of each. */
import type { Client } from '@temporalio/client';
import { marketFeedWorkflowId, orderKey, orderWorkflowId, sessionWorkflowId } from '../../domain/ids';
import { sleep } from './wait-for';

const SETTLE_MS = 150;
const MOST_LOOKS = 20;

/** Workflow ids of the account's orders begin so; the key's epoch and number follow. */
const orderPrefix = (account: string): string => orderWorkflowId(orderKey(account, 0, 0)).replace(/0-0$/, '');

/** One look at the server: closed runs as listed, running ones asked (the list does not know their length yet). */
async function countOnce(client: Client, account: string): Promise<number> {
  const ids = [sessionWorkflowId(account), marketFeedWorkflowId(account)];
  const query = [...ids.map((id) => `WorkflowId = '${id}'`), `WorkflowId STARTS_WITH '${orderPrefix(account)}'`].join(
    ' OR ',
  );
  let events = 0;
  for await (const run of client.workflow.list({ query })) {
    if (run.status.name === 'RUNNING') {
      const { historyLength } = await client.workflow.getHandle(run.workflowId, run.runId).describe();
      events += historyLength;
    } else events += run.historyLength;
  }
  return events;
}

/** The total, looked at until two looks agree: the list follows the histories with a small delay. */
export async function historyEvents(client: Client, account: string): Promise<number> {
  let before = await countOnce(client, account);
  for (let look = 0; look < MOST_LOOKS; look += 1) {
    await sleep(SETTLE_MS);
    const now = await countOnce(client, account);
    if (now === before) return now;
    before = now;
  }
  return before;
}
