/**
 * Fills of the paper gateway: its own exchange (matching, account, quotes, seed) inside this process, reached by the requests and answers
 * of its protocol without a socket. The same data, seed and orders give the executions that the gateway gives over TCP.
 */
import { ordersOf } from '../broker/order-fields';
import { tradeDateOf } from '../domain/calendar';
import type { BrokerEvent } from '../domain/broker-events';
import { MINUTE_MS } from '../domain/exchange-time';
import { ORDER_ID_BLOCK, parseOrderRef } from '../domain/ids';
import type { OrderIntent } from '../domain/intents';
import type { RecordedMarket } from '../market-data/recorded-market';
import { Exchange } from '../paper-gateway/exchange';
import { Ledger } from '../paper-gateway/ledger';
import { isTerminal } from '../paper-gateway/ledger-records';
import { DEFAULT_ORDER, type ClientRequest, type GatewaySession, type ServerMessage } from '../paper-gateway/messages';
import type { WireContract } from '../paper-gateway/messages';
import { NO_COSTS, type ExecutionCosts, type SimulatedBroker } from './simulated-broker';

const CLIENT_ID = 101;
const SERVER_VERSION = 193;

export interface GatewayBrokerOptions {
  readonly market: RecordedMarket;
  readonly account: string;
  readonly cash: number;
  readonly seed: number;
  /** UTC ms. */
  readonly startClock: number;
}

export class GatewayBroker implements SimulatedBroker {
  private readonly exchange: Exchange;
  private readonly session: GatewaySession;
  private events: BrokerEvent[] = [];
  private readonly refOfExecution = new Map<string, string>();
  private readonly costs = new Map<string, ExecutionCosts>();
  private readonly intents = new Map<string, OrderIntent>();

  constructor({ market, account, cash, seed, startClock }: GatewayBrokerOptions) {
    const origin = { account, startCash: cash, seed, startClock, dataFiles: market.files };
    const ledger = new Ledger(origin, tradeDateOf(startClock));
    // Nothing outlives a back-test, so nothing is written.
    const journal = { ledger, commit: (): void => void ledger.drain() };
    const onDiskFailure = (error: unknown): never => {
      throw error;
    };
    this.exchange = new Exchange({ market, journal, clientPacing: false, onDiskFailure });
    this.session = {
      sessionId: 1,
      clientId: CLIENT_ID,
      serverVersion: SERVER_VERSION,
      readAtMonotonicMs: 0,
      send: (message) => this.hear(message),
      close: () => undefined,
    };
    this.exchange.onSessionOpened(this.session);
  }

  place(intent: OrderIntent): void {
    this.intents.set(intent.key, intent);
    for (const { orderId, order } of ordersOf(intent)) {
      this.request({
        type: 'placeOrder',
        orderId,
        contract: queryOf(intent.contract.conId),
        order: {
          ...DEFAULT_ORDER,
          action: order.action ?? '',
          totalQuantity: order.totalQuantity ?? 0,
          orderType: order.orderType ?? '',
          lmtPrice: order.lmtPrice ?? null,
          auxPrice: order.auxPrice ?? null,
          tif: order.tif ?? '',
          ocaGroup: order.ocaGroup ?? '',
          ocaType: order.ocaType ?? 0,
          account: order.account ?? '',
          orderRef: order.orderRef ?? '',
          transmit: order.transmit ?? true,
          parentId: order.parentId ?? 0,
          outsideRth: order.outsideRth ?? false,
        },
      });
    }
  }

  cancel({ orderIdBase }: OrderIntent): void {
    const isOurs = (orderId: number): boolean => orderId >= orderIdBase && orderId < orderIdBase + ORDER_ID_BLOCK;
    for (const { permId, orderId } of this.exchange.ledger.openOrders()) {
      // The end of a parent ends its children: each is looked at when its turn comes.
      if (!isOurs(orderId) || isTerminal(this.exchange.ledger.order(permId))) continue;
      this.request({ type: 'cancelOrder', orderId });
    }
  }

  advanceTo(time: number, onStep: () => void): void {
    while (this.exchange.ledger.clock < time) {
      const { clock } = this.exchange.ledger;
      const minuteEnd = Math.floor(clock / MINUTE_MS) * MINUTE_MS + MINUTE_MS;
      this.exchange.advanceTo(this.isIdle() ? time : Math.min(time, minuteEnd));
      onStep();
    }
  }

