/** What the estimators minimise: means over a batch by row weight, empty places left out. Each reports loss, total_weight and score. */
import type { Tensor } from './graph';
import type { Network } from './network';
import { add, div, greater, less, logSoftmax, maximum, mul, neg, oneHot, reduceMax, reduceMean } from './operators';
import { reduceSum, reshape, square, sub, where, gatherRows } from './operators';
import type { NamedTensors } from './parameter-vector';
import type { Batch, DataSpec, Loss, TrainingProblem } from './training-graph';

const ROW_WEIGHT: DataSpec = { name: 'weight', shape: [], element: 'real' };
const SMALLEST = 1e-30;

interface RowWeights {
  /** Share of each row; all 0 for a batch without weight. */
  readonly share: Tensor;
  readonly total: Tensor;
  readonly inverse: Tensor;
}

function rowWeights({ rows, mask }: Batch): RowWeights {
  const weight = mul(rows.weight, mask);
  const total = reduceSum(weight);
  const inverse = where(greater(total, 0), div(1, maximum(total, SMALLEST)), 0);
  return { share: mul(weight, inverse), total, inverse };
}

/** alpha / 2 × the sum of squared weights (no biases) / the batch's weight: scikit-learn's penalty. */
function penalty(parameters: NamedTensors, alpha: number, inverse: Tensor): Tensor {
  const squares = Object.entries(parameters)
    .filter(([name]) => name.endsWith('.weight'))
    .map(([, tensor]) => reduceSum(square(tensor)));
  return mul(
    squares.reduce((sum, tensor) => add(sum, tensor)),
    mul(inverse, alpha / 2),
  );
}

function withReport(rowLoss: Tensor, rowScore: Tensor, weights: RowWeights, extra: Tensor | null): Loss {
  const mean = reduceSum(mul(rowLoss, weights.share));
  const loss = extra === null ? mean : add(mean, extra);
  return { loss, report: { loss, total_weight: weights.total, score: reduceSum(mul(rowScore, weights.share)) } };
}

/** Cross-entropy of int64 classes, [rows]; the score is 1 where the most likely class is the label. */
function crossEntropy(
  logits: Tensor,
  labels: Tensor,
  classes: number,
): { readonly loss: Tensor; readonly score: Tensor } {
  const chosen = oneHot(labels, classes);
  const right = where(less(logits, reduceMax(logits, 1)), 0, chosen);
  return { loss: neg(reduceSum(mul(logSoftmax(logits), chosen), [1])), score: reduceSum(right, [1]) };
}

/** Classes from rows of columns. Data: `x`, `y` (int64), `weight`. */
export function classification(network: Network, columns: number, classes: number, alpha: number): TrainingProblem {
  return {
    name: 'classification',
    parameters: network.parameters,
    gathered: [
      { name: 'x', shape: [columns], element: 'real' },
      { name: 'y', shape: [], element: 'int64' },
      ROW_WEIGHT,
    ],
    whole: [],
    settings: [],
    loss: (parameters, batch) => {
      const weights = rowWeights(batch);
      const { loss, score } = crossEntropy(network.forward(parameters, batch.rows.x), batch.rows.y, classes);
      return withReport(loss, score, weights, alpha === 0 ? null : penalty(parameters, alpha, weights.inverse));
    },
  };
}

/** Row numbers from `window` − 1 before each row to itself, never before `first`, its series' first: [rows] → [rows × window]. */
function windowRows(order: Tensor, first: Tensor, window: number): Tensor {
  const [rows] = order.shape;
  const back = Array.from({ length: window }, (_item, i) => i + 1 - window);
  const wanted = add(reshape(order, [rows, 1]), order.graph.constant(back, [1, window], 'int64'));
  return maximum(wanted, reshape(first, [rows, 1]));
}

/** Classes from the window of rows that ends at each. Data: `x`, `y` and `first` (int64), `weight`. */
export function windowClassification(
  network: Network,
  columns: number,
  classes: number,
  window: number,
): TrainingProblem {
  return {
    name: 'window_classification',
    parameters: network.parameters,
    gathered: [{ name: 'y', shape: [], element: 'int64' }, { name: 'first', shape: [], element: 'int64' }, ROW_WEIGHT],
    whole: [{ name: 'x', shape: [columns], element: 'real' }],
    settings: [],
    loss: (parameters, batch) => {
      const windows = gatherRows(batch.whole.x, windowRows(batch.order, batch.rows.first, window));
      const { loss, score } = crossEntropy(network.forward(parameters, windows), batch.rows.y, classes);
      return withReport(loss, score, rowWeights(batch), null);
    },
  };
}

/** Mean squared error of each row's columns against themselves. Data: `x`, `weight`. */
export function reconstruction(network: Network, columns: number): TrainingProblem {
  return {
    name: 'reconstruction',
    parameters: network.parameters,
    gathered: [{ name: 'x', shape: [columns], element: 'real' }, ROW_WEIGHT],
    whole: [],
    settings: [],
    loss: (parameters, batch) => {
      const error = rowError(network.forward(parameters, batch.rows.x), batch.rows.x);
      return withReport(error, neg(error), rowWeights(batch), null);
    },
  };
}

/** [rows × columns] twice → mean squared difference of each row. */
export const rowError = (a: Tensor, b: Tensor): Tensor => reduceMean(square(sub(a, b)), [1]);
