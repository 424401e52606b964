/**
 * What a client may ask about orders: place, modify, cancel, what-if, and what the calendar does to them. Invariants:
 *  1. An order is accepted at most once per client and order id; the same id again is a modification of a living order or an error.
 *  2. Held orders (transmit off) never trade; the first transmitted order of a family releases all of it, parent first.
 *  3. A refused order leaves no working record; a 201 leaves an Inactive one, so that the refusal can be read later.
 */
import { tradeDateBounds, tradeDateOf } from '../domain/calendar';
import type { Listing } from './contract-universe';
import { nextStockClose } from './daily-replay';
import { parseWireTime } from './fields-time';
import type { Ledger } from './ledger';
import { isTerminal, type OrderRecord } from './ledger-records';
import type { MarketView } from './market-view';
import type { MatchingEngine, OrderNotices } from './matching-engine';
import { crowdRefusal, marginRefusal } from './order-limits';
import { trailAfter } from './order-matching';
import { modifyRefusal, orderRefusal, type OrderRefusal } from './order-validation';
import type { PaperAccount } from './paper-account';
import type { WireOrder } from './messages';

export interface PlaceRequest {
  readonly clientId: number;
  readonly orderId: number;
  readonly listing: Listing;
  readonly order: WireOrder;
  readonly receivedMonotonicMs: number;
}

const NO_SUCH_ORDER = 10147;
const NOT_CANCELLABLE = 10148;

export class OrderDesk {
  constructor(
    private readonly ledger: Ledger,
    private readonly market: MarketView,
    private readonly account: PaperAccount,
    private readonly engine: MatchingEngine,
    private readonly notices: OrderNotices,
  ) {}

  /**
   * A new order, or a modification when the client's order of this id lives. `reuseIds` is the fault of a gateway that forgot its ids:
   * then an id whose order has ended is taken as new.
   */
  place(request: PlaceRequest, reuseIds: boolean): void {
    const { clientId, orderId, listing, order } = request;
    this.noteOrderId(clientId, orderId);
    const existing = this.ledger.orderOf(clientId, orderId);
    if (existing !== null && !isTerminal(existing)) return this.modify(existing, request);
    if (existing !== null && !reuseIds) {
      const filled = existing.status === 'Filled';
      return this.fail(request, {
        code: filled ? 104 : 103,
        message: filled ? 'Cannot modify a filled order.' : 'Duplicate order id',
      });
    }
    if (listing.replay === null) {
      return this.reject(request, `the paper gateway has no recorded market for ${listing.wire.localSymbol}`);
    }
    if (listing.kind === 'stock' && !listing.replay.isListedAt(this.market.now)) {
      return this.reject(
        request,
        `This contract is not available for trading: ${listing.wire.localSymbol} is not listed`,
      );
    }
    const refused = orderRefusal(order, listing.instrument, this.ledger.origin.account, this.market.now);
    if (refused !== null) return refused.code === 201 ? this.rejectWith(request, refused) : this.fail(request, refused);
    const parent = order.parentId === 0 ? null : this.ledger.orderOf(clientId, order.parentId);
    if (order.parentId !== 0 && (parent === null || (isTerminal(parent) && parent.filled === 0))) {
      return this.fail(request, { code: 135, message: `Can't find order with id =${order.parentId}` });
    }
    const refusal =
      crowdRefusal(this.ledger, listing.conId, order) ??
      marginRefusal(this.ledger, this.account, listing.conId, order, null);
    if (refusal !== null) return this.rejectWith(request, refusal);
    this.accept(request, parent);
  }

  /** Refuses a new order with code 201 as IB's order system does; the record stays, Inactive. */
  reject(request: PlaceRequest, reason: string): void {
    this.rejectWith(request, { code: 201, message: `Order rejected - reason:${reason}` });
  }

  cancel(clientId: number, orderId: number): void {
    const order = this.ledger.livingOrdersOf(clientId, orderId).at(-1) ?? this.ledger.orderOf(clientId, orderId);
    if (order === null) {
      const message = `OrderId ${orderId} that needs to be cancelled is not found.`;
      return this.notices.failed(clientId, orderId, NO_SUCH_ORDER, message);
    }
    if (isTerminal(order)) {
      const message = `OrderId ${orderId} that needs to be cancelled can not be cancelled, state: ${order.status}.`;
      return this.notices.failed(clientId, orderId, NOT_CANCELLABLE, message);
    }
    this.cancelByTrader(order);
  }

  /** Every living order of every client. */
  cancelAll(): void {
    for (const { permId } of this.ledger.openOrders()) {
      const order = this.ledger.order(permId);
      if (!isTerminal(order)) this.cancelByTrader(order);
    }
  }

  /** Ends the orders whose time in force is over at the ledger's clock. */
  expire(): void {
    for (const { permId } of this.ledger.openOrders()) {
      const order = this.ledger.order(permId);
      const due = order.expiresAt !== null && order.expiresAt <= this.market.now;
      if (due && !isTerminal(order)) this.cancelOrder(order, 'Expired', 'Expired');
    }
  }

  /** The next instant at which an order expires; null when none does. */
  nextExpiry(): number | null {
    const times = this.ledger.openOrders().flatMap(({ expiresAt }) => (expiresAt === null ? [] : [expiresAt]));
    return times.length === 0 ? null : Math.min(...times);
  }

  /** Ends a living order and says so with 202. */
  cancelOrder(order: OrderRecord, completedStatus: string, reason: string): void {
    this.engine.terminate(order, 'Cancelled', completedStatus);
    this.notices.failed(order.clientId, order.orderId, 202, `Order Canceled - reason:${reason}`);
  }

