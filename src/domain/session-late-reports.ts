/**
 * Reports of orders that were over when their trade date closed (a late execution, a late commission). Pure.
 * Invariants: 1. an execution changes the position whenever it comes; 2. totals count for the trade date that the order belongs to.
 */
import type { OrderReport } from './order-report';
import type { OrderState } from './orders';
import { applyReport, isTrade } from './session-orders';
import type { DayTotals, PastDay } from './session-snapshot';
import { without, type DayState, type SessionOrder, type SessionState } from './session-state';

/** Applies a report about a finished order; one that executed is among the session's orders again until the next close. */
export function applyLateReport(state: SessionState, report: OrderReport): SessionState {
  const order = state.finished[report.key];
  if (order === undefined) return state;
  const past = state.pastDays.find(({ tradeDate }) => tradeDate === order.tradeDate);
  const revived: SessionState = {
    ...state,
    day: past ?? state.day,
    orders: { ...state.orders, [report.key]: order },
    finished: without(state.finished, report.key),
  };
  const heard = applyReport(revived, report);
  const after = heard.orders[report.key];
  const booked = past === undefined ? heard : { ...heard, ...amended(state, past, heard.day, order, after) };
  return after.booked > order.booked ? booked : setAside(booked, report.key, after);
}

function amended(
  { day, pastDays }: SessionState,
  past: PastDay,
  { executions, contractsTraded, sharesTraded, fees, realizedPnl }: DayState,
  before: SessionOrder,
  after: SessionOrder,
): Pick<SessionState, 'day' | 'pastDays'> {
  const corrected: PastDay = {
    ...past,
    executions,
    contractsTraded,
    sharesTraded,
    fees,
    realizedPnl,
    orders: recounted(past.orders, before.states.entry, after.states.entry),
    trades: past.trades + Number(isTrade(after)) - Number(isTrade(before)),
  };
  return { day, pastDays: pastDays.map((one) => (one === past ? corrected : one)) };
}

/** Counts by the state that entries ended in, after one of them moved. */
function recounted(counts: DayTotals['orders'], from: OrderState | null, to: OrderState | null): DayTotals['orders'] {
  const change = (state: OrderState): number => Number(to === state) - Number(from === state);
  return {
    filled: counts.filled + change('filled'),
    cancelled: counts.cancelled + change('cancelled'),
    rejected: counts.rejected + change('rejected'),
    expired: counts.expired + change('expired'),
    unknown: counts.unknown + change('unknown'),
  };
}

const setAside = (state: SessionState, key: string, order: SessionOrder): SessionState => ({
  ...state,
  orders: without(state.orders, key),
  finished: { ...state.finished, [key]: order },
});
