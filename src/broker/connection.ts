/**
 * One socket to the gateway, kept alive for ever: connect, notice its death, connect again.
 * Invariants:
 *  1. Each attempt has an IBApi object of its own, which dies with the socket: whatever the library may hold back is never sent later.
 *  2. `api` is given out only between acceptance (nextValidId and managed accounts heard) and the first sign of loss, so the library's
 *     command queue is never paused when we write; its rate limiter is switched off.
 *  3. Both of the library's channels (`info`, `error`) come out as one stream of notices.
 *  4. A gateway that answers nothing for `livenessMs`, socket open or not, is dropped and connected to again.
 *  5. The epoch rises with every acceptance, over restarts of the process too (it starts from the system's seconds; an identity, no time).
 */
import { EventName, IBApi } from '@stoqey/ib';
import type { Logger } from 'pino';
import { meaningOf } from '../domain/broker-codes';
import { ClockQuestions } from './clock-questions';
import type { ClientIdPolicy } from './client-ids';
import { BrokerError } from './broker-error';
import { monotonicMs } from './limiter';
import { LivenessProbe } from './liveness-probe';
import type { MarketClock } from './market-clock';
import { sendTogether, sendWithoutDelay } from './socket-delay';

/** An info or error message of the gateway; `id` is a request or order id, null when it belongs to none. */
export interface Notice {
  readonly id: number | null;
  readonly code: number;
  readonly message: string;
}

export interface Accepted {
  readonly epoch: number;
  readonly serverVersion: number;
  readonly accounts: readonly string[];
  readonly nextValidId: number;
}

export interface ConnectionListener {
  /** Registers event listeners on the API object of a new attempt, before it connects. */
  readonly attach: (api: IBApi) => void;
  readonly connecting: () => void;
  readonly accepted: (accepted: Accepted) => void;
  /** The attempt or the accepted connection ended; a new attempt follows by itself. */
  readonly lost: (reason: string, clientIdInUse: boolean) => void;
  readonly notice: (notice: Notice) => void;
}

export interface ConnectionOptions {
  readonly host: string;
  readonly port: number;
  readonly clientIds: ClientIdPolicy;
  readonly retryMs: number;
  readonly livenessMs: number;
  readonly requestTimeoutMs: number;
  readonly clock: MarketClock;
  /** Counts a question about the time, which does not wait in the limiter's line. */
  readonly noteWrite: () => void;
  readonly log: Pick<Logger, 'info' | 'warn' | 'error'>;
}

const NO_ID = -1;
/** A gateway that restarts is back in a second or two: the first attempts come sooner than `retryMs`, each twice as late as the last. */
const FIRST_RETRY_MS = 250;
const epochSeconds = (): number => Math.floor(Date.now() / 1_000);

export class BrokerConnection {
  private current: IBApi | null = null;
  private acceptedNow: Accepted | null = null;
  private lastEpoch = 0;
  private nextValidId: number | null = null;
  private accounts: readonly string[] | null = null;
  private idInUse = false;
  private lastTrouble: string | null = null;
  private attemptTimer: NodeJS.Timeout | null = null;
  private retryTimer: NodeJS.Timeout | null = null;
  private messagesSent = 0;
  /** Attempts that failed since a connection last held for `retryMs`. */
  private failures = 0;
  private acceptedAt = Infinity;
  private stopped = true;
  private readonly liveness: LivenessProbe;
  private readonly questions: ClockQuestions;

  constructor(
    private readonly options: ConnectionOptions,
    private readonly listener: ConnectionListener,
  ) {
    this.questions = new ClockQuestions({
      write: () => this.askTime(),
      timeoutMs: options.requestTimeoutMs,
      unanswered: () => this.drop('the gateway did not answer the time'),
    });
    this.liveness = new LivenessProbe(
      options.livenessMs,
      () => this.questions.askIdly(),
      (silentMs) => this.drop(`the gateway has been silent for ${Math.round(silentMs)} ms`),
    );
  }

  /** Begins connecting and never gives up until `stop`. */
  start(): void {
    if (!this.stopped) return;
    this.stopped = false;
    this.attempt();
  }

  stop(): void {
    this.stopped = true;
    if (this.retryTimer !== null) clearTimeout(this.retryTimer);
    this.end('stopped');
  }

  get accepted(): Accepted | null {
    return this.acceptedNow;
  }

  get epoch(): number {
    return this.lastEpoch;
  }

  get clientId(): number {
    return this.options.clientIds.current();
  }

  /** Everything written before this instant (monotonic ms) has been read by the gateway of this epoch: a later question was answered. */
  get readUpTo(): number {
    return this.questions.readUpTo;
  }

  /** Closes the socket; a new attempt follows. */
  drop(reason: string): void {
    if (this.current !== null) this.end(reason);
  }

  /** While IB itself is away the gateway may answer late: its silence is judged four times as patiently. */
  setPatient(patient: boolean): void {
    this.liveness.setPatient(patient);
  }

