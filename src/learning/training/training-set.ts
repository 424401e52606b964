/**
 * What a training run reads of one instrument, pinned: labelled rows, the rows to learn from and the untouched hold-out after them.
 * Invariants:
 *  1. The hold-out is the latest trade dates, a quarter of all; no learning row's label reaches into it, one horizon of embargo.
 *  2. The label's band comes from the days before the hold-out.
 *  3. Where dates are held out, the instrument has rows on them: what nothing could judge is not fitted.
 */
import { tradeDateBounds } from '../../domain/calendar';
import type { LearningSymbol, TradedUnit } from '../../domain/instruments';
import type { Regime } from '../../domain/regime';
import { modelColumnIndexes } from '../../features/pipeline';
import type { FeatureSchema } from '../../features/schema';
import { classCounts, selectRows } from '../dataset';
import { EMBARGO_MS } from '../evaluation/purged-folds';
import { labelBand, medianSpread } from '../labels';
import type { LabelBand } from '../manifest';
import { purgedSplit } from '../purged-split';
import { regimesOf } from '../stacker-inputs';
import { labelledRows } from '../training-rows';
import type { ContractSeries, LabelledRows } from '../training-rows';
import { tradeSpans } from '../validator';
import type { TradeSpan } from '../validator';

/** A column with values on less of the bars than this is what leaves too few rows. */
const WARM_SHARE = 0.75;
/** Share of the trade dates that nothing is fitted on before the gates have been passed. */
const HOLD_OUT_SHARE = 0.25;
/** Fewer labelled rows (a night without trading) are no basis for five folds. */
export const MIN_LEARNING_ROWS = 500;

export interface TrainingSet {
  readonly symbol: LearningSymbol;
  readonly contracts: readonly string[];
  readonly days: readonly string[];
  /** Ascending, the end of `days`. */
  readonly holdOutDays: readonly string[];
  readonly columns: readonly string[];
  readonly label: LabelBand;
  /** All labelled rows in time order. */
  readonly rows: LabelledRows;
  /** At each row's close; null while the regime is warming up. */
  readonly regimes: readonly (Regime | null)[];
  /** What a trade over each row's label horizon would make. */
  readonly spans: readonly TradeSpan[];
  /** Row numbers to learn from, and those held out. */
  readonly learning: readonly number[];
  readonly holdOut: readonly number[];
}

/** The latest quarter of the days, at least one of two and none of one. */
export const holdOutDaysOf = (days: readonly string[]): readonly string[] =>
  days.length < 2 ? [] : days.slice(-Math.max(1, Math.round(days.length * HOLD_OUT_SHARE)));

/** The instrument's set, or why there is none. Quotes that were modelled are said to be so in the label. Pure. */
export function trainingSet(
  symbol: LearningSymbol,
  series: readonly ContractSeries[],
  days: readonly string[],
  schema: FeatureSchema,
  unit: TradedUnit,
  quotes: 'recorded' | 'modelled' = 'recorded',
): TrainingSet | string {
  const holdOutDays = holdOutDaysOf(days);
  const from = holdOutDays.length === 0 ? Infinity : tradeDateBounds(holdOutDays[0]).start;
  const spread = medianSpread(
    series.map(({ block }) => block),
    from,
  );
  if (spread === null) return 'no bars with two-sided quotes on the days to learn from';
  // A modelled quote is a tick wide up to the last bits of its two prices.
  const label: LabelBand =
    quotes === 'recorded' ? labelBand(spread, unit) : { ...labelBand(unit.tickSize, unit), quotes };
  const rows = labelledRows(series, label, schema);
  const { train, test } = purgedSplit(rows, from, Infinity, EMBARGO_MS);
  if (train.length < MIN_LEARNING_ROWS)
    return `only ${train.length} labelled rows to learn from, ${MIN_LEARNING_ROWS} needed: ${whatEatsThem(series, schema)}`;
  if (holdOutDays.length > 0 && test.length === 0)
    return `it has no labelled rows on the held-out ${holdOutDays.join(', ')}, so nothing could judge it: give days that it has, or train it alone`;
  if (classCounts(selectRows(rows.data, train)).filter((count) => count > 0).length < 2)
    return 'all rows have one label';
  return {
    symbol,
    contracts: series.map(({ contract }) => contract),
    days,
    holdOutDays,
    columns: schema.modelColumns,
    label,
    rows,
    regimes: regimesAt(series, rows.starts),
    spans: tradeSpans(series, rows.starts, label.horizonBars, unit),
    learning: train,
    holdOut: test,
  };
}

/** The column that has a value on the fewest bars, where that is why; what to do about it. Pure. */
function whatEatsThem(series: readonly ContractSeries[], schema: FeatureSchema): string {
  const bars = series.reduce((sum, { features }) => sum + features.rows, 0);
  const width = schema.columns.length;
  const known = Array.from(modelColumnIndexes(schema), (column) =>
    series.reduce((sum, { features: { rows, values } }) => {
      let count = 0;
      for (let row = 0; row < rows; row += 1) if (Number.isFinite(values[row * width + column])) count += 1;
      return sum + count;
    }, 0),
  );
  const fewest = Math.min(...known);
  if (bars < MIN_LEARNING_ROWS || fewest >= bars * WARM_SHARE) return 'give more days';
  const column = schema.modelColumns[known.indexOf(fewest)];
  return `${column} has a value on ${fewest} of ${bars} bars, its warm-up or its source leaves no more: give it a shorter period, leave it out, or give more days`;
}

function regimesAt(series: readonly ContractSeries[], starts: Float64Array): (Regime | null)[] {
  const byStart = new Map<number, Regime | null>();
  for (const { block } of series) regimesOf(block).forEach((regime, i) => byStart.set(block.start[i], regime));
  return Array.from(starts, (start) => byStart.get(start) ?? null);
}

/** The set's rows at `indexes`, times and all. */
export function rowsAt({ rows }: Pick<TrainingSet, 'rows'>, indexes: readonly number[]): LabelledRows {
  const at = (times: Float64Array): Float64Array => Float64Array.from(indexes, (row) => times[row]);
  return { data: selectRows(rows.data, indexes), starts: at(rows.starts), ends: at(rows.ends) };
}
