/** Signatures of the activities that workflows call; implemented in src/activities, imported here as types only. */
import type { LookupRequest, OrderEvidence, PlaceResult, BrokerPosition } from '../domain/broker-events';
import type { OrderLeg } from '../domain/ids';
import type { OrderIntent } from '../domain/intents';
import type { MarketFeedInput } from '../domain/market-feed';

/** How handing one intent to the broker ended; `unknown` when the guard gave no answer about it. */
export type PlaceOutcome = PlaceResult | { readonly outcome: 'unknown'; readonly detail: string };

export interface BrokerActivities {
  /** Writes the intents in order (their broker ids rise); one outcome each. Never retried: a write is not repeatable. */
  placeOrders(intents: readonly OrderIntent[]): Promise<readonly PlaceOutcome[]>;
  /** Cancels legs that the broker still holds; repeatable. Fails, to be retried, while the guard is not synced. */
  cancelLegs(request: {
    readonly key: string;
    readonly legs: readonly OrderLeg[];
  }): Promise<'sent' | 'nothing-to-cancel'>;
  modifyLeg(request: {
    readonly key: string;
    readonly leg: OrderLeg;
    readonly change: { readonly price?: number; readonly quantity?: number };
  }): Promise<PlaceOutcome>;
  /** Reads the broker about one intent. Fails, to be retried, while the guard is not synced. */
  lookupOrder(request: LookupRequest): Promise<Extract<OrderEvidence, { synced: true }>>;
  readPositions(): Promise<readonly BrokerPosition[]>;
  /** The broker's clock now, UTC ms. */
  readMarketTime(): Promise<number>;
}

export interface MarketDay {
  readonly tradeDate: string;
  readonly marketTime: number;
}

export interface MarketActivities {
  /** Feeds, decides and proposes until the trade date ends on the market clock. Heartbeats; runs again elsewhere when killed. */
  runMarket(input: MarketFeedInput): Promise<MarketDay>;
}
