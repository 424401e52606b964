/**
 * The trading connection with its mirror: connect with the fixed client id, read everything, be ready, and again after every loss.
 * Invariants:
 *  1. `ready` means: accepted in this epoch, the link to IB up, everything read since. Nothing else allows a send.
 *  2. Callbacks are consumed in every phase; 1100 stops sends, not listening.
 *  3. A farm that is down closes nothing; it only makes look-ups answer `not synced`.
 */
import { EventName, type IBApi } from '@stoqey/ib';
import type { Logger } from 'pino';
import type { BrokerConfig } from '../config/config';
import { farmOf, meaningOf } from '../domain/broker-codes';
import { FIRST_ORDER_ID } from '../domain/ids';
import type { BrokerEvent } from '../domain/broker-events';
import { BrokerError } from './broker-error';
import { fixedClientId } from './client-ids';
import { BrokerConnection, type Accepted, type Notice } from './connection';
import { monotonicMs, SendLimiter } from './limiter';
import { MarketClock } from './market-clock';
import { attachOrderMessages, type OrderMessage } from './order-messages';
import { emptyMirror, type OrderMirror } from './mirror-state';
import { applyOrderMessage } from './order-mirror';
import { PendingRequests } from './pending-requests';
import type { ConnectionPhase, ConnectionState } from './port';
import { isCorrection } from './standing-executions';
import { RequestSender } from './request-sender';
import { BrokerSync } from './sync';

export type BrokerLog = Pick<Logger, 'info' | 'warn' | 'error'>;

/** Executions without a zone are dated here, and its midnight bounds what IB returns of them. */
export const DEFAULT_BROKER_ZONE = 'America/Chicago';
const REREAD_MS = 200;

export interface SessionListener {
  readonly event: (event: BrokerEvent) => void;
  readonly state: (state: ConnectionState) => void;
  /** An error or warning with an order's id. */
  readonly orderNotice: (notice: Notice & { readonly id: number }) => void;
}

export class BrokerSession {
  readonly clock = new MarketClock({ monotonic: monotonicMs, system: () => Date.now() });
  readonly limiter: SendLimiter;
  readonly connection: BrokerConnection;
  readonly farmsDown = new Set<string>();
  mirror: OrderMirror;
  netLiquidation: number | null = null;
  private readonly pending: PendingRequests;
  private readonly sync: BrokerSync;
  private phase: ConnectionPhase = 'disconnected';
  private reason: string | null = 'not started';
  private accepted: Accepted | null = null;
  private rereadTimer: NodeJS.Timeout | null = null;

  constructor(
    private readonly config: BrokerConfig,
    private readonly zone: string,
    private readonly log: BrokerLog,
    private readonly listener: SessionListener,
  ) {
    this.mirror = emptyMirror(config.account ?? '', config.clientId);
    this.limiter = new SendLimiter(config.messagesPerSecond);
    this.pending = new PendingRequests(config.requestTimeoutMs);
    this.connection = new BrokerConnection(
      {
        ...config,
        clientIds: fixedClientId(config.clientId, config.retryMs),
        clock: this.clock,
        noteWrite: () => this.limiter.note(1),
        log,
      },
      {
        attach: (api) => this.attach(api),
        connecting: () => this.enter('connecting', this.reason),
        accepted: (accepted) => this.onAccepted(accepted),
        lost: (reason, inUse) => this.onLost(reason, inUse),
        notice: (notice) => this.onNotice(notice),
      },
    );
    this.sync = new BrokerSync({
      connection: this.connection,
      sender: new RequestSender(this.connection, this.limiter),
      pending: this.pending,
      mirror: () => this.mirror,
      forgotten: (entries) => {
        if (entries.length > 0) log.warn({ orders: entries }, 'orders believed live are unknown to the broker');
      },
    });
  }

  start(): void {
    this.connection.start();
  }

  stop(): void {
    if (this.rereadTimer !== null) clearTimeout(this.rereadTimer);
    this.connection.stop();
  }

  get isReady(): boolean {
    return this.phase === 'ready';
  }

  get managedAccounts(): readonly string[] {
    return this.accepted?.accounts ?? [];
  }

  /** Next order id is above the gateway's, above every id seen under our client id, and above request ids (incident: ids roll back). */
  state(): ConnectionState {
    const { phase, reason, accepted } = this;
    const next = Math.max(accepted?.nextValidId ?? 0, this.mirror.highestOrderId + 1, FIRST_ORDER_ID);
    return {
      phase,
      epoch: this.connection.epoch,
      serverVersion: accepted?.serverVersion ?? null,
      account: this.mirror.account === '' ? null : this.mirror.account,
      nextValidId: accepted === null ? null : next,
      reason,
    };
  }

  /** Why nothing may be sent now, null when it may. */
  notReady(): string | null {
    return this.isReady ? null : `${this.phase}${this.reason === null ? '' : ` (${this.reason})`}`;
  }

