/**
 * One order intent from its placement to the end of the broker's day: fills, late executions, corrections, cancels, unknown outcomes.
 * Invariants:
 *  1. What is believed about the order is the book (domain/order-book.ts); only what the broker said changes it.
 *  2. An unknown outcome is left by reading alone; it is placed again, with the same ids, only when absence is certain.
 *  3. The session hears every change that matters, in order, as a cumulative report; nothing is told as a child's result.
 *  4. It completes when every leg is over, every commission is known, the session has ended its trade date and has taken the last report.
 */
import { condition, continueAsNew, log, setHandler, sleep, workflowInfo } from '@temporalio/workflow';
import { ORDER_LEGS, type OrderLeg } from '../domain/ids';
import type { OrderIntent } from '../domain/intents';
import {
  advance,
  advanceAll,
  applyBrokerEvent,
  isFinished,
  missesCommissions,
  openBook,
  reportOf,
  type OrderBook,
  type Placement,
} from '../domain/order-book';
import { isTerminal, type OrderState } from '../domain/orders';
import { readAtDayEnd, readBroker } from '../domain/reconciliation';
import { brokerCalls, type BrokerCalls } from './broker-calls';
import * as messages from './messages';
import { matterOf, report, type Told } from './order-reporting';
import { placeOnce } from './place-call';

export interface OrderArguments {
  readonly intent: OrderIntent;
  readonly placement: Placement;
  /** Connection epoch of the write as far as the session knows; null when it knows none. */
  readonly sentEpoch: number | null;
  /** Book of the run before, when this one continues it. */
  readonly carried: OrderBook | null;
  /** The run before was asked to cancel. */
  readonly cancelAsked?: boolean;
}

/** The broker acknowledges or refuses within this wall time, or the order is unknown (incident: silently dropped orders). */
const SILENCE = '5s';
const PLACED_AGAIN_AT_MOST = 3;
const FIRST_READ_MS = 500;
const LONGEST_READ_MS = 10 * 60_000;

interface Order {
  book: OrderBook;
  changes: number;
  cancelWanted: boolean;
  /** Somebody wanted it cancelled, whatever was known of it then: it is never placed again, and cancelled wherever it turns up. */
  cancelAsked: boolean;
  modifyWanted: messages.LegChange | null;
  dayEnded: boolean;
  placedAgain: number;
  /** Wall milliseconds until the next reading of a leg that stays in doubt. */
  readDelayMs: number;
  readonly told: Told;
  readonly calls: BrokerCalls;
  readonly sentEpoch: number | null;
}

export async function order(start: OrderArguments): Promise<void> {
  const self = openOrder(start);
  registerHandlers(self);
  for (;;) {
    // Taken before anything is awaited: a change heard meanwhile is reported in the next round.
    const seen = self.changes;
    await report(self.book, self.told);
    if (await step(self)) continue;
    if (self.changes !== seen) continue;
    const { againInMs } = self.told;
    if (isOver(self) && againInMs === null) return;
    if (workflowInfo().continueAsNewSuggested) {
      await continueAsNew<typeof order>({ ...start, carried: self.book, cancelAsked: self.cancelAsked });
    }
    const changed = (): boolean => self.changes !== seen;
    if (againInMs === null) await condition(changed);
    else await condition(changed, againInMs);
  }
}

function openOrder(start: OrderArguments): Order {
  const book = start.carried ?? openBook(start.intent, start.placement);
  return {
    book,
    changes: 0,
    cancelWanted: false,
    cancelAsked: start.cancelAsked ?? false,
    modifyWanted: null,
    dayEnded: false,
    placedAgain: 0,
    readDelayMs: 0,
    // The session booked the placement itself; what the broker showed already is news to it.
    // A run before may have ended with its last report untaken.
    told: {
      reported: start.placement.outcome === 'exists' || start.carried !== null ? '' : matterOf(reportOf(book)),
      attribute: null,
      againInMs: null,
    },
    calls: brokerCalls(start.intent.account),
    sentEpoch: start.placement.outcome === 'sent' ? start.placement.epoch : start.sentEpoch,
  };
}

