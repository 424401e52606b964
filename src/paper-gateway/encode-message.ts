/** Every server message to its fields, in the layout of the session's version. */
import {
  commissionReportFields,
  execDetailsFields,
  orderStatusFields,
  pnlFields,
  pnlSingleFields,
  portfolioValueFields,
  positionFields,
  positionMultiFields,
} from './encode-account';
import { asciiText, contractDetailsFields } from './encode-contract';
import {
  depthExchangesFields,
  epochSeconds,
  historicalBidAskFields,
  historicalDataFields,
  historicalLastFields,
  historicalTicksFields,
  historicalUpdateFields,
  marketDepthFields,
  realTimeBarFields,
  scheduleFields,
  symbolSamplesFields,
  tickByTickFields,
} from './encode-market';
import { completedOrderFields, openOrderFields } from './encode-order';
import { formatGatewayMinute } from './fields-time';
import { encodeFrame, type Field } from './framing';
import type { ServerMessage, ServerMessageType } from './messages-server';
import { SINCE } from './server-versions';

type Encoders = {
  readonly [T in ServerMessageType]: (
    message: Extract<ServerMessage, { type: T }>,
    serverVersion: number,
  ) => readonly Field[];
};

const ENCODERS: Encoders = {
  managedAccounts: (message) => [15, 1, message.accounts.join(',')],
  nextValidId: (message) => [9, 1, message.orderId],
  currentTime: (message) => [49, 1, epochSeconds(message.time)],
  error: (message, version) => [
    ...[4, 2, message.id, message.code, asciiText(message.message, version)],
    ...(version >= SINCE.ADVANCED_ORDER_REJECT ? [''] : []),
  ],
  userInfo: (message) => [107, message.reqId, message.whiteBrandingId],

  contractDetails: (message, version) => contractDetailsFields(message.reqId, message.details, version),
  contractDetailsEnd: (message) => [52, 1, message.reqId],
  symbolSamples: symbolSamplesFields,
  marketRule: (message) => [
    ...[93, message.marketRuleId, message.increments.length],
    ...message.increments.flatMap((step) => [step.lowEdge, step.increment]),
  ],
  mktDepthExchanges: depthExchangesFields,

  historicalData: historicalDataFields,
  historicalDataUpdate: (message) => historicalUpdateFields(message.reqId, message.bar),
  historicalSchedule: scheduleFields,
  headTimestamp: (message) => [88, message.reqId, message.headTimestamp],
  histogramData: (message) => [
    ...[89, message.reqId, message.items.length],
    ...message.items.flatMap((item) => [item.price, item.size]),
  ],
  historicalTicks: historicalTicksFields,
  historicalTicksBidAsk: historicalBidAskFields,
  historicalTicksLast: historicalLastFields,

  tickReqParams: (message) => [81, message.reqId, message.minTick, message.bboExchange, message.snapshotPermissions],
  marketDataType: (message) => [58, 1, message.reqId, message.marketDataType],
  tickPrice: ({ reqId, tickType, price, size, attributes }) => [1, 6, reqId, tickType, price, size, attributes],
  tickSize: (message) => [2, 6, message.reqId, message.tickType, message.size],
  tickGeneric: (message) => [45, 6, message.reqId, message.tickType, message.value],
  tickString: (message) => [46, 6, message.reqId, message.tickType, message.value],
  tickSnapshotEnd: (message) => [57, 1, message.reqId],
  realTimeBar: realTimeBarFields,
  tickByTickLast: tickByTickFields,
  tickByTickBidAsk: tickByTickFields,
  tickByTickMidPoint: tickByTickFields,
  marketDepth: marketDepthFields,
  marketDepthL2: marketDepthFields,

  openOrder: openOrderFields,
  openOrderEnd: () => [53, 1],
  orderStatus: orderStatusFields,
  orderBound: (message) => [100, message.permId, message.clientId, message.orderId],
  completedOrder: completedOrderFields,
  completedOrdersEnd: () => [102],
  execDetails: execDetailsFields,
  execDetailsEnd: (message) => [55, 1, message.reqId],
  commissionReport: commissionReportFields,

  position: positionFields,
  positionEnd: () => [62, 1],
  positionMulti: positionMultiFields,
  positionMultiEnd: (message) => [72, 1, message.reqId],
  accountUpdateMulti: ({ reqId, account, modelCode, key, value, currency }) => [
    ...[73, 1, reqId, account, modelCode, key, value, currency],
  ],
  accountUpdateMultiEnd: (message) => [74, 1, message.reqId],
  accountSummary: ({ reqId, account, tag, value, currency }) => [63, 1, reqId, account, tag, value, currency],
  accountSummaryEnd: (message) => [64, 1, message.reqId],
  accountValue: ({ key, value, currency, account }) => [6, 2, key, value, currency, account],
  portfolioValue: portfolioValueFields,
  accountUpdateTime: (message) => [8, 1, formatGatewayMinute(message.time)],
  accountDownloadEnd: (message) => [54, 1, message.account],
  pnl: pnlFields,
  pnlSingle: pnlSingleFields,
};

/** The message as one frame for a session that speaks `serverVersion`. */
export function encodeMessage(message: ServerMessage, serverVersion: number): Buffer {
  // The table is complete by its type; TypeScript can't follow that `message` fits the encoder of its own type.
  const encode = ENCODERS[message.type] as (message: ServerMessage, serverVersion: number) => readonly Field[];
  return encodeFrame(encode(message, serverVersion));
}
