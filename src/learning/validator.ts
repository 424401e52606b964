/**
 * The second opinion (requirement E6; López de Prado 2018, ch. 3, "meta-labeling"): gradient-boosted trees that say how likely the trade
 * of the primary signal is profitable after costs at the end of the label horizon.
 * Invariants: 1. primary signals are out of fold, so the validator learns from the mistakes that will be made; 2. probabilities are
 * calibrated out of fold; 3. the break-even probability comes from the same training rows, never from the hold-out.
 */
import { judgeEnsemble } from '../domain/decision-ensemble';
import type { EnsembleOpinion, EnsembleRules } from '../domain/decision-ensemble';
import { netPoints, roundTripCost } from '../domain/decision-vetoes';
import type { TradedUnit } from '../domain/instruments';
import type { Signal } from '../domain/vote';
import { signalOf } from '../domain/voting';
import { classCounts } from './dataset';
import type { Dataset } from './dataset';
import { fitCalibration } from './evaluation/class-calibration';
import type { ClassCalibration } from './evaluation/class-calibration';
import { purgedFolds } from './evaluation/purged-folds';
import { areaUnderCurve } from './metrics';
import type { ValidatorRole } from './model-role';
import { exportBoosting } from './onnx/export-trees';
import type { TimedRows } from './purged-split';
import { metaOutOfFold, votesOn } from './stacker';
import type { FoldRecipe, OutOfFoldVotes } from './stacker';
import { validatorRow } from './stacker-inputs';
import type { ContractSeries } from './training-rows';
import { LIGHTGBM_DEFAULTS } from './trees/boosting-parameters';
import type { BoostingParameters } from './trees/boosting-parameters';
import { fitGradientBoosting, predictBoosting } from './trees/gradient-boosting';
import type { BoostedTrees } from './trees/gradient-boosting';
import { calibratedProfit, PROFITABLE, profitableOf } from './validator-answer';

export const VALIDATOR_NAME = 'validator';
/** With fewer primary signals there is nothing to learn from. */
export const LEAST_SIGNALS = 200;
/** Small trees with leaves of three label horizons: the rows are few and overlap. */
export const VALIDATOR_PARAMETERS: BoostingParameters = {
  ...LIGHTGBM_DEFAULTS,
  n_estimators: 50,
  learning_rate: 0.05,
  num_leaves: 8,
  min_child_samples: 60,
  reg_lambda: 10,
};

/** What a trade from a row's close to the end of its horizon would make: mids and round-trip cost, points. */
export interface TradeSpan {
  readonly from: number;
  readonly to: number;
  readonly cost: number;
}

/** The spans of the labelled rows that start at `starts`. A row with a label has two-sided quotes at both ends. */
export function tradeSpans(
  series: readonly ContractSeries[],
  starts: ArrayLike<number>,
  horizonBars: number,
  instrument: TradedUnit,
): readonly TradeSpan[] {
  const places = new Map<number, readonly [ContractSeries['block'], number]>();
  for (const { block } of series) for (let i = 0; i < block.length; i += 1) places.set(block.start[i], [block, i]);
  return Array.from(starts, (start) => {
    const place = places.get(start);
    if (place === undefined) throw new RangeError(`No bar starts at ${start}: the rows are of other series.`);
    const [{ bid, ask }, i] = place;
    const mid = (at: number): number => (bid[at] + ask[at]) / 2;
    return { from: mid(i), to: mid(i + horizonBars), cost: roundTripCost(ask[i] - bid[i], instrument) };
  });
}

/** What a rule may read of a row beside the votes. */
export type Besides = Pick<EnsembleOpinion, 'regime' | 'stack'>;

const NOTHING_BESIDES: Besides = { regime: null, stack: { kind: 'absent', why: 'not asked' } };

/**
 * The signal that the run would have given on each row, by the code that decides live; performance weights are not known in training, so
 * `weighted` counts as the majority. `votes`: calibrated, as they are when a run decides.
 */
export function primarySignals(
  votes: readonly OutOfFoldVotes[],
  rows: number,
  rules: EnsembleRules,
  besides: (row: number) => Besides = () => NOTHING_BESIDES,
): readonly Signal[] {
  const validator = { kind: 'absent', why: 'not asked' } as const;
  return Array.from({ length: rows }, (_item, row) => {
    const ballot = votesOn(votes, row).map((probabilities, i) => ({
      model: votes[i].name,
      probabilities,
      signal: signalOf(probabilities),
    }));
    return judgeEnsemble({ rules, votes: ballot, weights: null, validator, ...besides(row) }).signal;
  });
}

export interface ValidatorRows extends TimedRows {
  readonly voters: readonly string[];
  /** Class 1: profitable. */
  readonly data: Dataset;
  /** Net result of each row's trade, points. */
  readonly net: Float64Array;
}

