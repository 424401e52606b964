/**
 * The trading session of a back-test: the reducers of the durable one (judging, reserving, booking, halting, trade dates) around a broker
 * that answers at once, without workflows. What the workflows wait for over time happens here in the same order, one thing at a time.
 */
import type { BrokerEvent } from '../domain/broker-events';
import { tradedSymbolOf, type TradableContract, type TradedSymbol } from '../domain/contracts';
import { ORDER_ID_BLOCK, ORDER_LEGS, parseOrderRef } from '../domain/ids';
import { FUTURE_SYMBOLS } from '../domain/instruments';
import type { OrderIntent } from '../domain/intents';
import { advanceAll, applyBrokerEvent, isFinished, openBook, reportOf, type OrderBook } from '../domain/order-book';
import type { OrderReport } from '../domain/order-report';
import { isTerminal } from '../domain/orders';
import type { EquityReport, ProposalAnswer, ProposalBatch } from '../domain/proposals';
import { closeTradeDate, openTradeDate, snapshotOf, type TradeDateStart } from '../domain/session-day';
import { hearEquity, lift, reduced } from '../domain/session-halt';
import { applyLateReport } from '../domain/session-late-reports';
import {
  applyReport,
  bookedOrder,
  contractsIn,
  isEntryLive,
  isLive,
  isUnprotected,
  netPosition,
  ordersIn,
  ordersOf,
  placed,
  positionOf,
  reductionOf,
  reserve,
} from '../domain/session-orders';
import { answered, judgeBatch, refusedWhole, type Verdict } from '../domain/session-proposals';
import type { SessionSnapshot } from '../domain/session-snapshot';
import { newSession, without, type Flattening, type Limits, type SessionState } from '../domain/session-state';
import type { SimulatedBroker } from './simulated-broker';

/** The guard numbers its connections; a back-test has one. */
const EPOCH = 1;

/** Why a position was closed by an order of the session's own, by the key of that order. */
export type CloseCauses = ReadonlyMap<string, string>;

export class BacktestSession {
  private state: SessionState;
  private readonly books = new Map<string, OrderBook>();
  private readonly keyOfBlock = new Map<number, string>();
  private readonly causes = new Map<string, string>();

  constructor(
    private readonly broker: SimulatedBroker,
    options: { readonly account: string; readonly limits: Limits },
  ) {
    this.state = newSession(options.account, EPOCH, { limits: options.limits, mode: 'trading' });
  }

  snapshot(): SessionSnapshot {
    return snapshotOf(this.state, false);
  }

  closeCauses(): CloseCauses {
    return this.causes;
  }

  openTradeDate(opened: TradeDateStart): void {
    this.state = openTradeDate(this.state, opened);
  }

  closeTradeDate(): void {
    this.state = closeTradeDate(this.state);
    for (const [key, book] of this.books) if (isFinished(book)) this.books.delete(key);
  }

  /** Lifts a halt of an earlier trade date, as its operator would; null when nothing is latched, else the cause. */
  liftHalt(): string | null {
    const { phase, cause } = this.state.halt;
    if (phase !== 'HALTED') return null;
    this.state = lift(this.state);
    return cause;
  }

  hearEquity(report: EquityReport): void {
    const before = this.state.halt.phase;
    this.state = hearEquity(this.state, report);
    if (before === 'ACTIVE' && this.state.halt.phase === 'REDUCING') this.flattenAll(this.state.halt.cause ?? 'halted');
  }

  /** Judges, reserves and places; a batch that is refused whole leaves no trace, as the update's validator sees to. */
  propose(batch: ProposalBatch): readonly ProposalAnswer[] {
    const judged = judgeBatch(this.state, batch);
    const refused = refusedWhole(judged);
    if (refused !== null) return refused;
    this.state = judged.state;
    return judged.verdicts.map((verdict) => this.answer(verdict));
  }

  /** Takes what the broker said since it was last asked, and does what follows from it; true when something was executed. */
  listen(): boolean {
    let executed = false;
    for (let events = this.broker.takeEvents(); events.length > 0; events = this.broker.takeEvents()) {
      executed ||= events.some(({ type }) => type === 'execution');
      this.hear(events);
      for (const symbol of FUTURE_SYMBOLS) this.continueFlattening(symbol);
    }
    return executed;
  }

  private answer(verdict: Verdict): ProposalAnswer {
    const { decisionId, symbol } = verdict.proposal;
    switch (verdict.kind) {
      case 'refuse':
        return { outcome: 'refused', decisionId, refusal: verdict.refusal };
      case 'exit':
        this.flatten(symbol, verdict.proposal.reason);
        return { outcome: 'exit-started', decisionId };
      case 'place': {
        const found: ProposalAnswer = { outcome: 'placed', decisionId, key: verdict.intent.key };
        this.handOver(verdict.intent);
        this.state = answered(this.state, verdict.proposal, found);
        return found;
      }
      case 'repeat':
        throw new Error(`the decision ${decisionId} was proposed twice`);
    }
  }

  private handOver(intent: OrderIntent): void {
    this.state = placed(this.state, intent.key, 'submitting');
    const placement = { outcome: 'sent', epoch: EPOCH, sentAt: intent.decidedAt, sentMonotonicMs: 0 } as const;
    this.books.set(intent.key, openBook(intent, placement));
    this.keyOfBlock.set(Math.floor(intent.orderIdBase / ORDER_ID_BLOCK), intent.key);
    this.broker.place(intent);
    this.listen();
  }

