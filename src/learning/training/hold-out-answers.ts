/**
 * What a run says on the untouched rows: the stored hold-out run is loaded and asked as a live feed asks it, and decides by the configured
 * rule, so that the gates judge the decider that will trade.
 */
import { tradeDateOf } from '../../domain/calendar';
import { judgeEnsemble } from '../../domain/decision-ensemble';
import type { LearningSymbol } from '../../domain/instruments';
import type { Signal, Vote } from '../../domain/vote';
import { modelColumnIndexes } from '../../features/pipeline';
import type { FeatureSchema } from '../../features/schema';
import type { ObjectStore } from '../../storage/object-store';
import { decidedProbabilities } from '../decider';
import { loadEnsemble } from '../ensemble';
import { seriesStarts } from '../evaluation/cross-validation';
import type { LabelledPredictions } from '../evaluation/gates';
import { directionalAuc } from '../metrics';
import type { AssembleRequest } from './assemble-run';
import { rowsAt } from './training-set';
import type { TrainingSet } from './training-set';

export interface HoldOutAnswers {
  readonly symbol: LearningSymbol;
  readonly predictions: LabelledPredictions;
  /** The signal of each row by the configured rule, before vetoes and limits. */
  readonly signals: readonly Signal[];
  readonly auc: number | null;
}

/** Where nobody voted. */
const NO_OPINION: Vote['probabilities'] = [1 / 3, 1 / 3, 1 / 3];

/** `store` holds the run whose voters never saw the rows. Null when nothing is held out; rejects with ModelRunError when it is unusable. */
export async function holdOutAnswers(
  store: ObjectStore,
  { runId, schema, rules }: Pick<AssembleRequest, 'runId' | 'schema' | 'rules'>,
  set: TrainingSet,
): Promise<HoldOutAnswers | null> {
  if (set.holdOut.length === 0) return null;
  const { data, starts } = rowsAt(set, set.holdOut);
  const probabilities = new Float64Array(3 * data.rows);
  const signals: Signal[] = [];
  const begins = new Set(seriesStarts(set.rows, set.holdOut));
  const ensemble = await loadEnsemble(store, runId, set.symbol);
  let series: Float32Array[] = [];
  try {
    for (const [i, place] of set.holdOut.entries()) {
      const row = wholeRow(schema, data.x.subarray(i * data.columns, (i + 1) * data.columns));
      if (begins.has(i)) series = [];
      const { votes, raw } = await ensemble.vote(row, series.slice(-ensemble.window));
      series.push(row);
      const regime = set.regimes[place];
      const second = await ensemble.secondOpinions(row, raw, regime);
      const opinion = { rules, votes, weights: null, regime, ...second };
      probabilities.set(decidedProbabilities(opinion) ?? NO_OPINION, 3 * i);
      signals.push(judgeEnsemble(opinion).signal);
    }
  } finally {
    await ensemble.close();
  }
  const tradeDates = Array.from(starts, (start) => tradeDateOf(start));
  const predictions = { probabilities, y: data.y, classes: data.classes, tradeDates };
  return { symbol: set.symbol, predictions, signals, auc: directionalAuc(probabilities, data.y, data.classes) };
}

/** A row of the schema with its model columns: no model reads the others. */
function wholeRow(schema: FeatureSchema, columns: Float32Array): Float32Array {
  const row = new Float32Array(schema.columns.length);
  modelColumnIndexes(schema).forEach((index, i) => {
    row[index] = columns[i];
  });
  return row;
}
