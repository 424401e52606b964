/** One message of a client, by its id, to a typed request. */
import {
  decodeAccountSummary,
  decodeAccountUpdates,
  decodeAccountUpdatesMulti,
  decodeCancelOrder,
  decodeExecutions,
  decodeGlobalCancel,
  decodePnL,
  decodePnLSingle,
  decodePositionsMulti,
} from './decode-account';
import {
  decodeCancelMktDepth,
  decodeContractDetails,
  decodeHeadTimestamp,
  decodeHistogramData,
  decodeHistoricalData,
  decodeHistoricalTicks,
  decodeMktData,
  decodeMktDepth,
  decodeRealTimeBars,
  decodeTickByTick,
} from './decode-market';
import { decodePlaceOrder } from './decode-order';
import { FieldReader, MessageError } from './fields';
import type { BareRequest, CancelRequest, ClientRequest } from './messages-client';
import { notOfferedRequest } from './requests-not-offered';

type Decode = (reader: FieldReader, serverVersion: number) => ClientRequest;

const bare =
  (type: BareRequest['type'], hasVersion: boolean): Decode =>
  (reader) => {
    if (hasVersion) reader.skip(1, 'version');
    return { type };
  };

const cancel =
  (type: CancelRequest['type'], hasVersion: boolean): Decode =>
  (reader) => {
    if (hasVersion) reader.skip(1, 'version');
    return { type, reqId: reader.requestId() };
  };

const versioned =
  (decode: (reader: FieldReader) => ClientRequest): Decode =>
  (reader) => {
    reader.skip(1, 'version');
    return decode(reader);
  };

const DECODERS: ReadonlyMap<number, Decode> = new Map<number, Decode>([
  [1, decodeMktData],
  [2, cancel('cancelMktData', true)],
  [3, decodePlaceOrder],
  [4, decodeCancelOrder],
  [5, bare('reqOpenOrders', true)],
  [6, decodeAccountUpdates],
  [7, decodeExecutions],
  [8, versioned(decodeIds)],
  [9, decodeContractDetails],
  [10, decodeMktDepth],
  [11, decodeCancelMktDepth],
  [14, versioned((reader) => ({ type: 'setServerLogLevel', level: reader.integer('logLevel') }))],
  [15, versioned((reader) => ({ type: 'reqAutoOpenOrders', autoBind: reader.flag('autoBind') }))],
  [16, bare('reqAllOpenOrders', true)],
  [17, bare('reqManagedAccounts', true)],
  [20, decodeHistoricalData],
  [25, cancel('cancelHistoricalData', true)],
  [49, bare('reqCurrentTime', true)],
  [50, decodeRealTimeBars],
  [51, cancel('cancelRealTimeBars', true)],
  [58, decodeGlobalCancel],
  [59, versioned((reader) => ({ type: 'reqMarketDataType', marketDataType: reader.integer('marketDataType') }))],
  [61, bare('reqPositions', true)],
  [62, decodeAccountSummary],
  [63, cancel('cancelAccountSummary', true)],
  [64, bare('cancelPositions', true)],
  [71, versioned(decodeStartApi)],
  [74, decodePositionsMulti],
  [75, cancel('cancelPositionsMulti', true)],
  [76, decodeAccountUpdatesMulti],
  [77, cancel('cancelAccountUpdatesMulti', true)],
  [81, (reader) => ({ type: 'reqMatchingSymbols', reqId: reader.requestId(), pattern: reader.text('pattern') })],
  [82, bare('reqMktDepthExchanges', false)],
  [87, decodeHeadTimestamp],
  [88, decodeHistogramData],
  [89, cancel('cancelHistogramData', false)],
  [90, cancel('cancelHeadTimestamp', false)],
  [91, (reader) => ({ type: 'reqMarketRule', marketRuleId: reader.integer('marketRuleId') })],
  [92, decodePnL],
  [93, cancel('cancelPnL', false)],
  [94, decodePnLSingle],
  [95, cancel('cancelPnLSingle', false)],
  [96, decodeHistoricalTicks],
  [97, decodeTickByTick],
  [98, cancel('cancelTickByTickData', false)],
  [99, (reader) => ({ type: 'reqCompletedOrders', apiOnly: reader.flag('apiOnly') })],
  [104, (reader) => ({ type: 'reqUserInfo', reqId: reader.requestId() })],
]);

function decodeIds(reader: FieldReader): ClientRequest {
  reader.skip(1, 'numIds');
  return { type: 'reqIds' };
}

function decodeStartApi(reader: FieldReader): ClientRequest {
  const clientId = reader.integer('clientId');
  const optionalCapabilities = reader.text('optionalCapabilities');
  return { type: 'startApi', clientId, optionalCapabilities };
}

/**
 * Decodes one message of a session that speaks `serverVersion`.
 * @throws MessageError for an unknown or not offered request, a field of the wrong kind, too few or too many fields.
 */
export function decodeRequest(fields: readonly string[], serverVersion: number): ClientRequest {
  const id = Number(fields[0]);
  const decode = DECODERS.get(id);
  if (decode === undefined) {
    const known = notOfferedRequest(fields, serverVersion);
    if (known !== null) {
      throw new MessageError('NOT_OFFERED', `${known.name} is not offered by this gateway`, known.requestId);
    }
    throw new MessageError('UNKNOWN_REQUEST', `unknown request "${(fields[0] ?? '').slice(0, 20)}"`, -1);
  }
  const reader = new FieldReader(fields);
  reader.skip(1, 'message id');
  const request = decode(reader, serverVersion);
  reader.expectEnd();
  return request;
}
