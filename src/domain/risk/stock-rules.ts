/**
 * The rules over one leg of a rebalance, beside those that ask the session alone. Counted in dollars: neither the contracts of the exposure
 * limit nor the day's trades. What only reduces a position is an exit: no limit of size, loss or pause holds it back. A halt does, because
 * the session is closing everything itself then, and so does a position in doubt: `omega flatten` closes by the broker's word.
 */
import { tradedSymbolOf } from '../contracts';
import { signedShares } from '../positions';
import { refusal, type Refusal } from '../refusals';
import { freezeOf, isEntryLive, ordersOf, positionOf } from '../session-orders';
import type { SessionOrder, SessionState } from '../session-state';
import { stockHoursAt } from '../stock-hours';
import type { StockOrderRequest } from '../stock-orders';

export interface StockCase {
  readonly state: SessionState;
  readonly order: StockOrderRequest;
}

export type StockRule = (entry: StockCase) => Refusal | null;

/** Tickers as IB spells them: `AAPL`, `BRK B`, `BF.B`. */
const TICKER = /^[A-Z0-9][A-Z0-9. ]{0,11}$/;

export const stockWellFormed: StockRule = ({ order }) => {
  const { rebalanceId, leg, quantity, referencePrice, decidedAt, expiresAt, orderType, side } = order;
  const wrong = (what: string): Refusal => refusal('INVALID_PROPOSAL', what);
  if (rebalanceId.trim() === '' || rebalanceId.includes('/')) return wrong(`rebalanceId="${rebalanceId}"`);
  if (!Number.isInteger(leg) || leg < 0) return wrong(`leg=${leg}`);
  if (side !== 'buy' && side !== 'sell') return wrong(`side=${String(side)}`);
  if (orderType !== 'market') return wrong(`orderType=${String(orderType)}: legs of a rebalance are market orders`);
  if (!Number.isInteger(quantity) || quantity < 1) return wrong(`quantity=${quantity}: whole shares only`);
  if (!Number.isFinite(referencePrice) || referencePrice <= 0) return wrong(`referencePrice=${referencePrice}`);
  return Number.isFinite(decidedAt) && Number.isFinite(expiresAt)
    ? null
    : wrong(`decidedAt=${decidedAt} expiresAt=${expiresAt}`);
};

/** A US equity routed by SMART; its id means the same as in every order and position that the session knows. */
export const stockKnown: StockRule = ({ state, order: { contract } }) => {
  const { secType, symbol, conId, exchange, currency, multiplier } = contract;
  const wrong = (what: string): Refusal => refusal('UNKNOWN_CONTRACT', what);
  if (secType !== 'STK' || exchange !== 'SMART' || currency !== 'USD' || multiplier !== 1) {
    return wrong(`${secType} ${symbol} ${exchange} ${currency} x${multiplier} is no US stock routed by SMART`);
  }
  if (!TICKER.test(symbol) || !Number.isInteger(conId) || conId < 1) return wrong(`ticker="${symbol}" conId=${conId}`);
  const known =
    state.positions[conId]?.contract ??
    ordersOf(state).find(({ intent }) => intent.contract.conId === conId)?.intent.contract;
  return known === undefined || tradedSymbolOf(known) === tradedSymbolOf(contract)
    ? null
    : wrong(`conId=${conId} is ${tradedSymbolOf(known)}, not ${symbol}`);
};

/** The session has heard from the broker, and its trade date tells what the account is worth. */
export const stockSession: StockRule = ({ state }) => {
  if (state.brokerEpoch === null) return refusal('BROKER_NOT_READY', 'no trader has read the broker yet');
  return state.tradeDate === null
    ? refusal('TRADE_DATE_CLOSED', 'no trade date is open; the feed opens one, or tradeDateOpened does')
    : null;
};

export const stockExpired: StockRule = ({ state, order: { decidedAt, expiresAt } }) => {
  const now = Math.max(decidedAt, state.marketTime ?? 0);
  return now <= expiresAt
    ? null
    : refusal('EXPIRED', `now=${new Date(now).toISOString()} expired=${new Date(expiresAt).toISOString()}`);
};

/** A market order that leaves or may still leave outside of regular hours would wait at the broker and fill at the next open. */
export const stockInHours: StockRule = ({ state, order: { decidedAt, expiresAt } }) => {
  const now = Math.max(decidedAt, state.marketTime ?? 0);
  const hours = stockHoursAt(now);
  const utc = (time: number): string => new Date(time).toISOString();
  if (hours === null) return refusal('OUTSIDE_HOURS', `now=${utc(now)} is outside of the regular hours of US stocks`);
  return expiresAt <= hours.close
    ? null
    : refusal('OUTSIDE_HOURS', `expires=${utc(expiresAt)} is after the close of ${utc(hours.close)}`);
};

/** Legs so old that their answers are not kept any more: whether it was placed is not known, so it is not placed. */
export const stockStale: StockRule = ({ state: { stockLegsForgotten }, order: { decidedAt } }) =>
  stockLegsForgotten === null || decidedAt > stockLegsForgotten
    ? null
    : refusal(
        'STALE_REBALANCE',
        `decided=${new Date(decidedAt).toISOString()} forgotten up to=${new Date(stockLegsForgotten).toISOString()}`,
      );

