/**
 * What is known of a decision only when its label horizon is over (requirement E8): decisions wait here, bar by bar, until it is. Pure,
 * JSON-safe. Shared by performance weights and the validator's counts, so that both judge by the labels that models learn from.
 * Invariants:
 *  1. A bar counts once and a decision waits once: a bar not later than the last, and a decision not of the last bar or already waiting,
 *     change nothing. Results don't depend on bars arriving twice.
 *  2. A horizon that crosses a break or a roll, or ends on a bar without a two-sided quote, is dropped, never resolved.
 */
import { MINUTE_MS } from './exchange-time';
import type { Signal } from './vote';

export interface HorizonBar {
  /** UTC ms. */
  readonly start: number;
  /** Mid of the quote at the close, points; null without a two-sided one. */
  readonly mid: number | null;
  /** False on the first bar after a break or a roll. */
  readonly continues: boolean;
}

export interface Waiting<T> {
  /** Close of the decided bar, UTC ms. */
  readonly decidedAt: number;
  readonly mid: number;
  readonly barsLeft: number;
  readonly item: T;
}

export interface Horizon<T> {
  /** Start of the last bar, UTC ms. */
  readonly lastBar: number | null;
  /** Mid at its close. */
  readonly lastMid: number | null;
  /** In the order of their bars. */
  readonly waiting: readonly Waiting<T>[];
}

export interface Resolved<T> {
  readonly decidedAt: number;
  /** Mids at the decision and at the end of its horizon, points. */
  readonly from: number;
  readonly to: number;
  readonly item: T;
}

export const NO_HORIZON: Horizon<never> = { lastBar: null, lastMid: null, waiting: [] };

export interface Advanced<T> {
  readonly horizon: Horizon<T>;
  readonly resolved: readonly Resolved<T>[];
  /** Decisions that will never have a label. */
  readonly dropped: number;
}

/** One more closed bar. */
export function advanceHorizon<T>(horizon: Horizon<T>, { start, mid, continues }: HorizonBar): Advanced<T> {
  if (horizon.lastBar !== null && start <= horizon.lastBar) return { horizon, resolved: [], dropped: 0 };
  const moved = { lastBar: start, lastMid: mid };
  if (!continues) return { horizon: { ...moved, waiting: [] }, resolved: [], dropped: horizon.waiting.length };
  const older = horizon.waiting.map((entry) => ({ ...entry, barsLeft: entry.barsLeft - 1 }));
  const due = older.filter(({ barsLeft }) => barsLeft <= 0);
  const waiting = older.filter(({ barsLeft }) => barsLeft > 0);
  if (mid === null) return { horizon: { ...moved, waiting }, resolved: [], dropped: due.length };
  const resolved = due.map(({ decidedAt, mid: from, item }) => ({ decidedAt, from, to: mid, item }));
  return { horizon: { ...moved, waiting }, resolved, dropped: 0 };
}

/** Lets the decision at the close of the last bar wait for `bars` more; without a mid there it has no label and does not wait. */
export function awaitHorizon<T>(horizon: Horizon<T>, decidedAt: number, bars: number, item: T): Horizon<T> {
  const { lastBar, lastMid, waiting } = horizon;
  const isOfLastBar = lastBar !== null && decidedAt === lastBar + MINUTE_MS;
  const isWaiting = waiting.at(-1)?.decidedAt === decidedAt;
  if (!isOfLastBar || isWaiting || lastMid === null) return horizon;
  return { ...horizon, waiting: [...waiting, { decidedAt, mid: lastMid, barsLeft: bars, item }] };
}

/**
 * The bars on which decisions would be resolved or waiting now, oldest first: the last `most` of the resolved, and all that wait. Nothing
 * is asked of other bars, so whoever decides again on these alone, folding all `bars`, has the same results as who decided all along.
 * `counts` says of a bar's index whether there was a decision.
 */
export function judgedBars(
  bars: readonly HorizonBar[],
  horizonBars: number,
  most: number,
  counts: (index: number) => boolean,
): readonly number[] {
  const chosen: number[] = [];
  let resolved = 0;
  // First bar of the stretch after the one that `index` is in.
  let stretchEnd = bars.length;
  for (let index = bars.length - 1; index >= 0 && resolved < most; index -= 1) {
    const due = index + horizonBars;
    const isWaiting = due >= bars.length && stretchEnd === bars.length;
    const isResolved = due < stretchEnd && bars[due].mid !== null;
    if ((isWaiting || isResolved) && bars[index].mid !== null && counts(index)) {
      chosen.push(index);
      if (isResolved) resolved += 1;
    }
    if (!bars[index].continues) stretchEnd = index;
  }
  return chosen.reverse();
}

/** The label: the sign of the mid's log-return, hold inside ± `bandPoints`, the round trip's cost. */
export function outcomeOf(from: number, to: number, bandPoints: number): Signal {
  const move = Math.log(to / from);
  const cost = bandPoints / from;
  return move > cost ? 'buy' : move < -cost ? 'sell' : 'hold';
}
