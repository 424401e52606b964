/** openOrder (5) and completedOrder (101). What the gateway doesn't trade is printed empty, 0 or as IB's own default, field by field. */
import { contractFields } from './encode-contract';
import { formatGatewayTime } from './fields-time';
import type { Field } from './framing';
import type { ServerMessage } from './messages-server';
import type { WireOrder, WireOrderState } from './messages-values';
import { SINCE } from './server-versions';

type OpenOrder = Extract<ServerMessage, { type: 'openOrder' }>;
type CompletedOrder = Extract<ServerMessage, { type: 'completedOrder' }>;

const EXEMPT_CODE = -1;
const NO_FA = ['', '', ''] as const;

export function openOrderFields(message: OpenOrder, version: number): readonly Field[] {
  const { order } = message;
  return [
    5,
    // Below 145 a message version stands here; clients gate its fields as they gate server versions.
    ...(version < SINCE.ORDER_CONTAINER ? [version] : []),
    message.orderId,
    ...contractFields(message.contract),
    ...orderHead(order),
    message.clientId,
    message.permId,
    ...[order.outsideRth, order.hidden, order.discretionaryAmt, order.goodAfterTime],
    '', // sharesAllocation
    ...advisorAndModel(order, version),
    ...[order.goodTillDate, '', order.percentOffset, ''], // …, rule80A, percentOffset, settlingFirm
    ...[0, '', EXEMPT_CODE, 0], // shortSaleSlot, designatedLocation, exemptCode, auctionStrategy
    ...[null, null, null, null, null], // startingPrice, stockRefPrice, delta, stockRangeLower, stockRangeUpper
    ...[order.displaySize, order.blockOrder, order.sweepToFill, order.allOrNone, order.minQty, order.ocaType],
    ...[false, false, null], // eTradeOnly, firmQuoteOnly, nbboPriceCap
    ...[order.parentId, order.triggerMethod],
    ...volatilityAndTrail(order),
    ...[null, null], // basisPoints, basisPointsType
    ...combinationScaleAndHedge(order),
    ...[false, '', ''], // optOutSmartRouting, clearingAccount, clearingIntent
    ...notHeldAndAlgo(order),
    ...[order.solicited, order.whatIf],
    ...stateFields(message.state, version),
    ...[false, false], // randomizeSize, randomizePrice
    ...(version >= SINCE.PEGGED_TO_BENCHMARK ? conditionsAndAdjustment(order) : []),
    ...(version >= SINCE.SOFT_DOLLAR_TIER ? ['', '', ''] : []),
    ...(version >= SINCE.CASH_QTY ? [order.cashQty] : []),
    ...(version >= SINCE.AUTO_PRICE_FOR_HEDGE ? [false] : []),
    ...(version >= SINCE.ORDER_CONTAINER ? [false] : []),
    ...(version >= SINCE.D_PEG_ORDERS ? [false] : []),
    ...(version >= SINCE.PRICE_MGMT_ALGO ? [order.usePriceMgmtAlgo] : []),
    ...(version >= SINCE.DURATION ? [order.duration] : []),
    ...(version >= SINCE.POST_TO_ATS ? [null] : []),
    ...(version >= SINCE.AUTO_CANCEL_PARENT ? [order.autoCancelParent] : []),
    ...pegOffsetsAndCustomer(version),
    ...(version >= SINCE.BOND_ACCRUED_INTEREST ? [''] : []),
    ...(version >= SINCE.INCLUDE_OVERNIGHT ? [order.includeOvernight] : []),
    ...(version >= SINCE.CME_TAGGING_FIELDS_IN_OPEN_ORDER ? [order.extOperator, order.manualOrderIndicator] : []),
  ];
}

