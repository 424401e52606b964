/**
 * Writes orders, changes and cancels to the socket, each after the guard's checks (guard.ts, invariants 1 to 4), and remembers what this
 * process wrote on which connection.
 */
import type { Config } from '../config/config';
import type { PlaceResult } from '../domain/broker-events';
import { orderRef, type OrderLeg } from '../domain/ids';
import type { OrderIntent } from '../domain/intents';
import { refusal, type Refusal } from '../domain/refusals';
import { BrokerError } from './broker-error';
import type { BrokerSession } from './broker-session';
import type { RecordedWrite } from './evidence';
import { failPoint } from './fail-point';
import { freshMarketTime } from './fresh-market-time';
import { monotonicMs, type SendOutcome } from './limiter';
import { changedOrder, legOrderId, ordersOf, type OrderChange, type OrderToSend } from './order-fields';
import { entriesOf, executionsOf, liveEntriesOf, type MirrorEntry } from './mirror-state';
import type { WhyGivenUp } from './port';
import { notSent, SEND_WAIT_MS, SendChecks, type Attempt, type NotSent } from './send-checks';

export interface CancelResult {
  readonly outcome: 'sent' | 'nothing-to-cancel' | 'not-sent';
  readonly detail: string;
}

interface IntentWrite extends RecordedWrite {
  readonly intent: OrderIntent;
  /** Reading of the broker that was the last one begun at the write. */
  readonly snapshot: number;
}

export class OrderWriter {
  private readonly checks: SendChecks;
  private readonly placing = new Map<string, Promise<PlaceResult>>();
  private readonly writes = new Map<string, IntentWrite>();
  private readonly refs = new Map<number, string>();

  constructor(
    private readonly session: BrokerSession,
    config: Pick<Config, 'broker' | 'permissions'>,
    stateDir: string,
    /** Records an order that is about to be written; false when it must not leave unrecorded. */
    private readonly record: (intent: OrderIntent, at: number) => Promise<boolean>,
  ) {
    this.checks = new SendChecks(session, config, stateDir, this);
  }

  isPlacing(key: string): boolean {
    return this.placing.has(key);
  }

  writeOf(key: string): RecordedWrite | undefined {
    return this.writes.get(key);
  }

  /** The orderRef this process wrote under an order id, null when it wrote none. */
  refOf(orderId: number): string | null {
    return this.refs.get(orderId) ?? null;
  }

  /** Two calls for one key are one send. */
  place(intent: OrderIntent, whyGivenUp: WhyGivenUp): Promise<PlaceResult> {
    const running = this.placing.get(intent.key);
    if (running !== undefined) return running;
    const placed = this.placeOnce(intent, whyGivenUp).finally(() => this.placing.delete(intent.key));
    this.placing.set(intent.key, placed);
    return placed;
  }

  private async placeOnce(intent: OrderIntent, whyGivenUp: WhyGivenUp): Promise<PlaceResult> {
    const attempt: Attempt = { epoch: this.session.connection.epoch, startedAt: monotonicMs(), whyGivenUp };
    const early = this.checks.whyNotPlace(intent, attempt);
    if (early !== null) return early;
    const orders = ordersOf(intent);
    try {
      await freshMarketTime(this.session, SEND_WAIT_MS);
    } catch (error) {
      return notSent(refusal('BROKER_NOT_READY', error instanceof Error ? error.message : String(error)));
    }
    if (!(await this.record(intent, this.session.clock.now() ?? intent.decidedAt))) {
      return notSent(refusal('BROKER_NOT_READY', 'the audit log cannot be written'));
    }
    return this.send(
      {
        what: `order ${intent.key}`,
        messages: orders.length,
        check: () => this.checks.whyNotPlace(intent, attempt),
      },
      () => {
        failPoint('before-the-write');
        this.writeOrders(intent, orders, attempt.epoch);
        failPoint('after-the-write');
      },
    );
  }

  private writeOrders(intent: OrderIntent, orders: readonly OrderToSend[], epoch: number): void {
    const { connection } = this.session;
    // Remembered before the bytes leave: a write that fails half-way is a write.
    const before = this.writes.get(intent.key);
    this.writes.set(intent.key, { epoch, intent, writtenAt: monotonicMs(), snapshot: this.session.mirror.snapshot });
    for (const { orderId, leg } of orders) this.refs.set(orderId, orderRef(intent.key, leg));
    try {
      connection.write(
        `order ${intent.key}`,
        (api) => orders.forEach(({ orderId, contract, order }) => api.placeOrder(orderId, contract, order)),
        orders.length,
      );
    } catch (error) {
      const nothingLeft = error instanceof BrokerError && error.code === 'NOT_READY';
      if (nothingLeft && before === undefined) {
        this.writes.delete(intent.key);
        for (const { orderId } of orders) this.refs.delete(orderId);
      }
      throw error;
    }
  }

