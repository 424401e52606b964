/**
 * What reading the broker proves about an intent whose outcome is unknown. Pure.
 * Invariants:
 *  1. What the broker shows (orders, executions, commissions) is applied first; it may settle everything.
 *  2. A leg that is not shown is absent only if (a) the same client id was accepted again after the write, (b) the reading is synced
 *     (so not under 1100, farms up), (c) the write lies inside the broker's execution window, (d) the broker's position is the expected one.
 *  3. Short of that it stays unknown, and a human is told why.
 */
import type { OrderEvidence } from './broker-events';
import { ORDER_LEGS, parseOrderRef, type OrderLeg } from './ids';
import { advanceAll, applyBrokerEvent, hasUnknownLeg, type OrderBook } from './order-book';
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

const signed = (side: 'buy' | 'sell', shares: number): number => (side === 'buy' ? shares : -shares);

/** Position that the broker must show if nothing but our booked executions happened since the decision. */
export const expectedPosition = (book: OrderBook): number =>
  book.executions.reduce((sum, { side, shares }) => sum + signed(side, shares), book.intent.expectedPosition);

/** Applies one reading of the broker to the book of an intent. */
export function readBroker(book: OrderBook, evidence: SyncedEvidence): Reading {
  const told = endCancelledLegs(applyEvidence(book, evidence), evidence);
  const unseen = unknownLegsNotShown(told, evidence);
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
  return { ...advanceAll(told, 'lapsed', ended), readWanted: null };
}