/** Only clients of version 150 and later can ask for completed orders. */
export function completedOrderFields(message: CompletedOrder, version: number): readonly Field[] {
  const { order } = message;
  return [
    101,
    ...contractFields(message.contract),
    ...orderHead(order),
    message.permId,
    ...[order.outsideRth, order.hidden, order.discretionaryAmt, order.goodAfterTime],
    ...advisorAndModel(order, version),
    ...[order.goodTillDate, '', order.percentOffset, ''], // …, rule80A, percentOffset, settlingFirm
    ...[0, '', EXEMPT_CODE], // shortSaleSlot, designatedLocation, exemptCode
    ...[null, null, null, null, null], // startingPrice, stockRefPrice, delta, stockRangeLower, stockRangeUpper
    ...[order.displaySize, order.sweepToFill, order.allOrNone, order.minQty, order.ocaType, order.triggerMethod],
    ...volatilityAndTrail(order),
    ...combinationScaleAndHedge(order),
    ...['', ''], // clearingAccount, clearingIntent
    ...notHeldAndAlgo(order),
    ...[order.solicited, message.status],
    ...[false, false], // randomizeSize, randomizePrice
    0, // conditions
    ...[order.trailStopPrice, order.lmtPriceOffset, order.cashQty],
    ...[false, false], // dontUseAutoPriceForHedge, isOmsContainer
    '', // autoCancelDate
    message.filledQuantity,
    0, // refFuturesConId
    order.autoCancelParent,
    ...['', false, false], // shareholder, imbalanceOnly, routeMarketableToBbo
    message.parentPermId,
    formatGatewayTime(message.completedTime),
    message.completedStatus,
    ...pegOffsetsAndCustomer(version),
  ];
}

function orderHead(order: WireOrder): readonly Field[] {
  return [
    order.action,
    order.totalQuantity,
    order.orderType,
    order.lmtPrice,
    order.auxPrice,
    order.tif,
    order.ocaGroup,
    order.account,
    order.openClose,
    order.origin,
    order.orderRef,
  ];
}

function advisorAndModel(order: WireOrder, version: number): readonly Field[] {
  return [
    ...NO_FA,
    ...(version < SINCE.FA_PROFILE_DESUPPORT ? [''] : []),
    ...(version >= SINCE.MODELS_SUPPORT ? [order.modelCode] : []),
  ];
}

/** An empty deltaNeutralOrderType keeps the block behind it away ("None" would open it). */
function volatilityAndTrail(order: WireOrder): readonly Field[] {
  return [
    ...[null, 0, '', null], // volatility, volatilityType, deltaNeutralOrderType, deltaNeutralAuxPrice
    ...[0, 0], // continuousUpdate, referencePriceType
    order.trailStopPrice,
    order.trailingPercent,
  ];
}

/** No combination legs, no scale; a hedge order carries its (empty) parameter. */
function combinationScaleAndHedge(order: WireOrder): readonly Field[] {
  return [
    ...['', 0, 0, 0], // comboLegsDescription, comboLegs, orderComboLegs, smartComboRoutingParams
    ...[null, null, null], // scaleInitLevelSize, scaleSubsLevelSize, scalePriceIncrement
    order.hedgeType,
    ...(order.hedgeType === '' ? [] : ['']),
  ];
}

function notHeldAndAlgo(order: WireOrder): readonly Field[] {
  return [
    order.notHeld,
    false, // deltaNeutralContract
    order.algoStrategy,
    ...(order.algoStrategy === '' ? [] : [0]),
  ];
}

function stateFields(state: WireOrderState, version: number): readonly Field[] {
  const beforeAndChange = [
    state.initMarginBefore,
    state.maintMarginBefore,
    state.equityWithLoanBefore,
    state.initMarginChange,
    state.maintMarginChange,
    state.equityWithLoanChange,
  ];
  return [
    state.status,
    ...(version >= SINCE.WHAT_IF_EXT_FIELDS ? beforeAndChange : []),
    state.initMarginAfter,
    state.maintMarginAfter,
    state.equityWithLoanAfter,
    state.commission,
    state.minCommission,
    state.maxCommission,
    state.commissionCurrency,
    state.warningText,
  ];
}

function conditionsAndAdjustment(order: WireOrder): readonly Field[] {
  return [
    0, // conditions: the gateway holds no conditional order
    order.adjustedOrderType,
    null, // triggerPrice
    ...[order.trailStopPrice, order.lmtPriceOffset],
    ...[null, null, null, 0], // adjustedStopPrice, adjustedStopLimitPrice, adjustedTrailingAmount, adjustableTrailingUnit
  ];
}

function pegOffsetsAndCustomer(version: number): readonly Field[] {
  return [
    ...(version >= SINCE.PEGBEST_PEGMID_OFFSETS ? [null, null, null, null, null] : []),
    ...(version >= SINCE.CUSTOMER_ACCOUNT ? [''] : []),
    ...(version >= SINCE.PROFESSIONAL_CUSTOMER ? [false] : []),
  ];
}
