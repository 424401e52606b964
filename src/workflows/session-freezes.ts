/** Freezes of symbols: what freezes one from outside the session's own work, and the lifting by a human. */
import {
  ApplicationFailure,
  condition,
  getExternalWorkflowHandle,
  isCancellation,
  log,
  patched,
} from '@temporalio/workflow';
import type { BrokerEvent } from '../domain/broker-events';
import { orderWorkflowId, parseOrderKey } from '../domain/ids';
import { isStockKey, stockKey, tickerOf, tradedSymbolOf, type TradedSymbol } from '../domain/contracts';
import { FUTURE_SYMBOLS, INSTRUMENTS } from '../domain/instruments';
import { bookedOrder, freeze, isLive, ordersOf, thaw } from '../domain/session-orders';
import type { SessionState } from '../domain/session-state';
import * as messages from './messages';
import type { SymbolCommand, UnroutedEvents } from './messages';
import { needNameAndReason } from './named-command';
import { beside, take, type Session } from './session';
import { halt } from './session-halts';
import { adoptPositions, strangerIn } from './session-positions';

/** Throws, before anything is written to history, when there is no such freeze to lift. */
export function refuseUnfreeze({ frozen, foreignStocks }: SessionState, command: SymbolCommand): void {
  const { symbol } = command;
  needNameAndReason(command, 'lifting a freeze');
  if (!isStockKey(symbol) && !FUTURE_SYMBOLS.includes(symbol)) {
    throw ApplicationFailure.nonRetryable(`${String(symbol)} is no instrument of this session`, 'UNKNOWN_SYMBOL');
  }
  const isForeign = isStockKey(symbol) && Object.values(foreignStocks).some((held) => held.symbol === tickerOf(symbol));
  if (frozen[symbol] === undefined && !isForeign)
    throw ApplicationFailure.nonRetryable(`${symbol} is not frozen`, 'NOT_FROZEN');
}

/**
 * Adopts the broker's position and lifts the freeze. Throws, and the freeze stays, while the broker holds contracts of the symbol that this
 * session never traded (it could neither count nor close them), and when the symbol was frozen for another reason meanwhile.
 */
export async function unfreeze(session: Session, { symbol, by, why }: SymbolCommand): Promise<void> {
  const reason = session.state.frozen[symbol];
  const broker = await session.calls.readPositions();
  const stranger = strangerIn(session.state, symbol, broker);
  if (stranger !== null) {
    throw ApplicationFailure.nonRetryable(
      `${symbol} stays frozen: ${stranger}; close it at the broker first`,
      'FOREIGN_POSITION',
    );
  }
  const now = session.state.frozen[symbol];
  if (now !== undefined && now !== reason) {
    throw ApplicationFailure.nonRetryable(`${symbol} was frozen again meanwhile: ${now}`, 'FROZEN_AGAIN');
  }
  adoptPositions(session, symbol, broker);
  log.warn('freeze lifted', { symbol, by, why, reason });
  take(session, thaw(session.state, symbol));
}

/**
 * Events that found no order workflow: of an order that may still run they are handed on once its workflow is there (a busy server starts it
 * late). Orders of ours that this session never named halt it; after what else moves a position, nothing is traded.
 */
export function hearStrangers(session: Session, unrouted: UnroutedEvents): void {
  const { key } = unrouted;
  const name = key === null ? null : parseOrderKey(key);
  const ours = name !== null && name.account === session.state.account;
  if (ours && (name.epoch !== session.state.epoch || name.seq > session.state.seq)) {
    halt(session, `the broker knows ${key ?? ''}, which this session never named`);
    return;
  }
  // An intent that is being placed has no workflow yet; its look-up will find all of it.
  if (key !== null && session.outbox.some((intent) => intent.key === key)) return;
  const order = key === null ? undefined : session.state.orders[key];
  if (key !== null && order !== undefined && (session.starting.has(key) || isLive(order)) && patched('handed-on')) {
    beside(session, tradedSymbolOf(order.intent.contract), handOn(session, key, unrouted));
    return;
  }
  freezeFor(session, unrouted);
}

async function handOn(session: Session, key: string, unrouted: UnroutedEvents): Promise<void> {
  session.inFlight += 1;
  try {
    await condition(() => !session.starting.has(key));
    await getExternalWorkflowHandle(orderWorkflowId(key)).signal(messages.brokerEvents, unrouted.events);
  } catch (error) {
    if (isCancellation(error)) throw error;
    log.warn('no order workflow to hand broker events to', { key, error });
    freezeFor(session, unrouted);
  } finally {
    session.inFlight -= 1;
  }
}

/** Nothing is traded on a position that others move. */
function freezeFor(session: Session, { key, events }: UnroutedEvents): void {
  // A commission that comes after its order's end moves no position.
  if (events.every(({ type }) => type === 'commission')) return;
  const symbol = symbolOf(session.state, key, events);
  if (symbol === null) {
    log.warn('broker events of other instruments', { key, events: events.length });
    return;
  }
  const why = key === null ? 'an order that is not ours trades here' : `${key} moved after its workflow had ended`;
  take(session, freeze(session.state, symbol, why));
}

function symbolOf(state: SessionState, key: string | null, events: readonly BrokerEvent[]): TradedSymbol | null {
  const known = key === null ? undefined : bookedOrder(state, key);
  if (known !== undefined) return tradedSymbolOf(known.intent.contract);
  const executions = events.flatMap((event) => (event.type === 'execution' ? [event.execution] : []));
  const traded = executions.filter(({ secType }) => secType !== 'STK').map(({ symbol }) => symbol);
  const conIds = events.flatMap((event) =>
    event.type === 'execution' ? [event.execution.conId] : 'order' in event ? [event.order.conId] : [],
  );
  const byContract = ordersOf(state).find(({ intent }) => conIds.includes(intent.contract.conId));
  if (byContract !== undefined) return tradedSymbolOf(byContract.intent.contract);
  const [stock] = executions.filter(({ secType }) => secType === 'STK');
  if (stock !== undefined) return stockKey(stock.symbol);
  return (
    FUTURE_SYMBOLS.find((symbol) => traded.includes(symbol) || traded.includes(INSTRUMENTS[symbol].ibSymbol)) ?? null
  );
}
