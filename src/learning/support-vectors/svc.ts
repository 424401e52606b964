/**
 * Support vector classification by libsvm (C-SVC, one class against another): scikit-learn's SVC behind a standard scaler, with its
 * parameter names and defaults. libsvm finds the support vectors; decisions and probabilities are computed here, and nothing is drawn.
 * Probabilities: Platt's sigmoid on each pair's decisions for rows that its fit did not see, coupled after Price, Knerr, Personnaz and
 * Dreyfus (1995). libsvm's own shuffle rows, which lets overlapping labels see one another; ours are `cv` runs of consecutive rows.
 */
import { checkDataset } from '../dataset';
import type { Dataset, Probabilities } from '../dataset';
import { fitSigmoid } from '../evaluation/sigmoid-calibration';
import type { SigmoidCalibration } from '../evaluation/sigmoid-calibration';
import { applyScaler, fitScaler } from '../linear/standard-scaler';
import type { StandardScaler } from '../linear/standard-scaler';
import { ModelRunError } from '../model-run-error';
import { InvalidParameterError } from '../trees/invalid-parameter';
import { classPairs, parseLibsvmModel } from './libsvm-model';
import type { LibsvmModel } from './libsvm-model';
import { coupleProbabilities } from './pairwise-coupling';

export interface SvcParameters {
  /** Inverse strength of the penalty. */
  readonly C: number;
  readonly kernel: 'rbf' | 'linear';
  /** Of the RBF kernel exp(−gamma |x − v|²); `scale` is 1 / (columns × variance of all scaled values), `auto` 1 / columns. */
  readonly gamma: number | 'scale' | 'auto';
  readonly tol: number;
  readonly shrinking: boolean;
  /** Kernel cache, MB. */
  readonly cache_size: number;
  /** Parts of consecutive rows, each predicted by a fit on the others, that the sigmoids are fitted on. */
  readonly cv: number;
}

export const SVC_DEFAULTS: SvcParameters = {
  C: 1,
  kernel: 'rbf',
  gamma: 'scale',
  tol: 1e-3,
  shrinking: true,
  cache_size: 200,
  cv: 5,
};

/** Time grows with the square of the rows and more: one of the cv + 1 fits takes 10 s of processor for 5,500 noisy rows of 23 columns. */
export const MAX_SVC_ROWS = 10_000;

export interface SvcClassifier {
  readonly scaler: StandardScaler;
  readonly classes: number;
  /** Null: linear. */
  readonly gamma: number | null;
  readonly machine: LibsvmModel;
  /** One per pair of the machine. */
  readonly sigmoids: readonly SigmoidCalibration[];
}

/**
 * Fits on x (rows, columns) and y (rows,); sample weights are not known to this family.
 * Rejects with ModelRunError TOO_MANY_ROWS above MAX_SVC_ROWS and for data no classifier can be fitted on, InvalidParameterError.
 */
export async function fitSvc(data: Dataset, parameters: SvcParameters): Promise<SvcClassifier> {
  checkDataset(data);
  checkParameters(parameters, data.rows);
  if (data.rows > MAX_SVC_ROWS)
    throw new ModelRunError(
      'TOO_MANY_ROWS',
      `Support vectors take at most ${MAX_SVC_ROWS} rows, there are ${data.rows}: give fewer days or another family.`,
    );
  const scaler = fitScaler(data);
  const x = applyScaler(scaler, data.x);
  const { columns, classes } = data;
  const rows: ScaledRows = { x, y: data.y, columns };
  const gamma = parameters.kernel === 'linear' ? null : gammaOf(parameters.gamma, x, columns);
  const every = Array.from(data.y.keys());
  const machine = await trainMachine(rows, every, parameters, gamma);
  const sigmoids = await fitSigmoids(rows, machine.labels, parameters, gamma);
  return { scaler, classes, gamma, machine, sigmoids };
}

function checkParameters({ C, kernel, gamma, tol, cv, cache_size }: SvcParameters, rows: number): void {
  for (const [name, value] of Object.entries({ C, tol, cache_size, ...(typeof gamma === 'number' && { gamma }) }))
    if (!(value > 0 && Number.isFinite(value)))
      throw new InvalidParameterError(`${name} is ${value}: it has to be above 0.`);
  if (!['rbf', 'linear'].includes(kernel))
    throw new InvalidParameterError(`kernel is ${kernel}: it has to be rbf or linear.`);
  if (typeof gamma === 'string' && !['scale', 'auto'].includes(gamma))
    throw new InvalidParameterError(`gamma is ${gamma}: it has to be scale, auto or a number above 0.`);
  if (!Number.isInteger(cv) || cv < 2 || cv > rows)
    throw new InvalidParameterError(`cv is ${cv}: it has to be a whole number from 2 to the ${rows} rows there are.`);
}

interface ScaledRows {
  readonly x: Float64Array;
  readonly y: Uint8Array;
  readonly columns: number;
}

function gammaOf(gamma: SvcParameters['gamma'], x: Float64Array, columns: number): number {
  if (typeof gamma === 'number') return gamma;
  if (gamma === 'auto') return 1 / columns;
  const mean = x.reduce((sum, value) => sum + value, 0) / x.length;
  const variance = x.reduce((sum, value) => sum + (value - mean) ** 2, 0) / x.length;
  return variance === 0 ? 1 : 1 / (columns * variance);
}

