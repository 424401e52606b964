/** Arguments of the `marketFeed` workflow and its `runMarket` activity. */

export type ModelChoice =
  /** The promoted run, followed bar by bar unless in lock-step; before the first promotion nobody votes. */
  | { readonly kind: 'promoted' }
  /** The latest by run id, whatever was decided about it. */
  | { readonly kind: 'latest' }
  | { readonly kind: 'run'; readonly runId: string }
  /** Learning-only: bars are consumed and recorded, nobody votes. */
  | { readonly kind: 'none' };

export interface MarketFeedInput {
  readonly account: string;
  /** `YYYY-MM-DD`; null lets the feed take the trade date of the broker's clock, and go on with the next one. */
  readonly tradeDate: string | null;
  readonly model: ModelChoice;
  /** The conductor releases the clock bar by bar; the feed closes minutes at once instead of waiting for stragglers. */
  readonly lockStep: boolean;
}
