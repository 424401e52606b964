/** Starts the session of an account, or takes up the running one with the settings of now; and the market feed of a trade date. */
import type { Client, WorkflowHandle, WorkflowHandleWithFirstExecutionRunId } from '@temporalio/client';
import { TRADING_QUEUE, marketFeedWorkflowId, sessionWorkflowId } from '../domain/ids';
import type { MarketFeedInput } from '../domain/market-feed';
import type { marketFeed } from '../workflows/market-feed';
import * as messages from '../workflows/messages';
import { modeAttribute, stateAttribute } from '../workflows/search-attributes';
import type { tradingSession } from '../workflows/trading-session';

/** A worker that dies mid-task is noticed in this time instead of ten seconds. */
const WORKFLOW_TASK_TIMEOUT = '2s';

export interface SessionStart {
  readonly account: string;
  readonly settings: messages.SessionSettings;
}

/** Idempotent: one session per account; a running one is configured, its state is left alone. */
export async function startSession(
  client: Client,
  { account, settings }: SessionStart,
): Promise<WorkflowHandle<typeof tradingSession>> {
  await client.workflow.signalWithStart<typeof tradingSession, [messages.SessionSettings]>('tradingSession', {
    workflowId: sessionWorkflowId(account),
    taskQueue: TRADING_QUEUE,
    workflowTaskTimeout: WORKFLOW_TASK_TIMEOUT,
    args: [{ account, settings, carried: null }],
    signal: messages.configure,
    signalArgs: [settings],
    typedSearchAttributes: [
      { key: stateAttribute, value: 'ACTIVE' },
      { key: modeAttribute, value: settings.mode },
    ],
    staticSummary: `Trading session of ${account}`,
  });
  return client.workflow.getHandle<typeof tradingSession>(sessionWorkflowId(account));
}

/** Idempotent: the feed of the account that runs already is used as it is. */
export function startFeed(
  client: Client,
  input: MarketFeedInput,
): Promise<WorkflowHandleWithFirstExecutionRunId<typeof marketFeed>> {
  return client.workflow.start<typeof marketFeed>('marketFeed', {
    workflowId: marketFeedWorkflowId(input.account),
    taskQueue: TRADING_QUEUE,
    workflowTaskTimeout: WORKFLOW_TASK_TIMEOUT,
    workflowIdConflictPolicy: 'USE_EXISTING',
    args: [input],
    staticSummary: `Market feed of ${input.account}${input.tradeDate === null ? '' : `, ${input.tradeDate}`}`,
  });
}
