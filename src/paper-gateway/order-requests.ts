/** Order requests of a client: place (with the faults that strike there), cancel, what-if, and reading orders and executions back. */
import type { Listing } from './contract-universe';
import { resolveContract, type Send } from './contract-lookup';
import type { ExchangeRooms } from './exchange-rooms';
import { gatewayMidnight, parseWireTime } from './fields-time';
import { isTerminal, type ExecutionRecord } from './ledger-records';
import { plainOrderState, type ClientRequest, type GatewaySession } from './messages';
import {
  commissionMessage,
  completedOrderMessage,
  executionMessage,
  openOrderMessage,
  orderStatusMessage,
} from './order-messages';
import type { PlaceRequest } from './order-desk';
import { roundMoney } from './position-accounting';

type Request<T extends ClientRequest['type']> = Extract<ClientRequest, { type: T }>;
type OrderRequest =
  | Request<'placeOrder'>
  | Request<'cancelOrder'>
  | Request<'reqAutoOpenOrders'>
  | Request<'reqCompletedOrders'>
  | Request<'reqExecutions'>
  | { readonly type: 'reqGlobalCancel' | 'reqOpenOrders' | 'reqAllOpenOrders' };

export function answerAboutOrders(
  exchange: ExchangeRooms,
  session: GatewaySession,
  request: OrderRequest,
  receivedMonotonicMs: number,
  send: Send,
): void {
  switch (request.type) {
    case 'placeOrder':
      return placeOrder(exchange, session, request, receivedMonotonicMs, send);
    case 'cancelOrder':
      return cancelOrder(exchange, session, request.orderId);
    case 'reqGlobalCancel':
      return exchange.orders.cancelAll();
    case 'reqOpenOrders':
      return sendOpenOrders(exchange, session, session.clientId, send);
    case 'reqAllOpenOrders':
      return sendOpenOrders(exchange, session, null, send);
    case 'reqAutoOpenOrders':
      if (session.clientId === 0) return sendOpenOrders(exchange, session, null, send);
      return send(session, {
        type: 'error',
        id: -1,
        code: 321,
        message: "Error validating request.-'bo' : cause - Only the default client (i.e 0) can auto bind orders",
      });
    case 'reqCompletedOrders':
      return sendCompletedOrders(exchange, session, send);
    case 'reqExecutions':
      return sendExecutions(exchange, session, request, send);
  }
}

function placeOrder(
  exchange: ExchangeRooms,
  session: GatewaySession,
  { orderId, contract, order }: Request<'placeOrder'>,
  receivedMonotonicMs: number,
  send: Send,
): void {
  const { faults, orders, ledger, notices } = exchange;
  const { clientId } = session;
  if (faults.switches.kill === 'kill-before-place') killSelf();
  if (faults.switches.kill === 'kill-after-place') exchange.onceCommitted(killSelf);
  const listing = resolveContract(exchange, session, orderId, contract, send);
  if (listing === null) return;
  if (contract.secType.toUpperCase() === 'CONTFUT') {
    return notices.failed(clientId, orderId, 200, 'A continuous future cannot be traded; name one of its contracts');
  }
  const request: PlaceRequest = { clientId, orderId, listing, order, receivedMonotonicMs };
  if (order.whatIf) return answerWhatIf(exchange, session, request, send);
  if (faults.take('drop-order') !== null) return;
  const living = ledger.livingOrdersOf(clientId, orderId).at(-1);
  if (living !== undefined) {
    if (faults.take('modify-error') !== null) {
      return notices.failed(
        clientId,
        orderId,
        321,
        "Error validating request.-'bN' : cause - The modification was refused",
      );
    }
    if (faults.take('double-modify') !== null) return orders.duplicateOnModify(living, request);
  } else {
    const rejection = faults.takeRejection(order.action.toUpperCase() === 'BUY' ? 1 : -1);
    if (rejection !== null) return orders.reject(request, rejection.reason);
  }
  orders.place(request, faults.switches.idRollback !== null);
  const information = faults.take('inform-order');
  if (information !== null) notices.failed(clientId, orderId, information.code, information.message);
}

/** The process ends here as if by kill -9: a fail-point of the drills. */
function killSelf(): void {
  process.kill(process.pid, 'SIGKILL');
}

function cancelOrder(exchange: ExchangeRooms, session: GatewaySession, orderId: number): void {
  const { faults, ledger, orders, engine, market } = exchange;
  const living = ledger.livingOrdersOf(session.clientId, orderId).at(-1);
  if (living !== undefined && faults.take('cancel-ignored') !== null) return;
  orders.cancel(session.clientId, orderId);
  const quote = living === undefined ? null : market.tradableQuote(living.conId);
  if (living === undefined || quote === null || faults.take('fill-after-cancel') === null) return;
  const ended = ledger.order(living.permId);
  const price = ended.order.action.toUpperCase() === 'BUY' ? quote.ask : quote.bid;
  engine.execute(ended, { price, quantity: ended.order.totalQuantity - ended.filled });
}

