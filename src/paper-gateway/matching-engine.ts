/**
 * Working orders against the recorded market, in order of acceptance. Invariants:
 *  1. An order never fills more than its quantity; an attached order never more than its parent has filled.
 *  2. Of an OCA group, what one order fills the others lose, in the same transaction.
 *  3. All fills against one quote together never exceed its recorded sizes; the rest waits for the next quote.
 *  4. A terminal order never changes again.
 */
import { tradeDateOf } from '../domain/calendar';
import type { Ledger } from './ledger';
import { directionOf, isTerminal, remainingOf, type ExecutionRecord, type OrderRecord } from './ledger-records';
import type { TwoSidedQuote } from './market-replay';
import type { PricedInstrument } from './priced-instrument';
import type { MarketView } from './market-view';
import type { Slot } from './minute-path';
import {
  electByPrices,
  electByQuote,
  fillAtQuote,
  fillByTrades,
  isStopType,
  type Fill,
  type QuoteOffer,
} from './order-matching';
import { ocaGroupOf, ocaReduces } from './order-groups';
import type { PaperAccount } from './paper-account';
import { roundMoney } from './position-accounting';
import { stockCommission } from './stock-commission';

/** Where changes are told; the exchange turns them into messages to the owning client. */
export interface OrderNotices {
  changed(order: OrderRecord): void;
  executed(order: OrderRecord, execution: ExecutionRecord): void;
  failed(clientId: number, orderId: number, code: number, message: string): void;
}

export class MatchingEngine {
  constructor(
    private readonly ledger: Ledger,
    private readonly market: MarketView,
    private readonly account: PaperAccount,
    private readonly notices: OrderNotices,
    /** A scripted fault keeps the order from trading. */
    private readonly isHeld: (order: OrderRecord) => boolean,
  ) {}

  /** Trades of a 5-second bar: elect stops, fill limits that the prices went through. */
  onTrades(conId: number, slot: Slot): void {
    let volume = slot.volume;
    for (const { permId } of this.workingIn(conId)) {
      const order = this.ledger.order(permId);
      if (!this.isWorking(order) || this.isHeld(order)) continue;
      if (isStopType(order) && !order.triggered) {
        this.elect(order, electByPrices(order, slot.prices, this.instrumentOf(order)));
        continue;
      }
      const fill = fillByTrades(order, { low: slot.low, high: slot.high, volume }, this.fillable(order));
      if (fill === null) continue;
      volume -= fill.quantity;
      this.execute(order, fill);
    }
  }

  /** Whatever may trade now does: a fault that held it is over. */
  matchAll(): void {
    for (const { permId } of this.ledger.openOrders()) this.matchNow(permId);
  }

  /** A new quote: everything that can trade against it does. */
  onQuote(conId: number): void {
    for (const { permId } of this.workingIn(conId)) this.matchNow(permId);
  }

  /** An order against the quote in force, if there is one to trade against. */
  matchNow(permId: number): void {
    let order = this.ledger.order(permId);
    const quote = this.market.tradableQuote(order.conId);
    if (quote === null || !this.isWorking(order)) return;
    if (isStopType(order) && !order.triggered) {
      order = this.elect(order, electByQuote(order, quote, this.instrumentOf(order)));
    }
    order = this.acknowledge(order);
    if (this.isHeld(order)) return;
    const fill = fillAtQuote(order, this.offerOf(order.conId, quote), this.fillable(order));
    if (fill === null) return;
    this.takeFromQuote(order, quote, fill.quantity);
    this.execute(order, fill);
  }

  /** Ends an order without a further fill; attached orders end with it, or shrink to what it has filled. */
  terminate(order: OrderRecord, status: 'Cancelled' | 'Inactive', completedStatus: string): OrderRecord {
    const ended = this.ledger.putOrder({ ...order, status, completedAt: this.market.now, completedStatus });
    this.notices.changed(ended);
    for (const { permId } of this.childrenOf(ended)) {
      const child = this.ledger.order(permId);
      const left = child.filled + ended.filled - this.closedOf(ended);
      if (left <= child.filled) this.terminate(child, 'Cancelled', 'Parent order ended');
      else if (child.order.totalQuantity > left) this.resize(child, left);
    }
    return ended;
  }

