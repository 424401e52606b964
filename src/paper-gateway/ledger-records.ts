/** What the gateway must never lose, as JSON-safe records. Records are replaced, never changed in place. */
import type { WireOrder } from './messages';

/** IB's own status texts, as far as this gateway uses them. */
export type OrderStatus =
  'ApiPending' | 'PreSubmitted' | 'Submitted' | 'PendingCancel' | 'Filled' | 'Cancelled' | 'Inactive';

export interface OrderRecord {
  /** Unique over the life of the state folder; rises with each order, so it is also the priority at equal price. */
  readonly permId: number;
  readonly clientId: number;
  readonly orderId: number;
  readonly conId: number;
  readonly order: WireOrder;
  readonly status: OrderStatus;
  readonly filled: number;
  readonly averageFillPrice: number;
  readonly lastFillPrice: number;
  readonly parentPermId: number | null;
  /** A stop has been elected: STP and TRAIL are market orders from then on, STP LMT is a limit order. */
  readonly triggered: boolean;
  /** Current stop of a TRAIL order. */
  readonly trailStop: number | null;
  /** Virtual time of acceptance, and of its end of life (DAY: end of the trade date; GTD: its date; GTC: never), UTC ms. */
  readonly placedAt: number;
  readonly expiresAt: number | null;
  /** CLOCK_MONOTONIC of the placeOrder frame, ms. */
  readonly receivedMonotonicMs: number;
  readonly completedAt: number | null;
  readonly completedStatus: string;
}

export interface ExecutionRecord {
  readonly execId: string;
  readonly permId: number;
  readonly orderId: number;
  readonly clientId: number;
  readonly conId: number;
  readonly side: 'BOT' | 'SLD';
  readonly shares: number;
  readonly price: number;
  /** Virtual time, UTC ms. */
  readonly time: number;
  readonly tradeDate: string;
  readonly cumulativeQuantity: number;
  readonly averagePrice: number;
  readonly orderRef: string;
  readonly exchange: string;
  readonly commission: number;
  /** Price P&L of the closed quantity, dollars, before commissions; null for an opening trade. */
  readonly realizedPnl: number | null;
}

export interface PositionRecord {
  readonly conId: number;
  /** Signed; 0 is kept for the rest of the trade date, as IB shows it. */
  readonly quantity: number;
  readonly averagePrice: number;
  /** Price P&L realised in the current trade date, dollars. */
  readonly realizedToday: number;
}

/** Size already taken from the quote in force by our own fills. */
export interface QuoteUse {
  readonly quoteTime: number;
  readonly bidUsed: number;
  readonly askUsed: number;
}

export interface AccountRecord {
  readonly cash: number;
  /** Totals over the life of the state folder: cash = start cash + realised − commissions. */
  readonly realizedPnl: number;
  readonly commissions: number;
  readonly positions: readonly PositionRecord[];
  readonly quoteUse: Readonly<Record<number, QuoteUse>>;
  /** Net liquidation at the start of the trade date: daily P&L is measured from it. */
  readonly tradeDate: string;
  readonly startOfDayNetLiquidation: number;
  readonly nextPermId: number;
  readonly nextExecution: number;
  /** Highest order id seen, by client id. */
  readonly highestOrderId: Readonly<Record<number, number>>;
}

/** Everything one transaction changed; absent parts did not. */
export interface LedgerChange {
  readonly clock: number;
  /** Rises with every transaction that changed more than the clock. */
  readonly revision: number;
  readonly orders?: readonly OrderRecord[];
  readonly executions?: readonly ExecutionRecord[];
  readonly account?: AccountRecord;
}

/** What a state folder was made with. */
export interface LedgerOrigin {
  readonly account: string;
  readonly startCash: number;
  readonly seed: number;
  readonly startClock: number;
  readonly dataFiles: readonly { readonly name: string; readonly sha256: string }[];
}

export const TERMINAL_STATUSES: readonly OrderStatus[] = ['Filled', 'Cancelled', 'Inactive'];
export const isTerminal = (order: OrderRecord): boolean => TERMINAL_STATUSES.includes(order.status);
/** Signed position effect of one contract: +1 for a buy. */
export const directionOf = (order: OrderRecord): 1 | -1 => (order.order.action.toUpperCase() === 'BUY' ? 1 : -1);
export const remainingOf = (order: OrderRecord): number => Math.max(0, order.order.totalQuantity - order.filled);
