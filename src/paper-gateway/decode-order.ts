/** placeOrder: some 120 fields whose presence depends on the version, the security type, the order type and each other. Order of reading is order on the wire. */
import { readContract, skipComboLegs, skipDeltaNeutralContract } from './decode-contract';
import type { FieldReader } from './fields';
import type { ClientRequest } from './messages-client';
import { DEFAULT_ORDER, type WireOrder } from './messages-values';
import { SINCE } from './server-versions';

/** @throws MessageError carrying the order id. */
export function decodePlaceOrder(reader: FieldReader, version: number): ClientRequest {
  if (version < SINCE.ORDER_CONTAINER) reader.skip(1, 'version');
  const orderId = reader.requestId('orderId');
  const named = readContract(reader);
  const contract = {
    ...named,
    includeExpired: false,
    secIdType: reader.text('secIdType'),
    secId: reader.text('secId'),
    issuerId: '',
  };
  const main = readMainFields(reader);
  skipCombination(reader, contract.secType);
  const order: WireOrder = {
    ...DEFAULT_ORDER,
    ...main,
    ...readExtendedFields(reader, version),
    ...readVolatilityAndTrail(reader),
    ...readScaleHedgeAndAlgo(reader),
    ...readConditionsAndAdjustment(reader, version, main.orderType),
    ...readRecentFields(reader, version, main.orderType, contract.exchange),
  };
  return { type: 'placeOrder', orderId, contract, order };
}

function readMainFields(reader: FieldReader) {
  return {
    action: reader.text('action'),
    totalQuantity: reader.number('totalQuantity'),
    orderType: reader.text('orderType'),
    lmtPrice: reader.numberOrNull('lmtPrice'),
    auxPrice: reader.numberOrNull('auxPrice'),
    tif: reader.text('tif'),
    ocaGroup: reader.text('ocaGroup'),
    account: reader.text('account'),
    openClose: reader.text('openClose'),
    origin: reader.integer('origin'),
    orderRef: reader.text('orderRef'),
    // Left empty by clients that never touched it: IB's default is to transmit.
    transmit: reader.flag('transmit', true),
    parentId: reader.integer('parentId'),
    blockOrder: reader.flag('blockOrder'),
    sweepToFill: reader.flag('sweepToFill'),
    displaySize: reader.integerOrNull('displaySize'),
    triggerMethod: reader.integer('triggerMethod'),
    outsideRth: reader.flag('outsideRth'),
    hidden: reader.flag('hidden'),
  };
}

function skipCombination(reader: FieldReader, secType: string): void {
  skipComboLegs(reader, secType, 8);
  skipComboLegs(reader, secType, 1);
  skipComboLegs(reader, secType, 2);
}

function readExtendedFields(reader: FieldReader, version: number) {
  reader.skip(1, 'sharesAllocation');
  const discretionaryAmt = reader.number('discretionaryAmt');
  const goodAfterTime = reader.text('goodAfterTime');
  const goodTillDate = reader.text('goodTillDate');
  reader.skip(3, 'faGroup, faMethod, faPercentage');
  if (version < SINCE.FA_PROFILE_DESUPPORT) reader.skip(1, 'faProfile');
  const modelCode = version >= SINCE.MODELS_SUPPORT ? reader.text('modelCode') : '';
  reader.skip(3, 'shortSaleSlot, designatedLocation, exemptCode');
  const ocaType = reader.integer('ocaType');
  reader.skip(2, 'rule80A, settlingFirm');
  const allOrNone = reader.flag('allOrNone');
  const minQty = reader.integerOrNull('minQty');
  const percentOffset = reader.numberOrNull('percentOffset');
  reader.skip(10, 'eTradeOnly … overridePercentageConstraints');
  return {
    discretionaryAmt,
    goodAfterTime,
    goodTillDate,
    modelCode,
    ocaType,
    allOrNone,
    minQty,
    percentOffset,
  };
}

function readVolatilityAndTrail(reader: FieldReader) {
  reader.skip(2, 'volatility, volatilityType');
  const deltaNeutralOrderType = reader.text('deltaNeutralOrderType');
  reader.skip(1, 'deltaNeutralAuxPrice');
  if (deltaNeutralOrderType !== '') reader.skip(8, 'deltaNeutral fields');
  reader.skip(2, 'continuousUpdate, referencePriceType');
  return {
    trailStopPrice: reader.numberOrNull('trailStopPrice'),
    trailingPercent: reader.numberOrNull('trailingPercent'),
  };
}

function readScaleHedgeAndAlgo(reader: FieldReader) {
  reader.skip(2, 'scaleInitLevelSize, scaleSubsLevelSize');
  const scalePriceIncrement = reader.numberOrNull('scalePriceIncrement');
  if (scalePriceIncrement !== null && scalePriceIncrement > 0) reader.skip(7, 'scale fields');
  reader.skip(3, 'scaleTable, activeStartTime, activeStopTime');
  const hedgeType = reader.text('hedgeType');
  if (hedgeType !== '') reader.skip(1, 'hedgeParam');
  reader.skip(3, 'optOutSmartRouting, clearingAccount, clearingIntent');
  const notHeld = reader.flag('notHeld');
  skipDeltaNeutralContract(reader);
  const algoStrategy = reader.text('algoStrategy');
  if (algoStrategy !== '') {
    const parameters = reader.count('algoParams');
    for (let parameter = 0; parameter < parameters; parameter += 1) reader.skip(2, 'algoParam');
  }
  reader.skip(1, 'algoId');
  const whatIf = reader.flag('whatIf');
  reader.skip(1, 'orderMiscOptions');
  const solicited = reader.flag('solicited');
  reader.skip(2, 'randomizeSize, randomizePrice');
  return { hedgeType, notHeld, algoStrategy, whatIf, solicited };
}