/** libsvm's model of the rows at `indexes`. */
async function trainMachine(
  { x, y, columns }: ScaledRows,
  indexes: readonly number[],
  parameters: SvcParameters,
  gamma: number | null,
): Promise<LibsvmModel> {
  // Only where it is asked for: its memory is taken on loading.
  const { default: SVM } = await import('libsvm-js/asm');
  const svm = new SVM({
    type: SVM.SVM_TYPES.C_SVC,
    kernel: gamma === null ? SVM.KERNEL_TYPES.LINEAR : SVM.KERNEL_TYPES.RBF,
    cost: parameters.C,
    gamma: gamma ?? 1,
    tolerance: parameters.tol,
    cacheSize: parameters.cache_size,
    shrinking: parameters.shrinking,
    quiet: true,
  });
  try {
    svm.train(
      indexes.map((row) => Array.from(x.subarray(row * columns, (row + 1) * columns))),
      indexes.map((row) => y[row]),
    );
    return parseLibsvmModel(svm.serializeModel(), columns);
  } finally {
    svm.free();
  }
}

/** Of each pair of `labels`, on the decisions for rows of the two that the fits did not see. */
async function fitSigmoids(
  rows: ScaledRows,
  labels: readonly number[],
  parameters: SvcParameters,
  gamma: number | null,
): Promise<readonly SigmoidCalibration[]> {
  const pairs = classPairs(labels.length);
  const seen = pairs.map(() => ({ scores: [] as number[], positive: [] as boolean[] }));
  const count = rows.y.length;
  for (let part = 0; part < parameters.cv; part += 1) {
    const from = Math.floor((part * count) / parameters.cv);
    const to = Math.floor(((part + 1) * count) / parameters.cv);
    const others = Array.from(rows.y.keys()).filter((row) => row < from || row >= to);
    if (new Set(others.map((row) => rows.y[row])).size < 2) continue;
    const machine = await trainMachine(rows, others, parameters, gamma);
    const decisions = decide(machine, gamma, rows.x.subarray(from * rows.columns, to * rows.columns));
    const theirs = pairsByLabel(machine.labels);
    const width = machine.intercept.length;
    pairs.forEach(([first, second], pair) => {
      const found = theirs.get(`${labels[first]},${labels[second]}`);
      if (found === undefined) return;
      for (let row = from; row < to; row += 1) {
        if (rows.y[row] !== labels[first] && rows.y[row] !== labels[second]) continue;
        seen[pair].scores.push(found.sign * decisions[(row - from) * width + found.pair]);
        seen[pair].positive.push(rows.y[row] === labels[first]);
      }
    });
  }
  return seen.map(({ scores, positive }) => fitSigmoid(scores, positive));
}

interface PairPlace {
  readonly pair: number;
  /** -1: the machine has the pair the other way round. */
  readonly sign: number;
}

/** Where a machine's decision of two labels is. */
function pairsByLabel(labels: readonly number[]): ReadonlyMap<string, PairPlace> {
  const places = new Map<string, PairPlace>();
  classPairs(labels.length).forEach(([first, second], pair) => {
    places.set(`${labels[first]},${labels[second]}`, { pair, sign: 1 });
    places.set(`${labels[second]},${labels[first]}`, { pair, sign: -1 });
  });
  return places;
}

/** Decisions, rows × pairs, for scaled rows. */
function decide(
  { vectors, columns, coef, intercept }: LibsvmModel,
  gamma: number | null,
  x: Float64Array,
): Float64Array {
  const pairs = intercept.length;
  const rows = x.length / columns;
  const decisions = new Float64Array(rows * pairs);
  for (let row = 0; row < rows; row += 1) {
    const at = row * pairs;
    decisions.set(intercept, at);
    for (let v = 0; v < vectors.length / columns; v += 1) {
      const kernel = kernelOf(gamma, x, row * columns, vectors, v * columns, columns);
      for (let p = 0; p < pairs; p += 1) decisions[at + p] += coef[v * pairs + p] * kernel;
    }
  }
  return decisions;
}

function kernelOf(
  gamma: number | null,
  x: Float64Array,
  from: number,
  vectors: Float64Array,
  vector: number,
  columns: number,
): number {
  let sum = 0;
  if (gamma === null) {
    for (let c = 0; c < columns; c += 1) sum += x[from + c] * vectors[vector + c];
    return sum;
  }
  for (let c = 0; c < columns; c += 1) sum += (x[from + c] - vectors[vector + c]) ** 2;
  return Math.exp(-gamma * sum);
}

/** Each pair's decisions, rows × pairs in the order of `machine.labels`, for x (rows, columns) as features are. */
export const decisionFunction = ({ scaler, machine, gamma }: SvcClassifier, x: Float32Array): Float64Array =>
  decide(machine, gamma, applyScaler(scaler, x));

/** Probabilities, rows × classes, for x (rows, columns); a class that the fit never saw has 0. */
export function predictSvc(model: SvcClassifier, x: Float32Array): Probabilities {
  const decisions = decisionFunction(model, x);
  return coupleProbabilities(decisions, model.sigmoids, model.machine.labels, model.classes);
}
