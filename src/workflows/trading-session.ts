/**
 * One trading account: risk counters, halt latch, believed positions, the sequence that names orders. Lives for ever, one run per trade date.
 * Invariants:
 *  1. Risk is reserved before the first await of a handler; a decision is answered once, across runs too (watermark per instrument).
 *  2. Names and broker ids come from carried state, so they are in history before a byte is written.
 *  3. The halt latch is left by a human's lift-halt alone; exits and reductions are never blocked by it.
 *  4. It learns what became of an order from reports and reads, never by guessing.
 */
import {
  allHandlersFinished,
  condition,
  continueAsNew,
  getExternalWorkflowHandle,
  log,
  setHandler,
  workflowInfo,
} from '@temporalio/workflow';
import { ORDER_ID_BLOCK, orderWorkflowId, parseOrderRef } from '../domain/ids';
import type { ProposalBatch } from '../domain/proposals';
import type { StockOrderRequest } from '../domain/stock-orders';
import { closeTradeDate, openTradeDate, snapshotOf } from '../domain/session-day';
import { isEntryLive, missingLegs, ordersOf } from '../domain/session-orders';
import { later, limitsOf, newSession, type SessionState } from '../domain/session-state';
import { upcast } from '../domain/session-upcast';
import { failPoints } from './fail-points';
import * as messages from './messages';
import { openSession, take, type Session } from './session';
import { flattenAll, flattenSymbol, askToCancel, resumeFlattening } from './session-flatten';
import { hearStrangers, refuseUnfreeze, unfreeze } from './session-freezes';
import { halt, hearEquityReport, liftHalt, refuseLift } from './session-halts';
import { runPlacement } from './session-placement';
import { checkPositions } from './session-positions';
import { proposeOrders, refuseWhole } from './session-proposals';
import { hearReport } from './session-reports';
import { placeStockOrder, refuseStockOrder } from './session-stock-orders';

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
  setHandler(messages.configure, ({ limits, mode }) =>
    take(session, { ...session.state, limits: limitsOf(limits), mode }),
  );
  setHandler(messages.halt, ({ by, why }) => halt(session, `${why} (by ${by})`));
  setHandler(messages.pause, ({ by }) => take(session, { ...session.state, pausedBy: by }));
  setHandler(messages.resume, () => take(session, { ...session.state, pausedBy: null }));
  setHandler(messages.flatten, ({ symbol, by, why }) => {
    const cause = `${why} (by ${by})`;
    if (symbol === null) flattenAll(session, cause);
    else flattenSymbol(session, symbol, cause);
  });
  setHandler(messages.cancelOrder, async ({ key, by }) => {
    session.cancelWanted.add(key);
    // Until the broker has answered about it there is no workflow to ask.
    await condition(() => !session.outbox.some((intent) => intent.key === key) && !session.starting.has(key));
    session.cancelWanted.delete(key);
    const order = session.state.orders[key];
    // What rests of an entry that is over protects its position: that goes with the position, by a flatten.
    if (order !== undefined && !isEntryLive(order)) return;
    await askToCancel(key, { by, why: 'cancelled by its operator' });
  });
  setHandler(messages.modifyOrder, async ({ key, by, ...change }) => {
    log.info('change asked', { key, by });
    await getExternalWorkflowHandle(orderWorkflowId(key))
      .signal(messages.modifyLeg, change)
      .catch((error: unknown) => log.warn('order not reachable for a change', { key, error }));
  });
}

/** Cancelled or filled while nobody listened: its workflow reads the broker, and what is left unprotected is closed. */
async function tellMissing(orderRef: string): Promise<void> {
  log.error('the broker does not list an order that was believed live', { orderRef });
  await getExternalWorkflowHandle(orderWorkflowId(parseOrderRef(orderRef)?.key ?? orderRef))
    .signal(messages.brokerEvents, [{ type: 'order-missing', orderRef }])
    .catch((error: unknown) => log.warn('order not reachable', { orderRef, error }));
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
  setHandler(messages.equity, (report) => hearEquityReport(session, report));
}

function registerUpdates(session: Session): void {
  setHandler(messages.proposeOrders, (batch) => proposeOrders(session, batch), {
    validator: (batch: ProposalBatch) => refuseWhole(session.state, batch),
  });
  setHandler(messages.placeStockOrder, (order) => placeStockOrder(session, order), {
    validator: (order: StockOrderRequest) => refuseStockOrder(session.state, order),
  });
  setHandler(messages.liftHalt, (command) => liftHalt(session, command), {
    validator: (command: messages.OperatorCommand) => refuseLift(session.state, command),
  });
  setHandler(messages.unfreeze, (command) => unfreeze(session, command), {
    validator: (command: messages.SymbolCommand) => refuseUnfreeze(session.state, command),
  });
}

/** An order that was never sent has no workflow; one that completed needs no word. */
async function standDown(key: string): Promise<void> {
  await getExternalWorkflowHandle(orderWorkflowId(key))
    .signal(messages.standDown)
    .catch((error: unknown) => log.debug('order has ended already', { key, error }));
}

function registerBrokerHandlers(session: Session): void {
  setHandler(messages.orderReport, (report) => hearReport(session, report));
  setHandler(messages.brokerConnected, async ({ epoch, nextValidId, positions, listed }) => {
    // Blocks stay aligned: a broker id names its block without a table.
    const free = Math.ceil(nextValidId / ORDER_ID_BLOCK) * ORDER_ID_BLOCK;
    const nextOrderId = Math.max(session.state.nextOrderId, free);
    take(session, { ...session.state, brokerEpoch: epoch, nextOrderId });
    checkPositions(session, positions);
    await Promise.all(missingLegs(session.state, listed).map(tellMissing));
  });
  setHandler(messages.unroutedEvents, (unrouted) => hearStrangers(session, unrouted));
}