/** Margin and commission of an order that is not sent; it leaves no trace. */
function answerWhatIf(
  exchange: ExchangeRooms,
  session: GatewaySession,
  { clientId, orderId, listing, order }: PlaceRequest,
  send: Send,
): void {
  const { account } = exchange;
  const before = account.marginWith(null);
  const signedQuantity = (order.action.toUpperCase() === 'BUY' ? 1 : -1) * order.totalQuantity;
  const after = account.marginWith({ conId: listing.conId, signedQuantity });
  const equity = account.figures().netLiquidation;
  send(session, {
    type: 'openOrder',
    orderId,
    clientId,
    permId: 0,
    contract: listing.wire,
    order,
    state: {
      ...plainOrderState('PreSubmitted'),
      initMarginBefore: before.initial,
      maintMarginBefore: before.maintenance,
      equityWithLoanBefore: equity,
      initMarginChange: roundMoney(after.initial - before.initial),
      maintMarginChange: roundMoney(after.maintenance - before.maintenance),
      equityWithLoanChange: 0,
      initMarginAfter: after.initial,
      maintMarginAfter: after.maintenance,
      equityWithLoanAfter: equity,
      ...commissionEstimate(listing, order.totalQuantity),
      commissionCurrency: 'USD',
    },
  });
}

/** Futures have one fee per contract; IB gives a range for stocks. */
function commissionEstimate(
  listing: Listing,
  quantity: number,
): {
  readonly commission: number | null;
  readonly minCommission: number | null;
  readonly maxCommission: number | null;
} {
  if (listing.kind === 'future') {
    const commission = roundMoney(listing.instrument.feePerContract * quantity);
    return { commission, minCommission: null, maxCommission: null };
  }
  return { commission: null, minCommission: 1, maxCommission: roundMoney(Math.max(1, quantity * 0.005) + 0.05) };
}

function sendOpenOrders(exchange: ExchangeRooms, session: GatewaySession, clientId: number | null, send: Send): void {
  for (const order of exchange.ledger.openOrders()) {
    const listing = exchange.market.listing(order.conId);
    if (listing === null || (clientId !== null && order.clientId !== clientId)) continue;
    send(session, openOrderMessage(order, listing));
    send(session, orderStatusMessage(order));
  }
  send(session, { type: 'openOrderEnd' });
}

/** Orders that ended since the gateway's midnight, as IB keeps them. */
function sendCompletedOrders(exchange: ExchangeRooms, session: GatewaySession, send: Send): void {
  const { ledger, market } = exchange;
  const midnight = gatewayMidnight(ledger.clock);
  for (const order of ledger.orders()) {
    const listing = market.listing(order.conId);
    if (listing === null || !isTerminal(order) || (order.completedAt ?? 0) < midnight) continue;
    const parent = order.parentPermId === null ? null : ledger.findOrder(order.parentPermId);
    send(session, completedOrderMessage(order, listing, parent));
  }
  send(session, { type: 'completedOrdersEnd' });
}

/** Executions since the gateway's midnight that pass the filter, each with its commission. */
function sendExecutions(
  exchange: ExchangeRooms,
  session: GatewaySession,
  { reqId, filter }: Request<'reqExecutions'>,
  send: Send,
): void {
  const { ledger, market } = exchange;
  const since = parseWireTime(filter.time);
  if (since === 'invalid') {
    const message = "Error validating request.-'b2' : cause - Invalid time in the execution filter";
    return send(session, { type: 'error', id: reqId, code: 321, message });
  }
  const from = Math.max(gatewayMidnight(ledger.clock), since ?? 0);
  const wanted = (text: string, actual: string): boolean => text === '' || text.toUpperCase() === actual.toUpperCase();
  const passes = (execution: ExecutionRecord): boolean => {
    const wire = market.listing(execution.conId)?.wire;
    const side = filter.side.toUpperCase();
    return (
      wire !== undefined &&
      execution.time >= from &&
      (filter.clientId === 0 || filter.clientId === execution.clientId) &&
      wanted(filter.account, ledger.origin.account) &&
      wanted(filter.symbol, wire.symbol) &&
      wanted(filter.secType, wire.secType) &&
      wanted(filter.exchange, wire.exchange) &&
      (side === '' || side.startsWith(execution.side === 'BOT' ? 'B' : 'S'))
    );
  };
  for (const execution of ledger.executions.filter(passes)) {
    const listing = market.listing(execution.conId);
    if (listing === null) continue;
    send(session, executionMessage(execution, listing, ledger.origin.account, reqId));
    send(session, commissionMessage(execution));
  }
  send(session, { type: 'execDetailsEnd', reqId });
}
