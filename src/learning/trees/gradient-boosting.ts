/** Gradient boosting of histogram trees (Friedman 2001; Ke et al. 2017) for two or more classes. */
import { checkDataset } from '../dataset';
import type { Dataset, Probabilities } from '../dataset';
import { logLoss } from '../metrics';
import { createRandom } from '../random';
import { binColumns } from './binning';
import { objectiveOf } from './boosting-objective';
import type { BoostingObjective } from './boosting-objective';
import { checkBoostingParameters, mostLeaves } from './boosting-parameters';
import type { BoostingParameters } from './boosting-parameters';
import { GradientHistograms } from './gradient-histogram';
import { growGradientTree } from './gradient-tree';
import type { GrownTree } from './gradient-tree';
import { InvalidParameterError } from './invalid-parameter';
import { checkSampleWeight, drawSorted, shareOf, weightsOf } from './sampling';
import { leafOf } from './tree';
import type { Tree } from './tree';

export interface BoostedTrees {
  readonly columns: number;
  readonly classes: number;
  /** Raw scores before the first tree: one for two classes (of class 1), else one a class. */
  readonly baseScores: Float64Array;
  /** Round by round, `baseScores.length` trees a round, each answering what it adds to its raw score. */
  readonly trees: readonly Tree[];
}

export interface BoostingFitOptions {
  /** (rows,) of 0 and more; 1 each by default. */
  readonly sample_weight?: ArrayLike<number>;
  /** Rows that early stopping watches; nothing is fitted on them. */
  readonly eval_set?: Dataset;
}

/**
 * Fits on x (rows, columns) and y (rows,). The same data, parameters and seed give the same trees, bit for bit.
 * Throws ModelRunError for data no classifier can be fitted on, InvalidParameterError for parameters out of range.
 */
export function fitGradientBoosting(
  data: Dataset,
  parameters: BoostingParameters,
  options: BoostingFitOptions = {},
): BoostedTrees {
  checkDataset(data);
  checkBoostingParameters(parameters);
  checkSampleWeight(data.rows, options.sample_weight);
  if (parameters.early_stopping_rounds !== null && options.eval_set === undefined) {
    throw new InvalidParameterError('early_stopping_rounds needs an eval_set to watch.');
  }
  const rounds = new BoostingRounds(data, parameters, options);
  const watch = new EarlyStopping(parameters.early_stopping_rounds);
  for (let round = 1; round <= parameters.n_estimators; round += 1) {
    rounds.run();
    if (watch.shouldStop(round, rounds.evaluationLoss)) break;
  }
  return rounds.model(watch.bestRound);
}

class EarlyStopping {
  bestRound = Infinity;
  private best = Infinity;

  constructor(private readonly patience: number | null) {}

  shouldStop(round: number, loss: () => number): boolean {
    if (this.patience === null) return false;
    const value = loss();
    if (value < this.best) {
      this.best = value;
      this.bestRound = round;
    }
    return round - this.bestRound >= this.patience;
  }
}

class BoostingRounds {
  private readonly binned;
  private readonly histograms: GradientHistograms;
  private readonly objective: BoostingObjective;
  private readonly weight: Float64Array;
  private readonly random;
  private readonly baseScores: Float64Array;
  private readonly scores: Float64Array;
  private readonly evaluationScores: Float64Array;
  private readonly g: Float64Array;
  private readonly h: Float64Array;
  private readonly trees: Tree[] = [];

  constructor(
    private readonly data: Dataset,
    private readonly parameters: BoostingParameters,
    private readonly options: BoostingFitOptions,
  ) {
    const { rows, classes, y } = data;
    this.objective = objectiveOf(classes, parameters.softmax_hessian_factor);
    this.weight = weightsOf(rows, options.sample_weight);
    this.random = createRandom(parameters.random_state);
    this.binned = binColumns(data, parameters.max_bin);
    this.histograms = new GradientHistograms(this.binned, Math.min(mostLeaves(parameters), 2 * rows));
    const { outputs } = this.objective;
    this.baseScores = this.objective.baseScores(y, this.weight);
    this.scores = startScores(this.baseScores, rows);
    this.evaluationScores = startScores(this.baseScores, options.eval_set?.rows ?? 0);
    this.g = new Float64Array(rows * outputs);
    this.h = new Float64Array(rows * outputs);
  }

  /** Grows one tree per output on the gradients at the scores before the round. */
  run(): void {
    const { data, parameters, objective, g, h } = this;
    const { rows, columns } = data;
    objective.gradients(this.scores, data.y, this.weight, g, h);
    const bag = drawSorted(rows, shareOf(rows, parameters.subsample), this.random);
    for (let output = 0; output < objective.outputs; output += 1) {
      const features = [...drawSorted(columns, shareOf(columns, parameters.colsample_bytree), this.random)];
      const part = [output * rows, (output + 1) * rows] as const;
      const gradientRows = { bag, features, g: g.subarray(...part), h: h.subarray(...part) };
      const grown = growGradientTree(this.histograms, this.binned, gradientRows, parameters, parameters.learning_rate);
      this.trees.push(grown.tree);
      this.addToScores(grown, bag, this.scores.subarray(...part));
      this.addToEvaluation(grown.tree, output);
    }
  }

  private addToScores({ tree, leaves }: GrownTree, bag: Int32Array, scores: Float64Array): void {
    if (bag.length < scores.length) {
      addTree(tree, this.data, scores);
      return;
    }
    for (const { node, rows } of leaves) {
      const value = tree.values[node];
      for (const row of rows) scores[row] += value;
    }
  }

  private addToEvaluation(tree: Tree, output: number): void {
    const { eval_set } = this.options;
    if (eval_set === undefined) return;
    addTree(tree, eval_set, this.evaluationScores.subarray(output * eval_set.rows, (output + 1) * eval_set.rows));
  }

  readonly evaluationLoss = (): number => {
    const { eval_set } = this.options;
    if (eval_set === undefined) return Infinity;
    return logLoss(this.objective.probabilities(this.evaluationScores), eval_set.y, eval_set.classes);
  };

  model(rounds: number): BoostedTrees {
    const { columns, classes } = this.data;
    const trees = this.trees.slice(0, rounds * this.objective.outputs);
    return { columns, classes, baseScores: this.baseScores, trees };
  }
}

function startScores(baseScores: Float64Array, rows: number): Float64Array {
  const scores = new Float64Array(baseScores.length * rows);
  baseScores.forEach((score, output) => scores.fill(score, output * rows, (output + 1) * rows));
  return scores;
}

function addTree(tree: Tree, { x, columns }: Pick<Dataset, 'x' | 'columns'>, scores: Float64Array): void {
  for (let r = 0; r < scores.length; r += 1) scores[r] += tree.values[leafOf(tree, x, r * columns)];
}

/** scikit-learn's predict_proba: x is (rows, columns), the answer (rows, classes). */
export function predictBoosting({ columns, classes, baseScores, trees }: BoostedTrees, x: Float32Array): Probabilities {
  const rows = x.length / columns;
  const scores = startScores(baseScores, rows);
  trees.forEach((tree, t) => {
    const output = t % baseScores.length;
    addTree(tree, { x, columns }, scores.subarray(output * rows, (output + 1) * rows));
  });
  return objectiveOf(classes, null).probabilities(scores);
}
