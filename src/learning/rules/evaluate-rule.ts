/** What a rule says of a window of feature rows, in double precision: the reference that its exported graph is compared with. Pure. */
import type { Probabilities } from '../dataset';
import { BUY, CLASS_NAMES, HOLD, SELL } from '../labels';
import type { NumberPair, RuleCondition, RuleNumber, TradingRule } from './trading-rule';

/** Rows oldest first, the judged one last; a column's value by its name. */
export interface RuleWindow {
  /** window × columns, row-major. */
  readonly values: Float32Array;
  readonly columns: readonly string[];
}

interface Reading extends RuleWindow {
  readonly rows: number;
}

const valueAt = ({ values, columns, rows }: Reading, column: string, ago: number): number =>
  values[(rows - 1 - ago) * columns.length + columns.indexOf(column)];

/** The number as it was `before` bars before the judged one. */
function numberAt(window: Reading, one: RuleNumber, before: number): number {
  if ('number' in one) return one.number;
  if (!('window' in one)) return valueAt(window, one.column, (one.ago ?? 0) + before);
  const values = Array.from({ length: one.bars }, (_, ago) => valueAt(window, one.column, ago + before));
  switch (one.window) {
    case 'min':
      return Math.min(...values);
    case 'max':
      return Math.max(...values);
    case 'mean':
      return values.reduce((sum, value) => sum + value, 0) / values.length;
  }
}

function isMet(window: Reading, one: RuleCondition): boolean {
  const above = ([a, b]: NumberPair, before = 0): boolean => numberAt(window, a, before) > numberAt(window, b, before);
  const below = ([a, b]: NumberPair, before = 0): boolean => numberAt(window, a, before) < numberAt(window, b, before);
  if ('less' in one) return below(one.less);
  if ('greater' in one) return above(one.greater);
  if ('crosses_above' in one) return above(one.crosses_above) && !above(one.crosses_above, 1);
  if ('crosses_below' in one) return below(one.crosses_below) && !below(one.crosses_below, 1);
  if ('all' in one) return one.all.every((branch) => isMet(window, branch));
  if ('any' in one) return one.any.some((branch) => isMet(window, branch));
  return !isMet(window, one.not);
}

/** Class that the rule votes for; hold when it says nothing, or both. */
export function ruleSide(rule: TradingRule, window: RuleWindow): number {
  const reading = { ...window, rows: window.values.length / window.columns.length };
  const buys = rule.buy !== null && isMet(reading, rule.buy);
  const sells = rule.sell !== null && isMet(reading, rule.sell);
  if (buys === sells) return HOLD;
  return buys ? BUY : SELL;
}

/** The rule's confidence for the class, the rest shared by the others. */
export const sideProbabilities = ({ confidence }: TradingRule, side: number): Probabilities =>
  Float64Array.from(CLASS_NAMES, (_, index) => (index === side ? confidence : (1 - confidence) / 2));