  /**
   * Writes `messages` messages synchronously. Throws BrokerError: NOT_READY when nothing was written, CONNECTION_LOST when a part was.
   * A library that kept something back (its queue was stuck) is dropped at once, so that nothing of it is ever sent.
   */
  write(what: string, call: (api: IBApi) => void, messages = 1): void {
    const api = this.current;
    if (api === null || this.acceptedNow === null) {
      throw new BrokerError('NOT_READY', `No connection to the gateway for ${what}.`);
    }
    const before = this.messagesSent;
    try {
      sendTogether(api, call);
    } finally {
      if (this.messagesSent - before !== messages) this.drop(`the library kept back ${what}`);
    }
    const sent = this.messagesSent - before;
    if (sent === messages) return;
    throw sent === 0
      ? new BrokerError('NOT_READY', `The message for ${what} did not reach the socket; the connection is made anew.`)
      : new BrokerError('CONNECTION_LOST', `Only ${sent} of ${messages} messages for ${what} reached the socket.`);
  }

  /** Asks the broker's clock; everything the gateway wrote before its answer has been handled when this resolves. UTC ms. */
  roundTrip(): Promise<number> {
    return this.questions.ask();
  }

  private askTime(): void {
    this.write('the broker clock', (api) => api.reqCurrentTime());
    // A virtual clock is asked before every decision; its gateway counts no messages by wall time.
    if (!this.options.clock.isVirtual) this.options.noteWrite();
  }

  private attempt(): void {
    if (this.stopped) return;
    const { host, port, clientIds, livenessMs } = this.options;
    const clientId = clientIds.current();
    const api = new IBApi({ host, port, clientId, maxReqPerSec: Infinity });
    this.current = api;
    this.nextValidId = null;
    this.accounts = null;
    this.idInUse = false;
    this.lastTrouble = null;
    this.listener.connecting();
    this.wire(api);
    this.listener.attach(api);
    this.attemptTimer = setTimeout(() => {
      this.drop(`${host}:${port} did not accept client id ${clientId} within ${livenessMs} ms`);
    }, livenessMs);
    api.connect(clientId);
  }

  private wire(api: IBApi): void {
    api.on(EventName.connected, () => {
      if (!sendWithoutDelay(api)) this.options.log.warn({}, 'the socket sends with delay: orders leave later');
    });
    api.on(EventName.received, () => this.liveness.received());
    api.on(EventName.sent, () => (this.messagesSent += 1));
    // The library opens its queue only after this event was delivered, hence the microtask.
    const acceptSoon = (): void => queueMicrotask(() => this.acceptWhenComplete(api));
    api.on(EventName.nextValidId, (id) => {
      this.nextValidId = id;
      acceptSoon();
    });
    api.on(EventName.managedAccounts, (list) => {
      this.accounts = list.split(',').filter((account) => account !== '');
      acceptSoon();
    });
    api.on(EventName.currentTime, (seconds) => {
      this.options.clock.answered(seconds);
      this.questions.answered(seconds * 1_000);
    });
    api.on(EventName.info, (message, code) => this.heard({ id: null, code, message }));
    api.on(EventName.error, (error: Error, code: number, id: number) =>
      this.heard({ id: id === NO_ID ? null : id, code, message: error.message }),
    );
    api.on(EventName.disconnected, () => this.end(this.lastTrouble ?? 'the gateway closed the socket'));
  }

  private heard(notice: Notice): void {
    const { kind } = meaningOf(notice.code);
    if (kind === 'connection') this.lastTrouble = notice.message;
    this.listener.notice(notice);
    if (kind !== 'client-id-in-use') return;
    this.idInUse = true;
    this.drop(`client id ${this.clientId} is in use`);
  }

  /** nextValidId is repeated by the gateway on reqIds and the accounts on request: only the first pair is the acceptance. */
  private acceptWhenComplete(api: IBApi): void {
    if (this.current !== api || this.acceptedNow !== null || this.nextValidId === null || this.accounts === null)
      return;
    if (this.attemptTimer !== null) clearTimeout(this.attemptTimer);
    this.lastEpoch = Math.max(this.lastEpoch + 1, epochSeconds());
    this.acceptedNow = {
      epoch: this.lastEpoch,
      serverVersion: api.serverVersion,
      accounts: this.accounts,
      nextValidId: this.nextValidId,
    };
    this.acceptedAt = monotonicMs();
    this.liveness.start();
    this.listener.accepted(this.acceptedNow);
  }

  private end(reason: string): void {
    const api = this.current;
    if (api === null) return;
    this.current = null;
    this.acceptedNow = null;
    if (this.attemptTimer !== null) clearTimeout(this.attemptTimer);
    this.liveness.stop();
    api.removeAllListeners();
    api.disconnect();
    this.questions.end(reason);
    this.listener.lost(reason, this.idInUse);
    this.options.clock.reset();
    if (this.stopped) return;
    this.retryTimer = setTimeout(() => this.attempt(), this.nextWaitMs());
  }

  private nextWaitMs(): number {
    const { clientIds, retryMs } = this.options;
    if (this.idInUse) return clientIds.inUse();
    if (monotonicMs() - this.acceptedAt >= retryMs) this.failures = 0;
    this.acceptedAt = Infinity;
    this.failures += 1;
    return Math.min(retryMs, FIRST_RETRY_MS * 2 ** (this.failures - 1));
  }
}
