/** Contracts as they stand in requests. */
import type { FieldReader } from './fields';
import type { ContractQuery, WireContract } from './messages-values';

/** The twelve fields every request names a contract by. Only depth requests of old clients lack the primary exchange. */
export function readContract(reader: FieldReader, hasPrimaryExchange = true): WireContract {
  return {
    conId: reader.integer('conId'),
    symbol: reader.text('symbol'),
    secType: reader.text('secType'),
    lastTradeDateOrContractMonth: reader.text('lastTradeDateOrContractMonth'),
    strike: reader.number('strike'),
    right: reader.text('right'),
    multiplier: reader.text('multiplier'),
    exchange: reader.text('exchange'),
    primaryExchange: hasPrimaryExchange ? reader.text('primaryExchange') : '',
    currency: reader.text('currency'),
    localSymbol: reader.text('localSymbol'),
    tradingClass: reader.text('tradingClass'),
  };
}

/** A contract followed by includeExpired, as history requests have it. */
export function readExpirableContract(reader: FieldReader): ContractQuery {
  const contract = readContract(reader);
  return { ...contract, includeExpired: reader.flag('includeExpired'), secIdType: '', secId: '', issuerId: '' };
}

/** Leaves the legs of a combination behind; the gateway trades none and refuses them by their secType. */
export function skipComboLegs(reader: FieldReader, secType: string, fieldsPerLeg: number): void {
  if (secType.toUpperCase() !== 'BAG') return;
  const legs = reader.count('comboLegs');
  for (let leg = 0; leg < legs; leg += 1) reader.skip(fieldsPerLeg, 'comboLeg');
}

/** Leaves a delta-neutral contract behind. */
export function skipDeltaNeutralContract(reader: FieldReader): void {
  if (reader.flag('deltaNeutralContract')) reader.skip(3, 'deltaNeutralContract');
}