  /** Orders that can trade: accepted, and not waiting for a parent's first fill. */
  isWorking(order: OrderRecord): boolean {
    if (isTerminal(order) || order.status === 'ApiPending') return false;
    return order.parentPermId === null || this.ledger.order(order.parentPermId).filled > 0;
  }

  /** Books an execution of a known price and quantity, whatever the market says (also used by scripted faults). */
  execute(order: OrderRecord, fill: Fill): ExecutionRecord {
    const { price, quantity } = fill;
    const filled = order.filled + quantity;
    const averageFillPrice = (order.averageFillPrice * order.filled + price * quantity) / filled;
    const complete = filled >= order.order.totalQuantity;
    const updated = this.ledger.putOrder({
      ...order,
      filled,
      averageFillPrice,
      lastFillPrice: price,
      status: complete ? 'Filled' : isTerminal(order) ? order.status : 'Submitted',
      ...(complete && { completedAt: this.market.now, completedStatus: `Filled Size: ${filled}` }),
    });
    const execution = this.book(updated, fill);
    this.notices.executed(updated, execution);
    this.notices.changed(updated);
    this.settleGroup(updated, quantity);
    if (order.filled === 0) this.activateChildren(updated);
    return execution;
  }

  private book(order: OrderRecord, { price, quantity }: Fill): ExecutionRecord {
    const instrument = this.instrumentOf(order);
    const commission = this.commissionOf(order, quantity, price);
    const realizedPnl = this.account.book(order.conId, directionOf(order) * quantity, price, commission);
    const number = this.ledger.account.nextExecution;
    const now = this.market.now;
    const execution: ExecutionRecord = {
      execId: `${hex(this.ledger.origin.seed)}.${hex(Math.floor(now / 1000))}.${hex(number)}.01`,
      permId: order.permId,
      orderId: order.orderId,
      clientId: order.clientId,
      conId: order.conId,
      side: directionOf(order) === 1 ? 'BOT' : 'SLD',
      shares: quantity,
      price,
      time: now,
      tradeDate: tradeDateOf(now),
      cumulativeQuantity: order.filled,
      averagePrice: order.averageFillPrice,
      orderRef: order.order.orderRef,
      exchange: instrument.exchange,
      commission,
      realizedPnl,
    };
    this.ledger.addExecution(execution);
    this.ledger.putAccount({ nextExecution: number + 1 });
    return execution;
  }

  /** What this fill costs; `order` has it booked already. */
  private commissionOf(order: OrderRecord, quantity: number, price: number): number {
    const listing = this.market.listing(order.conId);
    if (listing?.kind !== 'stock') return roundMoney(this.instrumentOf(order).feePerContract * quantity);
    const value = order.averageFillPrice * order.filled;
    const charged = stockCommission(order.filled - quantity, value - price * quantity);
    return roundMoney(stockCommission(order.filled, value) - charged);
  }

  /** The other orders of the group are cancelled, or lose the filled quantity, by the group's OCA type. */
  private settleGroup(order: OrderRecord, quantity: number): void {
    const group = ocaGroupOf(order);
    if (group === null) return;
    for (const { permId } of this.ledger.openOrders()) {
      const other = this.ledger.order(permId);
      if (isTerminal(other) || permId === order.permId || ocaGroupOf(other) !== group) continue;
      const left = other.order.totalQuantity - quantity;
      if (!ocaReduces(order) || left <= other.filled) this.cancelSibling(other);
      else this.resize(other, left);
    }
  }

