/** Contract details to the contracts of the registry, and the front one of a date by the roll rule (requirement A3). Pure. */
import { SecType, type Contract, type ContractDetails } from '@stoqey/ib';
import { ibSymbolOf, stockOf, type FutureContract, type StockContract } from '../domain/contracts';
import { INSTRUMENTS, type FutureSymbol } from '../domain/instruments';
import { expiryInteger, frontContract } from '../domain/roll';
import { BrokerError } from './broker-error';
import type { DataContract } from './market-data-port';

/** What to ask for: every listed future of the instrument. */
export function futuresQuery(symbol: FutureSymbol): Contract {
  const { ibSymbol, exchange, currency, tradingClass } = INSTRUMENTS[symbol];
  return { symbol: ibSymbol, secType: SecType.FUT, exchange, currency, tradingClass };
}

/** What to ask for: the future of one delivery month (`YYYYMM`), expired or not; IB keeps expired ones for two years. */
export const deliveryQuery = (symbol: FutureSymbol, deliveryMonth: string): Contract => ({
  ...futuresQuery(symbol),
  lastTradeDateOrContractMonth: deliveryMonth,
  includeExpired: true,
});

/** Requests name a contract by its conId; exchange and type must come along. */
export const dataContract = (contract: DataContract): Contract => ({
  conId: contract.conId,
  symbol: ibSymbolOf(contract),
  secType: contract.secType === 'FUT' ? SecType.FUT : SecType.STK,
  exchange: contract.exchange,
  currency: contract.currency,
});

/**
 * Expiry as an integer from the first eight characters: @stoqey/ib leaves a last trade time behind the date
 * (`20131220 08:30 US/Central`). Null when there is none.
 */
export function expiryOf(contract: Contract): number | null {
  const digits = (contract.lastTradeDateOrContractMonth ?? '').trim().slice(0, 8);
  return /^\d{8}$/.test(digits) ? Number(digits) : null;
}

/** A listed future of the instrument, null for anything else the gateway lists beside it (other classes, other multipliers). */
export function futureOf(symbol: FutureSymbol, { contract }: ContractDetails): FutureContract | null {
  const instrument = INSTRUMENTS[symbol];
  const lastTradeDate = expiryOf(contract);
  if (contract.conId === undefined || lastTradeDate === null) return null;
  if (contract.tradingClass !== instrument.tradingClass || Number(contract.multiplier) !== instrument.multiplier) {
    return null;
  }
  return {
    secType: 'FUT',
    symbol,
    conId: contract.conId,
    ibSymbol: instrument.ibSymbol,
    localSymbol: contract.localSymbol ?? '',
    tradingClass: instrument.tradingClass,
    exchange: contract.exchange ?? instrument.exchange,
    currency: contract.currency ?? instrument.currency,
    multiplier: instrument.multiplier,
    lastTradeDate,
  };
}

/** What to ask for: the US listing of a ticker. */
export const stockQuery = (ticker: string): Contract => ({
  symbol: ticker,
  secType: SecType.STK,
  exchange: 'SMART',
  currency: 'USD',
});

/** The one US stock among the details. Throws BrokerError NO_CONTRACT: none, or more than one that the ticker may mean. */
export function stockAmong(ticker: string, details: readonly ContractDetails[]): StockContract {
  const listed = details.flatMap(({ contract: { conId, secType, symbol, currency, primaryExch } }) =>
    conId !== undefined && secType === SecType.STK && symbol === ticker && currency === 'USD'
      ? [stockOf(conId, ticker, primaryExch ?? '')]
      : [],
  );
  const [stock, ...others] = [...new Map(listed.map((one) => [one.conId, one])).values()];
  if (stock !== undefined && others.length === 0) return stock;
  const found = stock === undefined ? 'no US stock' : `${others.length + 1} US stocks`;
  throw new BrokerError(
    'NO_CONTRACT',
    `The gateway lists ${found} ${ticker}; check the ticker and whether it is still traded.`,
  );
}

/** The future of the delivery month among the details. Throws BrokerError NO_CONTRACT. */
export function deliveryAmong(
  symbol: FutureSymbol,
  details: readonly ContractDetails[],
  deliveryMonth: string,
): FutureContract {
  for (const detail of details) {
    const contract = detail.contractMonth?.slice(0, 6) === deliveryMonth ? futureOf(symbol, detail) : null;
    if (contract !== null) return contract;
  }
  throw new BrokerError(
    'NO_CONTRACT',
    `The gateway lists no ${symbol} future of ${deliveryMonth}; IB keeps expired ones for two years.`,
  );
}

/** The front contract on `date` (`YYYY-MM-DD`) among the details. Throws BrokerError NO_CONTRACT. */
export function frontOf(symbol: FutureSymbol, details: readonly ContractDetails[], date: string): FutureContract {
  const byMonth = new Map<string, FutureContract>();
  for (const detail of details) {
    const contract = futureOf(symbol, detail);
    const month = (detail.contractMonth ?? '').slice(0, 6);
    // What the gateway says about the last trade date beats the rule: holidays are the exchange's to declare.
    if (contract !== null && /^\d{6}$/.test(month) && contract.lastTradeDate >= expiryInteger(date)) {
      byMonth.set(month, contract);
    }
  }
  const front = byMonth.get(frontContract(symbol, [...byMonth.keys()], date) ?? '');
  if (front === undefined) {
    throw new BrokerError(
      'NO_CONTRACT',
      `The gateway lists no ${symbol} future that is front on ${date} (${byMonth.size} listed); check the date and the market data permissions.`,
    );
  }
  return front;
}
