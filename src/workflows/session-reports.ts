/** Reports of order workflows: booked, and answered with a flatten when they leave a position that nothing protects. */
import { log } from '@temporalio/workflow';
import type { OrderReport } from '../domain/order-report';
import { applyReport, isUnprotected, positionOf } from '../domain/session-orders';
import { flattenSymbol } from './session-flatten';
import { take, type Session } from './session';

export function hearReport(session: Session, report: OrderReport): void {
  const before = session.state.orders[report.key];
  if (before === undefined) {
    // Booked and forgotten at the end of its trade date, or of a chain before this one: its late words are for a human.
    log.warn('report of an order that is not booked', { key: report.key });
    return;
  }
  take(session, applyReport(session.state, report));
  const after = session.state.orders[report.key];
  const { symbol, conId } = after.intent.contract;
  const traded = after.booked > before.booked;
  if (positionOf(session.state, conId) === 0) return;
  if (session.state.halt.phase !== 'ACTIVE' && traded) {
    flattenSymbol(session, symbol, session.state.halt.cause ?? 'halted');
  }
  const laidBare = isUnprotected(after) && (!isUnprotected(before) || after.openQuantity !== before.openQuantity);
  if (laidBare && session.state.flattening[symbol] === undefined) {
    flattenSymbol(session, symbol, `${report.key} has a position and no stop`);
  }
}
