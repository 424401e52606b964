/** Everything that is checked immediately before a write (guard.ts, invariant 1); reads only, and answers with the first reason against. */
import type { Config } from '../config/config';
import type { PlaceResult } from '../domain/broker-events';
import { FIRST_ORDER_ID, ORDER_LEGS, orderRef } from '../domain/ids';
import type { OrderIntent } from '../domain/intents';
import { refusal, type Refusal } from '../domain/refusals';
import type { BrokerSession } from './broker-session';
import { readLatch } from './latch';
import { monotonicMs } from './limiter';
import { closableBy } from './mirrored-position';
import { legOrderId } from './order-fields';
import { entriesOf, executionsOf, mirrored, refOfOrderId } from './mirror-state';
import { sendingRefusal } from './permissions';
import type { WhyGivenUp } from './port';

/** Longest wait for the broker's clock or the limiter before a send is dropped; well below the activity's time-out of 5 s. */
export const SEND_WAIT_MS = 1_500;

/** Nothing was written: refused, or the broker has it. */
export type NotSent = Extract<PlaceResult, { outcome: 'not-sent' | 'exists' }>;
export const notSent = (why: Refusal): NotSent => ({ outcome: 'not-sent', refusal: why });

/** One attempt to write: on which connection, since when (monotonic ms), and whether somebody still waits for it. */
export interface Attempt {
  readonly epoch: number;
  readonly startedAt: number;
  readonly whyGivenUp: WhyGivenUp;
}

/** What this process wrote. */
export interface Written {
  /** orderRef written under an order id, null when none was. */
  refOf(orderId: number): string | null;
  /** Intents of which nothing was heard or read yet. */
  onTheirWay(): readonly OrderIntent[];
}

export class SendChecks {
  constructor(
    private readonly session: BrokerSession,
    private readonly config: Pick<Config, 'broker' | 'permissions'>,
    private readonly stateDir: string,
    private readonly written: Written,
  ) {}

  /** Why an intent may not be written now: a refusal, or that the broker holds it already. */
  whyNotPlace(intent: OrderIntent, attempt: Attempt): NotSent | null {
    const enlarges = this.enlarges(intent);
    // The latch stops whatever could open or enlarge a position; closing one is what it is for.
    const passesLatch = intent.purpose === 'reduce' && enlarges === null;
    const why =
      this.whyNothingLeaves(intent.account, attempt, passesLatch) ?? this.invalid(intent) ?? this.expired(intent);
    if (why !== null) return notSent(why);
    const { mirror } = this.session;
    const held = entriesOf(mirror, intent.key);
    if (held.length > 0 || executionsOf(mirror, intent.key).length > 0) {
      return { outcome: 'exists', orders: held.map((entry) => mirrored(mirror, entry)) };
    }
    return enlarges === null ? null : notSent(enlarges);
  }

  /** A reduction that could open or flip a position, beside what else of ours is on its way: never written, whatever the session believed. */
  private enlarges({ purpose, key, contract: { conId }, side, quantity }: OrderIntent): Refusal | null {
    if (purpose !== 'reduce') return null;
    const { mirror } = this.session;
    const onTheirWay = this.written
      .onTheirWay()
      .filter((other) => other.key !== key && other.contract.conId === conId && other.side === side)
      .reduce((sum, other) => sum + other.quantity, 0);
    const closable = closableBy(mirror, conId, side, key) - onTheirWay;
    if (quantity <= closable) return null;
    const position = mirror.positions.get(conId)?.quantity ?? 0;
    return refusal('NOT_REDUCING', `${side}=${quantity} closable=${Math.max(0, closable)} position=${position}`);
  }

  /** Why no order and no change of one may leave now. */
  whyNothingLeaves(account: string, attempt: Attempt, passesLatch = false): Refusal | null {
    const permission = sendingRefusal(this.config.permissions, {
      configured: this.config.broker.account,
      managed: this.session.managedAccounts,
      ordered: account,
    });
    const now = this.whyNotNow(attempt);
    if (now !== null && permission?.code !== 'ORDERS_DISABLED') return refusal('BROKER_NOT_READY', now);
    if (permission !== null || passesLatch) return permission;
    const latch = readLatch(this.stateDir);
    return latch === null ? null : refusal('LATCHED', `by ${latch.who}: ${latch.why}`);
  }

  /** Why nothing at all may be written now; cancels ask only this. */
  whyNotNow({ epoch, startedAt, whyGivenUp }: Attempt): string | null {
    const notReady = this.session.notReady();
    if (notReady !== null) return notReady;
    if (this.session.connection.epoch !== epoch) return 'the connection changed before the write';
    return monotonicMs() - startedAt > SEND_WAIT_MS ? `not written within ${SEND_WAIT_MS} ms` : whyGivenUp();
  }

  private expired({ expiresAt }: OrderIntent): Refusal | null {
    const now = this.session.clock.now();
    if (now === null || now <= expiresAt) return null;
    return refusal('EXPIRED', `expired=${new Date(expiresAt).toISOString()} now=${new Date(now).toISOString()}`);
  }

  /** A block of order ids that is not ours to use, or a quantity that is none. */
  private invalid(intent: OrderIntent): Refusal | null {
    const { orderIdBase, quantity, key } = intent;
    if (!Number.isInteger(quantity) || quantity <= 0) return refusal('INVALID_PROPOSAL', `quantity=${quantity}`);
    if (orderIdBase < FIRST_ORDER_ID) {
      return refusal('INVALID_PROPOSAL', `orderId=${orderIdBase} first=${FIRST_ORDER_ID}`);
    }
    for (const leg of ORDER_LEGS) {
      const orderId = legOrderId(orderIdBase, leg);
      const holder = refOfOrderId(this.session.mirror, orderId) ?? this.written.refOf(orderId);
      if (holder !== null && holder !== orderRef(key, leg)) {
        return refusal('INVALID_PROPOSAL', `orderId=${orderId} belongs to ${holder || 'a foreign order'}`);
      }
    }
    return null;
  }
}
