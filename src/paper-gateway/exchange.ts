/**
 * The exchange behind the TWS port: one ledger, one virtual clock, all rooms of the gateway wired together. Invariants:
 *  1. Every request and every step of the clock is one transaction: journal first, then messages; a crash in between loses only what
 *     nobody was told.
 *  2. The same data, seed and requests at the same virtual times give the same executions, over restarts too.
 *  3. The clock never goes back, and nothing after it is visible to anyone.
 */
import { tradeDateBounds, tradeDateOf } from '../domain/calendar';
import { MINUTE_MS } from '../domain/exchange-time';
import type { RecordedMarket } from '../market-data/recorded-market';
import { AccountFeeds } from './account-feeds';
import { ClientOutbox } from './client-outbox';
import type { MarketEvent } from './market-replay';
import { ContractUniverse } from './contract-universe';
import type { ExchangeRooms } from './exchange-rooms';
import { FaultBoard } from './fault-board';
import { HistoryDesk } from './history-desk';
import type { Journal } from './journal';
import type { Ledger } from './ledger';
import { directionOf, type OrderRecord } from './ledger-records';
import { MarketStreams } from './market-streams';
import { MarketView } from './market-view';
import { MatchingEngine } from './matching-engine';
import type { ClientRequest, GatewaySession, RequestHandler, ServerMessage } from './messages';
import { OrderDesk } from './order-desk';
import { OrderMessenger } from './order-messenger';
import { ClientPacing } from './pacing';
import { PaperAccount } from './paper-account';
import { RequestRouter } from './request-router';
import type { RecordedStockMarket } from './stock-replay';

export interface ExchangeOptions {
  readonly market: RecordedMarket;
  /** US stocks with recorded prices; none when left out. */
  readonly stocks?: readonly RecordedStockMarket[];
  /** Of a journal the exchange needs its ledger and the commit alone. */
  readonly journal: Pick<Journal, 'ledger' | 'commit'>;
  /** IB's limits on clients, in wall time. */
  readonly clientPacing: boolean;
  /** The disk refused: nothing more may be acknowledged. Must not return. */
  readonly onDiskFailure: (error: unknown) => never;
}

interface TimedEvent {
  readonly conId: number;
  readonly event: MarketEvent;
}

export class Exchange implements RequestHandler, ExchangeRooms {
  readonly universe: ContractUniverse;
  readonly ledger: Ledger;
  readonly market: MarketView;
  readonly account: PaperAccount;
  readonly faults = new FaultBoard();
  readonly engine: MatchingEngine;
  readonly orders: OrderDesk;
  readonly streams: MarketStreams;
  readonly history: HistoryDesk;
  readonly feeds: AccountFeeds;
  readonly notices: OrderMessenger;
  private readonly outbox = new ClientOutbox();
  private readonly sessions = new Map<number, GatewaySession>();
  private readonly pacing = new Map<number, ClientPacing>();
  private readonly router: RequestRouter;
  private afterCommit: (() => void) | null = null;
  private dayEnd = { tradeDate: '', end: 0 };

  constructor(private readonly options: ExchangeOptions) {
    this.ledger = options.journal.ledger;
    const { seed, account } = this.ledger.origin;
    this.universe = new ContractUniverse(options.market.contracts, seed, options.stocks);
    this.market = new MarketView(this.universe, this.ledger);
    this.account = new PaperAccount(this.ledger, this.market, options.market.margins);
    const sessionOf = (clientId: number): GatewaySession | null => this.sessionOf(clientId);
    const send = (session: GatewaySession, message: ServerMessage): void => this.outbox.send(session, message);
    this.notices = new OrderMessenger(account, this.market, this.faults, sessionOf, send);
    const isHeld = (order: OrderRecord): boolean => this.faults.leavesUnfilled(directionOf(order));
    this.engine = new MatchingEngine(this.ledger, this.market, this.account, this.notices, isHeld);
    this.orders = new OrderDesk(this.ledger, this.market, this.account, this.engine, this.notices);
    const now = (): number => this.ledger.clock;
    const marketDataType = (): 1 | 3 => (this.faults.switches.delayedData ? 3 : 1);
    this.streams = new MarketStreams({ now, seed, marketDataType, send });
    this.history = new HistoryDesk({ now, send });
    this.feeds = new AccountFeeds(this.ledger, this.market, this.account, send);
    this.router = new RequestRouter(this, send);
  }

  get recorded(): RecordedMarket {
    return this.options.market;
  }

  openSessions(): readonly GatewaySession[] {
    return [...this.sessions.values()];
  }

  sessionOf(clientId: number): GatewaySession | null {
    return this.openSessions().find((session) => session.clientId === clientId) ?? null;
  }

