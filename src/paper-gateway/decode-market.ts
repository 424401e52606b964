/** Requests for contracts, history and streams. */
import { readContract, readExpirableContract, skipComboLegs, skipDeltaNeutralContract } from './decode-contract';
import type { FieldReader } from './fields';
import type { ClientRequest } from './messages-client';
import { SINCE } from './server-versions';

export function decodeContractDetails(reader: FieldReader, version: number): ClientRequest {
  reader.skip(1, 'version');
  return {
    type: 'reqContractDetails',
    reqId: reader.requestId(),
    contract: {
      ...readContract(reader),
      includeExpired: reader.flag('includeExpired'),
      secIdType: reader.text('secIdType'),
      secId: reader.text('secId'),
      issuerId: version >= SINCE.BOND_ISSUERID ? reader.text('issuerId') : '',
    },
  };
}

export function decodeHistoricalData(reader: FieldReader, version: number): ClientRequest {
  const synthetic = version >= SINCE.SYNTHETIC_REALTIME_BARS;
  if (!synthetic) reader.skip(1, 'version');
  const reqId = reader.requestId();
  const contract = readExpirableContract(reader);
  const query = {
    endDateTime: reader.text('endDateTime'),
    barSize: reader.text('barSizeSetting'),
    duration: reader.text('durationStr'),
    useRth: reader.flag('useRTH'),
    whatToShow: reader.text('whatToShow'),
    formatDate: reader.integer('formatDate'),
  };
  skipComboLegs(reader, contract.secType, 4);
  const keepUpToDate = synthetic ? reader.flag('keepUpToDate') : false;
  reader.skip(1, 'chartOptions');
  return { type: 'reqHistoricalData', reqId, contract, ...query, keepUpToDate };
}

export function decodeHeadTimestamp(reader: FieldReader): ClientRequest {
  return {
    type: 'reqHeadTimestamp',
    reqId: reader.requestId(),
    contract: readExpirableContract(reader),
    useRth: reader.flag('useRTH'),
    whatToShow: reader.text('whatToShow'),
    formatDate: reader.integer('formatDate'),
  };
}

export function decodeHistogramData(reader: FieldReader): ClientRequest {
  return {
    type: 'reqHistogramData',
    reqId: reader.requestId(),
    contract: readExpirableContract(reader),
    useRth: reader.flag('useRTH'),
    period: reader.text('timePeriod'),
  };
}

export function decodeHistoricalTicks(reader: FieldReader): ClientRequest {
  const request = {
    type: 'reqHistoricalTicks' as const,
    reqId: reader.requestId(),
    contract: readExpirableContract(reader),
    startDateTime: reader.text('startDateTime'),
    endDateTime: reader.text('endDateTime'),
    numberOfTicks: reader.integer('numberOfTicks'),
    whatToShow: reader.text('whatToShow'),
    useRth: reader.flag('useRth'),
    ignoreSize: reader.flag('ignoreSize'),
  };
  reader.skip(1, 'miscOptions');
  return request;
}

export function decodeMktData(reader: FieldReader, version: number): ClientRequest {
  reader.skip(1, 'version');
  const reqId = reader.requestId();
  const contract = readContract(reader);
  skipComboLegs(reader, contract.secType, 4);
  skipDeltaNeutralContract(reader);
  const genericTicks = reader.text('genericTickList');
  const snapshot = reader.flag('snapshot');
  const regulatorySnapshot = version >= SINCE.REQ_SMART_COMPONENTS ? reader.flag('regulatorySnapshot') : false;
  reader.skip(1, 'mktDataOptions');
  return { type: 'reqMktData', reqId, contract, genericTicks, snapshot, regulatorySnapshot };
}

export function decodeRealTimeBars(reader: FieldReader): ClientRequest {
  reader.skip(1, 'version');
  const request = {
    type: 'reqRealTimeBars' as const,
    reqId: reader.requestId(),
    contract: readContract(reader),
    barSize: reader.integer('barSize'),
    whatToShow: reader.text('whatToShow'),
    useRth: reader.flag('useRTH'),
  };
  reader.skip(1, 'realTimeBarsOptions');
  return request;
}

export function decodeTickByTick(reader: FieldReader, version: number): ClientRequest {
  const sized = version >= SINCE.TICK_BY_TICK_IGNORE_SIZE;
  return {
    type: 'reqTickByTickData',
    reqId: reader.requestId(),
    contract: readContract(reader),
    tickType: reader.text('tickType'),
    numberOfTicks: sized ? reader.integer('numberOfTicks') : 0,
    ignoreSize: sized ? reader.flag('ignoreSize') : false,
  };
}

export function decodeMktDepth(reader: FieldReader, version: number): ClientRequest {
  reader.skip(1, 'version');
  const request = {
    type: 'reqMktDepth' as const,
    reqId: reader.requestId(),
    contract: readContract(reader, version >= SINCE.MKT_DEPTH_PRIM_EXCHANGE),
    rows: reader.integer('numRows'),
    smartDepth: version >= SINCE.SMART_DEPTH ? reader.flag('isSmartDepth') : false,
  };
  reader.skip(1, 'mktDepthOptions');
  return request;
}

export function decodeCancelMktDepth(reader: FieldReader, version: number): ClientRequest {
  reader.skip(1, 'version');
  const reqId = reader.requestId();
  if (version >= SINCE.SMART_DEPTH) reader.skip(1, 'isSmartDepth');
  return { type: 'cancelMktDepth', reqId };
}
