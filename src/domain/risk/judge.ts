/**
 * All risk rules over one entry, cheapest doubt first: the first refusal is the answer. Exits pass no rule but the account's.
 * The order is part of the contract: a halted session answers HALTED whatever else is wrong.
 */
import type { Refusal } from '../refusals';
import { accountRule } from './account';
import { dailyLossRule } from './daily-loss';
import { drawdownRule } from './drawdown';
import { expiredRule } from './expired';
import { exposureRule } from './exposure';
import { frozenRule } from './frozen';
import { haltedRule } from './halted';
import { orderSizeRule } from './order-size';
import { pausedRule } from './paused';
import { permissionsRule } from './permissions';
import { positionOpenRule } from './position-open';
import { rollWindowRule } from './roll-window';
import type { EntryCase, RiskRule } from './rule';
import { staleBarRule } from './stale-bar';
import { tradesPerDayRule } from './trades-per-day';
import { wellFormedRule } from './well-formed';

export const RISK_RULES: readonly RiskRule[] = [
  accountRule,
  permissionsRule,
  wellFormedRule,
  staleBarRule,
  expiredRule,
  haltedRule,
  pausedRule,
  dailyLossRule,
  drawdownRule,
  frozenRule,
  rollWindowRule,
  positionOpenRule,
  orderSizeRule,
  tradesPerDayRule,
  exposureRule,
];

/** First refusal, or null when the entry may be made. */
export function judgeEntry(entry: EntryCase): Refusal | null {
  for (const rule of RISK_RULES) {
    const refused = rule(entry);
    if (refused !== null) return refused;
  }
  return null;
}
