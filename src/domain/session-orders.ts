/**
 * How the session books its orders: reservation, reports of order workflows, what is live. Pure.
 * Invariants: 1. an execution enters positions and totals once, however often it is reported; 2. an order counts against limits from its
 * reservation until nothing of it can trade any more; 3. terminal states are believed from reports only.
 */
import { isStockKey, stockKey, tradedSymbolOf, type TradableContract, type TradedSymbol } from './contracts';
import { FUTURE_SYMBOLS } from './instruments';
import { ORDER_ID_BLOCK, ORDER_LEGS, orderKey, orderRef } from './ids';
import type { OrderIntent } from './intents';
import type { BookedExecution, OrderReport } from './order-report';
import { isTerminal, type OrderState } from './orders';
import { applyFill, flatPosition, signedShares, type Position } from './positions';
import { later, without, type SessionOrder, type SessionState } from './session-state';

/** Everything about an intent that the session does not allocate itself. */
export type IntentRequest = Omit<OrderIntent, 'key' | 'account' | 'orderIdBase' | 'expectedPosition'>;

/** Allocates key and broker ids and books the order as proposed: from here on it counts against every limit. */
export function reserve(
  state: SessionState,
  request: IntentRequest,
): { readonly state: SessionState; readonly intent: OrderIntent } {
  const seq = state.seq + 1;
  const intent: OrderIntent = {
    ...request,
    key: orderKey(state.account, state.epoch, seq),
    account: state.account,
    orderIdBase: state.nextOrderId,
    expectedPosition: positionOf(state, request.contract.conId),
  };
  const resting: OrderState | null = intent.bracket === null ? null : 'proposed';
  const order: SessionOrder = {
    intent,
    tradeDate: state.tradeDate,
    states: { entry: 'proposed', stop: resting, target: resting },
    booked: 0,
    entryExecuted: 0,
    entryNotional: 0,
    openQuantity: 0,
    fees: 0,
    needsHuman: false,
    freeze: null,
    reason: null,
  };
  const orders = { ...state.orders, [intent.key]: order };
  return { state: { ...state, seq, nextOrderId: state.nextOrderId + ORDER_ID_BLOCK, orders }, intent };
}

/** Books the end of an intent that was never sent. */
export function neverSent(
  state: SessionState,
  key: string,
  entry: 'expired' | 'rejected',
  reason: string,
): SessionState {
  return withOrder(state, key, (order) => ({
    ...order,
    reason,
    states: {
      entry,
      stop: order.states.stop === null ? null : 'expired',
      target: order.states.target === null ? null : 'expired',
    },
  }));
}

/** All legs of an order that was handed to the broker, or whose handing over has no known outcome. */
export function placed(state: SessionState, key: string, to: 'submitting' | 'unknown'): SessionState {
  return withOrder(state, key, (order) => {
    const move = (current: OrderState | null): OrderState | null => (current === 'proposed' ? to : current);
    const { entry, stop, target } = order.states;
    return { ...order, states: { entry: move(entry), stop: move(stop), target: move(target) } };
  });
}

function withOrder(state: SessionState, key: string, change: (order: SessionOrder) => SessionOrder): SessionState {
  const order = state.orders[key];
  return order === undefined ? state : { ...state, orders: { ...state.orders, [key]: change(order) } };
}

