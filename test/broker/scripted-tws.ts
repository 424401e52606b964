/**
 * A TWS that does what the test says: real sockets and the real wire format (the paper gateway's transport), a broker's answers from
 * plain lists. What it keeps outlives connections; what reaches it is written down.
 */
import {
  DEFAULT_ORDER,
  plainOrderState,
  type ClientRequest,
  type GatewaySession,
  type ServerMessage,
  type WireContract,
  type WireExecution,
  type WireOrder,
} from '../../src/paper-gateway/messages';
import { GatewayTransport } from '../../src/paper-gateway/transport';

export const ACCOUNT = 'DEMO1000001';
export const TRADING_ID = 101;
/** 2013-10-09 09:30 Chicago. */
export const MARKET_TIME = Date.parse('2013-10-09T14:30:00Z');

export const ES_WIRE: WireContract = {
  conId: 201_312,
  symbol: 'ES',
  secType: 'FUT',
  lastTradeDateOrContractMonth: '20131220',
  strike: 0,
  right: '',
  multiplier: '50',
  exchange: 'CME',
  primaryExchange: '',
  currency: 'USD',
  localSymbol: 'ESZ3',
  tradingClass: 'ES',
};

export interface HeldOrder {
  readonly orderId: number;
  readonly clientId: number;
  readonly permId: number;
  readonly contract: WireContract;
  order: WireOrder;
  status: string;
}

type PlaceRequest = Extract<ClientRequest, { type: 'placeOrder' }>;

export class ScriptedTws {
  readonly heard: { readonly clientId: number; readonly request: ClientRequest; readonly at: number }[] = [];
  readonly opened: number[] = [];
  readonly orders: HeldOrder[] = [];
  readonly executions: { readonly orderId: number; readonly execution: WireExecution; readonly commission: number }[] =
    [];
  positions: { readonly contract: WireContract; readonly position: number }[] = [];
  accounts: readonly string[] = [ACCOUNT];
  nextValidId = 1;
  marketTime = MARKET_TIME;
  netLiquidation = '100000.00';
  /** What a placed order meets; the default keeps it and acknowledges. */
  onPlace: (session: GatewaySession, request: PlaceRequest) => void = (session, request) => {
    this.acknowledge(session, this.keep(session, request));
  };
  /** Takes a request away from the default answers by returning true. */
  intercept: (session: GatewaySession, request: ClientRequest) => boolean = () => false;
  private lastPermId = 900_000;
  private readonly transport: GatewayTransport;

  private constructor(port: number) {
    this.transport = new GatewayTransport({
      host: '127.0.0.1',
      port,
      marketTime: () => this.marketTime,
      log: () => undefined,
      handler: {
        onSessionOpened: (session) => {
          this.opened.push(session.clientId);
          session.send({ type: 'managedAccounts', accounts: this.accounts });
          session.send({ type: 'nextValidId', orderId: this.nextValidId });
        },
        onRequest: (session, request) => {
          this.heard.push({ clientId: session.clientId, request, at: performance.now() });
          if (!this.intercept(session, request)) this.answer(session, request);
        },
        onSessionClosed: () => undefined,
      },
    });
  }

  static async start(port = 0): Promise<{ readonly tws: ScriptedTws; readonly port: number }> {
    const tws = new ScriptedTws(port);
    return { tws, port: await tws.transport.listen() };
  }

  get faults(): Pick<GatewayTransport, 'applyFault' | 'clearFaults'> {
    return this.transport;
  }

  session(clientId = TRADING_ID): GatewaySession {
    const found = this.transport.sessions().find((session) => session.clientId === clientId);
    if (found === undefined) throw new Error(`no session of client ${clientId}`);
    return found;
  }

  say(message: ServerMessage, clientId = TRADING_ID): void {
    this.session(clientId).send(message);
  }

  notice(code: number, message: string, id = -1, clientId = TRADING_ID): void {
    this.say({ type: 'error', id, code, message }, clientId);
  }

  requests<T extends ClientRequest['type']>(type: T): readonly Extract<ClientRequest, { type: T }>[] {
    return this.heard.flatMap(({ request }) =>
      request.type === type ? [request as Extract<ClientRequest, { type: T }>] : [],
    );
  }

  keep(session: GatewaySession, { orderId, contract, order }: PlaceRequest): HeldOrder {
    const known = this.orders.find((held) => held.orderId === orderId && held.clientId === session.clientId);
    if (known !== undefined) {
      known.order = order;
      return known;
    }
    const held = this.hold({ orderId, clientId: session.clientId, contract: { ...ES_WIRE, ...contract }, order });
    return held;
  }

  hold(held: Omit<HeldOrder, 'permId' | 'status'> & { readonly permId?: number; readonly status?: string }): HeldOrder {
    this.lastPermId += 1;
    const full = { permId: this.lastPermId, status: 'Submitted', ...held };
    this.orders.push(full);
    return full;
  }