  /** Changes one live leg; refused when the broker holds none, or several incarnations, of it. */
  async modify(key: string, leg: OrderLeg, change: OrderChange, whyGivenUp: WhyGivenUp): Promise<PlaceResult> {
    const attempt: Attempt = { epoch: this.session.connection.epoch, startedAt: monotonicMs(), whyGivenUp };
    const target = (): MirrorEntry | Refusal => this.modifiable(orderRef(key, leg));
    const check = (): NotSent | null => {
      const why = this.checks.whyNothingLeaves(this.session.mirror.account, attempt);
      if (why !== null) return notSent(why);
      const entry = target();
      return 'code' in entry ? notSent(entry) : null;
    };
    return this.send({ what: `change of ${orderRef(key, leg)}`, messages: 1, check }, () => {
      const entry = target();
      if ('code' in entry) throw new BrokerError('NOT_READY', entry.detail);
      const { contract, order } = changedOrder(entry, this.session.mirror.account, change);
      this.session.connection.write('a change', (api) => api.placeOrder(entry.orderId, contract, order));
      failPoint('modify-sent');
    });
  }

  async cancel(key: string, legs: readonly OrderLeg[]): Promise<CancelResult> {
    const refs = legs.map((leg) => orderRef(key, leg));
    const live = liveEntriesOf(this.session.mirror, refs);
    const ids = [...live.map(({ orderId }) => orderId), ...this.unseenIds(key, legs)];
    if (ids.length === 0) {
      const why = this.session.notReady();
      return why === null
        ? { outcome: 'nothing-to-cancel', detail: 'the broker holds no live order of these legs' }
        : { outcome: 'not-sent', detail: why };
    }
    const refused = await this.cancelOrders(ids);
    return refused === null
      ? { outcome: 'sent', detail: `order ids ${[...new Set(ids)].join(', ')}` }
      : { outcome: 'not-sent', detail: refused };
  }

  /** Cancels order ids of our client, each once; returns why one of them was not sent, or null. */
  async cancelOrders(orderIds: readonly number[]): Promise<string | null> {
    const attempt: Attempt = {
      epoch: this.session.connection.epoch,
      startedAt: monotonicMs(),
      // A cancel only ends what has to end: it is never too late.
      whyGivenUp: () => null,
    };
    const outcomes = await Promise.all([...new Set(orderIds)].map((orderId) => this.cancelOne(orderId, attempt)));
    return outcomes.find((outcome) => outcome !== null) ?? null;
  }

  private async cancelOne(orderId: number, attempt: Attempt): Promise<string | null> {
    // Order id 0 or below: entered by hand in TWS or by another client; the API cannot cancel it by id.
    if (orderId <= 0) return `order id ${orderId} is not ours to cancel`;
    const { limiter, connection } = this.session;
    try {
      const outcome: SendOutcome<string> = await limiter.submit({
        lane: 'cancel',
        messages: 1,
        check: () => this.checks.whyNotNow(attempt),
        write: () => {
          connection.write('a cancel', (api) => api.cancelOrder(orderId));
          failPoint('cancel-sent');
        },
      });
      return outcome.written ? null : outcome.refused;
    } catch (error) {
      if (error instanceof BrokerError && error.code === 'NOT_READY') return error.message;
      throw error;
    }
  }

  /** Intents that this connection carried and of which no callback has come: they may be live all the same. */
  unseen(): readonly OrderIntent[] {
    return this.unseenWrites().map(({ intent }) => intent);
  }

  /** Those of them that a reading of the broker has not missed since: what it does not list then was refused with no more than an error. */
  onTheirWay(): readonly OrderIntent[] {
    const { snapshot, inSnapshot } = this.session.mirror;
    return this.unseenWrites()
      .filter((write) => write.snapshot === snapshot || inSnapshot)
      .map(({ intent }) => intent);
  }

  private unseenWrites(): readonly IntentWrite[] {
    const { mirror, connection } = this.session;
    return [...this.writes.values()]
      .filter(({ epoch }) => epoch === connection.epoch)
      .filter(({ intent: { key } }) => entriesOf(mirror, key).length + executionsOf(mirror, key).length === 0);
  }

  private unseenIds(key: string, legs: readonly OrderLeg[]): readonly number[] {
    const intent = this.unseen().find((one) => one.key === key);
    return intent === undefined ? [] : legs.map((leg) => legOrderId(intent.orderIdBase, leg));
  }

  private modifiable(ref: string): MirrorEntry | Refusal {
    const live = liveEntriesOf(this.session.mirror, [ref]);
    if (live.length === 0) return refusal('INVALID_PROPOSAL', `no live order ${ref} to change`);
    if (live.length > 1) return refusal('INVALID_PROPOSAL', `${ref} lives ${live.length} times at the broker`);
    return live[0];
  }

  private async send(
    send: { readonly what: string; readonly messages: number; readonly check: () => NotSent | null },
    write: () => void,
  ): Promise<PlaceResult> {
    const { limiter, connection, clock } = this.session;
    let sent: PlaceResult | null = null;
    try {
      const outcome = await limiter.submit<NotSent>({
        lane: 'order',
        messages: send.messages,
        check: send.check,
        write: () => {
          // Read before the bytes leave, so that it is at or before the write.
          const facts = { epoch: connection.epoch, sentAt: clock.now() ?? 0, sentMonotonicMs: monotonicMs() };
          write();
          sent = { outcome: 'sent', ...facts };
        },
      });
      if (!outcome.written) return outcome.refused;
    } catch (error) {
      if (error instanceof BrokerError && error.code === 'NOT_READY') {
        return notSent(refusal('BROKER_NOT_READY', error.message));
      }
      throw error;
    }
    if (sent === null) throw new BrokerError('CONNECTION_LOST', `The outcome of ${send.what} is not known.`);
    return sent;
  }
}
