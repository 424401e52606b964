/** The list a person reads and approves: every name with what is done about it and why. JSON-safe; dollars, shares, fractions of equity. */
import type { Exclusion } from './rebalance-error';
import type { SentimentCoverage } from './composite';
import type { PlannedTrade } from './delta-trades';
import type { RegimeName } from '../regime';
import type { RebalanceSignal, SelectionCode } from './selection';

export type ListAction = 'BUY' | 'SELL' | 'HOLD';

export interface ListedName {
  readonly ticker: string;
  /** HOLD is also said of what is not held and stays out. */
  readonly action: ListAction;
  /** Shares to trade; 0 for HOLD. */
  readonly quantity: number;
  readonly held: number;
  /** Close of the day of decision; null for a name without one. */
  readonly price: number | null;
  readonly weightNow: number | null;
  readonly weightTarget: number | null;
  readonly sector: string | null;
  readonly rank: number | null;
  readonly composite: number | null;
  readonly momentum: number | null;
  /** Total return over the longest window. */
  readonly momentumReturn: number | null;
  readonly sentiment: number | null;
  readonly signal: RebalanceSignal | null;
  readonly code: SelectionCode | Exclusion['code'] | 'NOT_IN_UNIVERSE';
  /** Why it is in or out, and why the trade is what it is: one sentence. */
  readonly why: string;
}

export interface RebalanceList {
  /** Session whose closes were decided on. */
  readonly decidedOn: string;
  /** Day the orders are for: the next session. */
  readonly tradeOn: string;
  readonly equity: number;
  readonly cash: number;
  /** By the reference prices, after modelled costs. */
  readonly cashAfter: number;
  readonly names: readonly ListedName[];
  /** In the order in which they are sent. */
  readonly trades: readonly PlannedTrade[];
  readonly regime: RegimeName | null;
  readonly suppressed: boolean;
  readonly coverage: SentimentCoverage;
  readonly sectorLimit: boolean;
  readonly volatility: number | null;
  readonly shrinkage: number | null;
  readonly turnover: number;
  readonly wayAllowed: number;
  /** What a reader has to know about the whole: a sentence each. */
  readonly notices: readonly string[];
}