  acknowledge(session: GatewaySession, held: HeldOrder): void {
    session.send(openOrderOf(held));
    session.send(statusOf(held, held.status));
  }

  /** Executes at a price, as IB tells it: execution, status, commission. */
  fill(
    held: HeldOrder,
    shares: number,
    price: number,
    execId = `0001.${held.permId}.${this.executions.length}.01`,
  ): void {
    const execution: WireExecution = {
      execId,
      time: this.marketTime,
      account: ACCOUNT,
      exchange: 'CME',
      side: held.order.action === 'BUY' ? 'BOT' : 'SLD',
      shares,
      price,
      permId: held.permId,
      clientId: held.clientId,
      liquidation: 0,
      cumQty: shares,
      avgPrice: price,
      orderRef: held.order.orderRef,
      lastLiquidity: 1,
    };
    this.executions.push({ orderId: held.orderId, execution, commission: 2.25 });
    if (shares >= held.order.totalQuantity) held.status = 'Filled';
  }

  tellExecutions(session: GatewaySession, reqId = -1): void {
    for (const { orderId, execution, commission } of this.executions) {
      session.send({ type: 'execDetails', reqId, orderId, contract: ES_WIRE, execution });
      session.send({
        type: 'commissionReport',
        execId: execution.execId,
        commission,
        currency: 'USD',
        realizedPnl: null,
      });
    }
  }

  async close(): Promise<void> {
    await this.transport.close();
  }

  private answer(session: GatewaySession, request: ClientRequest): void {
    switch (request.type) {
      case 'reqCurrentTime':
        return session.send({ type: 'currentTime', time: this.marketTime });
      case 'reqExecutions':
        this.tellExecutions(session, request.reqId);
        return session.send({ type: 'execDetailsEnd', reqId: request.reqId });
      case 'reqAllOpenOrders':
        for (const held of this.orders.filter(isLive)) this.acknowledge(session, held);
        return session.send({ type: 'openOrderEnd' });
      case 'reqCompletedOrders':
        for (const held of this.orders.filter((order) => !isLive(order))) session.send(this.completedOf(held));
        return session.send({ type: 'completedOrdersEnd' });
      case 'reqPositions':
        for (const { contract, position } of this.positions) {
          session.send({ type: 'position', account: ACCOUNT, contract, position, averageCost: 80_000 });
        }
        return session.send({ type: 'positionEnd' });
      case 'reqAccountUpdates':
        session.send({
          type: 'accountValue',
          key: 'NetLiquidation',
          value: this.netLiquidation,
          currency: 'USD',
          account: ACCOUNT,
        });
        return session.send({ type: 'accountDownloadEnd', account: ACCOUNT });
      case 'placeOrder':
        return this.onPlace(session, request);
      case 'cancelOrder': {
        const held = this.orders.find(({ orderId }) => orderId === request.orderId);
        if (held === undefined) {
          return session.send({ type: 'error', id: request.orderId, code: 10147, message: 'OrderId not found' });
        }
        held.status = 'Cancelled';
        session.send(statusOf(held, 'Cancelled'));
        return session.send({ type: 'error', id: request.orderId, code: 202, message: 'Order Canceled - reason:' });
      }
      default:
        return undefined;
    }
  }

  private completedOf(held: HeldOrder): ServerMessage {
    return {
      type: 'completedOrder',
      permId: held.permId,
      parentPermId: 0,
      contract: held.contract,
      order: held.order,
      status: held.status,
      filledQuantity: held.status === 'Filled' ? held.order.totalQuantity : 0,
      completedTime: this.marketTime,
      completedStatus: held.status,
    };
  }
}

const isLive = ({ status }: HeldOrder): boolean => !['Filled', 'Cancelled', 'Inactive'].includes(status);

export const openOrderOf = (held: HeldOrder): ServerMessage => ({
  type: 'openOrder',
  orderId: held.orderId,
  clientId: held.clientId,
  permId: held.permId,
  contract: held.contract,
  order: held.order,
  state: plainOrderState(held.status),
});

export const statusOf = (held: HeldOrder, status: string): ServerMessage => ({
  type: 'orderStatus',
  orderId: held.orderId,
  status,
  filled: 0,
  remaining: held.order.totalQuantity,
  avgFillPrice: 0,
  permId: held.permId,
  parentId: 0,
  lastFillPrice: 0,
  clientId: held.clientId,
  whyHeld: '',
  mktCapPrice: 0,
});

export const wireOrder = (fields: Partial<WireOrder>): WireOrder => ({
  ...DEFAULT_ORDER,
  action: 'BUY',
  totalQuantity: 1,
  orderType: 'MKT',
  account: ACCOUNT,
  ...fields,
});
