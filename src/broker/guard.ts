/**
 * The guard: the only way an order reaches the broker (port.ts says what it promises).
 * Invariants:
 *  1. Immediately before the synchronous write, after any wait, it checks: phase ready, same epoch, permissions, account, latch, deadline
 *     against the broker's clock, that somebody still waits for the answer, and that the broker does not hold the order already.
 *  2. Entry and legs of a bracket are written in one burst. `not-sent` is answered only when no byte left; when that is not certain the
 *     call rejects, and the outcome is unknown.
 *  3. A send that cannot be written within SEND_WAIT_MS is dropped and said to be: nobody is answered late by an order.
 *  4. Cancels pass the latch and go first; so does what only reduces. A reduction that could open or flip a position is never written.
 */
import pino from 'pino';
import type { Config } from '../config/config';
import type {
  BrokerCommission,
  BrokerEvent,
  BrokerExecution,
  BrokerPosition,
  LookupRequest,
  OrderEvidence,
  PlaceResult,
} from '../domain/broker-events';
import type { OrderLeg } from '../domain/ids';
import type { OrderIntent } from '../domain/intents';
import { BrokerError } from './broker-error';
import { BrokerSession, DEFAULT_BROKER_ZONE, type BrokerLog } from './broker-session';
import type { Notice } from './connection';
import { evidenceFrom, executionWindowStart } from './evidence';
import { freshMarketTime } from './fresh-market-time';
import { setLatch, type Latch } from './latch';
import { LatchEnforcement } from './latch-enforcement';
import { Listeners } from './listeners';
import { refOfOrderId } from './mirror-state';
import type { OrderChange } from './order-fields';
import { OrderWriter, type CancelResult } from './order-writer';
import type { BrokerPort, ConnectionState, WhyGivenUp } from './port';
import { SEND_WAIT_MS } from './send-checks';

export interface GuardOptions {
  /** Holds the latch file. */
  readonly stateDir: string;
  readonly logger?: BrokerLog;
  /** Zone of the broker's midnight and of times that name none. */
  readonly brokerZone?: string;
  /** Awaited before an order is written (market time, UTC ms); when it rejects, only an order that reduces leaves. */
  readonly recordSend?: (intent: OrderIntent, at: number) => Promise<void>;
}

export interface TradingGuard extends BrokerPort {
  /** Begins to connect; never gives up until `stop`. */
  start(): void;
  stop(): void;
}

/** The guard of one account; `start` it, then wait for `onConnection` to say ready. */
export function createTradingGuard(
  config: Pick<Config, 'broker' | 'permissions'>,
  options: GuardOptions,
): TradingGuard {
  return new Guard(config, options);
}

const stillWanted: WhyGivenUp = () => null;

class Guard implements TradingGuard {
  private readonly session: BrokerSession;
  private readonly writer: OrderWriter;
  private readonly log: BrokerLog;
  private readonly zone: string;
  private readonly failed = (error: unknown): void => this.log.error({ err: error }, 'a listener of the guard failed');
  private readonly eventListeners = new Listeners<BrokerEvent>(this.failed);
  private readonly stateListeners = new Listeners<ConnectionState>(this.failed);
  private readonly latchListeners = new Listeners<Latch>(this.failed);
  private readonly enforcement: LatchEnforcement;

  constructor(
    private readonly config: Pick<Config, 'broker' | 'permissions'>,
    private readonly options: GuardOptions,
  ) {
    this.log = options.logger ?? pino({ name: 'broker', level: 'warn' }, pino.destination(2));
    this.zone = options.brokerZone ?? DEFAULT_BROKER_ZONE;
    this.session = new BrokerSession(config.broker, this.zone, this.log, {
      event: (event) => {
        this.eventListeners.tell(event);
        this.enforceLatch();
      },
      state: (state) => {
        this.stateListeners.tell(state);
        this.enforceLatch();
      },
      orderNotice: (notice) => this.orderError(notice),
    });
    this.writer = new OrderWriter(this.session, config, options.stateDir, async (intent, at) => {
      try {
        await options.recordSend?.(intent, at);
        return true;
      } catch (error) {
        this.log.error({ err: error, key: intent.key }, 'an order could not be recorded before it was sent');
        return intent.purpose === 'reduce';
      }
    });
    const { session, writer, log } = this;
    const latched = (latch: Latch): void => this.latchListeners.tell(latch);
    this.enforcement = new LatchEnforcement({ session, writer, stateDir: options.stateDir, log, latched });
  }