  takeEvents(): readonly BrokerEvent[] {
    const { events } = this;
    this.events = [];
    return events;
  }

  positionIn(conId: number): number {
    return this.exchange.ledger.position(conId).quantity;
  }

  netLiquidation(): number {
    return this.exchange.account.figures().netLiquidation;
  }

  costsOf(execId: string): ExecutionCosts {
    return this.costs.get(execId) ?? NO_COSTS;
  }

  private isIdle(): boolean {
    const { ledger } = this.exchange;
    return ledger.openOrders().length === 0 && ledger.account.positions.every(({ quantity }) => quantity === 0);
  }

  private request(request: ClientRequest): void {
    this.exchange.onRequest(this.session, request);
  }

  private hear(message: ServerMessage): void {
    const event = this.eventOf(message);
    if (event === null) return;
    if (event.type === 'execution') this.refOfExecution.set(event.execution.execId, event.execution.orderRef);
    this.events.push(event);
  }

  /** What the guard makes of the gateway's words; a status repeats what the open order says. */
  private eventOf(message: ServerMessage): BrokerEvent | null {
    switch (message.type) {
      case 'openOrder': {
        const { order, orderId, permId, contract, state } = message;
        return {
          type: 'order',
          order: {
            orderRef: order.orderRef,
            orderId,
            permId,
            conId: contract.conId,
            side: order.action === 'SELL' ? 'sell' : 'buy',
            quantity: order.totalQuantity,
            orderType: order.orderType,
            lmtPrice: order.lmtPrice,
            auxPrice: order.auxPrice,
            status: state.status,
            completed: false,
          },
        };
      }
      case 'execDetails': {
        const { orderId, contract, execution } = message;
        const { execId, orderRef, permId, clientId, shares, price, time } = execution;
        const side = execution.side === 'SLD' ? 'sell' : 'buy';
        const traded = { side, shares, price, conId: contract.conId } as const;
        this.costs.set(execId, this.measure(orderRef, traded));
        return {
          type: 'execution',
          execution: { execId, orderRef, orderId, permId, clientId, symbol: contract.symbol, time, ...traded },
        };
      }
      case 'commissionReport': {
        const { execId, commission, realizedPnl } = message;
        const known = this.costs.get(execId);
        if (known !== undefined) this.costs.set(execId, { ...known, fee: commission });
        const orderRef = this.refOfExecution.get(execId) ?? null;
        return { type: 'commission', commission: { execId, commission, realizedPnl }, orderRef };
      }
      case 'error':
        return message.id < 0
          ? null
          : { type: 'order-error', orderId: message.id, orderRef: null, code: message.code, message: message.message };
      default:
        return null;
    }
  }

  /** Against the middle of the quote in force for a market order, against its own price for a stop; a limit costs its fee alone. */
  private measure(
    orderReference: string,
    traded: { readonly side: 'buy' | 'sell'; readonly shares: number; readonly price: number; readonly conId: number },
  ): ExecutionCosts {
    const name = parseOrderRef(orderReference);
    const intent = name === null ? undefined : this.intents.get(name.key);
    const listing = this.exchange.market.listing(traded.conId);
    if (name === null || intent === undefined || listing === null || name.leg === 'target') return NO_COSTS;
    const quote = this.exchange.market.tradableQuote(traded.conId);
    const dollars = traded.shares * listing.instrument.multiplier;
    const half = quote === null ? 0 : (quote.ask - quote.bid) / 2;
    const middle = quote === null ? traded.price : (quote.ask + quote.bid) / 2;
    const reference = name.leg === 'stop' ? (intent.bracket?.stopPrice ?? middle) : (intent.referencePrice ?? middle);
    const against = (traded.side === 'buy' ? 1 : -1) * (traded.price - reference);
    return { fee: 0, spread: half * dollars, slippage: (against - half) * dollars, impact: 0 };
  }
}

const NO_CONTRACT: WireContract = {
  conId: 0,
  symbol: '',
  secType: 'FUT',
  lastTradeDateOrContractMonth: '',
  strike: 0,
  right: '',
  multiplier: '',
  exchange: '',
  primaryExchange: '',
  currency: '',
  localSymbol: '',
  tradingClass: '',
};

const queryOf = (conId: number): Extract<ClientRequest, { type: 'placeOrder' }>['contract'] => ({
  ...NO_CONTRACT,
  conId,
  includeExpired: false,
  secIdType: '',
  secId: '',
  issuerId: '',
});
