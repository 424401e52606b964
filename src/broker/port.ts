/**
 * What the rest of the house may ask of the broker. Implemented by the guard around @stoqey/ib; activities are its only callers.
 * Invariants:
 *  1. Nothing is written unless the connection of this epoch is synced, the latch is open, permissions allow it and the deadline holds.
 *  2. A write is answered `sent`, `not-sent` (nothing left the process) or not at all (outcome unknown); never "failed".
 *  3. Look-ups answer from the mirror of the current epoch only; a stale epoch answers `not-synced`.
 */
import type { TradableContract } from '../domain/contracts';
import type { OrderIntent } from '../domain/intents';
import type { OrderLeg } from '../domain/ids';
import type { Refusal } from '../domain/refusals';

/** Broker-side view of one order, merged from openOrder, orderStatus and completedOrder. */
export interface MirroredOrder {
  readonly orderRef: string;
  readonly orderId: number;
  readonly permId: number;
  readonly conId: number;
  readonly side: 'buy' | 'sell';
  readonly quantity: number;
  readonly orderType: string;
  readonly lmtPrice: number | null;
  readonly auxPrice: number | null;
  /** IB's own status text: PendingSubmit, PreSubmitted, Submitted, Filled, Cancelled, ApiCancelled, Inactive… */
  readonly status: string;
  readonly completed: boolean;
}

/** One execution; `execId` is the de-duplication key, a suffix `.02` corrects `.01`. */
export interface BrokerExecution {
  readonly execId: string;
  readonly orderRef: string;
  readonly orderId: number;
  readonly permId: number;
  readonly clientId: number;
  readonly conId: number;
  readonly symbol: string;
  readonly side: 'buy' | 'sell';
  readonly shares: number;
  readonly price: number;
  /** Market time, UTC ms. */
  readonly time: number;
}

export interface BrokerCommission {
  readonly execId: string;
  readonly commission: number;
  readonly realizedPnl: number | null;
}

export interface BrokerPosition {
  readonly conId: number;
  readonly symbol: string;
  readonly quantity: number;
  /** Average cost per contract as IB reports it (price × multiplier for futures). */
  readonly averageCost: number;
}

/** Everything the guard hears about orders, in arrival order, already mapped from both of the library's channels. */
export type BrokerEvent =
  | { readonly type: 'order'; readonly order: MirroredOrder }
  | { readonly type: 'execution'; readonly execution: BrokerExecution }
  | { readonly type: 'commission'; readonly commission: BrokerCommission; readonly orderRef: string | null }
  | {
      readonly type: 'order-error';
      readonly orderId: number;
      readonly orderRef: string | null;
      readonly code: number;
      readonly message: string;
    }
  | { readonly type: 'foreign-order'; readonly order: MirroredOrder };

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

export type PlaceResult =
  /** Bytes were handed to the socket in this epoch. */
  | { readonly outcome: 'sent'; readonly epoch: number; readonly sentAt: number; readonly sentMonotonicMs: number }
  /** Nothing left the process; may be retried within the time to live. */
  | { readonly outcome: 'not-sent'; readonly refusal: Refusal }
  /** The mirror already holds this orderRef: adopted, nothing written. */
  | { readonly outcome: 'exists'; readonly orders: readonly MirroredOrder[] };

/** Reading the broker about one intent (all its legs). Valid only when `synced`. */
export type OrderEvidence =
  | { readonly synced: false; readonly reason: string }
  | {
      readonly synced: true;
      readonly epoch: number;
      readonly marketTime: number;
      /** Accepted again with the same client id after the time of sending: the fence. */
      readonly fenced: boolean;
      /** The time of sending lies inside the broker's execution window (since its midnight). */
      readonly insideExecutionWindow: boolean;
      readonly orders: readonly MirroredOrder[];
      readonly executions: readonly BrokerExecution[];
      readonly commissions: readonly BrokerCommission[];
      /** Broker position in the contract now. */
      readonly position: number;
    };

export interface LookupRequest {
  readonly key: string;
  readonly conId: number;
  /** Market time at or before the write, UTC ms. */
  readonly sentAt: number;
  /** Connection epoch of the write, null when unknown. */
  readonly sentEpoch: number | null;
  /** True: request open, completed orders, executions and positions anew; false: answer from the mirror. */
  readonly refresh: boolean;
}

export interface BrokerPort {
  connection(): ConnectionState;
  /** Broker's clock, UTC ms; null before the first answer of this epoch. */
  marketTime(): number | null;
  /** Writes entry and bracket legs of an intent (parent and children, transmitted together). Resolves at the write, not at the fill. */
  place(intent: OrderIntent): Promise<PlaceResult>;
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
  onEvent(listener: (event: BrokerEvent) => void): () => void;
  onConnection(listener: (state: ConnectionState) => void): () => void;
}

export type { TradableContract };
