/**
 * What the rest of the house may ask of the broker. Implemented by the guard around @stoqey/ib; activities are its only callers.
 * Invariants:
 *  1. Nothing is written unless the connection of this epoch is synced, the latch is open, permissions allow it and the deadline holds.
 *  2. A write is answered `sent`, `not-sent` (nothing left the process) or not at all (outcome unknown); never "failed".
 *  3. Look-ups answer from the mirror of the current epoch only; a stale epoch answers `not-synced`.
 */
import type {
  BrokerCommission,
  BrokerEvent,
  BrokerExecution,
  BrokerPosition,
  LookupRequest,
  OrderEvidence,
  PlaceResult,
} from '../domain/broker-events';
import type { TradableContract } from '../domain/contracts';
import type { OrderIntent } from '../domain/intents';
import type { OrderLeg } from '../domain/ids';
import type { Latch } from './latch';

export type {
  BrokerCommission,
  BrokerEvent,
  BrokerExecution,
  BrokerPosition,
  LookupRequest,
  MirroredOrder,
  OrderEvidence,
  PlaceResult,
} from '../domain/broker-events';

export type ConnectionPhase = 'disconnected' | 'connecting' | 'standby' | 'syncing' | 'ready' | 'broker-offline';

export interface ConnectionState {
  readonly phase: ConnectionPhase;
  /** Rises with every accepted connection; sends and look-ups of an older epoch are void. */
  readonly epoch: number;
  readonly serverVersion: number | null;
  readonly account: string | null;
  readonly nextValidId: number | null;
  readonly reason: string | null;
}

/** Asked immediately before a write: why nobody waits for it any more, or null while somebody does. */
export type WhyGivenUp = () => string | null;

export interface BrokerPort {
  connection(): ConnectionState;
  /** Broker's clock, UTC ms; null before the first answer of this epoch. */
  marketTime(): number | null;
  /** Broker's clock asked for now when it cannot be carried on from its last answer. Rejects with BrokerError when it does not answer. */
  readMarketTime(): Promise<number>;
  /** Writes entry and bracket legs of an intent (parent and children, transmitted together). Resolves at the write, not at the fill. */
  place(intent: OrderIntent, whyGivenUp?: WhyGivenUp): Promise<PlaceResult>;
  /** Cancels the given legs wherever the mirror has them live, all incarnations. Cancel lane of the limiter. */
  cancel(
    key: string,
    legs: readonly OrderLeg[],
  ): Promise<{ readonly outcome: 'sent' | 'nothing-to-cancel' | 'not-sent'; readonly detail: string }>;
  /** Changes price or quantity of a live leg; same orderId. */
  modify(
    key: string,
    leg: OrderLeg,
    change: { readonly price?: number; readonly quantity?: number },
    whyGivenUp?: WhyGivenUp,
  ): Promise<PlaceResult>;
  /** Cancels everything of ours, without Temporal (halt --now). */
  cancelAll(): Promise<void>;
  lookup(request: LookupRequest): Promise<OrderEvidence>;
  positions(): Promise<readonly BrokerPosition[]>;
  /** Net liquidation in the account's currency as last reported, null before the first report. */
  netLiquidation(): number | null;
  executionsToday(): Promise<{
    readonly executions: readonly BrokerExecution[];
    readonly commissions: readonly BrokerCommission[];
  }>;
  /** orderRefs of every order and execution that the broker shows on this connection. */
  listedOrders(): readonly string[];
  onEvent(listener: (event: BrokerEvent) => void): () => void;
  onConnection(listener: (state: ConnectionState) => void): () => void;
  /** Each latch that is found set, once: also one that stood before, and by whichever process it was set. */
  onLatch(listener: (latch: Latch) => void): () => void;
}

export type { TradableContract };