/** Fields behind type and conjunction of each kind of order condition. */
const CONDITION_FIELDS: ReadonlyMap<number, number> = new Map([
  [1, 5], // price
  [3, 2], // time
  [4, 2], // margin
  [5, 3], // execution
  [6, 4], // volume
  [7, 4], // percent change
]);

const isPeggedTo = (orderType: string, what: string): boolean =>
  orderType.replace(' ', '').toUpperCase() === `PEG${what}`;

function readConditionsAndAdjustment(reader: FieldReader, version: number, orderType: string) {
  if (version < SINCE.PEGGED_TO_BENCHMARK) return {};
  if (isPeggedTo(orderType, 'BENCH')) reader.skip(5, 'pegged to benchmark fields');
  const conditionCount = reader.count('conditions');
  for (let condition = 0; condition < conditionCount; condition += 1) {
    const kind = reader.integer('conditionType');
    const fields = CONDITION_FIELDS.get(kind);
    if (fields === undefined) throw reader.error('BAD_FIELD', `unknown order condition type ${kind}`);
    reader.skip(1 + fields, 'condition');
  }
  if (conditionCount > 0) reader.skip(2, 'conditionsIgnoreRth, conditionsCancelOrder');
  const adjusted = reader.text('adjustedOrderType');
  reader.skip(1, 'triggerPrice');
  const lmtPriceOffset = reader.numberOrNull('lmtPriceOffset');
  reader.skip(4, 'adjusted order fields');
  // IB prints an unadjusted order's type as None, and clients that modify such an order send it back.
  return { conditionCount, adjustedOrderType: adjusted === 'None' ? '' : adjusted, lmtPriceOffset };
}

function readRecentFields(reader: FieldReader, version: number, orderType: string, exchange: string) {
  const extOperator = version >= SINCE.EXT_OPERATOR ? reader.text('extOperator') : '';
  if (version >= SINCE.SOFT_DOLLAR_TIER) reader.skip(2, 'softDollarTier');
  const cashQty = version >= SINCE.CASH_QTY ? reader.numberOrNull('cashQty') : null;
  if (version >= SINCE.DECISION_MAKER) reader.skip(2, 'mifid2Decision');
  if (version >= SINCE.MIFID_EXECUTION) reader.skip(2, 'mifid2Execution');
  if (version >= SINCE.AUTO_PRICE_FOR_HEDGE) reader.skip(1, 'dontUseAutoPriceForHedge');
  if (version >= SINCE.ORDER_CONTAINER) reader.skip(1, 'isOmsContainer');
  if (version >= SINCE.D_PEG_ORDERS) reader.skip(1, 'discretionaryUpToLimitPrice');
  const usePriceMgmtAlgo = version >= SINCE.PRICE_MGMT_ALGO ? reader.flag('usePriceMgmtAlgo') : false;
  const duration = version >= SINCE.DURATION ? reader.integerOrNull('duration') : null;
  if (version >= SINCE.POST_TO_ATS) reader.skip(1, 'postToAts');
  const autoCancelParent = version >= SINCE.AUTO_CANCEL_PARENT ? reader.flag('autoCancelParent') : false;
  if (version >= SINCE.ADVANCED_ORDER_REJECT) reader.skip(1, 'advancedErrorOverride');
  if (version >= SINCE.MANUAL_ORDER_TIME) reader.skip(1, 'manualOrderTime');
  if (version >= SINCE.PEGBEST_PEGMID_OFFSETS) skipPegOffsets(reader, orderType, exchange);
  if (version >= SINCE.CUSTOMER_ACCOUNT) reader.skip(1, 'customerAccount');
  if (version >= SINCE.PROFESSIONAL_CUSTOMER) reader.skip(1, 'professionalCustomer');
  if (version >= SINCE.RFQ_FIELDS && version < SINCE.UNDO_RFQ_FIELDS) reader.skip(2, 'RFQ fields');
  const includeOvernight = version >= SINCE.INCLUDE_OVERNIGHT ? reader.flag('includeOvernight') : false;
  const manualOrderIndicator =
    version >= SINCE.CME_TAGGING_FIELDS ? reader.integerOrNull('manualOrderIndicator') : null;
  return { extOperator, cashQty, usePriceMgmtAlgo, duration, autoCancelParent, includeOvernight, manualOrderIndicator };
}

function skipPegOffsets(reader: FieldReader, orderType: string, exchange: string): void {
  if (exchange === 'IBKRATS') reader.skip(1, 'minTradeQty');
  let midOffsets = isPeggedTo(orderType, 'MID');
  if (isPeggedTo(orderType, 'BEST')) {
    reader.skip(1, 'minCompeteSize');
    midOffsets = reader.numberOrNull('competeAgainstBestOffset') === Infinity;
  }
  if (midOffsets) reader.skip(2, 'midOffsetAtWhole, midOffsetAtHalf');
}
