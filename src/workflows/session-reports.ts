/** Reports of order workflows: booked, and answered with a flatten when they leave a position that nothing protects. */
import { log } from '@temporalio/workflow';
import { tradedSymbolOf } from '../domain/contracts';
import type { OrderReport } from '../domain/order-report';
import { applyLateReport } from '../domain/session-late-reports';
import { applyReport, bookedOrder, freeze, isUnprotected, positionOf } from '../domain/session-orders';
import { flattenSymbol } from './session-flatten';
import { take, type Session } from './session';

export function hearReport(session: Session, report: OrderReport): void {
  const before = bookedOrder(session.state, report.key);
  if (before === undefined) {
    hearOfForgotten(session, report);
    return;
  }
  const isLate = session.state.orders[report.key] === undefined;
  take(session, isLate ? applyLateReport(session.state, report) : applyReport(session.state, report));
  const after = bookedOrder(session.state, report.key) ?? before;
  const { contract } = after.intent;
  const symbol = tradedSymbolOf(contract);
  const traded = after.booked > before.booked;
  if (positionOf(session.state, contract.conId) === 0) return;
  if (session.state.halt.phase !== 'ACTIVE' && traded) {
    flattenSymbol(session, symbol, session.state.halt.cause ?? 'halted');
  }
  const laidBare = isUnprotected(after) && (!isUnprotected(before) || after.openQuantity !== before.openQuantity);
  if (laidBare && session.state.flattening[symbol] === undefined) {
    flattenSymbol(session, symbol, `${report.key} has a position and no stop`);
  }
}

/** Over for more than a trade date, or of a chain before this one: what it traded cannot be booked, so a human must look. */
function hearOfForgotten(session: Session, { key, symbol, executions }: OrderReport): void {
  log.warn('report of an order that is not booked', { key, executions: executions.length });
  if (executions.length === 0) return;
  const why = `${key} executed and is not booked by this session: compare the position with the broker's`;
  take(session, freeze(session.state, symbol, why));
}
