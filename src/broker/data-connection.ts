/**
 * The market feed's own connection (market-data-port.ts says what it promises).
 * Invariants:
 *  1. Its client id is the first free one from the configured base, never the trading id.
 *  2. Every acceptance and every 1101 asks for all streams anew and tells a gap; 1102 tells a gap, because nobody knows what was missed.
 *  3. Codes about farms, competing sessions and the link to IB change the standing of quotes; none of them closes the socket.
 */
import { EventName, type IBApi } from '@stoqey/ib';
import pino from 'pino';
import type { BrokerConfig } from '../config/config';
import type { FutureContract, StockContract } from '../domain/contracts';
import type { FutureSymbol } from '../domain/instruments';
import { BrokerError } from './broker-error';
import { DEFAULT_BROKER_ZONE, type BrokerLog } from './broker-session';
import { AccountStream } from './account-stream';
import { rotatingClientId } from './client-ids';
import { BrokerConnection, type Accepted, type Notice } from './connection';
import { ContractLookup } from './contract-lookup';
import { reactToNotice } from './data-notices';
import { DataStanding } from './data-standing';
import { BarHistory } from './history';
import { monotonicMs, SendLimiter } from './limiter';
import { Listeners } from './listeners';
import { MarketClock } from './market-clock';
import type {
  DataAlert,
  DataContract,
  DataPhase,
  DataState,
  Equity,
  HistoryRequest,
  MarketDataPort,
  StreamGap,
  StreamHandlers,
} from './market-data-port';
import { PendingRequests } from './pending-requests';
import { RequestSender } from './request-sender';
import { MarketStreams } from './streams';

export interface DataConnectionOptions {
  readonly logger?: BrokerLog;
  /** Zone of bar times that name none. */
  readonly brokerZone?: string;
  /** Awaited before each request for history, after IB's own pacing rules (history.ts). */
  readonly historyAdmission?: () => Promise<void>;
}

/** A data connection to the configured gateway; call `connect`. */
export const createDataConnection = (config: BrokerConfig, options: DataConnectionOptions = {}): MarketDataPort =>
  new DataConnection(config, options);

class DataConnection implements MarketDataPort {
  private readonly clock = new MarketClock({ monotonic: monotonicMs, system: () => Date.now() });
  private readonly connection: BrokerConnection;
  private readonly limiter: SendLimiter;
  private readonly sender: RequestSender;
  private readonly pending: PendingRequests;
  private readonly streams: MarketStreams;
  private readonly bars: BarHistory;
  private readonly standing: DataStanding;
  private readonly log: BrokerLog;
  private readonly contracts: ContractLookup;
  private readonly accountStream: AccountStream;
  private readonly failed = (error: unknown): void =>
    this.log.error({ err: error }, 'a listener of the data connection failed');
  private readonly equityListeners = new Listeners<Equity>(this.failed);
  private readonly gapListeners = new Listeners<StreamGap>(this.failed);
  private readonly stateListeners = new Listeners<DataState>(this.failed);
  private readonly alertListeners = new Listeners<DataAlert>(this.failed);
  private accepted: Accepted | null = null;
  private phase: DataPhase = 'disconnected';
  private reason: string | null = 'not started';
  /** Market time when the streams were last known whole; undefined before the first connection. */
  private wholeUntil: number | null | undefined = undefined;

  constructor(
    private readonly config: BrokerConfig,
    options: DataConnectionOptions,
  ) {
    this.log = options.logger ?? pino({ name: 'broker-data', level: 'warn' }, pino.destination(2));
    const zone = options.brokerZone ?? DEFAULT_BROKER_ZONE;
    this.limiter = new SendLimiter(config.messagesPerSecond);
    this.pending = new PendingRequests(config.requestTimeoutMs);
    this.standing = new DataStanding((alert) => this.alertListeners.tell(alert));
    this.connection = new BrokerConnection(
      {
        ...config,
        clientIds: rotatingClientId(config.dataClientIdBase, config.clientId, config.retryMs),
        clock: this.clock,
        noteWrite: () => this.limiter.note(1),
        log: this.log,
      },
      {
        attach: (api) => this.attach(api),
        connecting: () => this.enter('connecting', this.reason),
        accepted: (accepted) => this.onAccepted(accepted),
        lost: (reason) => this.onLost(reason),
        notice: (notice) => this.onNotice(notice),
      },
    );
    this.sender = new RequestSender(this.connection, this.limiter);
    this.bars = new BarHistory({
      connection: this.connection,
      pending: this.pending,
      send: (what, call) => this.sender.send(what, call),
      zone,
      ...(options.historyAdmission && { admission: options.historyAdmission }),
    });
    this.contracts = new ContractLookup({ pending: this.pending, send: (what, call) => this.sender.send(what, call) });
    this.accountStream = new AccountStream({
      pending: this.pending,
      send: (what, call) => this.sendOrLog(what, call),
      account: () => this.account(),
      tell: (equity) => this.equityListeners.tell(equity),
    });
    this.streams = new MarketStreams({
      pending: this.pending,
      send: (what, call) => this.sendOrLog(what, call),
      now: () => this.clock.now(),
      staleReason: () => this.standing.staleReason(),
      tickHeard: () => this.standing.tickHeard(),
    });
  }

