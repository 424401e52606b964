/**
 * Carries what the guard hears to the workflows it concerns: order events to order/<key>; strangers and the latch to the session.
 * Invariants:
 *  1. Events of one key arrive in order: one signal in flight per key, what comes meanwhile goes with the next.
 *  2. Nothing is dropped: a server that is away is tried again for ever; a workflow that is not there is tried for a while (it is about to be
 *     started), then the session hears it, unless the workflow had known it all.
 *  3. What the broker repeats after a reconnect is sent only when it is news: the order workflow's book decides.
 */
import { WorkflowNotFoundError, type Client } from '@temporalio/client';
import type { Latch } from '../broker/latch';
import type { BrokerPort } from '../broker/port';
import type { BrokerEvent } from '../domain/broker-events';
import { ORDER_ID_BLOCK, orderWorkflowId, parseOrderRef, sessionWorkflowId } from '../domain/ids';
import { newsIn, type OrderBook } from '../domain/order-book';
import * as messages from '../workflows/messages';

export interface RouterOptions {
  readonly client: Client;
  readonly account: string;
  readonly broker: BrokerPort;
  readonly log: (text: string, fields: Readonly<Record<string, unknown>>) => void;
  /** How long events of one key are gathered into one signal, ms. */
  readonly gatherMs?: number;
  /** Waits between attempts for a workflow that is not there yet, ms. */
  readonly absentRetryMs?: readonly number[];
}

interface Lane {
  readonly events: BrokerEvent[];
  /** Some of the events were repeated by the broker at a reconnect. */
  repeated: boolean;
  running: boolean;
}

const GATHER_MS = 8;
const ABSENT_RETRY_MS = [20, 50, 100, 200, 400, 800, 1_500, 2_500, 3_500];
const SERVER_RETRY_MS = 500;
/** Key of the lane for events that name no intent of ours. */
const STRANGERS = '';

const wait = (milliseconds: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, milliseconds));

export class BrokerEventRouter {
  private readonly lanes = new Map<string, Lane>();
  private readonly keyOfBlock = new Map<number, string>();
  private readonly keyOfExecution = new Map<string, string>();
  private readonly earlyCommissions = new Map<string, BrokerEvent>();
  private readonly unsubscribe: readonly (() => void)[];
  private toldEpoch: number | null = null;
  private stopped = false;

  constructor(private readonly options: RouterOptions) {
    const { broker } = options;
    this.unsubscribe = [
      broker.onEvent((event) => this.route(event)),
      broker.onConnection(() => void this.announce()),
      broker.onLatch((latch) => this.halt(latch)),
    ];
    void this.announce();
  }

  /** Stops listening and resolves when what was heard is delivered, or after `patienceMs`. */
  async stop(patienceMs: number): Promise<void> {
    for (const off of this.unsubscribe) off();
    const deadline = performance.now() + patienceMs;
    while ([...this.lanes.values()].some(({ running }) => running) && performance.now() < deadline) await wait(20);
    this.stopped = true;
  }

  /** Tells the session of each connection that is ready, once. */
  private announce(): void {
    const { phase, epoch, nextValidId } = this.options.broker.connection();
    if (phase !== 'ready' || nextValidId === null || this.toldEpoch === epoch) return;
    this.toldEpoch = epoch;
    void this.persist('brokerConnected', async () => {
      const { broker } = this.options;
      const positions = await broker.positions();
      const listed = broker.listedOrders();
      await this.session().signal(messages.brokerConnected, { epoch, nextValidId, positions, listed });
    }).catch((error: unknown) =>
      this.options.log('connection not announced before the stop', { error: String(error) }),
    );
  }

  /** A latch halts the session, also one that was set while nobody could tell the session of it. */
  private halt({ who, why }: Latch): void {
    void this.persist('halt', () => this.session().signal(messages.halt, { by: who, why })).catch((error: unknown) =>
      this.options.log('the latch was not told before the stop', { error: String(error) }),
    );
  }

  private route(event: BrokerEvent): void {
    const key = this.keyOf(event) ?? STRANGERS;
    if (key === STRANGERS && event.type === 'commission') {
      // It came before its execution, which names the intent.
      this.earlyCommissions.set(event.commission.execId, event);
      return;
    }
    this.enqueue(key, event);
    if (event.type !== 'execution') return;
    const commission = this.earlyCommissions.get(event.execution.execId);
    if (commission === undefined) return;
    this.earlyCommissions.delete(event.execution.execId);
    this.enqueue(key, commission);
  }