  private hear(events: readonly BrokerEvent[]): void {
    const changed = new Set<string>();
    for (const event of events) {
      const key = this.keyOf(event);
      const book = key === null ? undefined : this.books.get(key);
      if (key === null || book === undefined) continue;
      const next = applyBrokerEvent(book, event);
      if (next !== book) changed.add(key);
      this.books.set(key, next);
    }
    for (const key of changed) {
      const book = this.books.get(key);
      if (book !== undefined) this.hearReport(reportOf(book));
    }
  }

  private keyOf(event: BrokerEvent): string | null {
    const byId = (orderId: number): string | null => this.keyOfBlock.get(Math.floor(orderId / ORDER_ID_BLOCK)) ?? null;
    switch (event.type) {
      case 'order':
      case 'foreign-order':
        return byId(event.order.orderId);
      case 'execution':
        return byId(event.execution.orderId);
      case 'order-error':
        return byId(event.orderId);
      case 'order-missing':
        return parseOrderRef(event.orderRef)?.key ?? null;
      case 'commission':
        return event.orderRef === null ? null : (parseOrderRef(event.orderRef)?.key ?? null);
    }
  }

  /** Booked, and answered with a flatten when it leaves a position that nothing protects, or one after a halt. */
  private hearReport(report: OrderReport): void {
    const before = bookedOrder(this.state, report.key);
    if (before === undefined) return;
    const isLate = this.state.orders[report.key] === undefined;
    this.state = isLate ? applyLateReport(this.state, report) : applyReport(this.state, report);
    const after = bookedOrder(this.state, report.key) ?? before;
    const symbol = tradedSymbolOf(after.intent.contract);
    if (positionOf(this.state, after.intent.contract.conId) === 0) return;
    if (this.state.halt.phase !== 'ACTIVE' && after.booked > before.booked) {
      this.flatten(symbol, this.state.halt.cause ?? 'halted');
    }
    const laidBare = isUnprotected(after) && (!isUnprotected(before) || after.openQuantity !== before.openQuantity);
    if (laidBare && this.state.flattening[symbol] === undefined) {
      this.flatten(symbol, `${report.key} has a position and no stop`);
    }
  }

  private flattenAll(cause: string): void {
    const symbols = new Set<TradedSymbol>([
      ...Object.values(this.state.positions).map(({ contract }) => tradedSymbolOf(contract)),
      ...ordersOf(this.state)
        .filter(isLive)
        .map(({ intent }) => tradedSymbolOf(intent.contract)),
    ]);
    for (const symbol of symbols) this.flatten(symbol, cause);
    this.completeHalt();
  }

  private flatten(symbol: TradedSymbol, cause: string): void {
    if (this.state.flattening[symbol] !== undefined) return;
    this.setFlattening(symbol, { cause, phase: 'cancelling', confirmations: 1 });
    this.continueFlattening(symbol);
  }

  private setFlattening(symbol: TradedSymbol, next: Flattening): void {
    this.state = { ...this.state, flattening: { ...this.state.flattening, [symbol]: next } };
  }

  /** Cancels, reads, reduces, until flat; a reduction that waits for the market is taken up when the broker says what became of it. */
  private continueFlattening(symbol: TradedSymbol): void {
    const running = this.state.flattening[symbol];
    if (running === undefined || this.isReducing(symbol)) return;
    this.cancelOrders(symbol);
    if (this.state.flattening[symbol] === undefined || this.isReducing(symbol)) return;
    const open = contractsIn(this.state, symbol).filter(({ conId }) => this.broker.positionIn(conId) !== 0);
    const booked = netPosition(this.state, symbol);
    const held = open.reduce((sum, { conId }) => sum + this.broker.positionIn(conId), 0);
    if (held !== booked) throw new Error(`the broker holds ${held} ${symbol} and the session booked ${booked}`);
    if (open.length > 0) return this.reduce(open[0], running.cause);
    this.state = { ...this.state, flattening: without(this.state.flattening, symbol) };
    this.completeHalt();
  }

  private isReducing(symbol: TradedSymbol): boolean {
    return ordersIn(this.state, symbol).some((order) => order.intent.purpose === 'reduce' && isEntryLive(order));
  }

  private cancelOrders(symbol: TradedSymbol): void {
    for (const { intent } of ordersIn(this.state, symbol).filter(isLive)) {
      const book = this.books.get(intent.key);
      if (book === undefined) continue;
      const live = ORDER_LEGS.filter((leg) => !isTerminal(book.legs[leg]?.state ?? 'expired'));
      const cancelling = advanceAll(book, 'cancel-sent', live);
      this.books.set(intent.key, cancelling);
      this.hearReport(reportOf(cancelling));
      this.broker.cancel(intent);
      this.hear(this.broker.takeEvents());
    }
  }

  private reduce(contract: TradableContract, cause: string): void {
    const quantity = this.broker.positionIn(contract.conId);
    const { state, intent } = reserve(this.state, reductionOf(this.state, contract, quantity));
    this.state = state;
    this.causes.set(intent.key, cause);
    this.setFlattening(tradedSymbolOf(contract), { cause, phase: 'reducing', confirmations: 1 });
    this.handOver(intent);
  }

  private completeHalt(): void {
    const closing = Object.keys(this.state.flattening).length > 0;
    if (this.state.halt.phase === 'REDUCING' && !closing) this.state = reduced(this.state);
  }
}
