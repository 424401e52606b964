/**
 * One trading account: risk counters, halt latch, believed positions, the sequence that names orders. Lives for ever, one run per trade date.
 * Invariants:
 *  1. Risk is reserved before the first await of a handler; a decision is answered once, across runs too (watermark per instrument).
 *  2. Names and broker ids come from carried state, so they are in history before a byte is written.
 *  3. The halt latch is left by a human's lift-halt alone; exits and reductions are never blocked by it.
 *  4. It learns what became of an order from reports and reads, never by guessing.
 */
import {
  ApplicationFailure,
  allHandlersFinished,
  condition,
  continueAsNew,
  getExternalWorkflowHandle,
  log,
  setHandler,
  workflowInfo,
} from '@temporalio/workflow';
import type { BrokerEvent } from '../domain/broker-events';
import { ORDER_ID_BLOCK, orderWorkflowId, parseOrderKey } from '../domain/ids';
import type { FutureSymbol } from '../domain/instruments';
import { INSTRUMENTS, FUTURE_SYMBOLS } from '../domain/instruments';
import type { ProposalBatch } from '../domain/proposals';
import { closeTradeDate, openTradeDate, snapshotOf } from '../domain/session-day';
import { hearEquity, latch, lift } from '../domain/session-halt';
import { bookedOrder, ordersOf } from '../domain/session-orders';
import { later, newSession, upcast, without, type SessionState } from '../domain/session-state';
import { audit } from './audit-sink';
import { failPoints } from './fail-points';
import * as messages from './messages';
import { openSession, take, type Session } from './session';
import { flattenAll, flattenSymbol, askToCancel, resumeFlattening } from './session-flatten';
import { runPlacement } from './session-placement';
import { checkPositions, adoptPositions } from './session-positions';
import { proposeOrders, refuseWhole } from './session-proposals';
import { hearReport } from './session-reports';

export interface SessionArguments {
  readonly account: string;
  readonly settings: messages.SessionSettings;
  /** State of the run before; null for the first of a chain. */
  readonly carried: { readonly stateVersion: number } | null;
}

export async function tradingSession(start: SessionArguments): Promise<void> {
  const session = openSession(stateAtStart(start));
  let rolloverWanted = false;
  // What waited for this run is handled as its handler appears: first what the session must know, proposals and commands last.
  registerBrokerHandlers(session);
  registerFeedHandlers(session, () => {
    rolloverWanted = true;
  });
  registerOperatorHandlers(session);
  registerUpdates(session);
  setHandler(messages.rollover, () => {
    rolloverWanted = true;
  });
  take(session, session.state);
  void runPlacement(session);
  resumeFlattening(session);
  const isQuiet = (): boolean => allHandlersFinished() && session.inFlight === 0 && session.outbox.length === 0;
  const mayLeave = (): boolean => (rolloverWanted || workflowInfo().continueAsNewSuggested) && isQuiet();
  // Looked at again when it is our turn: between a condition's truth and its waking, others may have begun something.
  while (!mayLeave()) await condition(mayLeave);
  session.leaving = true;
  failPoints.reached('continue-as-new');
  await continueAsNew<typeof tradingSession>({ ...start, settings: settingsOf(session.state), carried: session.state });
}

function stateAtStart({ account, settings, carried }: SessionArguments): SessionState {
  if (carried !== null) return upcast(carried);
  // Whole seconds of the chain's first run: two chains never share it, and it reads as a date.
  const epoch = Math.floor(workflowInfo().startTime.getTime() / 1_000);
  return newSession(account, epoch, settings);
}

const settingsOf = ({ limits, mode }: SessionState): messages.SessionSettings => ({ limits, mode });

const isBusy = (session: Session): boolean => session.inFlight > 0 || session.outbox.length > 0;

