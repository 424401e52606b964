/**
 * One leg of a rebalance: from the request to a reservation and an answer. Pure; called by the update's validator (to refuse) and by its
 * handler (to reserve), so both judge alike.
 * Invariants: 1. a leg that was reserved is answered the same for ever, also across runs: its name is kept for the latest rebalances, and one
 * no younger than what was forgotten is refused; 2. the first refusal is the answer, and leaves no trace; 3. what only reduces passes every
 * limit of size, loss and pause.
 */
import type { OrderIntent } from './intents';
import { refusal, type Refusal } from './refusals';
import { dailyLossRule } from './risk/daily-loss';
import { drawdownRule } from './risk/drawdown';
import { haltedRule } from './risk/halted';
import { pausedRule } from './risk/paused';
import { permissionsRule } from './risk/permissions';
import {
  onlyReducesStock,
  stockExpired,
  stockFrozen,
  stockGross,
  stockInHours,
  stockKnown,
  stockOrderSize,
  stockSession,
  stockShort,
  stockStale,
  stockUnopposed,
  stockWellFormed,
  type StockRule,
} from './risk/stock-rules';
import { reserve } from './session-orders';
import { later, type SessionState, type StockLeg } from './session-state';
import { legNameOf, type StockOrderAnswer, type StockOrderRequest } from './stock-orders';

/** Rebalances whose legs are kept: more than two months of weekly ones. */
const REBALANCES_KEPT = 10;

/** The order is part of the contract: a halted session answers HALTED whatever is wrong with the leg's size. */
const RULES: readonly StockRule[] = [
  permissionsRule,
  stockWellFormed,
  stockKnown,
  stockSession,
  stockStale,
  stockExpired,
  stockInHours,
  haltedRule,
  stockFrozen,
  stockUnopposed,
  stockShort,
];
/** Of what opens or enlarges a position. */
const ENTRY_RULES: readonly StockRule[] = [pausedRule, dailyLossRule, drawdownRule, stockOrderSize, stockGross];

export type StockVerdict =
  | { readonly kind: 'place'; readonly state: SessionState; readonly intent: OrderIntent }
  | { readonly kind: 'refuse'; readonly refusal: Refusal }
  /** Reserved before: the first answer holds, or is still being found (null). */
  | { readonly kind: 'repeat'; readonly answer: StockOrderAnswer | null };

/** Judges a leg, and reserves it when it may be placed. `hours` is false only for what was placed before legs were held to regular hours. */
export function judgeStockOrder(state: SessionState, order: StockOrderRequest, hours = true): StockVerdict {
  const known = state.stockLegs[legNameOf(order)];
  if (known !== undefined) {
    const other = differenceOf(known, order);
    return other === null
      ? { kind: 'repeat', answer: known.answer }
      : { kind: 'refuse', refusal: refusal('INVALID_PROPOSAL', other) };
  }
  const reduces = onlyReducesStock({ state, order });
  const rules = reduces ? RULES : [...RULES, ...ENTRY_RULES];
  for (const rule of hours ? rules : rules.filter((one) => one !== stockInHours)) {
    const refused = rule({ state, order });
    if (refused !== null) return { kind: 'refuse', refusal: refused };
  }
  return { kind: 'place', ...reserveLeg(state, order, reduces ? 'reduce' : 'entry') };
}

/** Why a leg of a known name is another one, or null when it is the same. */
function differenceOf(known: StockLeg, { contract, side, quantity }: StockOrderRequest): string | null {
  if (known.conId === contract.conId && known.side === side && known.quantity === quantity) return null;
  const was = `${known.side} ${known.quantity} of ${known.conId}`;
  return `${legNameOf(known)} was ${was}, not ${side} ${quantity} of ${contract.conId}`;
}

function reserveLeg(
  state: SessionState,
  order: StockOrderRequest,
  purpose: OrderIntent['purpose'],
): { readonly state: SessionState; readonly intent: OrderIntent } {
  const { rebalanceId, leg, contract, side, quantity, referencePrice, decidedAt, expiresAt } = order;
  const heard: SessionState = {
    ...state,
    marketTime: later(state.marketTime, decidedAt),
    day: { ...state.day, proposals: state.day.proposals + 1 },
  };
  const reserved = reserve(heard, {
    contract,
    side,
    quantity,
    orderType: 'market',
    limitPrice: null,
    bracket: null,
    purpose,
    decisionId: null,
    referencePrice,
    decidedAt,
    expiresAt,
    decidedMonotonicMs: null,
    rebalance: { rebalanceId, leg },
  });
  const kept: StockLeg = { rebalanceId, leg, conId: contract.conId, side, quantity, decidedAt, answer: null };
  return {
    ...reserved,
    state: withoutOldLegs({
      ...reserved.state,
      stockLegs: { ...reserved.state.stockLegs, [legNameOf(order)]: kept },
    }),
  };
}

/** Forgets the rebalances before the latest ones; legs that are still being answered are never forgotten. */
function withoutOldLegs(state: SessionState): SessionState {
  const legs = Object.entries(state.stockLegs);
  const rebalances = [...new Set(legs.map(([, { rebalanceId }]) => rebalanceId))];
  const kept = new Set(rebalances.slice(-REBALANCES_KEPT));
  const isKept = ({ rebalanceId, answer }: StockLeg): boolean => kept.has(rebalanceId) || answer === null;
  const forgotten = legs.flatMap(([, leg]) => (isKept(leg) ? [] : [leg.decidedAt]));
  if (forgotten.length === 0) return state;
  return {
    ...state,
    stockLegs: Object.fromEntries(legs.filter(([, leg]) => isKept(leg))),
    stockLegsForgotten: Math.max(state.stockLegsForgotten ?? -Infinity, ...forgotten),
  };
}

/** Keeps the answer of a leg. */
export function answeredLeg(state: SessionState, answer: StockOrderAnswer): SessionState {
  const name = legNameOf(answer);
  const leg = state.stockLegs[name];
  return leg === undefined ? state : { ...state, stockLegs: { ...state.stockLegs, [name]: { ...leg, answer } } };
}
