/**
 * Closing a symbol: cancel every order of it, read the broker's position, reduce by one market order, again until flat.
 * Invariants:
 *  1. The broker's position decides the size, never ours alone; a difference that stays freezes the symbol.
 *  2. One reduce-only order in flight per contract; an unknown one is waited for. One that did nothing is followed by the next ever later.
 *  3. It ends when broker and session agree on flat as often as asked for (twice when halting) and no order known to live is left; it
 *     survives continue-as-new.
 *  4. Unknown orders are told to cancel as well: absent they are not placed again, found they are cancelled.
 */
import { condition, getExternalWorkflowHandle, log, sleep } from '@temporalio/workflow';
import type { BrokerPosition } from '../domain/broker-events';
import { orderWorkflowId } from '../domain/ids';
import { reduced } from '../domain/session-halt';
import {
  contractsIn,
  freeze,
  isEntryLive,
  isLive,
  isUnknown,
  netPosition,
  ordersIn,
  ordersOf,
  reductionOf,
  reserve,
  symbolsIn,
} from '../domain/session-orders';
import { without, type Flattening, type SessionOrder, type SessionState } from '../domain/session-state';
import { tradedSymbolOf, type TradableContract, type TradedSymbol } from '../domain/contracts';
import * as messages from './messages';
import { beside, take, type Session } from './session';
import { handOver } from './session-placement';

/** Wall time that orders get to confirm a cancel before the position is read all the same. */
const CANCEL_PATIENCE = '10s';
/** Readings that may disagree with the session before the difference counts as one: fills reach both on different ways. */
const PATIENT_READINGS = 5;
/** Wall time after a reduction that the broker refused or that could not be sent, doubled each time. */
const FIRST_PAUSE_MS = 2_000;
const LONGEST_PAUSE_MS = 120_000;
const EXIT_CONFIRMATIONS = 1;
const HALT_CONFIRMATIONS = 2;

/** Starts closing a symbol, or leaves the procedure that is at it alone. */
export function flattenSymbol(session: Session, symbol: TradedSymbol, cause: string): void {
  const confirmations = session.state.halt.phase === 'ACTIVE' ? EXIT_CONFIRMATIONS : HALT_CONFIRMATIONS;
  const running = session.state.flattening[symbol];
  const phase = running?.phase ?? 'cancelling';
  setFlattening(session, symbol, {
    cause: running?.cause ?? cause,
    phase,
    confirmations: Math.max(confirmations, running?.confirmations ?? 0),
  });
  if (session.flattening.has(symbol)) return;
  session.flattening.add(symbol);
  beside(session, symbol, runFlatten(session, symbol));
}

/** Closes every symbol with a position, a live order or a doubt about either; a halt with nothing to close is complete at once. */
export function flattenAll(session: Session, cause: string): void {
  const { state } = session;
  const symbols = new Set<TradedSymbol>([
    ...Object.values(state.positions).map(({ contract }) => tradedSymbolOf(contract)),
    ...ordersOf(state)
      .filter(isLive)
      .map(({ intent }) => tradedSymbolOf(intent.contract)),
    // Frozen: the broker may hold what the session does not know of.
    ...symbolsIn(state).filter((symbol) => state.frozen[symbol] !== undefined),
  ]);
  for (const symbol of symbols) flattenSymbol(session, symbol, cause);
  completeHalt(session);
}

/** Takes up what the run before was closing. */
export function resumeFlattening(session: Session): void {
  for (const [symbol, closing] of Object.entries(session.state.flattening)) {
    flattenSymbol(session, symbol as TradedSymbol, closing?.cause ?? 'flatten');
  }
  completeHalt(session);
}

function setFlattening(session: Session, symbol: TradedSymbol, next: Flattening): void {
  take(session, { ...session.state, flattening: { ...session.state.flattening, [symbol]: next } });
}

function enter(session: Session, symbol: TradedSymbol, phase: Flattening['phase']): void {
  const running = session.state.flattening[symbol];
  if (running !== undefined) setFlattening(session, symbol, { ...running, phase });
}

async function runFlatten(session: Session, symbol: TradedSymbol): Promise<void> {
  let flatReadings = 0;
  let disagreements = 0;
  let fruitless = 0;
  for (;;) {
    await awaitPlacement(session, symbol);
    await awaitReduction(session, symbol);
    await cancelOrders(session, symbol);
    enter(session, symbol, 'reading');
    const broker = await session.calls.readPositions();
    if (session.leaving) await never();
    const difference = differenceIn(session.state, symbol, broker);
    if (difference !== null && disagreements < PATIENT_READINGS) {
      disagreements += 1;
      await sleep(200 * 2 ** disagreements);
      continue;
    }
    if (difference !== null) positionDiffers(session, symbol, difference);
    disagreements = 0;
    const open = openContracts(session.state, symbol, broker);
    const isClosed = open.length === 0 && liveOrders(session, symbol).length === 0;
    flatReadings = isClosed ? flatReadings + 1 : 0;
    if (flatReadings >= (session.state.flattening[symbol]?.confirmations ?? 0)) break;
    if (open.length > 0) {
      fruitless = (await reduce(session, symbol, open[0])) ? 0 : fruitless + 1;
      if (fruitless > 0) await pauseAfter(session, fruitless);
    } else if (!isClosed) {
      const isNews = (): boolean =>
        liveOrders(session, symbol).length === 0 || netPosition(session.state, symbol) !== 0;
      await condition(isNews, LONGEST_PAUSE_MS);
    }
  }
  session.flattening.delete(symbol);
  take(session, { ...session.state, flattening: without(session.state.flattening, symbol) });
  completeHalt(session);
}

