/** Every message that the gateway sends. `type` is the name of the client's callback. Times are UTC ms unless the field says otherwise. */
import type { HistoryMessage, StreamMessage } from './messages-server-market';
import type { WireContract, WireContractDetails, WireExecution, WireOrder, WireOrderState } from './messages-values';

export type { HistoricalBidAsk, HistoricalLast } from './messages-server-market';

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
  | HistoryMessage
  | StreamMessage
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
