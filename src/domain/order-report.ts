/** What an order workflow tells the session about one intent: cumulative and idempotent, so a report may be lost or repeated. JSON-safe. */
import type { TradedSymbol } from './contracts';
import type { OrderLeg } from './ids';
import type { OrderState } from './orders';

/** An execution as booked by the order workflow, in the order it was heard; the list of a key only ever grows. */
export interface BookedExecution {
  readonly execId: string;
  readonly leg: OrderLeg;
  readonly side: 'buy' | 'sell';
  readonly shares: number;
  readonly price: number;
  /** Market time, UTC ms. */
  readonly time: number;
}

export interface OrderReport {
  readonly key: string;
  readonly symbol: TradedSymbol;
  readonly states: Readonly<Record<OrderLeg, OrderState | null>>;
  readonly executions: readonly BookedExecution[];
  /** Commissions heard so far, US dollars, all legs. */
  readonly fees: number;
  /** An unknown that reading could not settle: a human is needed, nothing moves by itself. */
  readonly needsHuman: boolean;
  /** Why the symbol must be frozen (correction, excess execution, order that differs from its intent), or null. */
  readonly freeze: string | null;
  /** Broker's reason of a rejection, for the operator. */
  readonly reason: string | null;
}
