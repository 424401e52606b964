/** Contracts and contract details as the gateway prints them. */
import type { Field } from './framing';
import type { WireContract, WireContractDetails } from './messages-values';
import { SINCE } from './server-versions';

/** The layout of positions, executions and orders: conId … multiplier, exchange, currency, local symbol, trading class. */
export function contractFields(contract: WireContract): readonly Field[] {
  return [...contractHead(contract), contract.exchange, contract.currency, contract.localSymbol, contract.tradingClass];
}

/** The layout of portfolio values: the primary exchange stands in the exchange's place. */
export function portfolioContractFields(contract: WireContract): readonly Field[] {
  return [
    ...contractHead(contract),
    contract.primaryExchange,
    contract.currency,
    contract.localSymbol,
    contract.tradingClass,
  ];
}

function contractHead(contract: WireContract): readonly Field[] {
  return [
    contract.conId,
    contract.symbol,
    contract.secType,
    contract.lastTradeDateOrContractMonth,
    contract.strike,
    contract.right,
    contract.multiplier,
  ];
}

/** Text in ASCII with \uXXXX escapes, as IB sends names and error texts since version 153. */
export function asciiText(text: string, serverVersion: number): string {
  if (serverVersion < SINCE.ENCODE_MSG_ASCII7) return text;
  return text.replace(/[\u0080-\uffff]/g, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

/** contractDetails (10). */
export function contractDetailsFields(reqId: number, details: WireContractDetails, version: number): readonly Field[] {
  const { contract } = details;
  return [
    10,
    ...(version < SINCE.SIZE_RULES ? [8] : []),
    reqId,
    contract.symbol,
    contract.secType,
    details.lastTradeDateAndTime,
    ...(version >= SINCE.LAST_TRADE_DATE ? [details.lastTradeDate] : []),
    contract.strike,
    contract.right,
    contract.exchange,
    contract.currency,
    contract.localSymbol,
    details.marketName,
    contract.tradingClass,
    contract.conId,
    details.minTick,
    ...(version >= SINCE.MD_SIZE_MULTIPLIER && version < SINCE.SIZE_RULES ? [1] : []),
    contract.multiplier,
    details.orderTypes,
    details.validExchanges,
    details.priceMagnifier,
    details.underConId,
    asciiText(details.longName, version),
    contract.primaryExchange,
    details.contractMonth,
    details.industry,
    details.category,
    details.subcategory,
    details.timeZoneId,
    details.tradingHours,
    details.liquidHours,
    ...['', 0], // evRule, evMultiplier
    0, // secIdList
    ...(version >= SINCE.AGG_GROUP ? [details.aggGroup] : []),
    ...(version >= SINCE.UNDERLYING_INFO ? [details.underSymbol, details.underSecType] : []),
    ...(version >= SINCE.MARKET_RULES ? [details.marketRuleIds] : []),
    ...(version >= SINCE.REAL_EXPIRATION_DATE ? [details.realExpirationDate] : []),
    ...(version >= SINCE.STOCK_TYPE ? [details.stockType] : []),
    ...sizeRules(details, version),
    ...(version >= SINCE.INELIGIBILITY_REASONS ? [0] : []),
  ];
}

function sizeRules(details: WireContractDetails, version: number): readonly Field[] {
  if (version >= SINCE.SIZE_RULES) {
    return [details.minSize, details.sizeIncrement, details.suggestedSizeIncrement];
  }
  return version >= SINCE.FRACTIONAL_SIZE_SUPPORT ? [details.minSize] : [];
}
