/** Orders and executions as the messages that describe them. */
import type { Listing } from './contract-universe';
import type { ExecutionRecord, OrderRecord } from './ledger-records';
import { remainingOf } from './ledger-records';
import { plainOrderState, type ServerMessage } from './messages';

export const openOrderMessage = (order: OrderRecord, listing: Listing): ServerMessage => ({
  type: 'openOrder',
  orderId: order.orderId,
  clientId: order.clientId,
  permId: order.permId,
  contract: listing.wire,
  order: { ...order.order, trailStopPrice: order.trailStop },
  state: plainOrderState(order.status),
});

export const orderStatusMessage = (order: OrderRecord): ServerMessage => ({
  type: 'orderStatus',
  orderId: order.orderId,
  status: order.status,
  filled: order.filled,
  remaining: remainingOf(order),
  avgFillPrice: order.averageFillPrice,
  permId: order.permId,
  parentId: order.order.parentId,
  lastFillPrice: order.lastFillPrice,
  clientId: order.clientId,
  whyHeld: order.status === 'PreSubmitted' && order.order.parentId !== 0 ? 'child' : '',
  mktCapPrice: 0,
});

export const completedOrderMessage = (
  order: OrderRecord,
  listing: Listing,
  parent: OrderRecord | null,
): ServerMessage => ({
  type: 'completedOrder',
  permId: order.permId,
  parentPermId: parent?.permId ?? 0,
  contract: listing.wire,
  order: order.order,
  status: order.status,
  filledQuantity: order.filled,
  completedTime: order.completedAt ?? order.placedAt,
  completedStatus: order.completedStatus,
});

/** `reqId` is −1 for news. */
export const executionMessage = (
  execution: ExecutionRecord,
  listing: Listing,
  account: string,
  reqId: number,
): ServerMessage => ({
  type: 'execDetails',
  reqId,
  orderId: execution.orderId,
  contract: listing.wire,
  execution: {
    execId: execution.execId,
    time: execution.time,
    account,
    exchange: execution.exchange,
    side: execution.side,
    shares: execution.shares,
    price: execution.price,
    permId: execution.permId,
    clientId: execution.clientId,
    liquidation: 0,
    cumQty: execution.cumulativeQuantity,
    avgPrice: execution.averagePrice,
    orderRef: execution.orderRef,
    lastLiquidity: 2,
  },
});

export const commissionMessage = (execution: ExecutionRecord): ServerMessage => ({
  type: 'commissionReport',
  execId: execution.execId,
  commission: execution.commission,
  currency: 'USD',
  realizedPnl: execution.realizedPnl,
});