/** A run that leaves starts nothing more; the next run takes the procedure up. */
const never = (): Promise<void> => condition(() => false);

/** The last reduce-only order of the symbol is over. */
async function awaitReduction(session: Session, symbol: TradedSymbol): Promise<void> {
  const inFlight = (): boolean =>
    ordersIn(session.state, symbol).some((order) => order.intent.purpose === 'reduce' && isEntryLive(order));
  if (!inFlight()) return;
  enter(session, symbol, 'reducing');
  await condition(() => !inFlight());
}

/** An entry that is being handed over has a workflow to cancel it, or was never sent, in a moment; one that only waits is taken back. */
async function awaitPlacement(session: Session, symbol: TradedSymbol): Promise<void> {
  const isHandedOver = (): boolean =>
    session.outbox.some(({ purpose, contract }) => purpose === 'entry' && tradedSymbolOf(contract) === symbol) ||
    ordersIn(session.state, symbol).some(({ intent }) => session.starting.has(intent.key));
  if (isHandedOver()) await condition(() => !isHandedOver());
}

/** Orders that the broker may still execute and whose cancel can be waited for. */
const liveOrders = (session: Session, symbol: TradedSymbol): readonly SessionOrder[] =>
  ordersIn(session.state, symbol).filter((order) => isLive(order) && !isUnknown(order));

/** Cancels all orders of the symbol through their own workflows and waits for what can be waited for. */
async function cancelOrders(session: Session, symbol: TradedSymbol): Promise<void> {
  const keys = ordersIn(session.state, symbol)
    .filter(isLive)
    .map(({ intent }) => intent.key);
  if (keys.length === 0) return;
  enter(session, symbol, 'cancelling');
  const cause = session.state.flattening[symbol]?.cause ?? 'flatten';
  await Promise.all(keys.map((key) => askToCancel(key, { by: 'session', why: cause })));
  await condition(() => liveOrders(session, symbol).length === 0, CANCEL_PATIENCE);
}

/** Signals an order's workflow; one that has ended has nothing to cancel. */
export async function askToCancel(key: string, command: messages.OperatorCommand): Promise<void> {
  await getExternalWorkflowHandle(orderWorkflowId(key))
    .signal(messages.cancelIntent, command)
    .catch((error: unknown) => log.warn('order not reachable for a cancel', { key, error }));
}

interface OpenContract {
  readonly contract: TradableContract;
  readonly quantity: number;
}

/** What the broker holds in contracts of the symbol that we know. */
const openContracts = (
  state: SessionState,
  symbol: TradedSymbol,
  broker: readonly BrokerPosition[],
): readonly OpenContract[] =>
  contractsIn(state, symbol).flatMap((contract) => {
    const quantity = broker.find(({ conId }) => conId === contract.conId)?.quantity ?? 0;
    return quantity === 0 ? [] : [{ contract, quantity }];
  });

/** How broker and session differ in the symbol, or null when they agree. */
export function differenceIn(
  state: SessionState,
  symbol: TradedSymbol,
  broker: readonly BrokerPosition[],
): string | null {
  const held = openContracts(state, symbol, broker).reduce((sum, { quantity }) => sum + quantity, 0);
  const booked = netPosition(state, symbol);
  return held === booked ? null : `position at the broker is ${held}, the session's is ${booked}`;
}

/** Freezes the symbol until a human has looked. */
export function positionDiffers(session: Session, symbol: TradedSymbol, why: string): void {
  log.error('position differs', { symbol, why });
  take(session, freeze(session.state, symbol, why));
}

/** One market order against the position; resolves at its end, false when it executed nothing. */
async function reduce(session: Session, symbol: TradedSymbol, { contract, quantity }: OpenContract): Promise<boolean> {
  if (session.leaving) await never();
  enter(session, symbol, 'placing');
  const { state, intent } = reserve(session.state, reductionOf(session.state, contract, quantity));
  take(session, state);
  await handOver(session, intent);
  await awaitReduction(session, symbol);
  // Forgotten at the end of its trade date: what it did is not known, and read next.
  return (session.state.orders[intent.key]?.entryExecuted ?? 1) > 0;
}

/** A broker that refuses is asked again ever later, or as soon as the connection is another one. */
async function pauseAfter(session: Session, refusals: number): Promise<void> {
  const { brokerEpoch } = session.state;
  const pause = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** (refusals - 1));
  await condition(() => session.state.brokerEpoch !== brokerEpoch, pause);
}

/** REDUCING → HALTED when nothing is left to close. */
export function completeHalt(session: Session): void {
  const closing = Object.keys(session.state.flattening).length > 0;
  if (session.state.halt.phase === 'REDUCING' && !closing) take(session, reduced(session.state));
}
