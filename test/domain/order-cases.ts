/** Intents and the broker's words about them, for tests of book and reconciliation. */
import type { BrokerEvent, BrokerExecution, MirroredOrder } from '../../src/domain/broker-events';
import { orderRef, type OrderLeg } from '../../src/domain/ids';
import type { OrderIntent } from '../../src/domain/intents';
import type { SyncedEvidence } from '../../src/domain/reconciliation';
import { ES_CONTRACT } from '../es-contract';

export const KEY = 'DEMO1000001-1-1';
const LEG_OFFSET = { entry: 0, stop: 1, target: 2 } as const;

export const intent = (change: Partial<OrderIntent> = {}): OrderIntent => ({
  key: KEY,
  account: 'DEMO1000001',
  contract: { ...ES_CONTRACT, conId: 100 },
  side: 'buy',
  quantity: 4,
  orderType: 'market',
  limitPrice: null,
  bracket: { stopPrice: 1_640, targetPrice: 1_665 },
  purpose: 'entry',
  orderIdBase: 1_000_000,
  decisionId: 'd',
  referencePrice: 1_650,
  decidedAt: 1_000,
  expiresAt: 61_000,
  decidedMonotonicMs: 0,
  expectedPosition: 0,
  ...change,
});

const sideOf = (leg: OrderLeg): 'buy' | 'sell' => (leg === 'entry' ? 'buy' : 'sell');

export const mirrored = (leg: OrderLeg, status: string, change: Partial<MirroredOrder> = {}): MirroredOrder => ({
  orderRef: orderRef(KEY, leg),
  orderId: 1_000_000 + LEG_OFFSET[leg],
  permId: 7 + LEG_OFFSET[leg],
  conId: 100,
  side: sideOf(leg),
  quantity: 4,
  orderType: 'MKT',
  lmtPrice: null,
  auxPrice: null,
  status,
  completed: false,
  ...change,
});

export const status = (leg: OrderLeg, text: string): BrokerEvent => ({ type: 'order', order: mirrored(leg, text) });

export const execution = (id: number, leg: OrderLeg, shares: number, price = 1_650): BrokerExecution => ({
  execId: `0000e0d5.${id}.01.01`,
  orderRef: orderRef(KEY, leg),
  orderId: 1_000_000 + LEG_OFFSET[leg],
  permId: 7 + LEG_OFFSET[leg],
  clientId: 101,
  conId: 100,
  symbol: 'ES',
  side: sideOf(leg),
  shares,
  price,
  time: 2_000 + id,
});

export const executed = (id: number, leg: OrderLeg, shares: number): BrokerEvent => ({
  type: 'execution',
  execution: execution(id, leg, shares),
});

export const commission = (id: number): BrokerEvent => ({
  type: 'commission',
  commission: { execId: `0000e0d5.${id}.01.01`, commission: 2.25, realizedPnl: null },
  orderRef: null,
});

export const orderError = (leg: OrderLeg, code: number, message = 'said the broker'): BrokerEvent => ({
  type: 'order-error',
  orderId: 1_000_000 + LEG_OFFSET[leg],
  orderRef: null,
  code,
  message,
});

export const evidence = (change: Partial<SyncedEvidence> = {}): SyncedEvidence => ({
  synced: true,
  epoch: 2,
  marketTime: 3_000,
  fenced: true,
  insideExecutionWindow: true,
  orders: [],
  executions: [],
  commissions: [],
  position: 0,
  ...change,
});
