/**
 * Names and payloads of every update, query and signal between the workflows, their activities and the client room.
 * Signals are durable without a worker alive; updates are not, so only what needs an answer is one.
 */
import { defineQuery, defineSignal, defineUpdate } from '@temporalio/workflow';
import type { BrokerEvent, BrokerPosition } from '../domain/broker-events';
import type { OrderBook } from '../domain/order-book';
import type { OrderLeg } from '../domain/ids';
import type { OrderReport } from '../domain/order-report';
import type { TradedSymbol } from '../domain/contracts';
import type { EquityReport, ProposalAnswer, ProposalBatch } from '../domain/proposals';
import type { PlannedFit, RetrainingOutcome, RetrainingPhase, RetrainingTrigger } from '../domain/retraining';
import type { HaltState, SessionSnapshot } from '../domain/session-snapshot';
import type { SettableLimits } from '../domain/session-state';
import type { StockOrderAnswer, StockOrderRequest } from '../domain/stock-orders';
import type { FamilySummary } from '../learning/training/fit-job';
import type { JudgedTraining, ShadowReading } from './activity-types';

/** Who asks and why: written into the history and shown wherever the effect is shown. */
export interface OperatorCommand {
  readonly by: string;
  readonly why: string;
}

export interface SymbolCommand extends OperatorCommand {
  /** `ES`, `STK:AAPL`. */
  readonly symbol: TradedSymbol;
}

export interface SessionSettings {
  readonly limits: SettableLimits;
  readonly mode: SessionSnapshot['mode'];
}

export interface TradeDateOpened {
  readonly tradeDate: string;
  readonly netLiquidation: number;
  readonly marketTime: number;
}

export interface TradeDateClosed {
  readonly tradeDate: string;
  readonly marketTime: number;
}

export interface BrokerConnected {
  /** Connection epoch of the guard. */
  readonly epoch: number;
  readonly nextValidId: number;
  readonly positions: readonly BrokerPosition[];
  /** orderRefs of every order and execution that the broker shows; left out by traders of an earlier version. */
  readonly listed?: readonly string[];
}

/** Broker events that no order workflow would take: foreign orders, orders of another epoch, orders of ours not known. */
export interface UnroutedEvents {
  readonly key: string | null;
  readonly events: readonly BrokerEvent[];
}

/** New price of one leg that the broker holds; never a quantity: limits were checked for the one that was reserved. */
export interface LegChange {
  readonly leg: OrderLeg;
  readonly price: number;
}

// ---- trading session: session/<account>
export const proposeOrders = defineUpdate<readonly ProposalAnswer[], [ProposalBatch]>('proposeOrders');
/**
 * One leg of a rebalance. Answered when the broker has answered about it, never after its fill; the same leg asked again gets the first answer.
 * A refusal fails the update by its validator: type = code, details = [StockOrderAnswer]; nothing is written to history.
 */
export const placeStockOrder = defineUpdate<StockOrderAnswer, [StockOrderRequest]>('placeStockOrder');
export const liftHalt = defineUpdate<HaltState, [OperatorCommand]>('liftHalt');
/** Lifts a freeze that needed a human; the position is read from the broker again and adopted. */
export const unfreeze = defineUpdate<void, [SymbolCommand]>('unfreeze');
export const snapshot = defineQuery<SessionSnapshot>('snapshot');
export const halt = defineSignal<[OperatorCommand]>('halt');
export const pause = defineSignal<[OperatorCommand]>('pause');
export const resume = defineSignal<[OperatorCommand]>('resume');
export const flatten = defineSignal<[OperatorCommand & { readonly symbol: TradedSymbol | null }]>('flatten');
export const cancelOrder = defineSignal<[{ readonly key: string; readonly by: string }]>('cancelOrder');
export const modifyOrder = defineSignal<[LegChange & { readonly key: string; readonly by: string }]>('modifyOrder');
export const equity = defineSignal<[EquityReport]>('equity');
export const tradeDateOpened = defineSignal<[TradeDateOpened]>('tradeDateOpened');
export const tradeDateClosed = defineSignal<[TradeDateClosed]>('tradeDateClosed');
export const orderReport = defineSignal<[OrderReport]>('orderReport');
export const unroutedEvents = defineSignal<[UnroutedEvents]>('brokerEvent');
export const brokerConnected = defineSignal<[BrokerConnected]>('brokerConnected');
/** Settings of the process that (re)started the session: they outlive no run silently. */
export const configure = defineSignal<[SessionSettings]>('configure');
/** Continue as new now: the new run takes up the code of the worker that runs it. */
export const rollover = defineSignal('rollover');

// ---- order: order/<key>
export const brokerEvents = defineSignal<[readonly BrokerEvent[]]>('brokerEvents');
export const cancelIntent = defineSignal<[OperatorCommand]>('cancel');
export const modifyLeg = defineSignal<[LegChange]>('modifyLeg');
/** The trade date ended: whoever is terminal completes, resting legs are kept. */
export const standDown = defineSignal('standDown');
export const orderBook = defineQuery<OrderBook>('orderBook');

// ---- market feed: market-feed/<account>
/** The feed ends after the trade date it is in. */
export const stopFeed = defineSignal<[OperatorCommand]>('stopFeed');

// ---- retraining
export interface RetrainingStatus {
  /** The run that is being made. */
  readonly runId: string;
  readonly phase: RetrainingPhase;
  /** What set it off, and what was joined to it since. */
  readonly triggers: readonly RetrainingTrigger[];
  /** What the gates said; null before they did. */
  readonly gates: JudgedTraining | null;
  readonly shadow: ShadowReading | null;
  /** UTC ms: until then approval is awaited; null when it is not. */
  readonly approveBy: number | null;
  readonly outcome: RetrainingOutcome | null;
}

export interface RetrainingProgress {
  /** 0 before the data are prepared. */
  readonly planned: number;
  readonly fitted: readonly FamilySummary[];
  /** Families that could not be fitted; the others go on without them. */
  readonly failed: readonly (PlannedFit & { readonly why: string })[];
}

/** A person's word about the run that was made. */
export interface ReviewDecision extends OperatorCommand {
  readonly runId: string;
  readonly decision: 'approve' | 'reject';
}

/** Something calls for a retraining: the running one is joined, by its name among others. */
export const retrainingTrigger = defineSignal<[RetrainingTrigger]>('retrainingTrigger');
/** Refused outside the phase that awaits it; answered when the act is in the review log. */
export const reviewRun = defineUpdate<RetrainingOutcome, [ReviewDecision]>('reviewRun');
export const retrainingStatus = defineQuery<RetrainingStatus>('retrainingStatus');
export const retrainingProgress = defineQuery<RetrainingProgress>('retrainingProgress');