export const stockFrozen: StockRule = ({ state, order: { contract } }) => {
  const symbol = tradedSymbolOf(contract);
  const why = freezeOf(state, symbol);
  return why === null ? null : refusal('SYMBOL_FROZEN', `symbol=${symbol} ${why}`);
};

/** Nothing while the stock is being closed, nor against a live order of ours: we do not trade with ourselves. */
export const stockUnopposed: StockRule = ({ state, order: { contract, side } }) => {
  const symbol = tradedSymbolOf(contract);
  if (state.flattening[symbol] !== undefined) return refusal('POSITION_OPEN', `${symbol} is being closed`);
  const opposed = liveIn(state, contract.conId).find(({ intent }) => intent.side !== side);
  return opposed === undefined ? null : refusal('POSITION_OPEN', `order=${opposed.intent.key} is on the other side`);
};

/** No order through zero: what is held is closed first. Below zero only when shorting is allowed. */
export const stockShort: StockRule = ({ state, order: { contract, side, quantity } }) => {
  const { conId } = contract;
  const held = positionOf(state, conId);
  const ordered = pendingShares(state, conId, side);
  const after = held + signedShares(side, ordered + quantity);
  if (after < 0 && !state.limits.stockShorting) {
    return refusal('SHORT_NOT_ALLOWED', `sell=${quantity} held=${held} selling=${ordered}`);
  }
  return held !== 0 && Math.sign(after) === -Math.sign(held)
    ? refusal('POSITION_OPEN', `position=${held} ${side}=${quantity} goes through zero: close it first`)
    : null;
};

export const stockOrderSize: StockRule = ({ state, order: { quantity, referencePrice } }) => {
  const limit = netLiquidation(state) * state.limits.stockOrderNotionalFraction;
  const notional = quantity * referencePrice;
  return notional <= limit
    ? null
    : refusal('LIMIT_ORDER_SIZE', `notional=${dollars(notional)} limit=${dollars(limit)}`);
};

export const stockGross: StockRule = ({ state, order: { contract, side, quantity, referencePrice } }) => {
  const limit = netLiquidation(state) * state.limits.stockGrossFraction;
  const conIds = new Set([
    ...Object.keys(state.positions).map(Number),
    ...ordersOf(state).map(({ intent }) => intent.contract.conId),
    contract.conId,
  ]);
  const gross = [...conIds].reduce((sum, conId) => {
    const isThis = conId === contract.conId;
    const more = { buy: isThis && side === 'buy' ? quantity : 0, sell: isThis && side === 'sell' ? quantity : 0 };
    return sum + worstCaseShares(state, conId, more) * (isThis ? referencePrice : priceOf(state, conId));
  }, 0);
  return gross <= limit ? null : refusal('LIMIT_EXPOSURE', `worst case=${dollars(gross)} limit=${dollars(limit)}`);
};

/** It can do no more than close what is held, with every order of its side traded. */
export function onlyReducesStock({ state, order: { contract, side, quantity } }: StockCase): boolean {
  const held = positionOf(state, contract.conId);
  if (held === 0 || held > 0 === (side === 'buy')) return false;
  return pendingShares(state, contract.conId, side) + quantity <= Math.abs(held);
}

const liveIn = (state: SessionState, conId: number): readonly SessionOrder[] =>
  ordersOf(state).filter((order) => order.intent.contract.conId === conId && isEntryLive(order));

/** Shares of live orders on one side that have not traded yet. */
const pendingShares = (state: SessionState, conId: number, side: 'buy' | 'sell'): number =>
  liveIn(state, conId)
    .filter(({ intent }) => intent.side === side)
    .reduce((sum, { intent, entryExecuted }) => sum + intent.quantity - entryExecuted, 0);

/** Largest position, in shares, that live orders can still make of the present one; 0 for a future. */
function worstCaseShares(
  state: SessionState,
  conId: number,
  more: { readonly buy: number; readonly sell: number },
): number {
  if (state.positions[conId]?.contract.secType === 'FUT') return 0;
  if (liveIn(state, conId).some(({ intent }) => intent.contract.secType === 'FUT')) return 0;
  const held = positionOf(state, conId);
  const highest = held + pendingShares(state, conId, 'buy') + more.buy;
  const lowest = held - pendingShares(state, conId, 'sell') - more.sell;
  return Math.max(Math.abs(highest), Math.abs(lowest));
}

/** Price of the stock heard last: of the last leg that was sized with one, else what was paid. */
function priceOf(state: SessionState, conId: number): number {
  const sized = ordersOf(state).findLast(
    ({ intent }) => intent.contract.conId === conId && intent.referencePrice !== null,
  );
  return sized?.intent.referencePrice ?? state.positions[conId]?.averagePrice ?? 0;
}

const netLiquidation = ({ lastNetLiquidation, startOfDayNetLiquidation }: SessionState): number =>
  lastNetLiquidation ?? startOfDayNetLiquidation ?? 0;

const dollars = (amount: number): string => amount.toFixed(2);
