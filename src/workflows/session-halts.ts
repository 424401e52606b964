/**
 * Halting the session and lifting its halt.
 * Invariants: 1. it is halted before anything is awaited; 2. halt and lifting are dated by the broker's clock when they happen, not by the
 * last bar heard; 3. each is told to the audit log once, by its number.
 */
import { ApplicationFailure, log } from '@temporalio/workflow';
import type { EquityReport } from '../domain/proposals';
import { dated, hearEquity, latch, lift } from '../domain/session-halt';
import type { HaltState } from '../domain/session-snapshot';
import type { SessionState } from '../domain/session-state';
import { audit } from './audit-sink';
import type { OperatorCommand } from './messages';
import { needNameAndReason } from './named-command';
import { take, type Session } from './session';
import { flattenAll } from './session-flatten';

/** Halts for a cause that is no limit of equity. Halted already, it keeps its cause and looks again for what is to be closed. */
export function halt(session: Session, cause: string): void {
  log.error('halt', { cause });
  if (takeHalt(session, latch(session.state, cause))) void tellHalt(session);
  flattenAll(session, cause);
}

/** Takes equity, and halts when a limit is reached. */
export function hearEquityReport(session: Session, report: EquityReport): void {
  if (!takeHalt(session, hearEquity(session.state, report))) return;
  void tellHalt(session);
  closeForHalt(session);
}

/** Throws, before anything is written to history, when the halt may not be lifted now. */
export function refuseLift({ halt: { phase } }: SessionState, command: OperatorCommand): void {
  needNameAndReason(command, 'lifting a halt');
  if (phase === 'ACTIVE') throw ApplicationFailure.nonRetryable('the session is not halted', 'NOT_HALTED');
  if (phase === 'REDUCING') {
    throw ApplicationFailure.nonRetryable(
      'positions are still being closed; lift the halt when HALTED',
      'STILL_REDUCING',
    );
  }
}

/** Lifts the halt; the answer is not ACTIVE when another limit, reached meanwhile, halts anew. */
export function liftHalt(session: Session, { by, why }: OperatorCommand): HaltState {
  log.warn('halt lifted', { by, why, cause: session.state.halt.cause });
  const event = session.state.haltEvents + 1;
  take(session, lift(session.state));
  const isHaltedAnew = session.state.haltEvents > event;
  const told = dateAndTell(session, event, { type: 'halt-lifted', by, why });
  if (isHaltedAnew) {
    void told.then(() => tellHalt(session));
    closeForHalt(session);
  }
  return session.state.halt;
}

/** True when the state taken has a halt that the one before had not. */
function takeHalt(session: Session, next: SessionState): boolean {
  const { haltEvents } = session.state;
  take(session, next);
  return next.haltEvents > haltEvents;
}

function closeForHalt(session: Session): void {
  const cause = session.state.halt.cause ?? 'halted';
  log.error('halt', { cause });
  flattenAll(session, cause);
}

const tellHalt = (session: Session): Promise<void> =>
  dateAndTell(session, session.state.haltEvents, { type: 'halt', cause: session.state.halt.cause ?? 'halted' });

type Happening =
  | { readonly type: 'halt'; readonly cause: string }
  | { readonly type: 'halt-lifted'; readonly by: string; readonly why: string };

/** Dates what happened and tells the audit log; a run that is leaving waits for it. */
async function dateAndTell(session: Session, haltEvents: number, happened: Happening): Promise<void> {
  const { since } = session.state.halt;
  session.inFlight += 1;
  const marketTime = happened.type === 'halt' && since !== null ? since : await clockNow(session);
  session.inFlight -= 1;
  take(session, dated(session.state, haltEvents, marketTime));
  const { account, epoch } = session.state;
  // A session that was never told the market's time is halted by the clock of its server.
  const at = marketTime ?? session.state.marketTime ?? Date.now();
  audit.halted({ event: `${epoch}-${haltEvents}`, account, at, ...happened });
}

/** The broker's clock; null when no trader answers in a moment. */
const clockNow = (session: Session): Promise<number | null> =>
  session.calls.readMarketTime().catch((error: unknown) => {
    log.warn('the time of a halt is the last one heard', { error });
    return null;
  });
