/**
 * Everything known about one intent, kept by its order workflow: a pure reducer over what the broker says, in any order and repeated.
 * Invariants:
 *  1. Executions are de-duplicated by their whole execId; applying an event twice changes nothing.
 *  2. Quantities come from executions only, never from a status.
 *  3. A correction, an execution beyond the quantity, an order that differs from its intent: freeze, never apply.
 *  4. Commissions join executions by execId in either order.
 */
import type { BrokerEvent, BrokerExecution, MirroredOrder, PlaceResult } from './broker-events';
import { meaningOf } from './broker-codes';
import { tradedSymbolOf } from './contracts';
import { ORDER_LEGS, parseOrderRef, type OrderLeg } from './ids';
import type { OrderIntent } from './intents';
import type { BookedExecution, OrderReport } from './order-report';
import { eventOfStatus } from './order-status';
import { isTerminal, transition, type OrderEvent, type OrderState } from './orders';
import type { Side } from './proposals';

export interface LegBook {
  readonly state: OrderState;
  readonly orderId: number;
  readonly side: Side;
  readonly quantity: number;
  readonly executed: number;
  /** The broker has shown it at least once: should it vanish, it ended; it is never placed again. */
  readonly seen: boolean;
  /** Readings in a row that showed it Filled without all of its executions. */
  readonly untoldReadings?: number;
}

export interface OrderBook {
  readonly intent: OrderIntent;
  readonly legs: Readonly<Record<OrderLeg, LegBook | null>>;
  readonly executions: readonly BookedExecution[];
  readonly commissions: Readonly<Record<string, number>>;
  readonly freeze: string | null;
  readonly reason: string | null;
  /** Why the broker must be read before anything else is believed, or null. */
  readonly readWanted: string | null;
  readonly needsHuman: boolean;
}

/** How the session's attempt to place ended: the broker's answer, or none. */
export type Placement = Exclude<PlaceResult, { outcome: 'not-sent' }> | { readonly outcome: 'unknown' };

const opposite = (side: Side): Side => (side === 'buy' ? 'sell' : 'buy');

/** The book of a freshly placed intent. */
export function openBook(intent: OrderIntent, placement: Placement): OrderBook {
  const state: OrderState = placement.outcome === 'unknown' ? 'unknown' : 'submitting';
  const leg = (offset: number, side: Side): LegBook => ({
    state,
    orderId: intent.orderIdBase + offset,
    side,
    quantity: intent.quantity,
    executed: 0,
    seen: false,
  });
  const resting = intent.bracket !== null;
  const book: OrderBook = {
    intent,
    legs: {
      entry: leg(0, intent.side),
      stop: resting ? leg(1, opposite(intent.side)) : null,
      target: resting ? leg(2, opposite(intent.side)) : null,
    },
    executions: [],
    commissions: {},
    freeze: null,
    reason: null,
    readWanted: placement.outcome === 'unknown' ? 'placing had no answer' : null,
    needsHuman: false,
  };
  return placement.outcome === 'exists' ? placement.orders.reduce(applyOrder, book) : book;
}

export const withLeg = (book: OrderBook, leg: OrderLeg, change: Partial<LegBook>): OrderBook => {
  const current = book.legs[leg];
  return current === null ? book : { ...book, legs: { ...book.legs, [leg]: { ...current, ...change } } };
};

export const frozen = (book: OrderBook, freeze: string): OrderBook =>
  book.freeze === null ? { ...book, freeze } : book;

const wantingRead = (book: OrderBook, readWanted: string): OrderBook =>
  book.readWanted === readWanted ? book : { ...book, readWanted };

/** Moves one leg along the transition table; a contradiction freezes. Legs the intent does not have are left alone. */
export function advance(book: OrderBook, leg: OrderLeg, event: OrderEvent): OrderBook {
  const current = book.legs[leg];
  if (current === null) return book;
  const { state, contradiction } = transition(current.state, event);
  if (contradiction) return frozen(book, `${leg} is ${current.state} and the broker says ${event}`);
  return state === current.state ? book : withLeg(book, leg, { state });
}

/** Moves every leg in `legs` (all by default). */
export const advanceAll = (book: OrderBook, event: OrderEvent, legs: readonly OrderLeg[] = ORDER_LEGS): OrderBook =>
  legs.reduce((next, leg) => advance(next, leg, event), book);

/** Applies one thing the broker said. Events of other intents are ignored. */
export function applyBrokerEvent(book: OrderBook, event: BrokerEvent): OrderBook {
  switch (event.type) {
    case 'order':
    case 'foreign-order':
      return applyOrder(book, event.order);
    case 'execution':
      return applyExecution(book, event.execution);
    case 'commission':
      return applyCommission(book, event.commission.execId, event.commission.commission);
    case 'order-missing':
      return applyMissing(book, event.orderRef);
    case 'order-error':
      return applyError(book, event.orderId, event.orderRef, event.code, event.message);
  }
}

/** It may have been cancelled, or filled, while nobody listened: reading says which. */
function applyMissing(book: OrderBook, orderReference: string): OrderBook {
  const leg = legOf(book, orderReference, 0);
  const state = leg === null ? undefined : book.legs[leg]?.state;
  if (leg === null || (state !== 'working' && state !== 'partially-filled')) return book;
  return wantingRead(advance(book, leg, 'uncertain'), `the broker does not list the ${leg} any more`);
}

function legOf(book: OrderBook, orderReference: string | null, orderId: number): OrderLeg | null {
  const ref = orderReference === null ? null : parseOrderRef(orderReference);
  if (ref !== null) return ref.key === book.intent.key ? ref.leg : null;
  return ORDER_LEGS.find((leg) => book.legs[leg]?.orderId === orderId) ?? null;
}

