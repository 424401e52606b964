/** What a recipe is worth on rows it has not seen: shown with the run, never used to choose anything. */
import { tradeDateBounds, tradeDateOf } from '../domain/calendar';
import { MINUTE_MS } from '../domain/exchange-time';
import type { Instrument } from '../domain/instruments';
import type { FeatureSchema } from '../features/schema';
import { classCounts, selectRows } from './dataset';
import type { Dataset } from './dataset';
import type { ModelRecipe } from './families/model-recipe';
import { HORIZON_BARS, labelBand, medianSpread } from './labels';
import type { HoldOutMetrics } from './manifest';
import { accuracy, directionalAuc, logLoss } from './metrics';
import { purgedSplit } from './purged-split';
import { labelledRows } from './training-rows';
import type { ContractSeries } from './training-rows';

/** Share of a single day that is held out when there is no second one. */
const SINGLE_DAY_SHARE = 0.3;
const MIN_ROWS = 50;

export interface HoldOut {
  readonly train: Dataset;
  readonly test: Dataset;
  readonly testDays: readonly string[];
}

/** Half-open span of time to hold out: the last trade date, or the end of the only one. */
function heldOutSpan(series: readonly ContractSeries[], days: readonly string[]): { from: number; to: number } {
  const last = days[days.length - 1];
  const { start, end } = tradeDateBounds(last);
  if (days.length > 1) return { from: start, to: end };
  const bars = series.flatMap(({ block }) => Array.from(block.start));
  return { from: bars[Math.floor(bars.length * (1 - SINGLE_DAY_SHARE))], to: end };
}

/**
 * Training and test rows of an honest split: labels by the cost seen in the training part, rows whose label reaches into the test
 * part purged, one horizon of embargo. Null when either part is too small or of one class.
 */
export function holdOutOf(
  series: readonly ContractSeries[],
  days: readonly string[],
  instrument: Instrument,
  schema: FeatureSchema,
): HoldOut | null {
  const { from, to } = heldOutSpan(series, days);
  const blocks = series.map(({ block }) => block);
  const spread = medianSpread(blocks, from);
  if (spread === null) return null;
  const rows = labelledRows(series, labelBand(spread, instrument), schema);
  const split = purgedSplit(rows, from, to, HORIZON_BARS * MINUTE_MS);
  const train = selectRows(rows.data, split.train);
  const test = selectRows(rows.data, split.test);
  if (train.rows < MIN_ROWS || test.rows < MIN_ROWS) return null;
  if (classCounts(train).filter((count) => count > 0).length < 2) return null;
  const testDays = [...new Set(split.test.map((row) => tradeDateOf(rows.starts[row])))];
  return { train, test, testDays };
}

/** Fits on the training part, measures on the other. */
export async function measure(recipe: ModelRecipe, holdOut: HoldOut, seed: number): Promise<HoldOutMetrics> {
  const { train, test, testDays } = holdOut;
  const probabilities = await (await recipe.fit(train, seed)).predict(test.x);
  return {
    testDays: [...testDays],
    trainRows: train.rows,
    testRows: test.rows,
    accuracy: accuracy(probabilities, test.y, test.classes),
    logLoss: logLoss(probabilities, test.y, test.classes),
    auc: directionalAuc(probabilities, test.y, test.classes),
  };
}
