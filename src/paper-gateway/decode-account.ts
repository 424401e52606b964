/** Requests about orders already placed and about the account. */
import type { FieldReader } from './fields';
import type { ClientRequest } from './messages-client';
import { SINCE } from './server-versions';

export function decodeCancelOrder(reader: FieldReader, version: number): ClientRequest {
  if (version < SINCE.CME_TAGGING_FIELDS) reader.skip(1, 'version');
  const orderId = reader.requestId('orderId');
  if (version >= SINCE.MANUAL_ORDER_TIME) reader.skip(1, 'manualOrderCancelTime');
  if (version >= SINCE.RFQ_FIELDS && version < SINCE.UNDO_RFQ_FIELDS) reader.skip(3, 'RFQ fields');
  if (version >= SINCE.CME_TAGGING_FIELDS) reader.skip(2, 'extOperator, manualOrderIndicator');
  return { type: 'cancelOrder', orderId };
}

export function decodeGlobalCancel(reader: FieldReader, version: number): ClientRequest {
  if (version < SINCE.CME_TAGGING_FIELDS) reader.skip(1, 'version');
  else reader.skip(2, 'extOperator, manualOrderIndicator');
  return { type: 'reqGlobalCancel' };
}

export function decodeExecutions(reader: FieldReader): ClientRequest {
  reader.skip(1, 'version');
  return {
    type: 'reqExecutions',
    reqId: reader.requestId(),
    filter: {
      clientId: reader.integer('clientId'),
      account: reader.text('acctCode'),
      time: reader.text('time'),
      symbol: reader.text('symbol'),
      secType: reader.text('secType'),
      exchange: reader.text('exchange'),
      side: reader.text('side'),
    },
  };
}

export function decodeAccountUpdatesMulti(reader: FieldReader): ClientRequest {
  reader.skip(1, 'version');
  return {
    type: 'reqAccountUpdatesMulti',
    reqId: reader.requestId(),
    account: reader.text('account'),
    modelCode: reader.text('modelCode'),
    ledgerAndNlv: reader.flag('ledgerAndNLV'),
  };
}

export function decodePositionsMulti(reader: FieldReader): ClientRequest {
  reader.skip(1, 'version');
  return {
    type: 'reqPositionsMulti',
    reqId: reader.requestId(),
    account: reader.text('account'),
    modelCode: reader.text('modelCode'),
  };
}

export function decodeAccountSummary(reader: FieldReader): ClientRequest {
  reader.skip(1, 'version');
  return {
    type: 'reqAccountSummary',
    reqId: reader.requestId(),
    group: reader.text('group'),
    tags: reader
      .text('tags')
      .split(',')
      .map((tag) => tag.trim())
      .filter((tag) => tag !== ''),
  };
}

export function decodeAccountUpdates(reader: FieldReader): ClientRequest {
  reader.skip(1, 'version');
  return { type: 'reqAccountUpdates', subscribe: reader.flag('subscribe'), account: reader.text('acctCode') };
}

export function decodePnL(reader: FieldReader): ClientRequest {
  return {
    type: 'reqPnL',
    reqId: reader.requestId(),
    account: reader.text('account'),
    modelCode: reader.text('modelCode'),
  };
}

export function decodePnLSingle(reader: FieldReader): ClientRequest {
  return {
    type: 'reqPnLSingle',
    reqId: reader.requestId(),
    account: reader.text('account'),
    modelCode: reader.text('modelCode'),
    conId: reader.integer('conId'),
  };
}