function applyOrder(book: OrderBook, order: MirroredOrder): OrderBook {
  const leg = legOf(book, order.orderRef, order.orderId);
  const current = leg === null ? null : book.legs[leg];
  if (leg === null || current === null) return book;
  const difference = adoptionDifference(book.intent, current, order);
  if (difference !== null)
    return frozen(book, `${order.orderRef} at the broker differs from its intent: ${difference}`);
  const event = eventOfStatus(order.status);
  if (event !== null) return advance(current.seen ? book : withLeg(book, leg, { seen: true }), leg, event);
  const untold = isUntold(current, order);
  return untold ? wantingRead(book, `${leg} is Filled and its executions are missing`) : book;
}

/** Shown as Filled while executions are missing: they come in a moment, or the broker tells them no more. */
export const isUntold = (leg: LegBook, order: MirroredOrder): boolean =>
  order.status === 'Filled' && leg.state !== 'filled' && leg.executed < leg.quantity;

/** Only an order with equal side and contract, and quantity no larger than the intent's, is ours to adopt. */
function adoptionDifference(intent: OrderIntent, leg: LegBook, order: MirroredOrder): string | null {
  if (order.conId !== intent.contract.conId) return `contract ${order.conId}, not ${intent.contract.conId}`;
  if (order.side !== leg.side) return `${order.side}, not ${leg.side}`;
  // A broker that fills an entry in parts shrinks its resting legs: smaller is no stranger, larger is.
  if (order.quantity > leg.quantity) return `quantity ${order.quantity}, not ${leg.quantity}`;
  return null;
}

/** `0000e0d5.12ab.01.01` and `….01.02` are one execution and its correction. */
const executionStem = (execId: string): string => execId.replace(/\.\d+$/, '');

function applyExecution(book: OrderBook, execution: BrokerExecution): OrderBook {
  const leg = legOf(book, execution.orderRef, execution.orderId);
  const current = leg === null ? null : book.legs[leg];
  if (leg === null || current === null) return book;
  if (book.executions.some(({ execId }) => execId === execution.execId)) return book;
  const stem = executionStem(execution.execId);
  const corrected = book.executions.find(({ execId }) => executionStem(execId) === stem);
  if (corrected !== undefined) return frozen(book, `${execution.execId} corrects ${corrected.execId}`);
  if (execution.side !== current.side || execution.conId !== book.intent.contract.conId) {
    return frozen(
      book,
      `${execution.execId} is a ${execution.side} of contract ${execution.conId} under our reference`,
    );
  }
  const executed = current.executed + execution.shares;
  if (executed > current.quantity) return frozen(book, `${leg} executed ${executed} of ${current.quantity}`);
  const { execId, side, shares, price, time } = execution;
  const booked: OrderBook = {
    ...withLeg(book, leg, { executed, seen: true }),
    executions: [...book.executions, { execId, leg, side, shares, price, time }],
  };
  return advance(booked, leg, executed === current.quantity ? 'fully-executed' : 'part-executed');
}

function applyCommission(book: OrderBook, execId: string, commission: number): OrderBook {
  if (book.commissions[execId] === commission) return book;
  return { ...book, commissions: { ...book.commissions, [execId]: commission } };
}

function applyError(book: OrderBook, orderId: number, ref: string | null, code: number, message: string): OrderBook {
  const leg = legOf(book, ref, orderId);
  const current = leg === null ? null : book.legs[leg];
  if (leg === null || current === null) return book;
  const said = `${code} ${message}`;
  switch (meaningOf(code).onOrder) {
    case 'none':
      return book;
    case 'rejected':
      return advance({ ...book, reason: said }, leg, current.state === 'replacing' ? 'modify-refused' : 'rejected');
    case 'cancelled':
      return advance(book, leg, 'cancel-confirmed');
    case 'read-again':
      return isTerminal(current.state) ? book : wantingRead(advance(book, leg, 'cancel-refused'), said);
    case 'unknown':
      return isTerminal(current.state)
        ? book
        : { ...advance({ ...book, reason: said }, leg, 'uncertain'), readWanted: said };
  }
}

const legStates = (book: OrderBook): readonly OrderState[] =>
  ORDER_LEGS.flatMap((leg) => (book.legs[leg] === null ? [] : [book.legs[leg].state]));

export const hasUnknownLeg = (book: OrderBook): boolean => legStates(book).includes('unknown');
export const isFinished = (book: OrderBook): boolean => legStates(book).every(isTerminal);
/** Executions whose commission the broker has not reported yet. */
export const missesCommissions = (book: OrderBook): boolean =>
  book.executions.some(({ execId }) => book.commissions[execId] === undefined);

/** Events that would change the book: after a reconnect the broker repeats a day's worth, and most of it is known. */
export function newsIn(book: OrderBook, events: readonly BrokerEvent[]): readonly BrokerEvent[] {
  let known = book;
  return events.filter((event) => {
    const next = applyBrokerEvent(known, event);
    const isNews = next !== known;
    known = next;
    return isNews;
  });
}

/** What the session needs to know. */
export function reportOf(book: OrderBook): OrderReport {
  const stateOf = (leg: OrderLeg): OrderState | null => book.legs[leg]?.state ?? null;
  return {
    key: book.intent.key,
    symbol: tradedSymbolOf(book.intent.contract),
    states: { entry: stateOf('entry'), stop: stateOf('stop'), target: stateOf('target') },
    executions: book.executions,
    fees: book.executions.reduce((sum, { execId }) => sum + (book.commissions[execId] ?? 0), 0),
    needsHuman: book.needsHuman,
    freeze: book.freeze,
    reason: book.reason,
  };
}
