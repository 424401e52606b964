/** What the weekly rebalance, its activities and its callers say to each other. JSON-safe: it crosses Temporal's histories. */
import type { BrokerPosition } from '../broker-events';
import type { StockContract } from '../contracts';
import type { StockOrderAnswer, StockOrderRequest } from '../stock-orders';
import type { RebalanceList } from './rebalance-list';
import type { TradeCosts } from './trade-costs';

/** One account has one at a time. */
export const rebalanceWorkflowId = (account: string): string => `rebalance/${account}`;
/** What the schedule starts under this name, with the time behind it, hands on to the one above. */
export const dueRebalanceWorkflowId = (account: string): string => `rebalance-due/${account}`;
export const rebalanceReportKey = (rebalanceId: string): string => `processed/rebalance/${rebalanceId}.json`;

export type MissedPolicy = 'skip' | 'catch-up' | 'ask';

/** How a run behaves; from the settings of the process that starts it, so that a run goes on as it began. */
export interface RebalanceManner {
  readonly trade: boolean;
  readonly approval: { readonly needed: boolean; readonly hours: number };
  readonly missed: MissedPolicy;
  readonly sellMinutes: number;
  readonly paceMs: number;
  readonly lot: number;
  readonly costs: TradeCosts;
}

export interface RebalanceRunInput {
  readonly account: string;
  /** UTC time of the start as YYYYMMDD_HHMMSS: names legs and report for ever. Null in what the schedule starts. */
  readonly rebalanceId: string | null;
  /** Day the orders are for; null: the broker's day when it trades, else the session after the newest prices. */
  readonly asOf: string | null;
  /** Null: of the process that works. */
  readonly manner: Partial<Pick<RebalanceManner, 'trade'>> & { readonly approvalNeeded?: boolean };
  /** Cash and holdings of a dry run without a session; null asks the session. */
  readonly paper: {
    readonly cash: number;
    readonly holdings: readonly { readonly ticker: string; readonly quantity: number }[];
  } | null;
  /** Why a person has to say yes although the settings ask for none; null otherwise. */
  readonly askBecause: string | null;
}

export type RebalancePhase =
  | 'warming-up'
  | 'planning'
  | 'awaiting-approval'
  | 'waiting-for-open'
  | 'selling'
  | 'waiting-for-sells'
  | 'buying'
  | 'waiting-for-buys'
  | 'reconciling'
  | 'done';

/** What became of a leg. */
export interface LegReport {
  readonly leg: number;
  readonly ticker: string;
  readonly side: 'buy' | 'sell';
  /** As listed, and as asked for with the cash there was. */
  readonly planned: number;
  readonly asked: number;
  readonly filled: number;
  readonly averagePrice: number | null;
  readonly referencePrice: number;
  /** Price that a purchase was cut to the cash with; null before it was asked for, and of a sale. */
  readonly sizedAt: number | null;
  readonly fees: number;
  /** The order's own state; `refused`, `not-sent` and `not-asked` are ours. */
  readonly state: string;
  readonly why: string | null;
  readonly key: string | null;
}

/** An order of the rebalance as the session shows it. */
export interface LegOrder {
  readonly leg: number;
  readonly key: string;
  readonly state: string;
  readonly filled: number;
  readonly averagePrice: number | null;
  readonly fees: number;
  readonly why: string | null;
  /** Nothing more will happen to it. */
  readonly ended: boolean;
}

export interface PositionDifference {
  readonly ticker: string;
  readonly expected: number;
  readonly broker: number;
}

export type RebalanceOutcome =
  | { readonly kind: 'dry-run' }
  | { readonly kind: 'nothing-to-do' }
  | { readonly kind: 'rejected'; readonly by: string; readonly why: string }
  | { readonly kind: 'expired'; readonly why: string }
  | { readonly kind: 'failed'; readonly code: string; readonly why: string }
  | { readonly kind: 'skipped'; readonly why: string }
  | { readonly kind: 'already-running'; readonly why: string }
  | {
      readonly kind: 'traded';
      /** Every leg ended as listed, cash is not negative and the broker holds what was expected. */
      readonly complete: boolean;
      readonly legs: readonly LegReport[];
      /** Empty when the broker holds what it should; null when it could not be read. */
      readonly differences: readonly PositionDifference[] | null;
      /** After every fill and fee, dollars; absent in reports from before it was told. Below zero is not complete. */
      readonly cash?: number;
    };

export interface RebalanceReport {
  readonly rebalanceId: string;
  readonly account: string;
  /** UTC, ISO-8601, wall time. */
  readonly startedAt: string;
  readonly endedAt: string;
  readonly list: RebalanceList | null;
  readonly notices: readonly string[];
  readonly approval: { readonly decision: 'approve' | 'reject'; readonly by: string; readonly why: string } | null;
  readonly outcome: RebalanceOutcome;
}

/** A list, or the typed reason why there is none. */
export type Planned =
  | {
      readonly kind: 'planned';
      readonly list: RebalanceList;
      readonly notices: readonly string[];
      readonly manner: RebalanceManner;
      /** Shares held before, by ticker. */
      readonly holdings: readonly { readonly ticker: string; readonly quantity: number }[];
      /** Of the tickers to trade; empty in a dry run. */
      readonly contracts: readonly StockContract[];
    }
  | { readonly kind: 'failed'; readonly code: string; readonly why: string };

export interface RebalanceActivities {
  /** Settings, for what is decided before there is a list. */
  readManner(account: string): Promise<RebalanceManner>;
  /** Fetches the days that the store lacks of a configured universe; a sentence a hole that is left. Heartbeats. */
  warmUpPrices(request: { readonly asOf: string | null }): Promise<readonly string[]>;
  /** Prices, news, account and the decision; repeatable. */
  planRebalance(request: {
    readonly account: string;
    readonly asOf: string | null;
    readonly trade: boolean;
    readonly paper: RebalanceRunInput['paper'];
  }): Promise<Planned>;
  /** Asks the session for one leg; the same leg again is the same order. */
  placeLeg(request: { readonly account: string; readonly order: StockOrderRequest }): Promise<StockOrderAnswer>;
  /** Waits until these legs have ended, or until `until` (wall time, UTC ms); what they are then. Heartbeats. */
  awaitLegs(request: {
    readonly account: string;
    readonly rebalanceId: string;
    readonly legs: readonly number[];
    readonly until: number;
  }): Promise<readonly LegOrder[]>;
  /** What a share is offered at now, dollars; null where nobody offers one, or only by stale data. */
  askPrice(request: { readonly contract: StockContract }): Promise<number | null>;
  /** The account's cash now, dollars. */
  readCash(): Promise<number>;
  /** Writes the report; writing the same again changes nothing. */
  storeReport(report: RebalanceReport): Promise<void>;
}

/** Of the activities on `broker/<account>`. */
export interface BrokerReads {
  readPositions(): Promise<readonly BrokerPosition[]>;
  readMarketTime(): Promise<number>;
}

/** The rebalance as a query answers it. */
export interface RebalanceStatus {
  readonly rebalanceId: string;
  readonly phase: RebalancePhase;
  readonly list: RebalanceList | null;
  readonly notices: readonly string[];
  /** UTC ms; null while nobody is asked. */
  readonly approveBy: number | null;
  readonly askedBecause: string | null;
  readonly legs: readonly LegReport[];
  readonly outcome: RebalanceOutcome | null;
}

export interface RebalanceAnswer {
  readonly rebalanceId: string;
  readonly decision: 'approve' | 'reject';
  readonly by: string;
  readonly why: string;
}
