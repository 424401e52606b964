/** Contracts, orders and bars as they travel in TWS messages. `null` is IB's UNSET; empty text is empty text. */

/** A contract as a client names it or the gateway prints it. Unknown parts are empty text or 0. */
export interface WireContract {
  readonly conId: number;
  readonly symbol: string;
  readonly secType: string;
  /** YYYYMM or YYYYMMDD for futures, empty for stocks. */
  readonly lastTradeDateOrContractMonth: string;
  readonly strike: number;
  readonly right: string;
  /** Text on the wire ("50"); empty for stocks. */
  readonly multiplier: string;
  readonly exchange: string;
  readonly primaryExchange: string;
  readonly currency: string;
  readonly localSymbol: string;
  readonly tradingClass: string;
}

/** A contract in a request for contracts or history. */
export interface ContractQuery extends WireContract {
  readonly includeExpired: boolean;
  readonly secIdType: string;
  readonly secId: string;
  readonly issuerId: string;
}

/** The fields of an order that the gateway acts on or echoes; the wire carries more, which are read and ignored. */
export interface WireOrder {
  readonly action: string;
  readonly totalQuantity: number;
  /** As sent: MKT, LMT, STP, STP LMT, TRAIL, TRAIL LIMIT, … */
  readonly orderType: string;
  readonly lmtPrice: number | null;
  readonly auxPrice: number | null;
  readonly tif: string;
  readonly ocaGroup: string;
  /** 1 cancel with block, 2 reduce with block, 3 reduce without block, 0 unset. */
  readonly ocaType: number;
  readonly account: string;
  readonly openClose: string;
  readonly origin: number;
  readonly orderRef: string;
  readonly transmit: boolean;
  readonly parentId: number;
  readonly outsideRth: boolean;
  readonly hidden: boolean;
  readonly blockOrder: boolean;
  readonly sweepToFill: boolean;
  readonly displaySize: number | null;
  readonly triggerMethod: number;
  readonly discretionaryAmt: number;
  readonly goodAfterTime: string;
  readonly goodTillDate: string;
  readonly modelCode: string;
  readonly allOrNone: boolean;
  readonly minQty: number | null;
  readonly percentOffset: number | null;
  readonly trailStopPrice: number | null;
  readonly trailingPercent: number | null;
  readonly lmtPriceOffset: number | null;
  readonly hedgeType: string;
  readonly algoStrategy: string;
  readonly notHeld: boolean;
  readonly solicited: boolean;
  readonly whatIf: boolean;
  /** Number of order conditions sent; the gateway refuses conditional orders. */
  readonly conditionCount: number;
  readonly adjustedOrderType: string;
  readonly cashQty: number | null;
  readonly duration: number | null;
  readonly usePriceMgmtAlgo: boolean;
  readonly autoCancelParent: boolean;
  readonly includeOvernight: boolean;
  readonly extOperator: string;
  readonly manualOrderIndicator: number | null;
}

/** An order that sets nothing but what `fields` says; every other field has IB's default. */
export const DEFAULT_ORDER: WireOrder = {
  action: '',
  totalQuantity: 0,
  orderType: '',
  lmtPrice: null,
  auxPrice: null,
  tif: 'DAY',
  ocaGroup: '',
  ocaType: 0,
  account: '',
  openClose: '',
  origin: 0,
  orderRef: '',
  transmit: true,
  parentId: 0,
  outsideRth: false,
  hidden: false,
  blockOrder: false,
  sweepToFill: false,
  displaySize: null,
  triggerMethod: 0,
  discretionaryAmt: 0,
  goodAfterTime: '',
  goodTillDate: '',
  modelCode: '',
  allOrNone: false,
  minQty: null,
  percentOffset: null,
  trailStopPrice: null,
  trailingPercent: null,
  lmtPriceOffset: null,
  hedgeType: '',
  algoStrategy: '',
  notHeld: false,
  solicited: false,
  whatIf: false,
  conditionCount: 0,
  adjustedOrderType: '',
  cashQty: null,
  duration: null,
  usePriceMgmtAlgo: false,
  autoCancelParent: false,
  includeOvernight: false,
  extOperator: '',
  manualOrderIndicator: null,
};

/** Status and what-if part of openOrder. Amounts in the account's currency, null when not computed. */
export interface WireOrderState {
  readonly status: string;
  readonly initMarginBefore: number | null;
  readonly maintMarginBefore: number | null;
  readonly equityWithLoanBefore: number | null;
  readonly initMarginChange: number | null;
  readonly maintMarginChange: number | null;
  readonly equityWithLoanChange: number | null;
  readonly initMarginAfter: number | null;
  readonly maintMarginAfter: number | null;
  readonly equityWithLoanAfter: number | null;
  readonly commission: number | null;
  readonly minCommission: number | null;
  readonly maxCommission: number | null;
  readonly commissionCurrency: string;
  readonly warningText: string;
}

/** The order state of an order that was not a what-if. */
export function plainOrderState(status: string): WireOrderState {
  return {
    status,
    initMarginBefore: null,
    maintMarginBefore: null,
    equityWithLoanBefore: null,
    initMarginChange: null,
    maintMarginChange: null,
    equityWithLoanChange: null,
    initMarginAfter: null,
    maintMarginAfter: null,
    equityWithLoanAfter: null,
    commission: null,
    minCommission: null,
    maxCommission: null,
    commissionCurrency: '',
    warningText: '',
  };
}

export interface WireExecution {
  readonly execId: string;
  /** Market time, UTC ms; printed in the gateway's zone. */
  readonly time: number;
  readonly account: string;
  readonly exchange: string;
  readonly side: 'BOT' | 'SLD';
  readonly shares: number;
  readonly price: number;
  readonly permId: number;
  readonly clientId: number;
  readonly liquidation: number;
  readonly cumQty: number;
  readonly avgPrice: number;
  readonly orderRef: string;
  /** 1 added, 2 removed, 3 routed out, 0 unknown. */
  readonly lastLiquidity: number;
}

/** A historical bar; `date` is the text on the wire (formatBarDate), `wap` and `count` are -1 when unknown. */
export interface WireBar {
  readonly date: string;
  readonly open: number;
  readonly high: number;
  readonly low: number;
  readonly close: number;
  readonly volume: number;
  readonly wap: number;
  readonly count: number;
}

export interface WireContractDetails {
  readonly contract: WireContract;
  /** "YYYYMMDD HH:MM zone" for futures as IB prints it, or YYYYMMDD; empty for stocks. */
  readonly lastTradeDateAndTime: string;
  /** YYYYMMDD; sent from version 182. */
  readonly lastTradeDate: string;
  readonly marketName: string;
  readonly minTick: number;
  readonly orderTypes: string;
  readonly validExchanges: string;
  readonly priceMagnifier: number;
  readonly underConId: number;
  readonly longName: string;
  /** YYYYMM */
  readonly contractMonth: string;
  readonly industry: string;
  readonly category: string;
  readonly subcategory: string;
  readonly timeZoneId: string;
  /** "20131009:1700-20131010:1615;…" as IB prints it. */
  readonly tradingHours: string;
  readonly liquidHours: string;
  readonly aggGroup: number;
  readonly underSymbol: string;
  readonly underSecType: string;
  readonly marketRuleIds: string;
  /** YYYYMMDD */
  readonly realExpirationDate: string;
  readonly stockType: string;
  readonly minSize: number;
  readonly sizeIncrement: number;
  readonly suggestedSizeIncrement: number;
}
