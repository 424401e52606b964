/** Adjusted prices, made on reading from raw ones and their factors (requirement B4). Pure. */
import { emptyTable, TABLE_COLUMNS, type BarTable } from './bar-table';

const PRICES = ['open', 'high', 'low', 'close'] as const;

/**
 * Raw prices times their factors; volume is as traded, and a row without a factor is its own adjusted row. The factors stay in the table,
 * so `close / adjustmentFactor` is the raw close again.
 */
export function adjustedTable(table: BarTable): BarTable {
  const adjusted = emptyTable(table.length);
  for (const name of TABLE_COLUMNS) adjusted[name].set(table[name]);
  for (let i = 0; i < table.length; i += 1) {
    const factor = table.adjustmentFactor[i];
    if (Number.isNaN(factor)) continue;
    for (const name of PRICES) adjusted[name][i] = table[name][i] * factor;
  }
  return adjusted;
}