function registerHandlers(self: Order): void {
  setHandler(messages.orderBook, () => self.book);
  setHandler(messages.brokerEvents, (events) => update(self, events.reduce(applyBrokerEvent, self.book)));
  setHandler(messages.cancelIntent, ({ by, why }) => {
    log.info('cancel asked', { by, why });
    self.cancelWanted = true;
    self.cancelAsked = true;
    self.changes += 1;
  });
  setHandler(messages.modifyLeg, (change) => {
    self.modifyWanted = change;
    self.changes += 1;
  });
  setHandler(messages.standDown, () => {
    self.dayEnded = true;
    self.changes += 1;
  });
}

function update(self: Order, book: OrderBook): void {
  if (book === self.book) return;
  self.book = book;
  self.changes += 1;
}

const legsIn = (book: OrderBook, states: readonly OrderState[]): readonly OrderLeg[] =>
  ORDER_LEGS.filter((leg) => states.includes(book.legs[leg]?.state ?? 'expired'));

/** Does the most urgent thing there is to do; false when there is nothing but to wait. */
async function step(self: Order): Promise<boolean> {
  if (legsIn(self.book, ['proposed']).length > 0) return placeAgain(self);
  if (self.cancelWanted || mustCancel(self, RESTING)) return cancel(self);
  if (self.book.readWanted !== null || legsIn(self.book, ['unknown']).length > 0) return read(self);
  if (self.modifyWanted !== null) return modify(self, self.modifyWanted);
  if (legsIn(self.book, ['submitting', 'cancelling', 'replacing']).length > 0) return awaitAnswer(self);
  if (self.dayEnded) return endDay(self);
  return false;
}

const RESTING: readonly OrderState[] = ['submitting', 'working', 'partially-filled'];
/** It was to be cancelled, and legs in these states were found since. */
const mustCancel = (self: Order, found: readonly OrderState[]): boolean =>
  self.cancelAsked && legsIn(self.book, found).length > 0;

const isOver = (self: Order): boolean => self.dayEnded && isFinished(self.book);

/**
 * Certain absence brought the legs back to proposed: the guard sends within the time to live, or never. A broker that loses it again and
 * again does not get it for ever.
 */
async function placeAgain(self: Order): Promise<boolean> {
  if (self.cancelAsked || self.placedAgain === PLACED_AGAIN_AT_MOST) {
    const reason = self.cancelAsked ? 'cancelled before it was placed again' : 'the broker lost it every time';
    self.cancelWanted = false;
    update(self, { ...advanceAll(self.book, 'lapsed', legsIn(self.book, ['proposed'])), reason });
    return true;
  }
  // Who is asked to cancel while waiting does not place.
  if (self.placedAgain > 0 && (await condition(() => self.cancelAsked, nextReadDelay(self)))) return true;
  const [outcome] = await placeOnce(self.calls, [self.book.intent]);
  // Legs that a callback moved meanwhile are beyond this answer.
  const proposed = legsIn(self.book, ['proposed']);
  switch (outcome.outcome) {
    case 'sent':
      self.placedAgain += 1;
      update(self, advanceAll(self.book, 'sent', proposed));
      break;
    case 'exists':
    case 'unknown':
      self.placedAgain += 1;
      update(self, {
        ...advanceAll(self.book, 'uncertain', proposed),
        readWanted: 'placing again had no clear answer',
      });
      break;
    case 'not-sent':
      if (outcome.refusal.code === 'BROKER_NOT_READY') await sleep(nextReadDelay(self));
      else update(self, { ...advanceAll(self.book, 'lapsed', proposed), reason: outcome.refusal.detail });
      break;
  }
  return true;
}

