/** Every request that the gateway understands, decoded. `type` is the name of the TWS API call. */
import type { ContractQuery, WireContract, WireOrder } from './messages-values';

type BareType =
  | 'reqManagedAccounts'
  | 'reqCurrentTime'
  | 'reqMktDepthExchanges'
  | 'reqOpenOrders'
  | 'reqAllOpenOrders'
  | 'reqPositions'
  | 'cancelPositions'
  | 'reqGlobalCancel';
type CancelType =
  | 'cancelHistoricalData'
  | 'cancelHeadTimestamp'
  | 'cancelHistogramData'
  | 'cancelMktData'
  | 'cancelRealTimeBars'
  | 'cancelTickByTickData'
  | 'cancelMktDepth'
  | 'cancelPositionsMulti'
  | 'cancelAccountUpdatesMulti'
  | 'cancelAccountSummary'
  | 'cancelPnL'
  | 'cancelPnLSingle';

/** Requests without fields. One member per type, so that Extract finds each. */
export type BareRequest = { [T in BareType]: { readonly type: T } }[BareType];
/** Cancels of a subscription or query by its request id. */
export type CancelRequest = { [T in CancelType]: { readonly type: T; readonly reqId: number } }[CancelType];

export type ClientRequest =
  | BareRequest
  | CancelRequest
  // session
  | { readonly type: 'startApi'; readonly clientId: number; readonly optionalCapabilities: string }
  | { readonly type: 'reqIds' }
  | { readonly type: 'setServerLogLevel'; readonly level: number }
  /** 1 live, 2 frozen, 3 delayed, 4 delayed frozen. */
  | { readonly type: 'reqMarketDataType'; readonly marketDataType: number }
  | { readonly type: 'reqUserInfo'; readonly reqId: number }
  // contracts
  | { readonly type: 'reqContractDetails'; readonly reqId: number; readonly contract: ContractQuery }
  | { readonly type: 'reqMatchingSymbols'; readonly reqId: number; readonly pattern: string }
  | { readonly type: 'reqMarketRule'; readonly marketRuleId: number }
  // history
  | {
      readonly type: 'reqHistoricalData';
      readonly reqId: number;
      readonly contract: ContractQuery;
      /** Empty text means now; parseWireTime reads it. */
      readonly endDateTime: string;
      readonly duration: string;
      readonly barSize: string;
      readonly whatToShow: string;
      readonly useRth: boolean;
      /** 1 text, 2 epoch seconds. */
      readonly formatDate: number;
      readonly keepUpToDate: boolean;
    }
  | {
      readonly type: 'reqHeadTimestamp';
      readonly reqId: number;
      readonly contract: ContractQuery;
      readonly whatToShow: string;
      readonly useRth: boolean;
      readonly formatDate: number;
    }
  | {
      readonly type: 'reqHistogramData';
      readonly reqId: number;
      readonly contract: ContractQuery;
      readonly useRth: boolean;
      /** "1 day", "3 days", … */
      readonly period: string;
    }
  | {
      readonly type: 'reqHistoricalTicks';
      readonly reqId: number;
      readonly contract: ContractQuery;
      readonly startDateTime: string;
      readonly endDateTime: string;
      readonly numberOfTicks: number;
      readonly whatToShow: string;
      readonly useRth: boolean;
      readonly ignoreSize: boolean;
    }
  // streams
  | {
      readonly type: 'reqMktData';
      readonly reqId: number;
      readonly contract: WireContract;
      readonly genericTicks: string;
      readonly snapshot: boolean;
      readonly regulatorySnapshot: boolean;
    }
  | {
      readonly type: 'reqRealTimeBars';
      readonly reqId: number;
      readonly contract: WireContract;
      readonly barSize: number;
      readonly whatToShow: string;
      readonly useRth: boolean;
    }
  | {
      readonly type: 'reqTickByTickData';
      readonly reqId: number;
      readonly contract: WireContract;
      /** Last, AllLast, BidAsk, MidPoint. */
      readonly tickType: string;
      readonly numberOfTicks: number;
      readonly ignoreSize: boolean;
    }
  | {
      readonly type: 'reqMktDepth';
      readonly reqId: number;
      readonly contract: WireContract;
      readonly rows: number;
      readonly smartDepth: boolean;
    }
  // orders
  | {
      readonly type: 'placeOrder';
      readonly orderId: number;
      readonly contract: ContractQuery;
      readonly order: WireOrder;
    }
  | { readonly type: 'cancelOrder'; readonly orderId: number }
  | { readonly type: 'reqAutoOpenOrders'; readonly autoBind: boolean }
  | { readonly type: 'reqCompletedOrders'; readonly apiOnly: boolean }
  | { readonly type: 'reqExecutions'; readonly reqId: number; readonly filter: ExecutionFilter }
  // account
  | { readonly type: 'reqPositionsMulti'; readonly reqId: number; readonly account: string; readonly modelCode: string }
  | {
      readonly type: 'reqAccountUpdatesMulti';
      readonly reqId: number;
      readonly account: string;
      readonly modelCode: string;
      readonly ledgerAndNlv: boolean;
    }
  | {
      readonly type: 'reqAccountSummary';
      readonly reqId: number;
      readonly group: string;
      readonly tags: readonly string[];
    }
  | { readonly type: 'reqAccountUpdates'; readonly subscribe: boolean; readonly account: string }
  | { readonly type: 'reqPnL'; readonly reqId: number; readonly account: string; readonly modelCode: string }
  | {
      readonly type: 'reqPnLSingle';
      readonly reqId: number;
      readonly account: string;
      readonly modelCode: string;
      readonly conId: number;
    };

export type ClientRequestType = ClientRequest['type'];

/** Empty text and 0 mean "any". */
export interface ExecutionFilter {
  readonly clientId: number;
  readonly account: string;
  /** parseWireTime reads it. */
  readonly time: string;
  readonly symbol: string;
  readonly secType: string;
  readonly exchange: string;
  readonly side: string;
}
