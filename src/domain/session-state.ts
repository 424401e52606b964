/**
 * What the trading session carries from run to run: plain JSON, one version number (session-upcast.ts reads the earlier ones). Reducers beside it (session-*.ts)
 * return a new state; the workflow keeps the latest one.
 */
import type { BrokerPosition } from './broker-events';
import type { TradedSymbol } from './contracts';
import type { OrderLeg } from './ids';
import { FIRST_ORDER_ID } from './ids';
import type { FutureSymbol } from './instruments';
import type { OrderIntent } from './intents';
import type { OrderState } from './orders';
import type { Position } from './positions';
import type { ProposalAnswer } from './proposals';
import type { RefusalCode } from './refusals';
import type { HaltState, PastDay, SessionSnapshot } from './session-snapshot';
import type { StockOrderAnswer, StockOrderRequest } from './stock-orders';

export const STATE_VERSION = 4;

/** A limit of equity whose breach halts; its name is its refusal code and begins the halt's cause. */
export type HaltLimit = Extract<RefusalCode, 'LIMIT_DAILY_LOSS' | 'LIMIT_DRAWDOWN'>;

/** F2, as fractions of net liquidation and counts. */
export interface Limits extends StockLimits {
  readonly dailyLossFraction: number;
  readonly tradesPerDay: number;
  readonly exposureContracts: number;
  readonly orderContracts: number;
  readonly drawdownFraction: number;
}

/** Of stocks, which are counted in dollars and not in contracts. */
export interface StockLimits {
  /** Largest order that opens or enlarges a position. */
  readonly stockOrderNotionalFraction: number;
  /** Largest worst case of all stock positions together, long and short added up. */
  readonly stockGrossFraction: number;
  /** Sales may go below zero shares. */
  readonly stockShorting: boolean;
}

/** Of sessions that were started before there were any. */
export const DEFAULT_STOCK_LIMITS: StockLimits = {
  stockOrderNotionalFraction: 0.25,
  stockGrossFraction: 1.1,
  stockShorting: false,
};

/** The session's own line about an intent; its truth is the order workflow. */
export interface SessionOrder {
  readonly intent: OrderIntent;
  readonly tradeDate: string | null;
  readonly states: Readonly<Record<OrderLeg, OrderState | null>>;
  /** Executions of its report already in positions and totals; their number is enough, the list only grows. */
  readonly booked: number;
  readonly entryExecuted: number;
  /** Sum of price × shares over entry executions, for the average price. */
  readonly entryNotional: number;
  /** Signed contracts that this intent has left open (entry less stop and target). */
  readonly openQuantity: number;
  readonly fees: number;
  readonly needsHuman: boolean;
  /** The freeze its last report asked for: asked once, it is a human's to lift. */
  readonly freeze: string | null;
  readonly reason: string | null;
}

/** Why nothing was sent for the last decided bar, or what was: a repeated batch is answered from here. */
export interface Watermark {
  readonly barClose: number;
  readonly decisionId: string;
  /** Null while the first answer is still being found. */
  readonly answer: ProposalAnswer | null;
}

/** A leg of a rebalance that was reserved, and how it was answered: asked again, it gets this and no second order. */
export interface StockLeg extends Pick<StockOrderRequest, 'rebalanceId' | 'leg' | 'side' | 'quantity' | 'decidedAt'> {
  readonly conId: number;
  /** Null while the first answer is still being found. */
  readonly answer: StockOrderAnswer | null;
}

/** Closing one symbol: cancel, read, reduce, until the broker is flat. */
export interface Flattening {
  readonly cause: string;
  readonly phase: 'cancelling' | 'reading' | 'placing' | 'reducing';
  /** Readings that must agree on flat before it is over. */
  readonly confirmations: number;
}

export interface DayState {
  readonly proposals: number;
  readonly refusals: Readonly<Partial<Record<RefusalCode, number>>>;
  readonly executions: number;
  readonly contractsTraded: number;
  readonly sharesTraded: number;
  readonly fees: number;
  /** Before fees. */
  readonly realizedPnl: number;
}

