/**
 * The gateway's order callbacks as plain data: what @stoqey/ib emits, cleaned of UNSET values (absent, NaN or the largest double and
 * integer) and of everything the mirror does not need.
 */
import {
  EventName,
  OrderAction,
  type Contract,
  type Execution,
  type IBApi,
  type Order,
  type OrderState,
} from '@stoqey/ib';
import type { BrokerCommission, BrokerExecution, BrokerPosition } from '../domain/broker-events';
import { parseIbTime } from './ib-time';

/** An order as openOrder or completedOrder describes it. */
export interface OrderDescription {
  /** 0 in a completed order, which does not carry it. */
  readonly orderId: number;
  /** Null in a completed order. */
  readonly clientId: number | null;
  readonly permId: number;
  readonly orderRef: string;
  readonly conId: number;
  readonly ibSymbol: string;
  readonly secType: string;
  readonly exchange: string;
  readonly currency: string;
  readonly side: 'buy' | 'sell';
  readonly quantity: number;
  readonly orderType: string;
  readonly lmtPrice: number | null;
  readonly auxPrice: number | null;
  readonly tif: string;
  readonly ocaGroup: string;
  readonly ocaType: number;
  readonly parentId: number;
  readonly outsideRth: boolean;
  readonly status: string;
}

export type OrderMessage =
  | { readonly type: 'open-order'; readonly order: OrderDescription }
  | { readonly type: 'completed-order'; readonly order: OrderDescription }
  | {
      readonly type: 'order-status';
      readonly orderId: number;
      readonly clientId: number | null;
      readonly permId: number;
      readonly status: string;
    }
  | { readonly type: 'execution'; readonly execution: BrokerExecution }
  | { readonly type: 'commission'; readonly commission: BrokerCommission }
  | { readonly type: 'position'; readonly position: BrokerPosition };

const LARGEST_INT = 2_147_483_647;

/** IB's UNSET is the largest double or integer; some of it reaches us as undefined, some as itself. */
export const isSet = (value: number | null | undefined): value is number =>
  typeof value === 'number' && Number.isFinite(value) && Math.abs(value) < 1e300 && value !== LARGEST_INT;

const valueOr = <T>(value: number | undefined, otherwise: T): number | T => (isSet(value) ? value : otherwise);
/** Without a price an order carries 0 or UNSET. */
const priceOf = (value: number | undefined): number | null => (isSet(value) && value !== 0 ? value : null);

export function describeOrder(contract: Contract, order: Order, state: OrderState, orderId: number): OrderDescription {
  return {
    orderId,
    clientId: isSet(order.clientId) ? order.clientId : null,
    permId: valueOr(order.permId, 0),
    orderRef: order.orderRef ?? '',
    conId: valueOr(contract.conId, 0),
    ibSymbol: contract.symbol ?? '',
    secType: contract.secType ?? '',
    exchange: contract.exchange ?? '',
    currency: contract.currency ?? '',
    side: order.action === OrderAction.SELL ? 'sell' : 'buy',
    quantity: valueOr(order.totalQuantity, 0),
    orderType: order.orderType,
    lmtPrice: priceOf(order.lmtPrice),
    auxPrice: priceOf(order.auxPrice),
    tif: order.tif ?? '',
    ocaGroup: order.ocaGroup ?? '',
    ocaType: valueOr(order.ocaType, 0),
    parentId: valueOr(order.parentId, 0),
    outsideRth: order.outsideRth ?? false,
    status: state.status,
  };
}

/** Null when the execution lacks what makes it one (an id, a quantity, a time). */
export function describeExecution(contract: Contract, execution: Execution, zone: string): BrokerExecution | null {
  const time = parseIbTime(execution.time ?? '', zone);
  if (execution.execId === undefined || execution.execId === '' || !isSet(execution.shares) || time === null)
    return null;
  return {
    execId: execution.execId,
    orderRef: execution.orderRef ?? '',
    orderId: valueOr(execution.orderId, 0),
    permId: valueOr(execution.permId, 0),
    clientId: valueOr(execution.clientId, -1),
    conId: valueOr(contract.conId, 0),
    symbol: contract.symbol ?? '',
    secType: contract.secType ?? '',
    // IB writes BOT and SLD.
    side: String(execution.side) === 'SLD' ? 'sell' : 'buy',
    shares: execution.shares,
    price: valueOr(execution.price, 0),
    time,
  };
}

export interface OrderMessageSink {
  readonly message: (message: OrderMessage) => void;
  /** A callback that could not be understood: something was missed. */
  readonly unreadable: (what: string) => void;
}

/** Registers the listeners that turn callbacks about `account` into messages. `zone` dates executions that name no zone. */
export function attachOrderMessages(
  api: IBApi,
  account: () => string | null,
  zone: string,
  sink: OrderMessageSink,
): void {
  const ours = (of: string | undefined): boolean => of === undefined || of === '' || of === account();
  api.on(EventName.openOrder, (orderId, contract, order, state) => {
    if (ours(order.account))
      sink.message({ type: 'open-order', order: describeOrder(contract, order, state, orderId) });
  });
  api.on(EventName.completedOrder, (contract, order, state) => {
    if (!ours(order.account)) return;
    const described = { ...describeOrder(contract, order, state, 0), clientId: null };
    sink.message({ type: 'completed-order', order: described });
  });
  api.on(EventName.orderStatus, (orderId, status, _filled, _remaining, _average, permId, _parent, _last, clientId) => {
    sink.message({ type: 'order-status', orderId, clientId: clientId ?? null, permId: permId ?? 0, status });
  });
  api.on(EventName.execDetails, (_reqId, contract, execution) => {
    if (!ours(execution.acctNumber)) return;
    const described = describeExecution(contract, execution, zone);
    if (described === null) sink.unreadable(`execution ${execution.execId ?? '(no id)'} at "${execution.time ?? ''}"`);
    else sink.message({ type: 'execution', execution: described });
  });
  api.on(EventName.commissionReport, ({ execId, commission, realizedPNL }) => {
    if (execId === undefined || !isSet(commission)) return sink.unreadable(`commission of ${execId ?? '(no id)'}`);
    const realizedPnl = isSet(realizedPNL) ? realizedPNL : null;
    sink.message({ type: 'commission', commission: { execId, commission, realizedPnl } });
  });
  api.on(EventName.position, (of, contract, quantity, averageCost) => {
    if (!ours(of)) return;
    const position = {
      conId: valueOr(contract.conId, 0),
      symbol: contract.symbol ?? '',
      secType: contract.secType ?? '',
      quantity: valueOr(quantity, 0),
      averageCost: valueOr(averageCost, 0),
    };
    sink.message({ type: 'position', position });
  });
}
