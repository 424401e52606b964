/**
 * Two questions to a feature schema, asked on real bars (after freqtrade's lookahead-analysis and recursive-analysis):
 * does a value change when the future is cut off, and does it still depend on where the data began once the warm-up is over?
 */
import { markBreaks, sliceColumns, type BarColumns } from '../features/bar-series';
import { computeFeaturesOfColumns, type FeatureMatrix } from '../features/pipeline';
import { describeSpec, type FeatureSpec } from '../features/feature-spec';
import type { FeatureSchema } from '../features/schema';
import type { Instrument } from '../domain/instruments';
import { createRandom } from './random';

/** Rows before a cut that are compared: the longest window of a schema reaches no further than its warm-up. */
const ROWS_BEFORE_CUT = 500;
/** Largest difference after the warm-up, in standard deviations of the column: one rounding to float32, with room. */
export const WARM_UP_TOLERANCE = 1e-5;

export interface ColumnCheck {
  readonly column: string;
  /** Compared rows whose value changed when the future was cut off: must be 0. */
  readonly lookAhead: number;
  /** Largest difference after the warm-up over the column's standard deviation; null for a column that counts from the first bar. */
  readonly warmUp: number | null;
  readonly passed: boolean;
}

export interface FeatureCheck {
  readonly bars: number;
  readonly warmupBars: number;
  readonly cuts: number;
  /** Later beginnings that were compared; 0 when the data is too short for any. */
  readonly beginnings: number;
  readonly columns: readonly ColumnCheck[];
  readonly passed: boolean;
}

/** Checks every column with `cuts` random cuts and as many later beginnings, each at the opening of a trade date. */
export function checkFeatures(
  series: BarColumns,
  schema: FeatureSchema,
  instrument: Instrument,
  { cuts, seed }: { readonly cuts: number; readonly seed: number },
  compute: typeof computeFeaturesOfColumns = computeFeaturesOfColumns,
): FeatureCheck {
  const whole = compute(series, schema, instrument);
  const random = createRandom(seed);
  const lookAhead = new Int32Array(schema.columns.length);
  for (let cut = 0; cut < cuts; cut += 1) {
    const end = 1 + random.below(series.length);
    const part = compute(sliceColumns(series, 0, end), schema, instrument);
    countChanges(whole, part, Math.max(0, end - ROWS_BEFORE_CUT), end, lookAhead);
  }
  const warmUp = new Float64Array(schema.columns.length);
  const opens = openings(series).filter((row) => row > 0 && row + schema.warmupBars < series.length);
  const chosen = opens.length <= cuts ? opens : Array.from({ length: cuts }, () => opens[random.below(opens.length)]);
  for (const from of chosen) {
    const part = compute(sliceColumns(series, from, series.length), schema, instrument);
    widenDifferences(whole, part, from, schema.warmupBars, warmUp);
  }
  const deviations = schema.columns.map((_column, index) => standardDeviation(whole, index));
  const cumulative = new Set(schema.parameters.flatMap((spec) => countedColumns(spec)));
  const columns = schema.columns.map((column, index): ColumnCheck => {
    const difference = warmUp[index] === 0 ? 0 : warmUp[index] / (deviations[index] || 1);
    const relative = cumulative.has(column) ? null : difference;
    const passed = lookAhead[index] === 0 && (relative === null || relative <= WARM_UP_TOLERANCE);
    return { column, lookAhead: lookAhead[index], warmUp: relative, passed };
  });
  const { warmupBars } = schema;
  const passed = columns.every((column) => column.passed);
  return { bars: series.length, warmupBars, cuts, beginnings: chosen.length, columns, passed };
}

/** Columns that no warm-up can make equal; models do not read them. */
const countedColumns = (spec: FeatureSpec): readonly string[] =>
  describeSpec(spec).columns.flatMap(({ name, cumulative }) => (cumulative === true ? [name] : []));

/** Rows that open a trade date. */
function openings(series: BarColumns): readonly number[] {
  const { opensTradeDate } = markBreaks(series);
  return [...opensTradeDate.keys()].filter((row) => opensTradeDate[row] === 1);
}

function countChanges(whole: FeatureMatrix, part: FeatureMatrix, from: number, to: number, changes: Int32Array): void {
  const width = whole.columns.length;
  for (let cell = from * width; cell < to * width; cell += 1) {
    if (!Object.is(whole.values[cell], part.values[cell])) changes[cell % width] += 1;
  }
}

/** Of `part`, which begins at row `from` of `whole`, after `warmupBars`; a value on one side alone is infinitely different. */
function widenDifferences(
  whole: FeatureMatrix,
  part: FeatureMatrix,
  from: number,
  warmupBars: number,
  widest: Float64Array,
): void {
  const width = whole.columns.length;
  for (let cell = warmupBars * width; cell < part.values.length; cell += 1) {
    const [a, b] = [whole.values[from * width + cell], part.values[cell]];
    if (Object.is(a, b)) continue;
    const difference = Math.abs(a - b);
    widest[cell % width] = Math.max(widest[cell % width], Number.isNaN(difference) ? Infinity : difference);
  }
}

function standardDeviation({ values, rows, columns }: FeatureMatrix, column: number): number {
  let count = 0;
  let mean = 0;
  let squares = 0;
  for (let row = 0; row < rows; row += 1) {
    const value = values[row * columns.length + column];
    if (Number.isNaN(value)) continue;
    count += 1;
    const step = value - mean;
    mean += step / count;
    squares += step * (value - mean);
  }
  return count < 2 ? 0 : Math.sqrt(squares / (count - 1));
}