  private enqueue(key: string, event: BrokerEvent): void {
    const lane = this.lanes.get(key) ?? { events: [], repeated: false, running: false };
    this.lanes.set(key, lane);
    lane.events.push(event);
    lane.repeated ||= this.options.broker.connection().phase !== 'ready';
    if (lane.running) return;
    lane.running = true;
    void this.drain(key, lane).catch((error: unknown) => {
      this.options.log('broker events not delivered before the stop', { key, error: String(error) });
    });
  }

  private keyOf(event: BrokerEvent): string | null {
    switch (event.type) {
      case 'foreign-order':
        return parseOrderRef(event.order.orderRef)?.key ?? null;
      case 'order':
        return this.learn(event.order.orderRef, event.order.orderId);
      case 'execution': {
        const key = this.learn(event.execution.orderRef, event.execution.orderId);
        if (key !== null) this.keyOfExecution.set(event.execution.execId, key);
        return key;
      }
      case 'commission':
        return (
          this.keyOfExecution.get(event.commission.execId) ??
          (event.orderRef === null ? null : (parseOrderRef(event.orderRef)?.key ?? null))
        );
      case 'order-missing':
        return parseOrderRef(event.orderRef)?.key ?? null;
      case 'order-error':
        return event.orderRef === null
          ? (this.keyOfBlock.get(blockOf(event.orderId)) ?? null)
          : (parseOrderRef(event.orderRef)?.key ?? null);
    }
  }

  /** Remembers which block of broker ids belongs to a key: errors name the id only. */
  private learn(orderReference: string, orderId: number): string | null {
    const key = parseOrderRef(orderReference)?.key ?? null;
    if (key !== null) this.keyOfBlock.set(blockOf(orderId), key);
    return key;
  }

  private async drain(key: string, lane: Lane): Promise<void> {
    while (lane.events.length > 0 && !this.stopped) {
      await wait(this.options.gatherMs ?? GATHER_MS);
      const events = lane.events.splice(0);
      const repeated = lane.repeated;
      lane.repeated = false;
      if (key === STRANGERS) await this.tellSession(null, events);
      else await this.deliver(key, repeated ? await this.news(key, events) : events);
    }
    lane.running = false;
    this.lanes.delete(key);
  }

  private async deliver(key: string, events: readonly BrokerEvent[]): Promise<void> {
    if (events.length === 0) return;
    const handle = this.options.client.workflow.getHandle(orderWorkflowId(key));
    for (const delay of this.options.absentRetryMs ?? ABSENT_RETRY_MS) {
      const found = await this.persist('brokerEvents', () =>
        isThere(() => handle.signal(messages.brokerEvents, events)),
      );
      if (found) return;
      await wait(delay);
    }
    const news = await this.news(key, events);
    if (news.length > 0) await this.tellSession(key, news);
  }

  /** Events that the order's book does not hold yet; all of them when there is no such workflow. A closed workflow answers too. */
  private async news(key: string, events: readonly BrokerEvent[]): Promise<readonly BrokerEvent[]> {
    const handle = this.options.client.workflow.getHandle(orderWorkflowId(key));
    return this.persist('orderBook', async () => {
      let book: OrderBook | null = null;
      await isThere(async () => {
        book = await handle.query(messages.orderBook);
      });
      return book === null ? events : newsIn(book, events);
    });
  }

  private async tellSession(key: string | null, events: readonly BrokerEvent[]): Promise<void> {
    this.options.log('broker events without an order workflow', { key, events: events.map(({ type }) => type) });
    await this.persist('brokerEvent', () => this.session().signal(messages.unroutedEvents, { key, events }));
  }

  private session() {
    return this.options.client.workflow.getHandle(sessionWorkflowId(this.options.account));
  }

  /** Repeats a call until it works: a server or session that is away delays, it never loses. */
  private async persist<T>(call: string, attempt: () => Promise<T>): Promise<T> {
    for (let failures = 0; ; failures += 1) {
      try {
        return await attempt();
      } catch (error) {
        if (this.stopped) throw error;
        if (failures === 0) this.options.log(`${call} is repeated`, { error: String(error) });
        await wait(SERVER_RETRY_MS);
      }
    }
  }
}

const blockOf = (orderId: number): number => Math.floor(orderId / ORDER_ID_BLOCK);

/** False when the workflow does not exist or is over; other failures pass. */
async function isThere(call: () => Promise<void>): Promise<boolean> {
  try {
    await call();
    return true;
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return false;
    throw error;
  }
}
