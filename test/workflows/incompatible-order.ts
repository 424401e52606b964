/** The order workflow with one command too many at its start: a change that running orders would not survive. */
import { sleep } from '@temporalio/workflow';
import { order as compatible, type OrderArguments } from '../../src/workflows/order';

export async function order(start: OrderArguments): Promise<void> {
  await sleep('1s');
  await compatible(start);
}
