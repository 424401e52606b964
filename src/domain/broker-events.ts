/**
 * What the broker says about orders, as plain data: the guard produces it, order workflows and the reconciliation judge it.
 * JSON-safe: it crosses Temporal's histories. Times are market time, UTC ms.
 */
import type { Refusal } from './refusals';

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
  /** IB's security type; left out by traders of an earlier version, which traded futures alone. */
  readonly secType?: string;
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
  /** As in an execution. */
  readonly secType?: string;
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
  /** Believed live, and a fresh reading of the broker lists it nowhere. */
  | { readonly type: 'order-missing'; readonly orderRef: string }
  | { readonly type: 'foreign-order'; readonly order: MirroredOrder };

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
