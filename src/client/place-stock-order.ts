/** One leg of a rebalance, asked of the session by whoever is outside its workflow: an activity, a test, a command. */
import { WorkflowUpdateFailedError, type Client } from '@temporalio/client';
import { ApplicationFailure } from '@temporalio/common';
import { sessionWorkflowId } from '../domain/ids';
import { REFUSAL_CODES } from '../domain/refusals';
import { legNameOf, type StockOrderAnswer, type StockOrderRequest } from '../domain/stock-orders';
import * as messages from '../workflows/messages';

/**
 * The answer to a leg, a refusal included. Rejects when there was none in time (server, worker or broker away, or a run that just continued
 * as new): ask again with the same request, until it answers or is expired; the leg is placed once whatever happens.
 */
export async function placeStockOrder(
  client: Client,
  account: string,
  request: StockOrderRequest,
  deadlineMs = 20_000,
): Promise<StockOrderAnswer> {
  const session = client.workflow.getHandle(sessionWorkflowId(account));
  const updateId = `stock/${legNameOf(request)}`;
  try {
    return await client.withDeadline(Date.now() + deadlineMs, () =>
      session.executeUpdate(messages.placeStockOrder, { args: [request], updateId }),
    );
  } catch (error) {
    const refused = refusedAnswer(error);
    if (refused === null) throw error;
    return refused;
  }
}

/** The refusal behind a failed update, or null when it failed otherwise. */
function refusedAnswer(error: unknown): StockOrderAnswer | null {
  if (!(error instanceof WorkflowUpdateFailedError) || !(error.cause instanceof ApplicationFailure)) return null;
  const { type, details } = error.cause;
  const isRefusal = (REFUSAL_CODES as readonly string[]).includes(type ?? '');
  return isRefusal ? ((details?.[0] ?? null) as StockOrderAnswer | null) : null;
}
