/**
 * What reading the broker proves about an intent whose outcome is unknown. Pure.
 * Invariants:
 *  1. What the broker shows (orders, executions, commissions) is applied first; it may settle everything.
 *  2. A leg that is not shown is absent only if (a) the same client id was accepted again after the write, (b) the reading is synced
 *     (so not under 1100, farms up), (c) the write lies inside the broker's execution window, (d) the broker's position is the expected one.
 *  3. Short of that it stays unknown, and a human is told why.
 *  4. IB tells executions since its midnight only: a leg that stays Filled without all of them is over, what it traded is not known, and the
 *     symbol freezes until a human has adopted the broker's position.
 */
import type { OrderEvidence } from './broker-events';
import { ORDER_LEGS, parseOrderRef, type OrderLeg } from './ids';
import {
  advance,
  advanceAll,
  applyBrokerEvent,
  frozen,
  hasUnknownLeg,
  isUntold,
  withLeg,
  type OrderBook,
} from './order-book';
import { isTerminal } from './orders';

export type SyncedEvidence = Extract<OrderEvidence, { synced: true }>;

export interface Reading {
  readonly book: OrderBook;
  readonly verdict:
    | { readonly kind: 'settled' }
    /** The broker certainly never had the intent: it may be placed again or expire. */
    | { readonly kind: 'absent' }
    | { readonly kind: 'still-unknown'; readonly why: string };
}

/** An execution may come a moment after the status that counts it: this many readings, ever later, wait for it. */
const UNTOLD_READINGS = 4;

const signed = (side: 'buy' | 'sell', shares: number): number => (side === 'buy' ? shares : -shares);

/** Position that the broker must show if nothing but our booked executions happened since the decision. */
export const expectedPosition = (book: OrderBook): number =>
  book.executions.reduce((sum, { side, shares }) => sum + signed(side, shares), book.intent.expectedPosition);

/** Applies one reading of the broker to the book of an intent. */
export function readBroker(book: OrderBook, evidence: SyncedEvidence): Reading {
  const told = endUntoldLegs(endCancelledLegs(applyEvidence(book, evidence), evidence), evidence);
  const untold = untoldLegs(told, evidence);
  const unseen = unknownLegsNotShown(told, evidence);
  if (unseen.length === 0 && untold.length > 0 && !hasUnknownLeg(told)) {
    const why = `${untold.join(' and ')} Filled at the broker, its executions are missing`;
    return { book: told, verdict: { kind: 'still-unknown', why } };
  }
  if (unseen.length === 0) {
    const settled = { ...told, readWanted: null, needsHuman: hasUnknownLeg(told) };
    return hasUnknownLeg(told)
      ? { book: settled, verdict: { kind: 'still-unknown', why: 'the broker shows the order without a status' } }
      : { book: settled, verdict: { kind: 'settled' } };
  }
  const doubt = doubtOfAbsence(told, evidence);
  if (doubt !== null) return { book: { ...told, needsHuman: true }, verdict: { kind: 'still-unknown', why: doubt } };
  return absent(told, unseen);
}

function applyEvidence(book: OrderBook, evidence: SyncedEvidence): OrderBook {
  const executions = evidence.executions.map((execution) => ({ type: 'execution', execution }) as const);
  const commissions = evidence.commissions.map(
    (commission) => ({ type: 'commission', commission, orderRef: null }) as const,
  );
  const orders = evidence.orders.map((order) => ({ type: 'order', order }) as const);
  // Executions first: a Filled or Cancelled status is then judged against all of them.
  return [...executions, ...commissions, ...orders].reduce(applyBrokerEvent, book);
}

const untoldLegs = (book: OrderBook, evidence: SyncedEvidence): readonly OrderLeg[] =>
  ORDER_LEGS.filter((leg) => {
    const current = book.legs[leg];
    return current !== null && ordersOf(leg, evidence).some((order) => isUntold(current, order));
  });

const ordersOf = (leg: OrderLeg, evidence: SyncedEvidence): SyncedEvidence['orders'] =>
  evidence.orders.filter(({ orderRef }) => parseOrderRef(orderRef)?.leg === leg);

/** Counts the readings of each untold leg; the last one that is waited for ends it, for a human to look. */
function endUntoldLegs(book: OrderBook, evidence: SyncedEvidence): OrderBook {
  return untoldLegs(book, evidence).reduce((next, leg) => {
    const untoldReadings = (next.legs[leg]?.untoldReadings ?? 0) + 1;
    if (untoldReadings < UNTOLD_READINGS) return withLeg(next, leg, { untoldReadings });
    const why = `${leg} is Filled at the broker, which no longer tells all of its executions`;
    return frozen(advance(next, leg, 'filled-untold'), `${why}: compare the position`);
  }, book);
}

const legsShown = (evidence: SyncedEvidence): ReadonlySet<OrderLeg | undefined> =>
  new Set(evidence.orders.map(({ orderRef }) => parseOrderRef(orderRef)?.leg));

/** A leg whose cancel was sent and that the broker no longer lists is cancelled. */
function endCancelledLegs(book: OrderBook, evidence: SyncedEvidence): OrderBook {
  const shown = legsShown(evidence);
  const gone = ORDER_LEGS.filter((leg) => book.legs[leg]?.state === 'cancelling' && !shown.has(leg));
  return advanceAll(book, 'cancel-confirmed', gone);
}

function unknownLegsNotShown(book: OrderBook, evidence: SyncedEvidence): readonly OrderLeg[] {
  const shown = legsShown(evidence);
  return ORDER_LEGS.filter((leg) => book.legs[leg]?.state === 'unknown' && !shown.has(leg));
}

/** Why absence is not certain yet, or null when it is. */
function doubtOfAbsence(book: OrderBook, evidence: SyncedEvidence): string | null {
  if (!evidence.fenced) return 'the client id has not been accepted again since the write';
  if (!evidence.insideExecutionWindow) return 'the write lies before the executions that the broker still returns';
  const expected = expectedPosition(book);
  if (evidence.position !== expected) return `the broker's position is ${evidence.position}, expected ${expected}`;
  return null;
}

/**
 * An entry that the broker never showed makes the whole intent absent. One that it showed before, and resting legs of an entry that lives
 * or traded, are over.
 */
function absent(book: OrderBook, unseen: readonly OrderLeg[]): Reading {
  const proposed = { ...advanceAll(book, 'absent', unseen), readWanted: null, needsHuman: false };
  const neverArrived = unseen.includes('entry') && book.legs.entry?.seen === false;
  return neverArrived
    ? { book: proposed, verdict: { kind: 'absent' } }
    : { book: advanceAll(proposed, 'lapsed', unseen), verdict: { kind: 'settled' } };
}

/** At the end of the broker's day: live legs that the broker no longer shows have ended; good-till-cancelled ones are shown and stay. */
export function readAtDayEnd(book: OrderBook, evidence: SyncedEvidence): OrderBook {
  const told = applyEvidence(book, evidence);
  const shown = legsShown(evidence);
  const ended = ORDER_LEGS.filter((leg) => {
    const state = told.legs[leg]?.state;
    return (
      state !== undefined && !isTerminal(state) && state !== 'unknown' && state !== 'submitting' && !shown.has(leg)
    );
  });
  // What is Filled without its executions is read on until it is settled.
  const readWanted = untoldLegs(told, evidence).length > 0 ? told.readWanted : null;
  return { ...advanceAll(told, 'lapsed', ended), readWanted };
}
