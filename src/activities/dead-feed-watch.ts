/**
 * The trader's eye on the market process (requirement F3): a feed that has not been heard of for 30 s while a position is open is
 * alerted once, then the configured action is taken. Wall time: a dead feed must not be able to stop the clock that finds it.
 */
import type { Client } from '@temporalio/client';
import { WorkflowNotFoundError } from '@temporalio/client';
import { marketFeedWorkflowId, sessionWorkflowId } from '../domain/ids';
import { flatten, snapshot } from '../workflows/messages';

export interface DeadFeedWatchOptions {
  readonly client: Client;
  readonly account: string;
  readonly deadAfterMs: number;
  readonly checkEveryMs: number;
  /** `flatten` closes everything through the session; `alert` leaves it to the protective orders at the broker and a human. */
  readonly action: 'alert' | 'flatten';
  readonly alert: (text: string) => void;
  readonly onCheckFailed: (error: unknown) => void;
}

export type FeedPulse =
  { readonly kind: 'alive' } | { readonly kind: 'silent'; readonly forMs: number } | { readonly kind: 'not-running' };

/** Starts watching; returns the function that ends it. */
export function watchFeed(options: DeadFeedWatchOptions): () => void {
  let alerted = false;
  let since: number | null = null;
  const check = async (): Promise<void> => {
    const pulse = await feedPulse(options.client, options.account);
    since = pulse.kind === 'not-running' ? (since ?? Date.now()) : null;
    const silentMs = pulse.kind === 'silent' ? pulse.forMs : since === null ? 0 : Date.now() - since;
    if (silentMs < options.deadAfterMs) {
      alerted = false;
      return;
    }
    if (alerted) return;
    alerted = await actOnSilence(options, silentMs);
  };
  const timer = setInterval(() => void check().catch(options.onCheckFailed), options.checkEveryMs);
  return () => clearInterval(timer);
}

/** Alerts and acts when a position is open; false when there is none (yet). */
async function actOnSilence(options: DeadFeedWatchOptions, silentMs: number): Promise<boolean> {
  const session = options.client.workflow.getHandle(sessionWorkflowId(options.account));
  const { positions } = await session.query(snapshot);
  const open = positions.filter(({ quantity }) => quantity !== 0);
  if (open.length === 0) return false;
  const held = open.map(({ symbol, quantity }) => `${quantity} ${symbol}`).join(', ');
  const then = options.action === 'flatten' ? 'flattening' : 'protective orders rest at the broker';
  options.alert(`market feed silent for ${Math.round(silentMs / 1000)} s with a position (${held}): ${then}`);
  if (options.action === 'flatten') {
    await session.signal(flatten, {
      symbol: null,
      by: 'dead-feed-watch',
      why: `feed silent for ${Math.round(silentMs / 1000)} s`,
    });
  }
  return true;
}

/** When the feed's activity was last heard of. */
export async function feedPulse(client: Client, account: string): Promise<FeedPulse> {
  try {
    const description = await client.workflow.getHandle(marketFeedWorkflowId(account)).describe();
    if (description.status.name !== 'RUNNING') return { kind: 'not-running' };
    const [activity] = description.raw.pendingActivities ?? [];
    const seconds = activity?.lastHeartbeatTime?.seconds ?? description.raw.workflowExecutionInfo?.startTime?.seconds;
    if (seconds === undefined || seconds === null) return { kind: 'not-running' };
    const forMs = Date.now() - Number(seconds) * 1000;
    return forMs < 5_000 ? { kind: 'alive' } : { kind: 'silent', forMs };
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return { kind: 'not-running' };
    throw error;
  }
}
