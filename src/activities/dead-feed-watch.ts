/**
 * The trader's eye on the market process (requirement F3): a feed that has not been heard of for 30 s while a position is open is
 * alerted once, then the configured action is taken. A feed is heard of by its data while its market is open: one whose heart beats without
 * any is as dead. Its heartbeat is judged in wall time: a dead feed must not be able to stop the clock that finds it.
 */
import type { Client } from '@temporalio/client';
import { WorkflowNotFoundError } from '@temporalio/client';
import { defaultPayloadConverter } from '@temporalio/common';
import { isGlobexOpen } from '../domain/calendar';
import { marketFeedWorkflowId, sessionWorkflowId } from '../domain/ids';
import { isStockKey, type TradedSymbol } from '../domain/contracts';
import { FUTURE_SYMBOLS } from '../domain/instruments';
import { hearingIn, silenceOf, type FeedHearing, type HeardAt } from './feed-hearing';
import { flatten, snapshot } from '../workflows/messages';

export interface DeadFeedWatchOptions {
  readonly client: Client;
  readonly account: string;
  /** Broker's clock, UTC ms; null while it is not known. */
  readonly marketTime: () => number | null;
  readonly deadAfterMs: number;
  readonly checkEveryMs: number;
  /** `flatten` closes everything through the session; `alert` leaves it to the protective orders at the broker and a human. */
  readonly action: 'alert' | 'flatten';
  readonly alert: (text: string) => void;
  readonly onCheckFailed: (error: unknown) => void;
}

export type FeedPulse =
  | { readonly kind: 'alive'; readonly hearing: FeedHearing }
  | { readonly kind: 'silent'; readonly forMs: number }
  | { readonly kind: 'not-running' };

/** Starts watching; returns the function that ends it. */
export function watchFeed(options: DeadFeedWatchOptions): () => void {
  let alerted = false;
  let since: number | null = null;
  const check = async (): Promise<void> => {
    const pulse = await feedPulse(options.client, options.account);
    since = pulse.kind === 'not-running' ? (since ?? Date.now()) : null;
    const silentMs = pulse.kind === 'silent' ? pulse.forMs : since === null ? 0 : Date.now() - since;
    const hearing = pulse.kind === 'alive' ? pulse.hearing : {};
    const now = { wall: Date.now(), market: options.marketTime() };
    const silent = (symbol: TradedSymbol): number => Math.max(silentMs, dataSilence(hearing, symbol, now));
    if (Math.max(silentMs, ...FUTURE_SYMBOLS.map(silent)) < options.deadAfterMs) {
      alerted = false;
      return;
    }
    if (alerted) return;
    alerted = await actOnSilence(options, silent);
  };
  const timer = setInterval(() => void check().catch(options.onCheckFailed), options.checkEveryMs);
  return () => clearInterval(timer);
}

/** How long nothing was heard of an instrument whose market is open, ms; 0 for one that the feed does not follow. */
function dataSilence(hearing: FeedHearing, symbol: TradedSymbol, now: HeardAt): number {
  const heard = isStockKey(symbol) ? undefined : hearing[symbol];
  return heard === undefined || !isGlobexOpen(now.market ?? now.wall) ? 0 : silenceOf(heard, now);
}

/** Alerts and acts when a position is open; false when there is none (yet). */
async function actOnSilence(options: DeadFeedWatchOptions, silent: (symbol: TradedSymbol) => number): Promise<boolean> {
  const session = options.client.workflow.getHandle(sessionWorkflowId(options.account));
  const { positions, orders } = await session.query(snapshot);
  // Stocks are no business of the feed: it neither follows nor protects them.
  const open = positions.filter(
    ({ quantity, symbol }) => quantity !== 0 && !isStockKey(symbol) && silent(symbol) >= options.deadAfterMs,
  );
  if (open.length === 0) return false;
  const silentMs = Math.max(...open.map(({ symbol }) => silent(symbol)));
  const held = open.map(({ symbol, quantity }) => `${quantity} ${symbol}`).join(', ');
  const then = options.action === 'flatten' ? 'flattening' : 'protective orders rest at the broker';
  options.alert(`market feed silent for ${Math.round(silentMs / 1000)} s with a position (${held}): ${then}`);
  if (options.action === 'flatten') {
    const symbols = new Set([...open, ...orders].map(({ symbol }) => symbol).filter((symbol) => !isStockKey(symbol)));
    for (const symbol of symbols) {
      const why = `feed silent for ${Math.round(silentMs / 1000)} s`;
      await session.signal(flatten, { symbol, by: 'dead-feed-watch', why });
    }
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
    const [beat] = activity?.heartbeatDetails?.payloads ?? [];
    const hearing = beat === undefined ? null : hearingIn(defaultPayloadConverter.fromPayload(beat));
    return forMs < 5_000 ? { kind: 'alive', hearing: hearing ?? {} } : { kind: 'silent', forMs };
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return { kind: 'not-running' };
    throw error;
  }
}
