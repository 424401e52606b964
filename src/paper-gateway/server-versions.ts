/** Server versions at which the layout of a message changed, by IB's own names. The gateway speaks 100 to 193. */

export const MIN_SERVER_VERSION = 100;
/** The last version before the error message's layout changes (194); 201 begins protobuf. */
export const MAX_SERVER_VERSION = 193;

export const SINCE = {
  FRACTIONAL_POSITIONS: 101,
  PEGGED_TO_BENCHMARK: 102,
  MODELS_SUPPORT: 103,
  EXT_OPERATOR: 105,
  SOFT_DOLLAR_TIER: 106,
  MD_SIZE_MULTIPLIER: 110,
  CASH_QTY: 111,
  REQ_SMART_COMPONENTS: 114,
  SERVICE_DATA_TYPE: 120,
  AGG_GROUP: 121,
  UNDERLYING_INFO: 122,
  SYNTHETIC_REALTIME_BARS: 124,
  MARKET_RULES: 126,
  UNREALIZED_PNL: 129,
  MARKET_CAP_PRICE: 131,
  REAL_EXPIRATION_DATE: 134,
  REALIZED_PNL: 135,
  LAST_LIQUIDITY: 136,
  DECISION_MAKER: 138,
  MIFID_EXECUTION: 139,
  TICK_BY_TICK_IGNORE_SIZE: 140,
  AUTO_PRICE_FOR_HEDGE: 141,
  WHAT_IF_EXT_FIELDS: 142,
  ORDER_CONTAINER: 145,
  SMART_DEPTH: 146,
  D_PEG_ORDERS: 148,
  MKT_DEPTH_PRIM_EXCHANGE: 149,
  PRICE_MGMT_ALGO: 151,
  STOCK_TYPE: 152,
  ENCODE_MSG_ASCII7: 153,
  DURATION: 158,
  POST_TO_ATS: 160,
  AUTO_CANCEL_PARENT: 162,
  FRACTIONAL_SIZE_SUPPORT: 163,
  SIZE_RULES: 164,
  ADVANCED_ORDER_REJECT: 166,
  MANUAL_ORDER_TIME: 169,
  PEGBEST_PEGMID_OFFSETS: 170,
  BOND_ISSUERID: 176,
  FA_PROFILE_DESUPPORT: 177,
  PENDING_PRICE_REVISION: 178,
  LAST_TRADE_DATE: 182,
  CUSTOMER_ACCOUNT: 183,
  PROFESSIONAL_CUSTOMER: 184,
  BOND_ACCRUED_INTEREST: 185,
  INELIGIBILITY_REASONS: 186,
  RFQ_FIELDS: 187,
  INCLUDE_OVERNIGHT: 189,
  UNDO_RFQ_FIELDS: 190,
  CME_TAGGING_FIELDS: 192,
  CME_TAGGING_FIELDS_IN_OPEN_ORDER: 193,
} as const;

/** The version both sides will speak for a client's "v100..193 options" text; null when there is none in common or the text is not that. */
export function negotiateVersion(offer: string, highest: number = MAX_SERVER_VERSION): number | null {
  const match = /^v(\d{1,5})(?:\.\.(\d{1,5}))?(?: .*)?$/.exec(offer);
  if (match === null) return null;
  const clientMin = Number(match[1]);
  const clientMax = match[2] === undefined ? clientMin : Number(match[2]);
  const version = Math.min(clientMax, highest);
  return version >= clientMin && version >= MIN_SERVER_VERSION ? version : null;
}