  connect(): Promise<void> {
    return new Promise((resolve, reject) => {
      const stop = this.onState(({ phase }) => {
        if (phase !== 'ready' && phase !== 'closed') return;
        stop();
        if (phase === 'ready') resolve();
        else reject(new BrokerError('CLOSED', 'The data connection was closed before the gateway accepted it.'));
      });
      this.connection.start();
    });
  }

  async close(): Promise<void> {
    this.connection.stop();
    this.enter('closed', null);
  }

  state(): DataState {
    return {
      phase: this.phase,
      epoch: this.connection.epoch,
      clientId: this.connection.clientId,
      serverVersion: this.accepted?.serverVersion ?? null,
      account: this.account(),
      managedAccounts: this.accepted?.accounts ?? [],
      reason: this.reason,
    };
  }

  resolveFront(symbol: FutureSymbol, date: string): Promise<FutureContract> {
    return this.contracts.front(symbol, date);
  }

  resolveFuture(symbol: FutureSymbol, deliveryMonth: string): Promise<FutureContract> {
    return this.contracts.future(symbol, deliveryMonth);
  }

  resolveStock(ticker: string): Promise<StockContract> {
    return this.contracts.stock(ticker);
  }

  history(contract: DataContract, request: HistoryRequest): ReturnType<MarketDataPort['history']> {
    return this.bars.fetch(contract, request);
  }

  subscribe(contract: DataContract, handlers: StreamHandlers): () => void {
    return this.streams.subscribe(contract, handlers, this.accepted !== null);
  }

  async marketTime(): Promise<number> {
    const time = await this.connection.roundTrip();
    this.streams.flush();
    return time;
  }

  lastMarketTime(): number | null {
    return this.clock.now();
  }

  onEquity(listener: (value: Equity) => void): () => void {
    // A quiet account reports once: who comes later hears that report.
    const last = this.accountStream.last();
    if (last !== null) listener(last);
    return this.equityListeners.add(listener);
  }

  onGap(listener: (value: StreamGap) => void): () => void {
    return this.gapListeners.add(listener);
  }

  onState(listener: (value: DataState) => void): () => void {
    return this.stateListeners.add(listener);
  }

  onAlert(listener: (value: DataAlert) => void): () => void {
    return this.alertListeners.add(listener);
  }

  private account(): string | null {
    return this.config.account ?? this.accepted?.accounts[0] ?? null;
  }

  private attach(api: IBApi): void {
    // Before the answer of the clock is told, the quotes before it must be.
    api.on(EventName.currentTime, () => this.streams.flush());
    this.streams.attach(api);
    this.bars.attach(api);
    this.contracts.attach(api);
    this.accountStream.attach(api);
  }

  private onAccepted(accepted: Accepted): void {
    this.accepted = accepted;
    this.standing.connected();
    this.sendOrLog('market data type', (api) => api.reqMarketDataType(this.config.marketDataType));
    this.accountStream.open();
    this.streams.openAll();
    const opened = this.afterClock(() => {
      this.enter('ready', null);
      this.tellGap('the connection was made anew');
    });
    opened.catch((error: unknown) => this.log.warn({ err: error }, 'the broker clock was not answered'));
  }

  /** Runs when the clock of this connection is known. */
  private async afterClock(act: () => void): Promise<void> {
    await this.connection.roundTrip();
    act();
  }

  private tellGap(reason: string): void {
    const from = this.wholeUntil;
    this.wholeUntil = null;
    if (from !== undefined) this.gapListeners.tell({ from, to: this.clock.now(), reason });
  }

  private onLost(reason: string): void {
    if (this.accepted !== null) this.wholeUntil = this.clock.now();
    this.accepted = null;
    this.pending.failAll(reason);
    this.limiter.dropVoid();
    this.enter('disconnected', reason);
  }

  private enter(phase: DataPhase, reason: string | null): void {
    if (this.phase === 'closed' || (phase === this.phase && reason === this.reason)) return;
    this.phase = phase;
    this.reason = reason;
    this.log.info({ phase, reason, clientId: this.connection.clientId }, 'data connection');
    this.stateListeners.tell(this.state());
  }

  private onNotice(notice: Notice): void {
    reactToNotice(notice, {
      standing: this.standing,
      streams: this.streams,
      pending: this.pending,
      log: this.log,
      linkLost: (reason) => {
        this.wholeUntil = this.clock.now();
        this.connection.setPatient(true);
        this.enter('broker-offline', reason);
      },
      linkBack: (reason, dataLost) => {
        this.connection.setPatient(false);
        if (dataLost) this.streams.reopenAll();
        this.enter('ready', null);
        this.tellGap(reason);
      },
    });
  }

  private sendOrLog(what: string, call: (api: IBApi) => void): void {
    // Lost before it was written: the next acceptance asks for everything anew.
    this.sender.send(what, call).catch((error: unknown) => this.log.info({ err: error, what }, 'not asked'));
  }
}