/** Waits for the broker's answer to what was sent; silence makes it a matter of reading. */
async function awaitAnswer(self: Order): Promise<boolean> {
  const seen = self.changes;
  if (await condition(() => self.changes !== seen, SILENCE)) return true;
  const silent = legsIn(self.book, ['submitting', 'replacing']);
  update(self, { ...advanceAll(self.book, 'uncertain', silent), readWanted: 'the broker did not answer' });
  return true;
}

function lookUp({ book: { intent }, calls, sentEpoch }: Order): ReturnType<BrokerCalls['lookupOrder']> {
  return calls.lookupOrder({
    key: intent.key,
    conId: intent.contract.conId,
    sentAt: intent.decidedAt,
    sentEpoch,
    refresh: true,
  });
}

function nextReadDelay(self: Order): number {
  const delay = Math.max(FIRST_READ_MS, self.readDelayMs);
  self.readDelayMs = Math.min(LONGEST_READ_MS, delay * 2);
  return delay;
}

/** Reads the broker about the intent; while it stays in doubt, again with growing delays, or as soon as the broker says something. */
async function read(self: Order): Promise<boolean> {
  if (self.readDelayMs > 0) {
    const seen = self.changes;
    await condition(() => self.changes !== seen, nextReadDelay(self));
    await report(self.book, self.told);
  }
  const evidence = await lookUp(self);
  const { book, verdict } = readBroker(self.book, evidence);
  update(self, book);
  if (verdict.kind === 'still-unknown') {
    log.warn('outcome still unknown', { key: self.book.intent.key, why: verdict.why });
    self.readDelayMs = Math.max(FIRST_READ_MS, self.readDelayMs);
    update(self, { ...self.book, reason: verdict.why });
    return true;
  }
  // A cancel that the broker has not carried out is sent again, ever more slowly.
  self.cancelWanted ||= legsIn(self.book, ['cancelling']).length > 0 || mustCancel(self, RESTING);
  self.readDelayMs = self.cancelWanted ? Math.max(FIRST_READ_MS, self.readDelayMs) : 0;
  return true;
}

/** Cancels whatever the broker still holds; legs it confirms end by its own words. */
async function cancel(self: Order): Promise<boolean> {
  self.cancelWanted = false;
  const live = ORDER_LEGS.filter((leg) => !isTerminal(self.book.legs[leg]?.state ?? 'expired'));
  if (live.length === 0) return true;
  update(self, advanceAll(self.book, 'cancel-sent', live));
  await report(self.book, self.told);
  const answer = await self.calls.cancelLegs({ key: self.book.intent.key, legs: live });
  if (answer === 'nothing-to-cancel') update(self, { ...self.book, readWanted: 'the broker had nothing to cancel' });
  return true;
}

async function modify(self: Order, { leg, price }: messages.LegChange): Promise<boolean> {
  self.modifyWanted = null;
  const state = self.book.legs[leg]?.state;
  if (state !== 'working' && state !== 'partially-filled') return true;
  update(self, advance(self.book, leg, 'modify-sent'));
  const outcome = await self.calls
    .modifyLeg({ key: self.book.intent.key, leg, change: { price } })
    .catch(() => ({ outcome: 'unknown' as const, detail: 'no answer' }));
  // Whoever answered meanwhile has moved the leg on already.
  if (self.book.legs[leg]?.state !== 'replacing') return true;
  if (outcome.outcome === 'not-sent') update(self, advance(self.book, leg, 'modify-refused'));
  if (outcome.outcome === 'unknown') {
    update(self, { ...advance(self.book, leg, 'uncertain'), readWanted: 'changing it had no answer' });
  }
  return true;
}

/** The trade date is over: what is still live or unpaid is read once more; resting legs that the broker holds go on. */
async function endDay(self: Order): Promise<boolean> {
  if (isFinished(self.book) && !missesCommissions(self.book)) return false;
  const evidence = await lookUp(self);
  update(self, readAtDayEnd(self.book, evidence));
  await report(self.book, self.told);
  if (!isFinished(self.book)) self.dayEnded = false;
  return false;
}
