/** History and streams that the gateway sends. Times are UTC ms unless the field says otherwise. */
import type { WireBar } from './messages-values';

export type HistoryMessage =
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
    };

export type StreamMessage =
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
    };

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
