/**
 * What the market feed may ask of the broker: contracts, history, streams, the account's equity and the broker's clock, over a
 * connection of its own (client ids from 99 up, never the trading id). Implemented by data-connection.ts.
 * Invariants:
 *  1. Everything the broker sent before the answer of a `marketTime()` call has been delivered to the listeners when it resolves.
 *  2. A hole in a stream is never silent: after every reconnect or 1101 the streams are asked for again and `onGap` says so.
 *  3. The market data type that counts is the one the broker returned; anything but real time reaches listeners flagged stale.
 */
import type { Bar, Quote } from '../domain/bars';
import type { FutureContract, StockContract, TradableContract } from '../domain/contracts';
import type { FutureSymbol } from '../domain/instruments';

export type DataContract = TradableContract;

/** IB's market data types: 1 real time, 2 frozen, 3 delayed, 4 delayed and frozen. */
export type MarketDataType = 1 | 2 | 3 | 4;

export interface HistorySettings {
  /** IB's bar size text; `1 min` by default (requirement A4). */
  readonly barSize?: string;
  readonly whatToShow?: 'TRADES' | 'MIDPOINT' | 'BID' | 'ASK' | 'BID_ASK';
  readonly useRth?: boolean;
}

/**
 * Either IB's own duration text (`1 D` by default) up to `end` (now when absent), or a span [from, to) of UTC milliseconds,
 * which is cut into calls of at most 5,000 bars.
 */
export type HistoryRequest = HistorySettings &
  (
    | { readonly duration?: string; readonly end?: number; readonly from?: undefined; readonly to?: undefined }
    | { readonly from: number; readonly to: number; readonly duration?: undefined; readonly end?: undefined }
  );

/** A five-second bar as streamed; `start` in UTC ms. A bar without a trade has volume 0. */
export interface Bar5s {
  readonly start: number;
  readonly open: number;
  readonly high: number;
  readonly low: number;
  readonly close: number;
  readonly volume: number;
  readonly wap: number;
  readonly count: number;
}

/** What travels with each quote. */
export interface QuoteStatus {
  /** True: no entries on this quote (delayed or frozen data, a competing session, a farm that is down). */
  readonly stale: boolean;
  readonly staleReason: string | null;
  /** As returned by the broker for this stream, null before it said so. */
  readonly marketDataType: MarketDataType | null;
  /** Volume of the day (tick type 8; ×100 for US equities, whose volume IB counts in lots), null before the first report. */
  readonly dayVolume: number | null;
}

export interface DepthLevel {
  readonly price: number;
  readonly size: number;
}

/** Order book, best level first. */
export interface Depth {
  readonly bids: readonly DepthLevel[];
  readonly asks: readonly DepthLevel[];
}

/** A single print, tick by tick; `time` in UTC ms (IB stamps whole seconds). */
export interface TradeTick {
  readonly time: number;
  readonly price: number;
  readonly size: number;
}

/**
 * Each handler that is present opens the stream it needs. Handlers run inside the socket's callback: keep them short.
 * A quote's `time` is the broker's clock as last heard, a lower bound: the order of arrival decides which minute it belongs to.
 */
export interface StreamHandlers {
  readonly onBar5s?: (bar: Bar5s) => void;
  readonly onQuote?: (quote: Quote, status: QuoteStatus) => void;
  readonly onDepth?: (depth: Depth) => void;
  readonly onTrade?: (trade: TradeTick) => void;
}

/** The account's money in its base currency. */
export interface Equity {
  /** Last reported net liquidation, carried on by the change of unrealized P&L since (IB reports the former every three minutes only). */
  readonly netLiquidation: number;
  readonly reportedNetLiquidation: number;
  /** Cash in all currencies as the broker converts it, dollars; null before it was told. */
  readonly totalCash: number | null;
  readonly dailyPnl: number | null;
  readonly unrealizedPnl: number | null;
  readonly realizedPnl: number | null;
}

/** Streams were interrupted: anything between `from` and `to` (broker's clock, null when unknown) may be missing. */
export interface StreamGap {
  readonly from: number | null;
  readonly to: number | null;
  readonly reason: string;
}

export type DataPhase = 'disconnected' | 'connecting' | 'ready' | 'broker-offline' | 'closed';

export interface DataState {
  readonly phase: DataPhase;
  /** Rises with every accepted connection. */
  readonly epoch: number;
  readonly clientId: number;
  readonly serverVersion: number | null;
  /** The account whose equity is followed: the configured one, else the first the gateway manages. */
  readonly account: string | null;
  /** What the gateway says it is logged in to; empty before it accepts. */
  readonly managedAccounts: readonly string[];
  readonly reason: string | null;
}

/** Something a trader should see; throttled to one per code and minute. */
export interface DataAlert {
  readonly code: number;
  readonly text: string;
}

export interface MarketDataPort {
  /** Resolves when the first connection is accepted; keeps reconnecting for ever afterwards. Rejects with BrokerError when closed. */
  connect(): Promise<void>;
  state(): DataState;
  /** Front contract of the trade date (`YYYY-MM-DD`) by contract details and the roll rule. Rejects with BrokerError NO_CONTRACT. */
  resolveFront(symbol: FutureSymbol, date: string): Promise<FutureContract>;
  /** The future of a delivery month (`YYYYMM`), expired or not. Rejects with BrokerError NO_CONTRACT when it is not listed (any more). */
  resolveFuture(symbol: FutureSymbol, deliveryMonth: string): Promise<FutureContract>;
  /** The US stock of a ticker, with the broker's own id. Rejects with BrokerError NO_CONTRACT when it is not listed. */
  resolveStock(ticker: string): Promise<StockContract>;
  /** Bars in time order without duplicates, pacing rules kept; TRADES bars without volume are left out. */
  history(contract: DataContract, request: HistoryRequest): Promise<readonly Bar[]>;
  /** Opens the streams of the handlers given and keeps them open over reconnects; returns the function that ends them. */
  subscribe(contract: DataContract, handlers: StreamHandlers): () => void;
  /** The broker's clock by a round trip on this socket, UTC ms: a barrier (invariant 1). */
  marketTime(): Promise<number>;
  /** The broker's clock as last heard, without asking. */
  lastMarketTime(): number | null;
  /** A listener is told the last known equity at once, then every change. */
  onEquity(listener: (equity: Equity) => void): () => void;
  onGap(listener: (gap: StreamGap) => void): () => void;
  onState(listener: (state: DataState) => void): () => void;
  onAlert(listener: (alert: DataAlert) => void): () => void;
  close(): Promise<void>;
}
