/** Bars in columns, as they lie in a file: millions of rows without an object for each. Times are UTC epoch milliseconds, prices raw. */
import type { ProviderName } from '../providers/provider';

/** One stored bar with where it came from. */
export interface StoredBar {
  readonly start: number;
  readonly open: number;
  readonly high: number;
  readonly low: number;
  readonly close: number;
  readonly volume: number;
  /** Multiplies the raw prices into adjusted ones, as known at `fetchedAt`; null when the source told none. */
  readonly adjustmentFactor: number | null;
  readonly provider: ProviderName;
  readonly fetchedAt: number;
}

/** Who gave bars, and when (UTC ms). */
export interface BarSource {
  readonly provider: ProviderName;
  readonly fetchedAt: number;
}

export interface BarTable {
  readonly length: number;
  readonly start: Float64Array;
  readonly open: Float64Array;
  readonly high: Float64Array;
  readonly low: Float64Array;
  readonly close: Float64Array;
  readonly volume: Float64Array;
  /** NaN where there is none. */
  readonly adjustmentFactor: Float64Array;
  /** Index into PROVIDER_NAMES. */
  readonly provider: Float64Array;
  readonly fetchedAt: Float64Array;
}

/** Every provider whose rows can be stored; a code is the position, so names are only ever added at the end. */
export const PROVIDER_NAMES = ['ibkr', 'polygon', 'tiingo', 'yahoo', 'csv', 'sample', 'fnspid'] as const;
/** Fails to compile when a provider is missing above. */
const codeOf = (name: ProviderName): number => PROVIDER_NAMES.indexOf(name satisfies (typeof PROVIDER_NAMES)[number]);

/** The columns of a table in the order in which they are written. */
export const TABLE_COLUMNS = [
  'start',
  'open',
  'high',
  'low',
  'close',
  'volume',
  'adjustmentFactor',
  'provider',
  'fetchedAt',
] as const satisfies readonly (keyof BarTable)[];

/** A table of `length` rows, all zero. */
export function emptyTable(length: number): BarTable {
  const column = (): Float64Array => new Float64Array(length);
  return {
    length,
    start: column(),
    open: column(),
    high: column(),
    low: column(),
    close: column(),
    volume: column(),
    adjustmentFactor: column(),
    provider: column(),
    fetchedAt: column(),
  };
}

/** Rows to columns. */
export function tableOf(bars: readonly StoredBar[]): BarTable {
  const table = emptyTable(bars.length);
  bars.forEach((bar, i) => {
    table.start[i] = bar.start;
    table.open[i] = bar.open;
    table.high[i] = bar.high;
    table.low[i] = bar.low;
    table.close[i] = bar.close;
    table.volume[i] = bar.volume;
    table.adjustmentFactor[i] = bar.adjustmentFactor ?? Number.NaN;
    table.provider[i] = codeOf(bar.provider);
    table.fetchedAt[i] = bar.fetchedAt;
  });
  return table;
}

/** The bar at row `i`. */
export function barAt(table: BarTable, i: number): StoredBar {
  const factor = table.adjustmentFactor[i];
  return {
    start: table.start[i],
    open: table.open[i],
    high: table.high[i],
    low: table.low[i],
    close: table.close[i],
    volume: table.volume[i],
    adjustmentFactor: Number.isNaN(factor) ? null : factor,
    provider: PROVIDER_NAMES[table.provider[i]],
    fetchedAt: table.fetchedAt[i],
  };
}

/** Columns to rows. */
export const barsOf = (table: BarTable): readonly StoredBar[] =>
  Array.from({ length: table.length }, (_row, i) => barAt(table, i));

/** Rows [from, to), sharing the memory. */
export function sliceTable(table: BarTable, from: number, to: number): BarTable {
  if (from === 0 && to === table.length) return table;
  const views = TABLE_COLUMNS.map((name) => [name, table[name].subarray(from, to)] as const);
  return { length: to - from, ...(Object.fromEntries(views) as Omit<BarTable, 'length'>) };
}

/** The tables one after the other. */
export function concatTables(tables: readonly BarTable[]): BarTable {
  if (tables.length === 1) return tables[0];
  const whole = emptyTable(tables.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const table of tables) {
    for (const name of TABLE_COLUMNS) whole[name].set(table[name], at);
    at += table.length;
  }
  return whole;
}

/** Index of the first row with start ≥ `time`; the length when there is none. Rows ascend. */
export function firstRowFrom({ start, length }: BarTable, time: number): number {
  let low = 0;
  let high = length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (start[middle] < time) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The rows of `table` at `rows`, in that order. */
export function selectRows(table: BarTable, rows: Uint32Array): BarTable {
  const selected = emptyTable(rows.length);
  for (const name of TABLE_COLUMNS) {
    for (let i = 0; i < rows.length; i += 1) selected[name][i] = table[name][rows[i]];
  }
  return selected;
}
