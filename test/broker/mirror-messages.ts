/** Order callbacks of one account, with the fields a test does not care about filled in. */
import type { OrderDescription, OrderMessage } from '../../src/broker/order-messages';
import type { BrokerExecution } from '../../src/domain/broker-events';

export const ACCOUNT = 'DEMO1000001';
export const CLIENT = 101;
export const keyOf = (index: number): string => `${ACCOUNT}-1-${index}`;

export const description = (fields: Partial<OrderDescription>): OrderDescription => ({
  orderId: 1_000_000,
  clientId: CLIENT,
  permId: 500,
  orderRef: keyOf(1),
  conId: 1,
  ibSymbol: 'ES',
  secType: 'FUT',
  exchange: 'CME',
  currency: 'USD',
  side: 'buy',
  quantity: 2,
  orderType: 'MKT',
  lmtPrice: null,
  auxPrice: null,
  tif: 'DAY',
  ocaGroup: '',
  ocaType: 0,
  parentId: 0,
  outsideRth: true,
  status: 'Submitted',
  ...fields,
});

export const execution = (fields: Partial<BrokerExecution>): BrokerExecution => ({
  execId: '0001.aa.01.01',
  orderRef: keyOf(1),
  orderId: 1_000_000,
  permId: 500,
  clientId: CLIENT,
  conId: 1,
  symbol: 'ES',
  side: 'buy',
  shares: 1,
  price: 1_650,
  time: 1_000,
  ...fields,
});

export const open = (fields: Partial<OrderDescription> = {}): OrderMessage => ({
  type: 'open-order',
  order: description(fields),
});
export const completed = (fields: Partial<OrderDescription> = {}): OrderMessage => ({
  type: 'completed-order',
  order: description({ orderId: 0, clientId: null, ...fields }),
});
export const status = (text: string, permId = 500, orderId = 1_000_000): OrderMessage => ({
  type: 'order-status',
  orderId,
  clientId: CLIENT,
  permId,
  status: text,
});
export const executed = (fields: Partial<BrokerExecution> = {}): OrderMessage => ({
  type: 'execution',
  execution: execution(fields),
});
export const commission = (execId: string): OrderMessage => ({
  type: 'commission',
  commission: { execId, commission: 2.25, realizedPnl: null },
});