  /** Limits of one session; null when they are switched off. */
  pacingOf(session: GatewaySession): ClientPacing | null {
    return this.options.clientPacing ? (this.pacing.get(session.sessionId) ?? null) : null;
  }

  onSessionOpened(session: GatewaySession): void {
    this.sessions.set(session.sessionId, session);
    this.pacing.set(session.sessionId, new ClientPacing());
    this.transact(() => this.router.greet(session));
  }

  onRequest(session: GatewaySession, request: ClientRequest): void {
    const { readAtMonotonicMs } = session;
    const verdict = this.pacingOf(session)?.onMessage(readAtMonotonicMs) ?? 'ok';
    if (verdict !== 'ok') {
      session.send({
        type: 'error',
        id: -1,
        code: 100,
        message: 'Max rate of messages per second has been exceeded:max=50',
      });
      if (verdict === 'cut') return session.close();
    }
    this.transact(() => this.router.handle(session, request, readAtMonotonicMs));
  }

  onSessionClosed(session: GatewaySession): void {
    this.sessions.delete(session.sessionId);
    this.pacing.delete(session.sessionId);
    this.streams.dropSession(session);
    this.history.dropSession(session);
    this.feeds.dropSession(session);
    this.outbox.discard(session);
  }

  /** Runs `change`, makes it durable, then tells the clients. */
  transact(change: () => void): void {
    change();
    this.notices.release();
    this.feeds.refresh();
    try {
      this.options.journal.commit();
    } catch (error) {
      this.options.onDiskFailure(error);
    }
    const after = this.afterCommit;
    this.afterCommit = null;
    after?.();
    this.outbox.flush();
  }

  /** Runs once between the next commit and its messages (faults that strike exactly there). */
  onceCommitted(action: () => void): void {
    this.afterCommit = action;
  }

  /** A notice to every session, as news of the connection are told. */
  broadcast(code: number, message: string): void {
    for (const session of this.sessions.values()) {
      this.outbox.send(session, { type: 'error', id: -1, code, message });
    }
  }

  /** Moves the virtual clock to `target` (UTC ms), everything on the way matched and told. A target in the past changes nothing. */
  advanceTo(target: number): void {
    while (this.ledger.clock < target) {
      // A quiet night is one step; with listeners or orders a step is at most a minute, so that a crash repeats little.
      const from = this.ledger.clock;
      const minuteEnd = Math.floor(from / MINUTE_MS) * MINUTE_MS + MINUTE_MS;
      const to = this.activeContracts().size === 0 ? target : Math.min(target, minuteEnd);
      this.transact(() => this.step(from, to));
    }
  }

  private step(from: number, to: number): void {
    for (const { conId, event } of this.eventsBetween(from, to)) {
      this.passBoundaries(event.time - 1);
      this.ledger.setClock(event.time);
      this.onMarketEvent(conId, event);
    }
    this.passBoundaries(to);
    this.ledger.setClock(to);
  }

  private onMarketEvent(conId: number, event: MarketEvent): void {
    if (event.kind === 'trades') this.engine.onTrades(conId, event.slot);
    if (event.kind === 'quote') this.engine.onQuote(conId);
    if (this.faults.marketDataSilent) return;
    this.streams.onEvent(conId, event);
    if (event.kind !== 'five-second-bar') this.history.onEvent(conId);
  }

  /** Ends of trade dates and of orders' lives up to `time`, each at its own instant. */
  private passBoundaries(time: number): void {
    for (;;) {
      const dayEnd = this.endOfTradeDate();
      const next = Math.min(dayEnd, this.orders.nextExpiry() ?? Infinity);
      if (next > time) return;
      this.ledger.setClock(Math.max(next, this.ledger.clock));
      this.orders.expire();
      if (next === dayEnd) this.account.startTradeDate(tradeDateOf(dayEnd));
    }
  }

  /** Remembered, because it is asked before every market event and time zones are dear. */
  private endOfTradeDate(): number {
    const { tradeDate } = this.ledger.account;
    if (this.dayEnd.tradeDate !== tradeDate) this.dayEnd = { tradeDate, end: tradeDateBounds(tradeDate).end };
    return this.dayEnd.end;
  }

  private eventsBetween(from: number, to: number): readonly TimedEvent[] {
    const timeline: TimedEvent[] = [];
    for (const conId of this.activeContracts()) {
      for (const event of this.market.replay(conId)?.events(from, to) ?? []) timeline.push({ conId, event });
    }
    return timeline.sort((a, b) => a.event.time - b.event.time || a.conId - b.conId);
  }

  private activeContracts(): ReadonlySet<number> {
    const ordered = this.ledger.openOrders().map(({ conId }) => conId);
    return new Set([...this.streams.contracts(), ...this.history.contracts(), ...ordered]);
  }
}
