/** Totals of a trade date as documents show them. */
import type { DayTotals } from '../domain/session-snapshot';
import { cents } from './number-format';

export const inCents = <Totals extends DayTotals>(totals: Totals): Totals => ({
  ...totals,
  fees: cents(totals.fees),
  realizedPnl: cents(totals.realizedPnl),
});
