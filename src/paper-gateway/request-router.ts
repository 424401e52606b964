/** Each request of a client to the room that answers it. One request is one transaction; what can't be answered gets IB's error. */
import { queryOf, recordedMarketOf, resolveContract, type Send } from './contract-lookup';
import type { ExchangeRooms } from './exchange-rooms';
import type { ClientRequest, GatewaySession } from './messages';
import { answerAboutContracts } from './contract-requests';
import { answerAboutOrders } from './order-requests';
import { answerStockHistory } from './stock-history';

const NOT_SUBSCRIBED =
  'Requested market data is not subscribed. The paper gateway has no recorded data for this contract.';

const ONLY_DAILY = 'Requested market data is not subscribed. Only daily bars of this stock are recorded for today.';

export class RequestRouter {
  constructor(
    private readonly exchange: ExchangeRooms,
    private readonly send: Send,
  ) {}

  /** What IB says to an accepted client before it asks anything. */
  greet(session: GatewaySession): void {
    const { ledger, faults } = this.exchange;
    this.send(session, { type: 'managedAccounts', accounts: [ledger.origin.account] });
    this.send(session, { type: 'nextValidId', orderId: this.nextValidId(session) });
    const { marketDataFarmDown, historyFarmDown, connectivityLost } = faults.switches;
    const notice = (code: number, message: string): void => this.fail(session, -1, code, message);
    if (connectivityLost) notice(1100, 'Connectivity between IB and Trader Workstation has been lost.');
    if (marketDataFarmDown) notice(2103, 'Market data farm connection is broken:usfuture');
    else notice(2104, 'Market data farm connection is OK:usfuture');
    if (historyFarmDown) notice(2105, 'HMDS data farm connection is broken:ushmds');
    else notice(2106, 'HMDS data farm connection is OK:ushmds');
    notice(2158, 'Sec-def data farm connection is OK:secdefil');
  }

  handle(session: GatewaySession, request: ClientRequest, receivedMonotonicMs: number): void {
    const { exchange } = this;
    switch (request.type) {
      case 'startApi':
      case 'setServerLogLevel':
      case 'cancelHeadTimestamp':
      case 'cancelHistogramData':
        return;
      case 'reqMarketDataType':
        // The type told is the gateway's to choose; a request for delayed data of a live contract stays live, as at IB.
        return;
      case 'reqManagedAccounts':
        return this.send(session, { type: 'managedAccounts', accounts: [exchange.ledger.origin.account] });
      case 'reqCurrentTime':
        return this.send(session, { type: 'currentTime', time: exchange.ledger.clock });
      case 'reqIds':
        return this.send(session, { type: 'nextValidId', orderId: this.nextValidId(session) });
      case 'reqUserInfo':
        return this.send(session, { type: 'userInfo', reqId: request.reqId, whiteBrandingId: '' });
      case 'reqContractDetails':
      case 'reqMatchingSymbols':
      case 'reqMarketRule':
      case 'reqMktDepthExchanges':
        return answerAboutContracts(exchange, session, request, this.send);
      case 'reqHistoricalData':
      case 'reqHeadTimestamp':
      case 'reqHistogramData':
      case 'reqHistoricalTicks':
        return this.answerHistory(session, request);
      case 'cancelHistoricalData':
        return exchange.history.cancel(session, request.reqId);
      case 'reqMktData':
      case 'reqRealTimeBars':
      case 'reqTickByTickData':
      case 'reqMktDepth':
        return this.openStream(session, request);
      case 'cancelMktData':
        return this.closeStream(session, 'reqMktData', request.reqId);
      case 'cancelRealTimeBars':
        return this.closeStream(session, 'reqRealTimeBars', request.reqId);
      case 'cancelTickByTickData':
        return this.closeStream(session, 'reqTickByTickData', request.reqId);
      case 'cancelMktDepth':
        return this.closeStream(session, 'reqMktDepth', request.reqId);
      case 'reqAccountUpdates':
        if (request.subscribe) return exchange.feeds.subscribe(session, request);
        return exchange.feeds.cancel(session, 'reqAccountUpdates', 0);
      case 'reqPositions':
        // Only the kind and the session matter to the feed.
        return exchange.feeds.subscribe(session, { type: 'reqPositions' });
      case 'reqAccountSummary':
      case 'reqAccountUpdatesMulti':
      case 'reqPositionsMulti':
      case 'reqPnL':
      case 'reqPnLSingle':
        return exchange.feeds.subscribe(session, request);
      case 'cancelPositions':
        return exchange.feeds.cancel(session, 'reqPositions', 0);
      case 'cancelPositionsMulti':
        return exchange.feeds.cancel(session, 'reqPositionsMulti', request.reqId);
      case 'cancelAccountUpdatesMulti':
        return exchange.feeds.cancel(session, 'reqAccountUpdatesMulti', request.reqId);
      case 'cancelAccountSummary':
        return exchange.feeds.cancel(session, 'reqAccountSummary', request.reqId);
      case 'cancelPnL':
        return exchange.feeds.cancel(session, 'reqPnL', request.reqId);
      case 'cancelPnLSingle':
        return exchange.feeds.cancel(session, 'reqPnLSingle', request.reqId);
      case 'placeOrder':
      case 'cancelOrder':
      case 'reqGlobalCancel':
      case 'reqOpenOrders':
      case 'reqAllOpenOrders':
      case 'reqAutoOpenOrders':
      case 'reqCompletedOrders':
      case 'reqExecutions':
        return answerAboutOrders(exchange, session, request, receivedMonotonicMs, this.send);
    }
  }