/** The rows on which the primary signal would have traded. `rows` are the labelled rows that were voted and `spans` taken on. */
export function validatorRows(
  votes: readonly OutOfFoldVotes[],
  rows: TimedRows & { readonly data: Dataset },
  signals: readonly Signal[],
  spans: readonly TradeSpan[],
): ValidatorRows {
  const { x, columns } = rows.data;
  const kept = signals.flatMap((signal, row) => (signal === 'hold' ? [] : [{ row, side: signal }]));
  const width = columns + 3;
  const inputs = new Float32Array(kept.length * width);
  const net = Float64Array.from(kept, ({ row, side }, i) => {
    const features = x.subarray(row * columns, (row + 1) * columns);
    inputs.set(validatorRow(features, side, votesOn(votes, row)), i * width);
    const { from, to, cost } = spans[row];
    return netPoints(side, from, to, cost);
  });
  const y = Uint8Array.from(net, (points) => (points > 0 ? PROFITABLE : 0));
  return {
    voters: votes.map(({ name }) => name),
    data: { rows: kept.length, columns: width, x: inputs, y, classes: 2 },
    net,
    starts: kept.map(({ row }) => rows.starts[row]),
    ends: kept.map(({ row }) => rows.ends[row]),
  };
}

export interface Validator {
  readonly trees: BoostedTrees;
  /** What the run's manifest says of it. */
  readonly role: ValidatorRole;
  readonly outOfFold: {
    readonly rows: number;
    readonly profitable: number;
    readonly auc: number;
    /** Trades that it would have stopped, and their net result, points: below 0 is what it saves. */
    readonly vetoed: number;
    readonly vetoedNet: number;
    readonly passedNet: number;
  };
}

const recipe: FoldRecipe = {
  name: VALIDATOR_NAME,
  fit: async (data, seed) => {
    const trees = fitGradientBoosting(data, { ...VALIDATOR_PARAMETERS, random_state: seed });
    return { predict: (x) => predictBoosting(trees, x) };
  },
};

/** Mean loss / (mean gain + mean loss): the share of profitable trades at which they make nothing. */
function breakEvenOf(net: Float64Array): number {
  const gains = net.filter((points) => points > 0);
  const losses = net.filter((points) => points <= 0);
  const mean = (values: Float64Array): number => values.reduce((sum, value) => sum + value, 0) / values.length;
  return -mean(losses) / (mean(gains) - mean(losses));
}

/**
 * The validator, or why there is none: too few signals, all of them with one result, or an opinion that does not rise with success out of
 * fold. Rejects with EvaluationError TOO_FEW_ROWS when a fold is empty.
 */
export async function fitValidator(rows: ValidatorRows, seed: number): Promise<Validator | string> {
  const { data, net, voters } = rows;
  if (data.rows < LEAST_SIGNALS) return `only ${data.rows} primary signals out of fold, ${LEAST_SIGNALS} needed`;
  const splits = purgedFolds(rows);
  if ([data.y, ...splits.map(({ train }) => train.map((row) => data.y[row]))].some((y) => new Set(y).size < 2)) {
    return 'the trades of a fold all came out alike';
  }
  const raw = await metaOutOfFold(recipe, data, splits, seed);
  const calibration = fitCalibration(raw, data.y, 2, 'sigmoid');
  const own = calibration[PROFITABLE];
  const auc = areaUnderCurve(profitableOf(raw), data.y);
  // A calibration that falls would turn the opinion round; an area of a half is no opinion.
  if (own.kind !== 'sigmoid' || own.a >= 0 || auc === null || auc <= 0.5) {
    return 'out of fold its opinion does not rise with success';
  }
  const trees = fitGradientBoosting(data, { ...VALIDATOR_PARAMETERS, random_state: seed });
  const breakEven = breakEvenOf(net);
  const vetoed = calibratedProfit(calibration, raw).map((p) => Number(p < breakEven));
  const netOf = (flag: number): number => net.reduce((sum, points, i) => (vetoed[i] === flag ? sum + points : sum), 0);
  return {
    trees,
    role: { role: 'validator', voters: [...voters], breakEven, calibration: storedCalibration(calibration) },
    outOfFold: {
      rows: data.rows,
      profitable: classCounts(data)[PROFITABLE],
      auc,
      vetoed: vetoed.reduce((sum, flag) => sum + flag, 0),
      vetoedNet: netOf(1),
      passedNet: netOf(0),
    },
  };
}

/** As a manifest keeps it. */
export const storedCalibration = (calibration: ClassCalibration): ValidatorRole['calibration'] =>
  calibration.map((one) =>
    one.kind === 'isotonic' ? { ...one, scores: [...one.scores], values: [...one.values] } : { ...one },
  );

/** The validator's file: probabilities of loss and profit before calibration, equal to predictBoosting within 1e-5. */
export const exportValidator = ({ trees }: Validator, metadata: Readonly<Record<string, string>>): Uint8Array =>
  exportBoosting(trees, VALIDATOR_NAME, metadata);
