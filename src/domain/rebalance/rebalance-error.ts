/** Why there is no list at all, and why a name has no part in it. Codes are stable: tests, reports and alerts key on them. */

export const REBALANCE_ERROR_CODES = [
  'UNIVERSE_EMPTY',
  'EQUITY_NOT_POSITIVE',
  'NO_SCORES',
  'FEWER_DAYS_THAN_NAMES',
  'NO_PRICES',
  'STALE_PRICES',
  'INVALID_HOLDING',
  'ORDERS_OPEN',
] as const;
export type RebalanceErrorCode = (typeof REBALANCE_ERROR_CODES)[number];

export class RebalanceError extends Error {
  override readonly name = 'RebalanceError';

  constructor(
    readonly code: RebalanceErrorCode,
    message: string,
  ) {
    super(message);
  }
}

export type ExclusionCode =
  | 'UNKNOWN_TICKER'
  | 'DELISTED'
  | 'NO_PRICE_ON_DAY'
  | 'ZERO_PRICE'
  | 'JUMP_WITHOUT_SPLIT'
  | 'SHORT_HISTORY'
  | 'MISSING_SESSIONS'
  | 'MIXED_FACTORS'
  | 'SCORE_NOT_FINITE'
  | 'SHORT_POSITION';

/** A name that is neither bought nor sold, and why. */
export interface Exclusion {
  readonly ticker: string;
  readonly code: ExclusionCode;
  readonly why: string;
}