  private cancelSibling(order: OrderRecord): void {
    this.terminate(order, 'Cancelled', 'Cancelled by OCA group');
    this.notices.failed(order.clientId, order.orderId, 202, 'Order Canceled - reason:OCA group');
  }

  private resize(order: OrderRecord, totalQuantity: number): void {
    this.notices.changed(this.ledger.putOrder({ ...order, order: { ...order.order, totalQuantity } }));
  }

  private activateChildren(parent: OrderRecord): void {
    for (const { permId } of this.childrenOf(parent)) {
      // Read anew: the fill of one child ends or shrinks the next.
      const child = this.ledger.order(permId);
      if (!this.isWorking(child)) continue;
      this.acknowledge(child);
      this.matchNow(permId);
    }
  }

  /** A working order at an open market is Submitted, an unelected stop stays PreSubmitted. */
  private acknowledge(order: OrderRecord): OrderRecord {
    const waits = isStopType(order) && !order.triggered;
    if (order.status !== 'PreSubmitted' || waits || !this.market.isOpen(order.conId)) return order;
    const submitted = this.ledger.putOrder({ ...order, status: 'Submitted' });
    this.notices.changed(submitted);
    return submitted;
  }

  private elect(order: OrderRecord, change: Pick<OrderRecord, 'triggered' | 'trailStop'>): OrderRecord {
    if (change.triggered === order.triggered && change.trailStop === order.trailStop) return order;
    const updated = this.ledger.putOrder({
      ...order,
      ...change,
      status: change.triggered ? 'Submitted' : order.status,
    });
    this.notices.changed(updated);
    return updated;
  }

  private offerOf(conId: number, quote: TwoSidedQuote): QuoteOffer {
    const use = this.ledger.account.quoteUse[conId];
    const taken = use?.quoteTime === quote.time ? use : { bidUsed: 0, askUsed: 0 };
    return { quote, bidSize: quote.bidSize - taken.bidUsed, askSize: quote.askSize - taken.askUsed };
  }

  private takeFromQuote(order: OrderRecord, quote: TwoSidedQuote, quantity: number): void {
    const use = this.ledger.account.quoteUse[order.conId];
    const taken = use?.quoteTime === quote.time ? use : { bidUsed: 0, askUsed: 0 };
    const buys = directionOf(order) === 1;
    const next = {
      quoteTime: quote.time,
      bidUsed: taken.bidUsed + (buys ? 0 : quantity),
      askUsed: taken.askUsed + (buys ? quantity : 0),
    };
    this.ledger.putAccount({ quoteUse: { ...this.ledger.account.quoteUse, [order.conId]: next } });
  }

  private workingIn(conId: number): readonly OrderRecord[] {
    return this.ledger.openOrders().filter((order) => order.conId === conId && this.isWorking(order));
  }

  private childrenOf(parent: OrderRecord): readonly OrderRecord[] {
    return this.ledger.childrenOf(parent.permId).filter((child) => !isTerminal(child));
  }

  /** What may still fill: attached orders together close no more than their parent has opened. */
  private fillable(order: OrderRecord): number {
    const remaining = remainingOf(order);
    if (order.parentPermId === null) return remaining;
    const parent = this.ledger.order(order.parentPermId);
    if (directionOf(parent) === directionOf(order)) return remaining;
    return Math.max(0, Math.min(remaining, parent.filled - this.closedOf(parent)));
  }

  /** What attached orders of the other side have closed of a parent's position. */
  private closedOf(parent: OrderRecord): number {
    return this.ledger
      .childrenOf(parent.permId)
      .filter((child) => directionOf(child) !== directionOf(parent))
      .reduce((sum, { filled }) => sum + filled, 0);
  }

  private instrumentOf(order: OrderRecord): PricedInstrument {
    const listing = this.market.listing(order.conId);
    if (listing === null) throw new Error(`the order ${order.permId} names an unknown contract ${order.conId}`);
    return listing.instrument;
  }
}

const hex = (value: number): string => value.toString(16).padStart(8, '0');