  /** A second living order under the same id with another permId: what a modification during a loss of connectivity can leave. */
  duplicateOnModify(existing: OrderRecord, request: PlaceRequest): void {
    this.release(this.ledger.putOrder({ ...this.newRecord(request, null), parentPermId: existing.parentPermId }));
  }

  private cancelByTrader(order: OrderRecord): void {
    this.notices.changed({ ...order, status: 'PendingCancel' });
    this.cancelOrder(order, 'Cancelled by Trader', '');
  }

  private accept(request: PlaceRequest, parent: OrderRecord | null): void {
    const record = this.ledger.putOrder(this.newRecord(request, parent));
    // A held order is silent until its family is transmitted.
    if (!request.order.transmit) return;
    const family = parent === null ? [record] : this.familyOf(parent);
    for (const { permId } of family) {
      const member = this.ledger.order(permId);
      if (member.status === 'ApiPending') this.release(member);
    }
  }

  /** Parent and living children, in order of acceptance. */
  private familyOf(parent: OrderRecord): readonly OrderRecord[] {
    const children = this.ledger.openOrders().filter(({ parentPermId }) => parentPermId === parent.permId);
    return isTerminal(parent) ? children : [parent, ...children];
  }

  private release(order: OrderRecord): void {
    const waiting = this.ledger.putOrder({ ...order, status: 'PreSubmitted' });
    this.notices.changed(waiting);
    if (!this.market.isOpen(order.conId)) {
      const { action, totalQuantity } = order.order;
      const name = this.market.listing(order.conId)?.wire.localSymbol ?? String(order.conId);
      const text = `Order Message:\n${action} ${totalQuantity} ${name}\nWarning: your order will not be placed at the exchange until it opens.`;
      this.notices.failed(order.clientId, order.orderId, 399, text);
    }
    this.engine.matchNow(order.permId);
    this.endImmediate(order.permId);
  }

  /** What an immediate-or-cancel order did not get at once it does not get. */
  private endImmediate(permId: number): void {
    const order = this.ledger.order(permId);
    if (order.order.tif.toUpperCase() !== 'IOC' || isTerminal(order) || !this.engine.isWorking(order)) return;
    this.cancelOrder(order, 'Immediate or cancel', 'Immediate or cancel');
  }

  private modify(existing: OrderRecord, request: PlaceRequest): void {
    const { order, listing } = request;
    const refusal =
      modifyRefusal(existing, order, listing.conId) ??
      orderRefusal(order, listing.instrument, this.ledger.origin.account, this.market.now) ??
      marginRefusal(this.ledger, this.account, listing.conId, order, existing);
    if (refusal !== null) return this.fail(request, refusal);
    const modified = this.ledger.putOrder({
      ...existing,
      order: { ...order, account: existing.order.account, parentId: existing.order.parentId },
      trailStop: order.trailStopPrice ?? existing.trailStop,
      expiresAt: this.expiryOf(listing, order),
    });
    if (existing.status === 'ApiPending' && order.transmit) return this.release(modified);
    this.notices.changed(modified);
    this.engine.matchNow(modified.permId);
    this.endImmediate(modified.permId);
  }

  private newRecord(request: PlaceRequest, parent: OrderRecord | null): OrderRecord {
    const { clientId, orderId, listing, order, receivedMonotonicMs } = request;
    const permId = this.ledger.account.nextPermId;
    this.ledger.putAccount({ nextPermId: permId + 1 });
    const record: OrderRecord = {
      permId,
      clientId,
      orderId,
      conId: listing.conId,
      order: { ...order, account: this.ledger.origin.account, tif: order.tif === '' ? 'DAY' : order.tif },
      status: 'ApiPending',
      filled: 0,
      averageFillPrice: 0,
      lastFillPrice: 0,
      parentPermId: parent?.permId ?? null,
      triggered: false,
      trailStop: order.trailStopPrice,
      placedAt: this.market.now,
      expiresAt: this.expiryOf(listing, order),
      receivedMonotonicMs,
      completedAt: null,
      completedStatus: '',
    };
    return { ...record, trailStop: this.firstTrail(record) };
  }

  /** A trailing stop without a price of its own starts at its distance from the mark. */
  private firstTrail(record: OrderRecord): number | null {
    const listing = this.market.listing(record.conId);
    const mark = this.market.mark(record.conId);
    if (record.trailStop !== null || listing === null || mark === null) return record.trailStop;
    return trailAfter(record, mark, listing.instrument);
  }

  private expiryOf(listing: Listing, order: WireOrder): number | null {
    switch (order.tif.toUpperCase()) {
      case 'GTC':
        return null;
      case 'GTD': {
        const until = parseWireTime(order.goodTillDate);
        return typeof until === 'number' ? until : null;
      }
      default:
        return listing.kind === 'stock'
          ? nextStockClose(this.market.now, listing.instrument.regularHours)
          : tradeDateBounds(tradeDateOf(this.market.now)).end;
    }
  }

  private rejectWith(request: PlaceRequest, refusal: OrderRefusal): void {
    const reason = refusal.message.replace(/^Order rejected - reason:/, '');
    const record = this.newRecord(request, null);
    const inactive = { ...record, status: 'Inactive', completedAt: this.market.now, completedStatus: reason } as const;
    this.notices.changed(this.ledger.putOrder(inactive));
    this.fail(request, refusal);
  }

  private fail({ clientId, orderId }: PlaceRequest, { code, message }: OrderRefusal): void {
    this.notices.failed(clientId, orderId, code, message);
  }

  private noteOrderId(clientId: number, orderId: number): void {
    const { highestOrderId } = this.ledger.account;
    if (orderId <= (highestOrderId[clientId] ?? 0)) return;
    this.ledger.putAccount({ highestOrderId: { ...highestOrderId, [clientId]: orderId } });
  }
}
