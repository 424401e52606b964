/** Stable refusal codes: tests, audit records, reports and alerts key on them; never rename one. */
export const REFUSAL_CODES = [
  'LIMIT_DAILY_LOSS',
  'LIMIT_TRADES_PER_DAY',
  'LIMIT_EXPOSURE',
  'LIMIT_ORDER_SIZE',
  'LIMIT_DRAWDOWN',
  'HALTED',
  'PAUSED',
  'CANCELLED',
  'SYMBOL_FROZEN',
  'STALE_BAR',
  'POSITION_OPEN',
  'ROLL_WINDOW',
  'EXPIRED',
  'INVALID_PROPOSAL',
  'ORDERS_DISABLED',
  'NOT_REDUCING',
  'LATCHED',
  'BROKER_NOT_READY',
  'ACCOUNT_MISMATCH',
  'TRADE_DATE_CLOSED',
  'STALE_REBALANCE',
  'UNKNOWN_CONTRACT',
  'SHORT_NOT_ALLOWED',
  'OUTSIDE_HOURS',
] as const;
export type RefusalCode = (typeof REFUSAL_CODES)[number];

export interface Refusal {
  readonly code: RefusalCode;
  /** The numbers behind it for a trader, e.g. `loss=2140 limit=2000`. */
  readonly detail: string;
}

export const refusal = (code: RefusalCode, detail: string): Refusal => ({ code, detail });
/** `LIMIT_DAILY_LOSS: loss=2140 limit=2000` */
export const refusalText = ({ code, detail }: Refusal): string => `${code}: ${detail}`;