function registerOperatorHandlers(session: Session): void {
  setHandler(messages.snapshot, () => snapshotOf(session.state, isBusy(session)));
  setHandler(messages.configure, ({ limits, mode }) => take(session, { ...session.state, limits, mode }));
  setHandler(messages.halt, ({ by, why }) => halt(session, `${why} (by ${by})`));
  setHandler(messages.pause, ({ by }) => take(session, { ...session.state, pausedBy: by }));
  setHandler(messages.resume, () => take(session, { ...session.state, pausedBy: null }));
  setHandler(messages.flatten, ({ symbol, by, why }) => {
    const cause = `${why} (by ${by})`;
    if (symbol === null) flattenAll(session, cause);
    else flattenSymbol(session, symbol, cause);
  });
  setHandler(messages.cancelOrder, async ({ key, by }) => {
    await askToCancel(key, { by, why: 'cancelled by its operator' });
  });
  setHandler(messages.modifyOrder, async ({ key, by, ...change }) => {
    log.info('change asked', { key, by });
    await getExternalWorkflowHandle(orderWorkflowId(key))
      .signal(messages.modifyLeg, change)
      .catch((error: unknown) => log.warn('order not reachable for a change', { key, error }));
  });
}

function halt(session: Session, cause: string): void {
  log.error('halt', { cause });
  const { haltEvents } = session.state;
  take(session, latch(session.state, cause));
  if (session.state.haltEvents > haltEvents) auditHalt(session.state, cause);
  flattenAll(session, cause);
}

const haltEvent = ({ account, epoch, haltEvents, marketTime }: SessionState) => ({
  event: `${epoch}-${haltEvents}`,
  account,
  // A session that was never told the market's time is halted by the clock of its server.
  at: marketTime ?? Date.now(),
});

const auditHalt = (state: SessionState, cause: string): void =>
  audit.halted({ ...haltEvent(state), type: 'halt', cause });

function refuseLift({ halt: { phase } }: SessionState, { by, why }: messages.OperatorCommand): void {
  if (by.trim() === '' || why.trim() === '') {
    throw ApplicationFailure.nonRetryable('lifting a halt needs a name and a reason', 'NAME_AND_REASON_NEEDED');
  }
  if (phase === 'ACTIVE') throw ApplicationFailure.nonRetryable('the session is not halted', 'NOT_HALTED');
  if (phase === 'REDUCING') {
    throw ApplicationFailure.nonRetryable(
      'positions are still being closed; lift the halt when HALTED',
      'STILL_REDUCING',
    );
  }
}

function liftHalt(session: Session, { by, why }: messages.OperatorCommand): SessionState['halt'] {
  log.warn('halt lifted', { by, why, cause: session.state.halt.cause });
  take(session, lift(session.state));
  audit.halted({ ...haltEvent(session.state), type: 'halt-lifted', by, why });
  return session.state.halt;
}

function refuseUnfreeze({ frozen }: SessionState, { symbol, by, why }: messages.SymbolCommand): void {
  if (by.trim() === '' || why.trim() === '') {
    throw ApplicationFailure.nonRetryable('lifting a freeze needs a name and a reason', 'NAME_AND_REASON_NEEDED');
  }
  if (frozen[symbol] === undefined) throw ApplicationFailure.nonRetryable(`${symbol} is not frozen`, 'NOT_FROZEN');
}

function registerFeedHandlers(session: Session, wantRollover: () => void): void {
  const end = async (marketTime: number): Promise<void> => {
    const keys = ordersOf(session.state).map(({ intent }) => intent.key);
    take(session, closeTradeDate({ ...session.state, marketTime: later(session.state.marketTime, marketTime) }));
    await Promise.all(keys.map(standDown));
    wantRollover();
  };
  setHandler(messages.tradeDateClosed, async ({ tradeDate, marketTime }) => {
    if (session.state.tradeDate === tradeDate) await end(marketTime);
  });
  setHandler(messages.tradeDateOpened, async (opened) => {
    const { tradeDate } = session.state;
    // A feed that died at the end of a trade date never closed it.
    const ended = tradeDate === null || tradeDate === opened.tradeDate ? null : end(opened.marketTime);
    take(session, openTradeDate(session.state, opened));
    await ended;
  });
  setHandler(messages.equity, (report) => {
    const before = session.state.halt.phase;
    take(session, hearEquity(session.state, report));
    if (before === 'ACTIVE' && session.state.halt.phase === 'REDUCING') {
      const cause = session.state.halt.cause ?? report.cause;
      auditHalt(session.state, cause);
      halt(session, cause);
    }
  });
}