  start(): void {
    this.session.start();
    this.enforcement.start(this.config.broker.pollMs);
  }

  stop(): void {
    this.enforcement.stop();
    this.session.stop();
  }

  connection(): ConnectionState {
    return this.session.state();
  }

  marketTime(): number | null {
    return this.session.clock.now();
  }

  readMarketTime(): Promise<number> {
    return freshMarketTime(this.session, SEND_WAIT_MS);
  }

  place(intent: OrderIntent, whyGivenUp: WhyGivenUp = stillWanted): Promise<PlaceResult> {
    return this.writer.place(intent, whyGivenUp);
  }

  modify(key: string, leg: OrderLeg, change: OrderChange, whyGivenUp: WhyGivenUp = stillWanted): Promise<PlaceResult> {
    return this.writer.modify(key, leg, change, whyGivenUp);
  }

  cancel(key: string, legs: readonly OrderLeg[]): Promise<CancelResult> {
    return this.writer.cancel(key, legs);
  }

  async cancelAll(): Promise<void> {
    setLatch(this.options.stateDir, { who: 'guard', why: 'cancel all', at: Date.now() });
    await this.enforcement.cancelOurs();
  }

  async lookup(request: LookupRequest): Promise<OrderEvidence> {
    if (this.writer.isPlacing(request.key)) return { synced: false, reason: 'the order is being placed right now' };
    try {
      if (request.refresh) await this.session.refresh();
    } catch (error) {
      if (error instanceof BrokerError) return { synced: false, reason: error.message };
      throw error;
    }
    const { session } = this;
    const marketTime = session.clock.now();
    const why = session.notReady();
    if (why !== null || marketTime === null) return { synced: false, reason: why ?? 'no market time yet' };
    if (session.farmsDown.size > 0)
      return { synced: false, reason: `data farm down: ${[...session.farmsDown].join(', ')}` };
    return evidenceFrom(session.mirror, request, {
      epoch: session.connection.epoch,
      readUpTo: session.connection.readUpTo,
      write: this.writer.writeOf(request.key),
      marketTime,
      zone: this.zone,
    });
  }

  /** Read anew from the broker. Rejects with BrokerError when it cannot be. */
  async positions(): Promise<readonly BrokerPosition[]> {
    await this.session.refresh();
    return [...this.session.mirror.positions.values()].filter(({ quantity }) => quantity !== 0);
  }

  netLiquidation(): number | null {
    return this.session.netLiquidation;
  }

  /** Executions since the broker's midnight, from the mirror. Rejects with BrokerError NOT_READY before it is synced. */
  async executionsToday(): Promise<{
    readonly executions: readonly BrokerExecution[];
    readonly commissions: readonly BrokerCommission[];
  }> {
    const marketTime = this.session.clock.now();
    const why = this.session.notReady();
    if (why !== null || marketTime === null) {
      throw new BrokerError('NOT_READY', `Executions are not known: ${why ?? 'no market time yet'}.`);
    }
    const from = executionWindowStart(marketTime, this.zone);
    const executions = [...this.session.mirror.executions.values()].filter(({ time }) => time >= from);
    const { commissions } = this.session.mirror;
    return { executions, commissions: executions.flatMap(({ execId }) => commissions.get(execId) ?? []) };
  }

  listedOrders(): readonly string[] {
    const { orders, executions } = this.session.mirror;
    return [...new Set([...orders.values(), ...executions.values()].map(({ orderRef: ref }) => ref))];
  }

  onEvent(listener: (event: BrokerEvent) => void): () => void {
    return this.eventListeners.add(listener);
  }

  onConnection(listener: (state: ConnectionState) => void): () => void {
    return this.stateListeners.add(listener);
  }

  onLatch(listener: (latch: Latch) => void): () => void {
    return this.latchListeners.add(listener);
  }

  /** Cancels need a connection that is ready; then everything is looked at again. */
  private enforceLatch(): void {
    if (this.session.isReady) this.enforcement.heard();
  }

  private orderError({ id, code, message }: Notice & { readonly id: number }): void {
    const ref = refOfOrderId(this.session.mirror, id) ?? this.writer.refOf(id);
    this.eventListeners.tell({ type: 'order-error', orderId: id, orderRef: ref, code, message });
  }
}
