/** What the weekly rebalance and the trading session say to each other about one leg; JSON-safe, it crosses Temporal's histories. */
import type { StockContract } from './contracts';
import type { Side } from './proposals';
import type { Refusal } from './refusals';

/** Names a leg for ever: the same name is one order, whoever asks for it however often. */
export interface StockLegName {
  readonly rebalanceId: string;
  /** Place of the leg in its rebalance's list, from 0. */
  readonly leg: number;
}

export interface StockOrderRequest extends StockLegName {
  readonly contract: StockContract;
  readonly side: Side;
  /** Whole shares. */
  readonly quantity: number;
  readonly orderType: 'market';
  /** Price that the leg was sized with, dollars: limits count with it, slippage is measured from it. */
  readonly referencePrice: number;
  /** Market time of the decision and the time after which the order is never sent, UTC ms. */
  readonly decidedAt: number;
  readonly expiresAt: number;
}

/** An accepted leg's answer is kept and given again; a refused one left no trace and may be asked for again. */
export type StockOrderAnswer = StockLegName &
  (
    | { readonly outcome: 'placed'; readonly key: string }
    | { readonly outcome: 'refused'; readonly refusal: Refusal }
    | { readonly outcome: 'not-sent'; readonly key: string; readonly refusal: Refusal }
    | { readonly outcome: 'unknown'; readonly key: string }
  );

export const legNameOf = ({ rebalanceId, leg }: StockLegName): string => `${rebalanceId}/${leg}`;
