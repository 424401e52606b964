/** Every message that the gateway sends. `type` is the name of the client's callback. Times are UTC ms unless the field says otherwise. */
import type {
  WireBar,
  WireContract,
  WireContractDetails,
  WireExecution,
  WireOrder,
  WireOrderState,
} from './messages-values';

type EndOfRequestType =
  | 'contractDetailsEnd'
  | 'execDetailsEnd'
  | 'tickSnapshotEnd'
  | 'accountSummaryEnd'
  | 'positionMultiEnd'
  | 'accountUpdateMultiEnd';
type BareType = 'openOrderEnd' | 'completedOrdersEnd' | 'positionEnd';

/** Ends of lists that carry only the request they answer. One member per type, so that Extract finds each. */
export type EndOfRequest = { [T in EndOfRequestType]: { readonly type: T; readonly reqId: number } }[EndOfRequestType];
export type BareMessage = { [T in BareType]: { readonly type: T } }[BareType];

export type ServerMessage =
  | EndOfRequest
  | BareMessage
  // session
  | { readonly type: 'managedAccounts'; readonly accounts: readonly string[] }
  | { readonly type: 'nextValidId'; readonly orderId: number }
  | { readonly type: 'currentTime'; readonly time: number }
  /** `id` is the request or order id, -1 for a notice that belongs to none. */
  | { readonly type: 'error'; readonly id: number; readonly code: number; readonly message: string }
  | { readonly type: 'userInfo'; readonly reqId: number; readonly whiteBrandingId: string }
  // contracts
  | { readonly type: 'contractDetails'; readonly reqId: number; readonly details: WireContractDetails }
  | { readonly type: 'symbolSamples'; readonly reqId: number; readonly samples: readonly SymbolSample[] }
  | {
      readonly type: 'marketRule';
      readonly marketRuleId: number;
      readonly increments: readonly { readonly lowEdge: number; readonly increment: number }[];
    }
  | { readonly type: 'mktDepthExchanges'; readonly exchanges: readonly DepthExchange[] }
  // history
  | {
      readonly type: 'historicalData';
      readonly reqId: number;
      /** Text, as bars' dates. */
      readonly start: string;
      readonly end: string;
      readonly bars: readonly WireBar[];
    }
  | { readonly type: 'historicalDataUpdate'; readonly reqId: number; readonly bar: WireBar }
  | {
      readonly type: 'historicalSchedule';
      readonly reqId: number;
      readonly start: string;
      readonly end: string;
      readonly timeZone: string;
      readonly sessions: readonly { readonly start: string; readonly end: string; readonly refDate: string }[];
    }
  /** Text: YYYYMMDD-HH:MM:SS (UTC) or epoch seconds, as asked. */
  | { readonly type: 'headTimestamp'; readonly reqId: number; readonly headTimestamp: string }
  | {
      readonly type: 'histogramData';
      readonly reqId: number;
      readonly items: readonly { readonly price: number; readonly size: number }[];
    }
  | {
      readonly type: 'historicalTicks';
      readonly reqId: number;
      readonly ticks: readonly { readonly time: number; readonly price: number; readonly size: number }[];
      readonly done: boolean;
    }
  | {
      readonly type: 'historicalTicksBidAsk';
      readonly reqId: number;
      readonly ticks: readonly HistoricalBidAsk[];
      readonly done: boolean;
    }
  | {
      readonly type: 'historicalTicksLast';
      readonly reqId: number;
      readonly ticks: readonly HistoricalLast[];
      readonly done: boolean;
    }
  // streams
  | {
      readonly type: 'tickReqParams';
      readonly reqId: number;
      readonly minTick: number;
      readonly bboExchange: string;
      readonly snapshotPermissions: number;
    }
  | { readonly type: 'marketDataType'; readonly reqId: number; readonly marketDataType: number }
  /** `tickType` 1 bid, 2 ask, 4 last, 6 high, 7 low, 9 close, 14 open; `size` goes with 1, 2, 4. */
  | {
      readonly type: 'tickPrice';
      readonly reqId: number;
      readonly tickType: number;
      readonly price: number;
      readonly size: number;
      /** Bit 0 can auto-execute, bit 1 past limit, bit 2 pre-open. */
      readonly attributes: number;
    }
  /** `tickType` 0 bid size, 3 ask size, 5 last size, 8 day volume. */
  | { readonly type: 'tickSize'; readonly reqId: number; readonly tickType: number; readonly size: number }
  | { readonly type: 'tickGeneric'; readonly reqId: number; readonly tickType: number; readonly value: number }
  /** `tickType` 45 last timestamp (epoch seconds as text), 32/33/84 exchanges, 48 RTVolume. */
  | { readonly type: 'tickString'; readonly reqId: number; readonly tickType: number; readonly value: string }
  /** `time` is the bar's start. */
  | {
      readonly type: 'realTimeBar';
      readonly reqId: number;
      readonly time: number;
      readonly open: number;
      readonly high: number;
      readonly low: number;
      readonly close: number;
      readonly volume: number;
      readonly wap: number;
      readonly count: number;
    }
  | {
      readonly type: 'tickByTickLast';
      readonly reqId: number;
      /** 1 Last, 2 AllLast. */
      readonly tickType: 1 | 2;
      readonly time: number;
      readonly price: number;
      readonly size: number;
      readonly attributes: number;
      readonly exchange: string;
      readonly specialConditions: string;
    }
  | {
      readonly type: 'tickByTickBidAsk';
      readonly reqId: number;
      readonly time: number;
      readonly bidPrice: number;
      readonly askPrice: number;
      readonly bidSize: number;
      readonly askSize: number;
      readonly attributes: number;
    }
  | { readonly type: 'tickByTickMidPoint'; readonly reqId: number; readonly time: number; readonly midPoint: number }
  /** `operation` 0 insert, 1 update, 2 delete; `side` 0 ask, 1 bid. */
  | {
      readonly type: 'marketDepth';
      readonly reqId: number;
      readonly position: number;
      readonly operation: 0 | 1 | 2;
      readonly side: 0 | 1;
      readonly price: number;
      readonly size: number;
    }
  | {
      readonly type: 'marketDepthL2';
      readonly reqId: number;
      readonly position: number;
      readonly marketMaker: string;
      readonly operation: 0 | 1 | 2;
      readonly side: 0 | 1;
      readonly price: number;
      readonly size: number;
      readonly smartDepth: boolean;
    }
  // orders
  | {
      readonly type: 'openOrder';
      readonly orderId: number;
      readonly clientId: number;
      readonly permId: number;
      readonly contract: WireContract;
      readonly order: WireOrder;
      readonly state: WireOrderState;
    }
  | {
      readonly type: 'orderStatus';
      readonly orderId: number;
      readonly status: string;
      readonly filled: number;
      readonly remaining: number;
      readonly avgFillPrice: number;
      readonly permId: number;
      readonly parentId: number;
      readonly lastFillPrice: number;
      readonly clientId: number;
      readonly whyHeld: string;
      readonly mktCapPrice: number;
    }
  | { readonly type: 'orderBound'; readonly permId: number; readonly clientId: number; readonly orderId: number }
  | {
      readonly type: 'completedOrder';
      readonly permId: number;
      readonly parentPermId: number;
      readonly contract: WireContract;
      readonly order: WireOrder;
      /** Filled or Cancelled. */
      readonly status: string;
      readonly filledQuantity: number;
      /** Market time of completion, UTC ms; printed in the gateway's zone. */
      readonly completedTime: number;
      /** "Filled Size: 1", "Cancelled by Trader", … */
      readonly completedStatus: string;
    }
  /** `reqId` -1 when it is news rather than the answer to reqExecutions. */
  | {
      readonly type: 'execDetails';
      readonly reqId: number;
      readonly orderId: number;
      readonly contract: WireContract;
      readonly execution: WireExecution;
    }
  | {
      readonly type: 'commissionReport';
      readonly execId: string;
      readonly commission: number;
      readonly currency: string;
      /** Null for an opening trade. */
      readonly realizedPnl: number | null;
    }
  // account
  | {
      readonly type: 'position';
      readonly account: string;
      readonly contract: WireContract;
      readonly position: number;
      readonly averageCost: number;
    }
  | {
      readonly type: 'positionMulti';
      readonly reqId: number;
      readonly account: string;
      readonly modelCode: string;
      readonly contract: WireContract;
      readonly position: number;
      readonly averageCost: number;
    }
  | {
      readonly type: 'accountUpdateMulti';
      readonly reqId: number;
      readonly account: string;
      readonly modelCode: string;
      readonly key: string;
      readonly value: string;
      readonly currency: string;
    }
  | {
      readonly type: 'accountSummary';
      readonly reqId: number;
      readonly account: string;
      readonly tag: string;
      readonly value: string;
      readonly currency: string;
    }
  | {
      readonly type: 'accountValue';
      readonly key: string;
      readonly value: string;
      readonly currency: string;
      readonly account: string;
    }
  | {
      readonly type: 'portfolioValue';
      readonly contract: WireContract;
      readonly position: number;
      readonly marketPrice: number;
      readonly marketValue: number;
      readonly averageCost: number;
      readonly unrealizedPnl: number;
      readonly realizedPnl: number;
      readonly account: string;
    }
  /** Printed HH:MM in the gateway's zone. */
  | { readonly type: 'accountUpdateTime'; readonly time: number }
  | { readonly type: 'accountDownloadEnd'; readonly account: string }
  | {
      readonly type: 'pnl';
      readonly reqId: number;
      readonly dailyPnl: number;
      readonly unrealizedPnl: number | null;
      readonly realizedPnl: number | null;
    }
  | {
      readonly type: 'pnlSingle';
      readonly reqId: number;
      readonly position: number;
      readonly dailyPnl: number;
      readonly unrealizedPnl: number | null;
      readonly realizedPnl: number | null;
      readonly value: number;
    };

export type ServerMessageType = ServerMessage['type'];

export interface SymbolSample {
  readonly conId: number;
  readonly symbol: string;
  readonly secType: string;
  readonly primaryExchange: string;
  readonly currency: string;
  readonly derivativeSecTypes: readonly string[];
  readonly description: string;
  readonly issuerId: string;
}

export interface DepthExchange {
  readonly exchange: string;
  readonly secType: string;
  readonly listingExchange: string;
  /** Deep or Deep2. */
  readonly serviceDataType: string;
  readonly aggGroup: number | null;
}

export interface HistoricalBidAsk {
  readonly time: number;
  readonly attributes: number;
  readonly bidPrice: number;
  readonly askPrice: number;
  readonly bidSize: number;
  readonly askSize: number;
}

export interface HistoricalLast {
  readonly time: number;
  readonly attributes: number;
  readonly price: number;
  readonly size: number;
  readonly exchange: string;
  readonly specialConditions: string;
}