/** Applies an order workflow's report: new executions to positions and totals, states, fees, stop-outs, freezes. */
export function applyReport(state: SessionState, report: OrderReport): SessionState {
  const order = state.orders[report.key];
  if (order === undefined) return state;
  const news = report.executions.slice(order.booked);
  const traded = news.reduce((next, execution) => bookExecution(next, order.intent, execution), state);
  const entries = report.executions.filter(({ leg }) => leg === 'entry');
  const updated: SessionOrder = {
    ...order,
    states: report.states,
    booked: Math.max(order.booked, report.executions.length),
    entryExecuted: entries.reduce((sum, { shares }) => sum + shares, 0),
    entryNotional: entries.reduce((sum, { shares, price }) => sum + shares * price, 0),
    openQuantity: report.executions.reduce((sum, { side, shares }) => sum + signedShares(side, shares), 0),
    fees: report.fees,
    needsHuman: report.needsHuman,
    freeze: report.freeze,
    reason: report.reason,
  };
  const symbol = tradedSymbolOf(order.intent.contract);
  const isFreezeNews = report.freeze !== null && report.freeze !== order.freeze;
  const heard = isFreezeNews ? freeze(traded, symbol, `${report.key}: ${report.freeze ?? ''}`) : traded;
  return {
    ...heard,
    orders: { ...traded.orders, [report.key]: updated },
    day: { ...traded.day, fees: traded.day.fees + report.fees - order.fees },
  };
}

function bookExecution(state: SessionState, intent: OrderIntent, execution: BookedExecution): SessionState {
  const { contract } = intent;
  const held = state.positions[contract.conId] ?? flatPosition(contract);
  const { position, realizedPnl } = applyFill(held, execution);
  const positions: Readonly<Record<string, Position>> =
    position.quantity === 0
      ? without(state.positions, String(contract.conId))
      : { ...state.positions, [contract.conId]: position };
  const isFuture = contract.secType === 'FUT';
  const lastStopAt =
    isFuture && execution.leg === 'stop'
      ? { ...state.lastStopAt, [contract.symbol]: execution.time }
      : state.lastStopAt;
  return {
    ...state,
    positions,
    lastStopAt,
    marketTime: later(state.marketTime, execution.time),
    day: {
      ...state.day,
      executions: state.day.executions + 1,
      contractsTraded: state.day.contractsTraded + (isFuture ? execution.shares : 0),
      sharesTraded: state.day.sharesTraded + (isFuture ? 0 : execution.shares),
      realizedPnl: state.day.realizedPnl + realizedPnl,
    },
  };
}

export const ordersOf = (state: SessionState): readonly SessionOrder[] => Object.values(state.orders);
/** An order that is booked: of the trade date, live, or over when the last trade date closed. */
export const bookedOrder = (state: SessionState, key: string): SessionOrder | undefined =>
  state.orders[key] ?? state.finished[key];
export const ordersIn = (state: SessionState, symbol: TradedSymbol): readonly SessionOrder[] =>
  ordersOf(state).filter(({ intent }) => tradedSymbolOf(intent.contract) === symbol);

/** The entry leg may still trade. */
export const isEntryLive = (order: SessionOrder): boolean => !isTerminal(order.states.entry ?? 'expired');
/** Any leg may still trade. */
export const isLive = ({ states }: SessionOrder): boolean =>
  Object.values(states).some((state) => state !== null && !isTerminal(state));
export const isUnknown = ({ states }: SessionOrder): boolean => Object.values(states).includes('unknown');
/** orderRefs of legs believed to rest at the broker that a fresh reading does not list; none when it said nothing of orders. */
export function missingLegs(state: SessionState, listed: readonly string[] | undefined): readonly string[] {
  if (listed === undefined) return [];
  const shown = new Set(listed);
  return ordersOf(state).flatMap(({ intent, states }) =>
    ORDER_LEGS.filter((leg) => states[leg] === 'working' || states[leg] === 'partially-filled')
      .map((leg) => orderRef(intent.key, leg))
      .filter((ref) => !shown.has(ref)),
  );
}

/** What closes `quantity` signed contracts by one market order; `reserve` gives it its key. */
export const reductionOf = (state: SessionState, contract: TradableContract, quantity: number): IntentRequest => ({
  contract,
  side: quantity > 0 ? 'sell' : 'buy',
  quantity: Math.abs(quantity),
  orderType: 'market',
  limitPrice: null,
  bracket: null,
  purpose: 'reduce',
  decisionId: null,
  referencePrice: null,
  decidedAt: state.marketTime ?? 0,
  // Closing a position is never too late.
  expiresAt: Number.MAX_SAFE_INTEGER,
  decidedMonotonicMs: null,
});

