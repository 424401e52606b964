/** What queries of `tradingSession` answer: the terminal view, the CLI, the feed and reports all read this one shape. */
import type { BrokerPosition } from './broker-events';
import type { DecisionContext } from './proposals';
import type { TradableContract, TradedSymbol } from './contracts';
import type { FutureSymbol } from './instruments';
import type { RefusalCode } from './refusals';
import type { StockLegName } from './stock-orders';

export type HaltPhase = 'ACTIVE' | 'REDUCING' | 'HALTED';

export interface HaltState {
  readonly phase: HaltPhase;
  readonly cause: string | null;
  /** Market time the halt was latched, UTC ms; null while the broker's clock is being asked. */
  readonly since: number | null;
}

export interface PositionView {
  /** `ES`, `STK:AAPL`. */
  readonly symbol: TradedSymbol;
  readonly secType: TradableContract['secType'];
  readonly conId: number;
  /** `ESZ3`, `AAPL`. */
  readonly localSymbol: string;
  readonly quantity: number;
  readonly averagePrice: number;
  readonly enteredAt: number | null;
}

export interface OrderView {
  readonly key: string;
  readonly symbol: TradedSymbol;
  readonly conId: number;
  readonly side: 'buy' | 'sell';
  readonly quantity: number;
  readonly purpose: 'entry' | 'reduce';
  readonly state: string;
  readonly filledQuantity: number;
  readonly averagePrice: number | null;
  readonly decidedAt: number;
  readonly decisionId: string | null;
  /** CLOCK_MONOTONIC at the decision, as in the intent; null for orders without one (a reduce-only order). */
  readonly decidedMonotonicMs: number | null;
  /** Commissions heard so far, US dollars. */
  readonly fees: number;
  /** Why it ended as it did, in the broker's or our words. */
  readonly reason: string | null;
  /** The leg of a rebalance that it is; null for everything else. */
  readonly rebalance: StockLegName | null;
}

export interface DayTotals {
  readonly proposals: number;
  readonly refusals: Readonly<Partial<Record<RefusalCode, number>>>;
  readonly orders: {
    readonly filled: number;
    readonly cancelled: number;
    readonly rejected: number;
    readonly expired: number;
    readonly unknown: number;
  };
  readonly trades: number;
  readonly executions: number;
  readonly contractsTraded: number;
  readonly sharesTraded: number;
  readonly fees: number;
  readonly realizedPnl: number;
}

/** Totals of a finished trade date; the last ten are carried. */
export interface PastDay extends DayTotals {
  readonly tradeDate: string;
  readonly startNetLiquidation: number | null;
  readonly endNetLiquidation: number | null;
}

export interface SessionSnapshot {
  readonly account: string;
  readonly stateVersion: number;
  readonly tradeDate: string | null;
  readonly startOfDayNetLiquidation: number | null;
  readonly highWaterMark: number | null;
  readonly lastNetLiquidation: number | null;
  /** Loss of the day that a human accepted by lifting a halt: the next halt is as much again beyond it. */
  readonly acceptedLoss: number;
  readonly halt: HaltState;
  readonly paused: boolean;
  readonly mode: 'trading' | 'learning-only' | 'dry-run';
  readonly frozen: Readonly<Partial<Record<TradedSymbol, string>>>;
  /** Stocks that the broker holds and this session never traded: told, and not touched. */
  readonly foreignStocks: readonly BrokerPosition[];
  readonly positions: readonly PositionView[];
  /** Orders of the trade date and any older one that is not terminal. */
  readonly orders: readonly OrderView[];
  readonly day: DayTotals;
  readonly pastDays: readonly PastDay[];
  /** Nothing in flight: every order working or terminal, no flatten running, every execution heard applied. */
  readonly settled: boolean;
  /** Close of the last bar decided per instrument, UTC ms: a feed that comes back knows what was proposed before. */
  readonly watermarks: Readonly<Partial<Record<FutureSymbol, number>>>;
  readonly contexts: Readonly<Partial<Record<FutureSymbol, DecisionContext>>>;
  readonly seq: number;
  readonly epoch: number;
}
