/**
 * What the market feed and the trading session say to each other. Everything is JSON-safe: it crosses Temporal's histories.
 * One `proposeOrders` update per bar close carries all proposals; its update id is `proposals/<barClose>/<attempt-independent hash>`.
 */
import type { Quote } from './bars';
import type { FutureContract } from './contracts';
import type { EnsembleRecord } from './decision-ensemble';
import type { FutureSymbol } from './instruments';
import type { Refusal } from './refusals';
import type { Signal, Vote } from './vote';

export type Side = 'buy' | 'sell';
export type { Signal, Vote };

/** Evidence of one decision (requirement B9); enough, with journal and model files, to recompute it offline. */
export interface DecisionRecord {
  readonly decisionId: string;
  readonly account: string;
  readonly symbol: FutureSymbol;
  /** End of the decided bar, UTC ms: the market time of the decision. */
  readonly barClose: number;
  readonly featureHash: string | null;
  readonly schemaHash: string | null;
  readonly modelRun: string | null;
  readonly votes: readonly Vote[];
  /** Models that did not vote and why. */
  readonly skipped: readonly { readonly model: string; readonly why: string }[];
  readonly signal: Signal;
  readonly confidence: number;
  /** How the votes became the signal, with all that was known besides them; left out in records of earlier versions. */
  readonly ensemble?: EnsembleRecord;
  /** What the decision rules made of the vote: the action proposed, or the reason why none was. */
  readonly action: 'enter' | 'exit' | 'none';
  readonly reason: string;
  /** Start of the first bar this feature state was warmed from: recursive indicators remember it. */
  readonly warmupFrom: number | null;
  /** The quote decided on; null when there was none, or when it was stale, which `stale` explains. */
  readonly quote: Quote | null;
  readonly stale: string | null;
  readonly session: DecisionContext;
  readonly runtime: { readonly node: string; readonly onnxruntime: string; readonly cpu: string };
}

/** The part of the session that a decision may depend on, as read by query just before it. */
export interface DecisionContext {
  readonly position: number;
  /** Market time the open position was entered, null when flat. */
  readonly enteredAt: number | null;
  /** Market time of the last stop-out in this instrument, null when none this trade date. */
  readonly lastStopAt: number | null;
  readonly entryPending: boolean;
  readonly exitPending: boolean;
  readonly tradesToday: number;
  readonly halted: boolean;
  readonly paused: boolean;
  readonly frozen: boolean;
}

/** Of an instrument the session has not heard of yet. */
export const FLAT_CONTEXT: DecisionContext = {
  position: 0,
  enteredAt: null,
  lastStopAt: null,
  entryPending: false,
  exitPending: false,
  tradesToday: 0,
  halted: false,
  paused: false,
  frozen: false,
};

export interface EntryProposal {
  readonly kind: 'enter';
  readonly decisionId: string;
  readonly symbol: FutureSymbol;
  readonly contract: FutureContract;
  readonly side: Side;
  readonly quantity: number;
  readonly orderType: 'market' | 'limit';
  readonly limitPrice: number | null;
  /** Protective legs rest at the broker from the entry on (F3); both on the tick grid. */
  readonly stopPrice: number;
  readonly targetPrice: number;
  /** Mid price at the decision, for slippage measured after the fill. */
  readonly referencePrice: number;
  /** Market time after which the order is never sent (F4: one bar by default). */
  readonly expiresAt: number;
}

/** Close the position in one instrument: legs cancelled, broker position read, one reduce-only order. Never blocked by limits. */
export interface ExitProposal {
  readonly kind: 'exit';
  readonly decisionId: string;
  readonly symbol: FutureSymbol;
  readonly contract: FutureContract;
  readonly reason: string;
}

export type Proposal = EntryProposal | ExitProposal;

export interface ProposalBatch {
  readonly barClose: number;
  readonly tradeDate: string;
  readonly proposals: readonly Proposal[];
  /** Evidence for each proposal, so that an order and its evidence survive a lost disk. */
  readonly decisions: readonly DecisionRecord[];
  /** CLOCK_MONOTONIC of the machine at the decision, ms: joined by orderRef with the gateway's receive time for latency. */
  readonly decidedMonotonicMs: number;
}

export type ProposalAnswer =
  | { readonly outcome: 'placed'; readonly decisionId: string; readonly key: string }
  | { readonly outcome: 'exit-started'; readonly decisionId: string }
  | { readonly outcome: 'refused'; readonly decisionId: string; readonly refusal: Refusal }
  | { readonly outcome: 'not-sent'; readonly decisionId: string; readonly key: string; readonly refusal: Refusal }
  | { readonly outcome: 'unknown'; readonly decisionId: string; readonly key: string };

/** Equity as the broker reports it, sent by the feed when it crosses 50, 75 or 100 % of a limit, at new highs by steps, and at the close. */
export interface EquityReport {
  readonly marketTime: number;
  readonly netLiquidation: number;
  /** Highest net liquidation that the feed heard of, also between reports; left out when it knows of none. */
  readonly highNetLiquidation?: number;
  readonly cause: 'limit-50' | 'limit-75' | 'limit-100' | 'new-high' | 'trade-date-close';
}