function registerUpdates(session: Session): void {
  setHandler(messages.proposeOrders, (batch) => proposeOrders(session, batch), {
    validator: (batch: ProposalBatch) => refuseWhole(session.state, batch),
  });
  setHandler(messages.liftHalt, (command) => liftHalt(session, command), {
    validator: (command: messages.OperatorCommand) => refuseLift(session.state, command),
  });
  setHandler(
    messages.unfreeze,
    async ({ symbol, by, why }) => {
      log.warn('freeze lifted', { symbol, by, why });
      await adoptPositions(session, symbol);
      take(session, { ...session.state, frozen: without(session.state.frozen, symbol) });
    },
    { validator: (command: messages.SymbolCommand) => refuseUnfreeze(session.state, command) },
  );
}

/** An order that was never sent has no workflow; one that completed needs no word. */
async function standDown(key: string): Promise<void> {
  await getExternalWorkflowHandle(orderWorkflowId(key))
    .signal(messages.standDown)
    .catch((error: unknown) => log.debug('order has ended already', { key, error }));
}

function registerBrokerHandlers(session: Session): void {
  setHandler(messages.orderReport, (report) => hearReport(session, report));
  setHandler(messages.brokerConnected, ({ epoch, nextValidId, positions }) => {
    // Blocks stay aligned: a broker id names its block without a table.
    const free = Math.ceil(nextValidId / ORDER_ID_BLOCK) * ORDER_ID_BLOCK;
    const nextOrderId = Math.max(session.state.nextOrderId, free);
    take(session, { ...session.state, brokerEpoch: epoch, nextOrderId });
    checkPositions(session, positions);
  });
  setHandler(messages.unroutedEvents, ({ key, events }) => hearStrangers(session, key, events));
}

/** Orders of ours that this session never named, and orders of others: nothing is traded on a position that others move. */
function hearStrangers(session: Session, key: string | null, events: readonly BrokerEvent[]): void {
  const name = key === null ? null : parseOrderKey(key);
  const ours = name !== null && name.account === session.state.account;
  if (ours && (name.epoch !== session.state.epoch || name.seq > session.state.seq)) {
    halt(session, `the broker knows ${key ?? ''}, which this session never named`);
    return;
  }
  // An intent that is being placed has no workflow yet; its look-up will find all of it.
  if (key !== null && session.outbox.some((intent) => intent.key === key)) return;
  // A commission that comes after its order's end moves no position.
  if (events.every(({ type }) => type === 'commission')) return;
  const symbol = symbolOf(session.state, key, events);
  if (symbol === null) {
    log.warn('broker events of other instruments', { key, events: events.length });
    return;
  }
  const why = key === null ? 'an order that is not ours trades here' : `${key} moved after its workflow had ended`;
  take(session, { ...session.state, frozen: { ...session.state.frozen, [symbol]: why } });
}

function symbolOf(state: SessionState, key: string | null, events: readonly BrokerEvent[]): FutureSymbol | null {
  const known = key === null ? undefined : bookedOrder(state, key);
  if (known !== undefined) return known.intent.contract.symbol;
  const traded = events.flatMap((event) => (event.type === 'execution' ? [event.execution.symbol] : []));
  const conIds = events.flatMap((event) =>
    event.type === 'execution' ? [event.execution.conId] : 'order' in event ? [event.order.conId] : [],
  );
  const byContract = ordersOf(state).find(({ intent }) => conIds.includes(intent.contract.conId));
  return (
    byContract?.intent.contract.symbol ??
    FUTURE_SYMBOLS.find((symbol) => traded.includes(symbol) || traded.includes(INSTRUMENTS[symbol].ibSymbol)) ??
    null
  );
}
