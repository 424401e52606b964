/** What reading the broker says about one intent, as a pure function of the mirror and of what this process wrote. */
import type { LookupRequest, OrderEvidence } from '../domain/broker-events';
import { exchangeTime, utcOf } from '../domain/exchange-time';
import { entriesOf, executionsOf, mirrored, type OrderMirror } from './mirror-state';

/** A write of this process: which connection carried it, and when (monotonic ms). */
export interface RecordedWrite {
  readonly epoch: number;
  readonly writtenAt: number;
}

export interface FenceFacts {
  readonly epoch: number;
  /** Monotonic ms up to which the gateway has read what this epoch wrote. */
  readonly readUpTo: number;
  /** The write as this process remembers it, undefined when another process made it (or nobody). */
  readonly write: RecordedWrite | undefined;
}

/**
 * Can the write no longer be on its way? The client id is exclusive and a gateway drains a socket before it frees the id, so every write
 * of an earlier epoch has been read, and so has every write of another process: it held the id before this connection was accepted.
 * A write of this epoch has been read once a later question was answered.
 */
export function isFenced({ epoch, readUpTo, write }: FenceFacts): boolean {
  return write === undefined || write.epoch < epoch || readUpTo > write.writtenAt;
}

/** IB returns executions since its midnight only: the instant of it before `marketTime`, UTC ms. */
export const executionWindowStart = (marketTime: number, zone: string): number =>
  utcOf(exchangeTime(marketTime, zone).date, 0, zone);

/** Evidence from a synced mirror. */
export function evidenceFrom(
  mirror: OrderMirror,
  request: LookupRequest,
  facts: FenceFacts & { readonly marketTime: number; readonly zone: string },
): OrderEvidence {
  const executions = executionsOf(mirror, request.key);
  return {
    synced: true,
    epoch: facts.epoch,
    marketTime: facts.marketTime,
    fenced: isFenced(facts),
    insideExecutionWindow: request.sentAt >= executionWindowStart(facts.marketTime, facts.zone),
    orders: entriesOf(mirror, request.key).map((entry) => mirrored(mirror, entry)),
    executions,
    commissions: executions.flatMap(({ execId }) => mirror.commissions.get(execId) ?? []),
    position: mirror.positions.get(request.conId)?.quantity ?? 0,
  };
}
