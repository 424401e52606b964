/**
 * What the guard does while the latch is set: tells of it, and cancels whatever of ours could open or enlarge a position, as soon as it is
 * known.
 * Invariants:
 *  1. An order on its way when the latch was set is cancelled by its id, and again when the broker first tells of it.
 *  2. What only closes or protects a position is left; legs of an entry go with it, or stay when it fills.
 *  3. One cancel per order, way of knowing it, and connection: what the broker refuses is not sent for ever.
 */
import type { OrderLeg } from '../domain/ids';
import { BrokerError } from './broker-error';
import type { BrokerLog, BrokerSession } from './broker-session';
import { readLatch, type Latch } from './latch';
import { onlyReduces } from './mirrored-position';
import { liveEntries } from './mirror-state';
import { legOrderId } from './order-fields';
import type { OrderWriter } from './order-writer';

export interface LatchEnforcementParts {
  readonly session: BrokerSession;
  readonly writer: OrderWriter;
  readonly stateDir: string;
  readonly log: BrokerLog;
  /** Hears of each latch once. */
  readonly latched: (latch: Latch) => void;
}

const ENTRY: OrderLeg = 'entry';

export class LatchEnforcement {
  private timer: NodeJS.Timeout | null = null;
  /** The latch as last read, as text. */
  private standing: string | null = null;
  private epoch = 0;
  private readonly asked = new Set<string>();

  constructor(private readonly parts: LatchEnforcementParts) {}

  /** Looks at once and then every `pollMs`. */
  start(pollMs: number): void {
    if (this.timer !== null) return;
    this.timer = setInterval(() => this.look(), pollMs);
    this.look();
  }

  stop(): void {
    if (this.timer !== null) clearInterval(this.timer);
    this.timer = null;
    this.standing = null;
  }

  /** The broker said something: under a latch, what it tells of for the first time is cancelled at once. */
  heard(): void {
    if (this.standing === null) return;
    this.cancelOurs().catch((error: unknown) => {
      this.parts.log.error({ err: error }, 'cancelling for the latch failed; it is tried again');
    });
  }

  /** Cancels what the latch does not allow to live. Rejects with BrokerError NOT_READY when not all of it could be asked. */
  async cancelOurs(): Promise<void> {
    const { session, writer } = this.parts;
    if (this.epoch !== session.connection.epoch) this.asked.clear();
    this.epoch = session.connection.epoch;
    const news = this.doomed().filter(({ name }) => !this.asked.has(name));
    for (const { name } of news) this.asked.add(name);
    const refused = await writer
      .cancelOrders(news.map(({ orderId }) => orderId))
      .catch((error: unknown) => String(error));
    if (refused === null) return;
    for (const { name } of news) this.asked.delete(name);
    throw new BrokerError('NOT_READY', `Not every order could be cancelled: ${refused}.`);
  }

  private look(): void {
    const { stateDir, log, latched } = this.parts;
    const latch = readLatch(stateDir);
    const text = latch === null ? null : JSON.stringify(latch);
    const isNews = text !== this.standing;
    this.standing = text;
    if (latch === null) this.asked.clear();
    if (latch !== null && isNews) {
      log.warn({ latch }, 'the halt latch is set: cancelling everything of ours that could open a position');
      latched(latch);
    }
    if (this.parts.session.isReady) this.heard();
  }

  private doomed(): readonly { readonly name: string; readonly orderId: number }[] {
    const { session, writer } = this.parts;
    const known = liveEntries(session.mirror)
      .filter((entry) => !onlyReduces(session.mirror, entry))
      .map(({ orderId, permId }) => ({ name: `${orderId} as ${permId}`, orderId }));
    const unseen = writer
      .unseen()
      .filter(({ purpose }) => purpose === 'entry')
      .map(({ orderIdBase }) => legOrderId(orderIdBase, ENTRY))
      .map((orderId) => ({ name: `${orderId} unseen`, orderId }));
    // Order id 0 or below: entered by hand or by another client; the API cannot cancel it by id.
    return [...known, ...unseen].filter(({ orderId }) => orderId > 0);
  }
}