/** An entry in futures that traded or still may: what the day's trade limit counts. Legs of a rebalance have limits of their own. */
export const isTrade = (order: SessionOrder): boolean =>
  order.intent.contract.secType === 'FUT' &&
  order.intent.purpose === 'entry' &&
  (order.entryExecuted > 0 || order.states.entry === 'filled' || isEntryLive(order));

export const positionOf = (state: SessionState, conId: number): number => state.positions[conId]?.quantity ?? 0;

export const positionsIn = (state: SessionState, symbol: TradedSymbol): readonly Position[] =>
  Object.values(state.positions).filter(({ contract }) => tradedSymbolOf(contract) === symbol);

/** Contracts of a symbol that the session holds or traded lately. */
export function contractsIn(state: SessionState, symbol: TradedSymbol): readonly TradableContract[] {
  const booked = [...Object.values(state.finished), ...ordersOf(state)].map(({ intent }) => intent.contract);
  const held = Object.values(state.positions).map(({ contract }) => contract);
  const known = new Map([...booked, ...held].map((contract) => [contract.conId, contract]));
  return [...known.values()].filter((contract) => tradedSymbolOf(contract) === symbol);
}

/** Every future, and every stock that the session holds, trades, closes or keeps out of. */
export function symbolsIn(state: SessionState): readonly TradedSymbol[] {
  const traded = [...ordersOf(state), ...Object.values(state.finished)].map(({ intent }) => intent.contract);
  const held = Object.values(state.positions).map(({ contract }) => contract);
  const stocks = [...traded, ...held].map(tradedSymbolOf).filter(isStockKey);
  const kept = [...Object.keys(state.frozen), ...Object.keys(state.flattening)].filter(isStockKey);
  return [...new Set<TradedSymbol>([...FUTURE_SYMBOLS, ...stocks, ...kept])];
}

/** Signed contracts or shares over all contracts of a symbol. */
export const netPosition = (state: SessionState, symbol: TradedSymbol): number =>
  positionsIn(state, symbol).reduce((sum, { quantity }) => sum + quantity, 0);

/** No entry is made in the symbol until a human lifts it; the latest reason is the one shown. */
export const freeze = (state: SessionState, symbol: TradedSymbol, why: string): SessionState => ({
  ...state,
  frozen: { ...state.frozen, [symbol]: why },
});

export const thaw = (state: SessionState, symbol: TradedSymbol): SessionState => ({
  ...state,
  frozen: without(state.frozen, symbol),
});

/** Why no entry may be made in the symbol, or null: frozen for a human, or an order of it is unknown. */
export function freezeOf(state: SessionState, symbol: TradedSymbol): string | null {
  const unknown = ordersIn(state, symbol).find(isUnknown);
  const why = state.frozen[symbol] ?? (unknown === undefined ? null : `outcome of ${unknown.intent.key} is unknown`);
  return why ?? foreignIn(state, symbol);
}

/** A stock that the broker holds without our doing: it is neither bought nor sold until a human has it adopted. */
function foreignIn(state: SessionState, symbol: TradedSymbol): string | null {
  const held = Object.values(state.foreignStocks).find((stock) => stockKey(stock.symbol) === symbol);
  return held === undefined ? null : `the broker holds ${held.quantity} shares that this session never traded`;
}

/**
 * Orders whose entry left an open position while its stop is over and did not trade (late execution after a cancel, a lost leg):
 * nothing at the broker protects it.
 */
export const isUnprotected = (order: SessionOrder): boolean =>
  order.intent.bracket !== null &&
  order.openQuantity !== 0 &&
  order.states.stop !== null &&
  isTerminal(order.states.stop);