  /** Reads the broker anew. Rejects with BrokerError NOT_READY, CONNECTION_LOST or REQUEST_TIMEOUT. */
  async refresh(): Promise<void> {
    const why = this.notReady();
    if (why !== null) throw new BrokerError('NOT_READY', `The broker cannot be read: ${why}.`);
    await this.sync.read(false);
    const after = this.notReady();
    if (after !== null) throw new BrokerError('CONNECTION_LOST', `The broker was lost while it was read: ${after}.`);
  }

  private attach(api: IBApi): void {
    attachOrderMessages(api, () => this.mirror.account, this.zone, {
      message: (message) => this.onMessage(message),
      unreadable: (what) => this.onUnreadable(what),
    });
    this.sync.attach(api);
    api.on(EventName.updateAccountValue, (key, value, _currency, account) => {
      if (key === 'NetLiquidation' && account === this.mirror.account) this.netLiquidation = Number(value);
    });
  }

  private enter(phase: ConnectionPhase, reason: string | null): void {
    if (phase === this.phase && reason === this.reason) return;
    this.phase = phase;
    this.reason = reason;
    this.log.info({ phase, reason, epoch: this.connection.epoch }, 'broker connection');
    if (phase !== 'ready') this.limiter.dropVoid();
    this.listener.state(this.state());
  }

  private onAccepted(accepted: Accepted): void {
    this.accepted = accepted;
    this.farmsDown.clear();
    const account = this.config.account ?? accepted.accounts[0] ?? '';
    // Facts about the same account outlive the connection; another account's are none of ours.
    if (this.mirror.account !== account) this.mirror = emptyMirror(account, this.config.clientId);
    void this.synchronise(null);
  }

  private onLost(reason: string, clientIdInUse: boolean): void {
    this.accepted = null;
    this.pending.failAll(reason);
    this.enter(clientIdInUse ? 'standby' : 'disconnected', reason);
  }

  private async synchronise(reason: string | null): Promise<void> {
    this.enter('syncing', reason);
    const epoch = this.accepted?.epoch;
    try {
      await this.sync.read(true);
      if (this.accepted?.epoch === epoch && this.phase === 'syncing') this.enter('ready', null);
    } catch (error) {
      // Lost or offline meanwhile: the next acceptance or 1101/1102 reads again. Else the gateway owes an answer: connect anew.
      if (this.accepted?.epoch !== epoch || this.phase !== 'syncing') return;
      this.connection.drop(`reading the broker failed: ${error instanceof Error ? error.message : String(error)}`);
    }
  }

  private onMessage(message: OrderMessage): void {
    for (const event of applyOrderMessage(this.mirror, message)) {
      if (event.type === 'execution' && isCorrection(event.execution)) {
        this.log.warn({ execution: event.execution }, 'the broker corrected an execution');
      }
      this.listener.event(event);
    }
  }

  private onUnreadable(what: string): void {
    this.log.error({ what }, 'a message of the gateway could not be read; reading the broker again');
    if (this.rereadTimer !== null) return;
    this.rereadTimer = setTimeout(() => {
      this.rereadTimer = null;
      if (this.isReady) void this.synchronise('reading again after an unreadable message');
    }, REREAD_MS);
  }

  private onNotice(notice: Notice): void {
    const { id, code, message } = notice;
    const { kind } = meaningOf(code);
    switch (kind) {
      case 'broker-offline':
        this.connection.setPatient(true);
        this.enter('broker-offline', `${code} ${message}`);
        return this.pending.failAll(message);
      case 'broker-back-data-lost':
      case 'broker-back':
        this.connection.setPatient(false);
        if (this.accepted !== null) void this.synchronise(`${code} ${message}`);
        return;
      case 'farm-down':
        this.farmsDown.add(farmOf(message));
        return;
      case 'farm-up':
        this.farmsDown.delete(farmOf(message));
        return;
      case 'unreadable':
        return this.onUnreadable(message);
      case 'client-id-in-use':
      case 'connection':
        // The connection acts on these itself.
        return;
      case 'too-many-messages':
        this.log.error({ code, message }, 'the gateway counts more messages than the limiter allows');
        return;
      case 'competing-session':
      case 'history':
      case 'depth-reset':
      case 'order-error':
      case 'request-refused':
      case 'informational':
      case 'unknown':
        return this.aboutRequestOrOrder(id, code, message, kind === 'informational');
    }
  }

  private aboutRequestOrOrder(id: number | null, code: number, message: string, harmless: boolean): void {
    if (id !== null && id >= FIRST_ORDER_ID) return this.listener.orderNotice({ id, code, message });
    if (id !== null && !harmless) this.pending.refuse(id, code, message);
    this.log[harmless ? 'info' : 'warn']({ id, code, message }, 'notice of the gateway');
  }
}
