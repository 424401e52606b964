/** Trade dates of the session: opening, closing into the list of past days, and the view that queries answer. Pure. */
import { contractName, tradedSymbolOf } from './contracts';
import { FUTURE_SYMBOLS, type FutureSymbol } from './instruments';
import type { OrderState } from './orders';
import type { DecisionContext } from './proposals';
import {
  freezeOf,
  isEntryLive,
  isLive,
  netPosition,
  ordersIn,
  ordersOf,
  positionsIn,
  symbolsIn,
} from './session-orders';
import type { DayTotals, OrderView, PastDay, PositionView, SessionSnapshot } from './session-snapshot';
import { EMPTY_DAY, later, type SessionOrder, type SessionState } from './session-state';
import { tradesToday } from './risk/trades-per-day';

const PAST_DAYS_KEPT = 10;

export interface TradeDateStart {
  readonly tradeDate: string;
  readonly netLiquidation: number;
  readonly marketTime: number;
}

/** Opens a trade date. The first equity heard for a date is its start, whatever a restarted feed says later. */
export function openTradeDate(state: SessionState, opened: TradeDateStart): SessionState {
  const heard = { ...state, marketTime: later(state.marketTime, opened.marketTime) };
  const isKnown =
    state.tradeDate === opened.tradeDate || state.pastDays.some((day) => day.tradeDate === opened.tradeDate);
  if (isKnown) return heard;
  const closed = closeTradeDate(heard);
  return {
    ...closed,
    tradeDate: opened.tradeDate,
    startOfDayNetLiquidation: opened.netLiquidation,
    lastNetLiquidation: opened.netLiquidation,
    highWaterMark: Math.max(closed.highWaterMark ?? opened.netLiquidation, opened.netLiquidation),
  };
}

/** Closes the open trade date: totals to the past days, live orders kept, finished ones set aside until the next close. */
export function closeTradeDate(state: SessionState): SessionState {
  if (state.tradeDate === null) return state;
  const past: PastDay = {
    ...totalsOf(state),
    tradeDate: state.tradeDate,
    startNetLiquidation: state.startOfDayNetLiquidation,
    endNetLiquidation: state.lastNetLiquidation,
  };
  return {
    ...state,
    tradeDate: null,
    startOfDayNetLiquidation: null,
    acceptedLoss: 0,
    lossLimitReached: null,
    day: EMPTY_DAY,
    lastStopAt: {},
    orders: Object.fromEntries(Object.entries(state.orders).filter(([, order]) => isLive(order))),
    finished: Object.fromEntries(Object.entries(state.orders).filter(([, order]) => !isLive(order))),
    pastDays: [...state.pastDays, past].slice(-PAST_DAYS_KEPT),
  };
}

/** Totals of the open trade date. */
export function totalsOf(state: SessionState): DayTotals {
  const orders = ordersOf(state).filter(({ tradeDate }) => tradeDate === state.tradeDate);
  const count = (entry: SessionOrder['states']['entry']): number =>
    orders.filter(({ states }) => states.entry === entry).length;
  return {
    ...state.day,
    orders: {
      filled: count('filled'),
      cancelled: count('cancelled'),
      rejected: count('rejected'),
      expired: count('expired'),
      unknown: count('unknown'),
    },
    trades: tradesToday(state),
  };
}

const orderView = ({ intent, states, entryExecuted, entryNotional, fees, reason }: SessionOrder): OrderView => ({
  key: intent.key,
  symbol: tradedSymbolOf(intent.contract),
  conId: intent.contract.conId,
  side: intent.side,
  quantity: intent.quantity,
  purpose: intent.purpose,
  state: states.entry ?? 'expired',
  filledQuantity: entryExecuted,
  averagePrice: entryExecuted === 0 ? null : entryNotional / entryExecuted,
  decidedAt: intent.decidedAt,
  decidedMonotonicMs: intent.decidedMonotonicMs,
  decisionId: intent.decisionId,
  fees,
  reason,
  rebalance: intent.rebalance ?? null,
});

const positionViews = (state: SessionState): readonly PositionView[] =>
  Object.values(state.positions).map(({ contract, quantity, averagePrice, enteredAt }) => ({
    symbol: tradedSymbolOf(contract),
    secType: contract.secType,
    conId: contract.conId,
    localSymbol: contractName(contract),
    quantity,
    averagePrice,
    enteredAt,
  }));

/** What a decision in the symbol may depend on. */
export function contextOf(state: SessionState, symbol: FutureSymbol): DecisionContext {
  const entries = ordersIn(state, symbol).filter(({ intent }) => intent.purpose === 'entry');
  return {
    position: netPosition(state, symbol),
    enteredAt: positionsIn(state, symbol)[0]?.enteredAt ?? null,
    lastStopAt: state.lastStopAt[symbol] ?? null,
    entryPending: entries.some(isEntryLive),
    exitPending: state.flattening[symbol] !== undefined,
    tradesToday: tradesToday(state),
    halted: state.halt.phase !== 'ACTIVE',
    paused: state.pausedBy !== null,
    frozen: freezeOf(state, symbol) !== null,
  };
}

const RESTLESS: readonly OrderState[] = ['proposed', 'cancelling', 'replacing', 'unknown'];

/** Nothing that could move without the market moving: every order resting, over, or waiting for a human. */
export function isSettled(state: SessionState): boolean {
  const restless = ordersOf(state).some(
    ({ states, needsHuman }) =>
      !needsHuman &&
      (states.entry === 'submitting' || Object.values(states).some((leg) => leg !== null && RESTLESS.includes(leg))),
  );
  return !restless && Object.values(state.flattening).every((closing) => closing?.phase === 'reducing');
}

/** The one shape that terminal, command line, feed and reports read. `busy`: an answer or a placement is still in flight. */
export function snapshotOf(state: SessionState, busy: boolean): SessionSnapshot {
  const frozen = Object.fromEntries(
    symbolsIn(state).flatMap((symbol) => {
      const why = freezeOf(state, symbol);
      return why === null ? [] : [[symbol, why] as const];
    }),
  );
  return {
    account: state.account,
    stateVersion: state.stateVersion,
    tradeDate: state.tradeDate,
    startOfDayNetLiquidation: state.startOfDayNetLiquidation,
    highWaterMark: state.highWaterMark,
    lastNetLiquidation: state.lastNetLiquidation,
    acceptedLoss: state.acceptedLoss,
    halt: state.halt,
    paused: state.pausedBy !== null,
    mode: state.mode,
    frozen,
    foreignStocks: Object.values(state.foreignStocks),
    positions: positionViews(state),
    orders: ordersOf(state).map(orderView),
    day: totalsOf(state),
    pastDays: state.pastDays,
    settled: !busy && isSettled(state),
    contexts: Object.fromEntries(FUTURE_SYMBOLS.map((symbol) => [symbol, contextOf(state, symbol)])),
    watermarks: Object.fromEntries(
      Object.entries(state.watermarks).map(([symbol, { barClose }]) => [symbol, barClose]),
    ),
    seq: state.seq,
    epoch: state.epoch,
  };
}
