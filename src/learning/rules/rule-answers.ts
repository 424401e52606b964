/** What a rule says at every bar of recorded series, as it would have said it live: from the complete rows up to that bar alone. */
import { MINUTE_MS } from '../../domain/exchange-time';
import { BREAK_GAP_MINUTES } from '../../features/bar-series';
import { modelColumnIndexes } from '../../features/pipeline';
import type { FeatureSchema } from '../../features/schema';
import { windowInput } from '../feature-window';
import type { ContractSeries } from '../training-rows';
import { ruleSide } from './evaluate-rule';
import { windowOf, type TradingRule } from './trading-rule';

/** Class by the start of each bar that has a complete row (UTC ms). A window begins anew after a break, as in trading. */
export function ruleAnswers(
  rule: TradingRule,
  series: readonly ContractSeries[],
  schema: FeatureSchema,
): ReadonlyMap<number, number> {
  const indexes = modelColumnIndexes(schema);
  const width = schema.columns.length;
  const window = windowOf(rule);
  const said = new Map<number, number>();
  for (const { block, features } of series) {
    let rows: Float32Array[] = [];
    let last = Number.NaN;
    for (let r = 0; r < block.length; r++) {
      if (block.afterBreak[r] === 1) rows = [];
      if (features.valid[r] === 0) continue;
      if (block.start[r] - last >= BREAK_GAP_MINUTES * MINUTE_MS) rows = [];
      last = block.start[r];
      rows.push(Float32Array.from(indexes, (index) => features.values[r * width + index]));
      if (rows.length > window) rows.shift();
      const values = windowInput(rows, window);
      said.set(block.start[r], ruleSide(rule, { values, columns: schema.modelColumns }));
    }
  }
  return said;
}
