/** One order intent: what the session decided to do, fixed before anything is written; its workflow is `order/<key>`. */
import type { TradableContract } from './contracts';
import type { Side } from './proposals';
import type { StockLegName } from './stock-orders';

export interface OrderIntent {
  readonly key: string;
  readonly account: string;
  readonly contract: TradableContract;
  readonly side: Side;
  readonly quantity: number;
  readonly orderType: 'market' | 'limit';
  readonly limitPrice: number | null;
  /** Protective legs (stop and target, one OCA group, good till cancelled); null for a reduce-only order. */
  readonly bracket: { readonly stopPrice: number; readonly targetPrice: number } | null;
  readonly purpose: 'entry' | 'reduce';
  /** First of a block of 8 broker order ids: entry, stop, target, then incarnations. */
  readonly orderIdBase: number;
  readonly decisionId: string | null;
  readonly referencePrice: number | null;
  /** Market time of the decision and the time after which the order is never sent, UTC ms. */
  readonly decidedAt: number;
  readonly expiresAt: number;
  readonly decidedMonotonicMs: number | null;
  /** Broker position in the contract expected before this order, for the absence check of an unknown. */
  readonly expectedPosition: number;
  /** The leg of a rebalance that this is; left out for everything else. */
  readonly rebalance?: StockLegName;
}