export interface SessionState {
  readonly stateVersion: typeof STATE_VERSION;
  readonly account: string;
  /** Seconds since 1970 of the first run of this chain: names of another chain are never repeated. */
  readonly epoch: number;
  readonly seq: number;
  readonly nextOrderId: number;
  readonly mode: SessionSnapshot['mode'];
  readonly limits: Limits;
  readonly tradeDate: string | null;
  readonly startOfDayNetLiquidation: number | null;
  readonly highWaterMark: number | null;
  readonly lastNetLiquidation: number | null;
  /** Loss of the day that a human accepted by lifting the halt; only a loss as large again halts anew. */
  readonly acceptedLoss: number;
  /** Numbers of the daily loss when it reached the limit on this trade date: no entry is made until the next. */
  readonly lossLimitReached: string | null;
  readonly halt: HaltState;
  /** The limit that halted; null while active, and for every other cause. */
  readonly haltLimit: HaltLimit | null;
  /** Halts and their liftings so far: names each of them. */
  readonly haltEvents: number;
  readonly pausedBy: string | null;
  readonly frozen: Readonly<Partial<Record<TradedSymbol, string>>>;
  /** By conId. */
  readonly positions: Readonly<Record<string, Position>>;
  /** By key: orders of the trade date, and older ones that are not over. */
  readonly orders: Readonly<Record<string, SessionOrder>>;
  /** By key: orders that were over when the last trade date closed; what executes late is booked by them. */
  readonly finished: Readonly<Record<string, SessionOrder>>;
  readonly watermarks: Readonly<Partial<Record<FutureSymbol, Watermark>>>;
  readonly lastStopAt: Readonly<Partial<Record<FutureSymbol, number>>>;
  readonly flattening: Readonly<Partial<Record<TradedSymbol, Flattening>>>;
  /** By `<rebalance>/<leg>`: legs of the latest rebalances. */
  readonly stockLegs: Readonly<Record<string, StockLeg>>;
  /** Latest decision among the legs that are not kept any more, UTC ms: no leg so old is taken for a new one. */
  readonly stockLegsForgotten: number | null;
  /** By conId: stocks that the broker holds and this session never traded. */
  readonly foreignStocks: Readonly<Record<string, BrokerPosition>>;
  readonly day: DayState;
  readonly pastDays: readonly PastDay[];
  readonly brokerEpoch: number | null;
  /** Latest market time heard, UTC ms. */
  readonly marketTime: number | null;
}

export const EMPTY_DAY: DayState = {
  proposals: 0,
  refusals: {},
  executions: 0,
  contractsTraded: 0,
  sharesTraded: 0,
  fees: 0,
  realizedPnl: 0,
};

export const ACTIVE: HaltState = { phase: 'ACTIVE', cause: null, since: null };

/** Limits as a process says them; one of an earlier version knows none of stocks. */
export type SettableLimits = Omit<Limits, keyof StockLimits> & Partial<StockLimits>;

export const limitsOf = (said: SettableLimits): Limits => ({ ...DEFAULT_STOCK_LIMITS, ...said });

/** State of a new chain of runs; `epoch` is the start of its first run in whole seconds. */
export const newSession = (
  account: string,
  epoch: number,
  settings: { readonly limits: SettableLimits; readonly mode: SessionSnapshot['mode'] },
): SessionState => ({
  stateVersion: STATE_VERSION,
  account,
  epoch,
  seq: 0,
  nextOrderId: FIRST_ORDER_ID,
  mode: settings.mode,
  limits: limitsOf(settings.limits),
  tradeDate: null,
  startOfDayNetLiquidation: null,
  highWaterMark: null,
  lastNetLiquidation: null,
  acceptedLoss: 0,
  lossLimitReached: null,
  halt: ACTIVE,
  haltLimit: null,
  haltEvents: 0,
  pausedBy: null,
  frozen: {},
  positions: {},
  orders: {},
  finished: {},
  watermarks: {},
  lastStopAt: {},
  flattening: {},
  stockLegs: {},
  stockLegsForgotten: null,
  foreignStocks: {},
  day: EMPTY_DAY,
  pastDays: [],
  brokerEpoch: null,
  marketTime: null,
});

/** Latest of two market times. */
export const later = (known: number | null, heard: number): number => (known === null ? heard : Math.max(known, heard));

/** The record without one of its keys. */
export const without = <T>(record: Readonly<Record<string, T>>, key: string): Readonly<Record<string, T>> =>
  Object.fromEntries(Object.entries(record).filter(([name]) => name !== key));
