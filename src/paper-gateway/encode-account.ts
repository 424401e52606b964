/** Order status, executions, commissions, positions and P&L on their way out. */
import { contractFields, portfolioContractFields } from './encode-contract';
import { formatGatewayTime } from './fields-time';
import type { Field } from './framing';
import type { ServerMessage } from './messages-server';
import { SINCE } from './server-versions';

type Message<T extends ServerMessage['type']> = Extract<ServerMessage, { type: T }>;

/** How IB prints an amount that is not computed where clients can't read an empty field. */
const UNSET_DOUBLE = '1.7976931348623157E308';
const amount = (value: number | null): Field => value ?? UNSET_DOUBLE;

export function orderStatusFields(message: Message<'orderStatus'>, version: number): readonly Field[] {
  return [
    3,
    ...(version < SINCE.MARKET_CAP_PRICE ? [6] : []),
    message.orderId,
    message.status,
    message.filled,
    message.remaining,
    message.avgFillPrice,
    message.permId,
    message.parentId,
    message.lastFillPrice,
    message.clientId,
    message.whyHeld,
    ...(version >= SINCE.MARKET_CAP_PRICE ? [message.mktCapPrice] : []),
  ];
}

export function execDetailsFields(message: Message<'execDetails'>, version: number): readonly Field[] {
  const { execution } = message;
  return [
    11,
    ...(version < SINCE.LAST_LIQUIDITY ? [10] : []),
    message.reqId,
    message.orderId,
    ...contractFields(message.contract),
    execution.execId,
    formatGatewayTime(execution.time),
    execution.account,
    execution.exchange,
    execution.side,
    execution.shares,
    execution.price,
    execution.permId,
    execution.clientId,
    execution.liquidation,
    execution.cumQty,
    execution.avgPrice,
    execution.orderRef,
    ...['', 0], // evRule, evMultiplier
    ...(version >= SINCE.MODELS_SUPPORT ? [''] : []),
    ...(version >= SINCE.LAST_LIQUIDITY ? [execution.lastLiquidity] : []),
    ...(version >= SINCE.PENDING_PRICE_REVISION ? [false] : []),
  ];
}

export function commissionReportFields(message: Message<'commissionReport'>): readonly Field[] {
  const { execId, commission, currency, realizedPnl } = message;
  return [59, 1, execId, commission, currency, amount(realizedPnl), UNSET_DOUBLE, ''];
}

export function positionFields(message: Message<'position'>): readonly Field[] {
  return [61, 3, message.account, ...contractFields(message.contract), message.position, message.averageCost];
}

export function positionMultiFields(message: Message<'positionMulti'>): readonly Field[] {
  const { reqId, account, contract, position, averageCost, modelCode } = message;
  return [71, 1, reqId, account, ...contractFields(contract), position, averageCost, modelCode];
}

export function portfolioValueFields(message: Message<'portfolioValue'>): readonly Field[] {
  return [
    7,
    8,
    ...portfolioContractFields(message.contract),
    message.position,
    message.marketPrice,
    message.marketValue,
    message.averageCost,
    message.unrealizedPnl,
    message.realizedPnl,
    message.account,
  ];
}

export function pnlFields(message: Message<'pnl'>, version: number): readonly Field[] {
  return [94, message.reqId, message.dailyPnl, ...pnlParts(message, version)];
}

export function pnlSingleFields(message: Message<'pnlSingle'>, version: number): readonly Field[] {
  return [95, message.reqId, message.position, message.dailyPnl, ...pnlParts(message, version), message.value];
}

function pnlParts(
  message: { readonly unrealizedPnl: number | null; readonly realizedPnl: number | null },
  version: number,
): readonly Field[] {
  return [
    ...(version >= SINCE.UNREALIZED_PNL ? [amount(message.unrealizedPnl)] : []),
    ...(version >= SINCE.REALIZED_PNL ? [amount(message.realizedPnl)] : []),
  ];
}