  private nextValidId(session: GatewaySession): number {
    const { ledger, faults } = this.exchange;
    return faults.switches.idRollback ?? (ledger.account.highestOrderId[session.clientId] ?? 0) + 1;
  }

  private openStream(
    session: GatewaySession,
    request: Extract<ClientRequest, { type: 'reqMktData' | 'reqRealTimeBars' | 'reqTickByTickData' | 'reqMktDepth' }>,
  ): void {
    const found = resolveContract(this.exchange, session, request.reqId, queryOf(request.contract), this.send);
    if (found === null) return;
    const replay = recordedMarketOf(found);
    if (replay === null) {
      const code = request.type === 'reqRealTimeBars' ? 420 : 354;
      return this.fail(session, request.reqId, code, NOT_SUBSCRIBED);
    }
    const isDaily = found.kind === 'stock' && found.replay?.minutesAt(this.exchange.ledger.clock) === null;
    if (isDaily && request.type !== 'reqMktData') {
      const code = request.type === 'reqRealTimeBars' ? 420 : 354;
      return this.fail(session, request.reqId, code, ONLY_DAILY);
    }
    this.exchange.streams.subscribe(session, request, replay.listing, replay.replay);
  }

  private closeStream(
    session: GatewaySession,
    kind: 'reqMktData' | 'reqRealTimeBars' | 'reqTickByTickData' | 'reqMktDepth',
    reqId: number,
  ): void {
    if (this.exchange.streams.cancel(session, kind, reqId)) return;
    const [code, message] =
      kind === 'reqMktDepth'
        ? [310, `Can't find the subscribed market depth with tickerId:${reqId}`]
        : [300, `Can't find EId with tickerId:${reqId}`];
    this.fail(session, reqId, code, message);
  }

  private answerHistory(
    session: GatewaySession,
    request: Extract<
      ClientRequest,
      { type: 'reqHistoricalData' | 'reqHeadTimestamp' | 'reqHistogramData' | 'reqHistoricalTicks' }
    >,
  ): void {
    const { exchange } = this;
    const { reqId } = request;
    const found = resolveContract(exchange, session, reqId, { ...request.contract, includeExpired: true }, this.send);
    if (found === null) return;
    const service = 'Historical Market Data Service error message:';
    if (exchange.faults.switches.historyFarmDown || exchange.faults.switches.connectivityLost) {
      return this.fail(session, reqId, 162, `${service}HMDS connection is broken`);
    }
    if (found.replay === null) {
      return this.fail(session, reqId, 162, `${service}HMDS query returned no data: ${found.wire.localSymbol}`);
    }
    const bidAsk = 'whatToShow' in request && request.whatToShow.toUpperCase() === 'BID_ASK';
    const text = JSON.stringify({ ...request, reqId: 0 });
    const wallMs = Number(process.hrtime.bigint()) / 1e6;
    const tooSoon = exchange.pacingOf(session)?.onHistory(wallMs, String(found.conId), text, bidAsk) ?? null;
    if (tooSoon !== null) return this.fail(session, reqId, 162, `${service}Pacing violation: ${tooSoon}`);
    if (found.kind === 'stock') {
      const around = { now: exchange.ledger.clock, history: exchange.history, send: this.send };
      return answerStockHistory(around, session, request, found, found.replay);
    }
    const { replay } = found;
    switch (request.type) {
      case 'reqHistoricalData':
        return exchange.history.bars(session, request, found, replay);
      case 'reqHeadTimestamp':
        return exchange.history.headTimestamp(session, request, replay);
      case 'reqHistogramData':
        return exchange.history.histogram(session, request, replay);
      case 'reqHistoricalTicks':
        return exchange.history.ticks(session, request, replay);
    }
  }

  private fail(session: GatewaySession, id: number, code: number, message: string): void {
    this.send(session, { type: 'error', id, code, message });
  }
}
