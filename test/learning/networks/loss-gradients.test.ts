/** What the estimators minimise, through every network: derivatives by every parameter against central differences in double precision. */
import type { Graph, Tensor } from '../../../src/learning/networks/graph';
import { classification, reconstruction, windowClassification } from '../../../src/learning/networks/losses';
import { mlpNetwork } from '../../../src/learning/networks/network';
import type { Activation } from '../../../src/learning/networks/network';
import { gatherRows, square, sub } from '../../../src/learning/networks/operators';
import { recurrentNetwork } from '../../../src/learning/networks/recurrent';
import type { Cell } from '../../../src/learning/networks/recurrent-shape';
import type { Batch, TrainingProblem } from '../../../src/learning/networks/training-graph';
import { createRandom } from '../../../src/learning/random';
import { drawn, worstGradientError } from './finite-differences';

const COLUMNS = 3;
const CLASSES = 3;
const ROWS = 6;
/** Differences themselves are off by their step squared, and the smallest gradients are a thousandth. */
const EXACT = 1e-7;

/** Four places of a batch, the last one empty, on rows of two series. */
function batchIn(graph: Graph): Batch {
  const x = graph.constant(drawn(ROWS * COLUMNS, createRandom(3)), [ROWS, COLUMNS]);
  const order = graph.constant([5, 1, 2, 0], [4], 'int64');
  return {
    rows: {
      x: gatherRows(x, order),
      y: graph.constant([2, 0, 1, 1], [4], 'int64'),
      first: graph.constant([3, 0, 0, 0], [4], 'int64'),
      weight: graph.constant([1, 0.5, 3, 2]),
    },
    whole: { x },
    order,
    mask: graph.constant([1, 1, 1, 0]),
    settings: {},
  };
}

const lossOf = (problem: TrainingProblem) => (graph: Graph, parameters: readonly Tensor[]) => {
  const named = problem.parameters.map(({ name }, i) => [name, parameters[i]] as const);
  return problem.loss(Object.fromEntries(named), batchIn(graph)).loss;
};

async function expectExact(problem: TrainingProblem): Promise<void> {
  const shapes = problem.parameters.map(({ shape }) => shape);
  const { error, greatest } = await worstGradientError(shapes, lossOf(problem));
  expect(greatest).toBeGreaterThan(0.01);
  expect(error).toBeLessThanOrEqual(EXACT);
}

it.each<Activation>(['identity', 'logistic', 'tanh', 'relu'])(
  'perceptron with %s units, weighted, with a penalty',
  (activation) => expectExact(classification(mlpNetwork([COLUMNS, 5, 4, CLASSES], activation), COLUMNS, CLASSES, 0.3)),
);

it.each<readonly [Cell, number]>([
  ['lstm', 1],
  ['lstm', 2],
  ['gru', 1],
  ['gru', 2],
])('%s of %i layers over windows that end a series apart', (cell, num_layers) => {
  const network = recurrentNetwork({ cell, columns: COLUMNS, hidden_size: 3, num_layers, outputs: CLASSES });
  return expectExact(windowClassification(network, COLUMNS, CLASSES, 4));
});

it('auto-encoder', () => expectExact(reconstruction(mlpNetwork([COLUMNS, 4, 2, 4, COLUMNS], 'tanh'), COLUMNS)));

it('does not look at an empty place of a batch', async () => {
  const problem = classification(mlpNetwork([COLUMNS, CLASSES], 'tanh'), COLUMNS, CLASSES, 0);
  const shapes = problem.parameters.map(({ shape }) => shape);
  const change = (graph: Graph, parameters: readonly Tensor[], y: readonly number[]): Tensor => {
    const named = Object.fromEntries(problem.parameters.map(({ name }, i) => [name, parameters[i]] as const));
    const batch = batchIn(graph);
    const other = { ...batch, rows: { ...batch.rows, y: graph.constant(y, [4], 'int64') } };
    return square(sub(problem.loss(named, batch).loss, problem.loss(named, other).loss));
  };
  const ofEmpty = await worstGradientError(shapes, (graph, parameters) => change(graph, parameters, [2, 0, 1, 0]));
  const ofRow = await worstGradientError(shapes, (graph, parameters) => change(graph, parameters, [2, 0, 2, 1]));
  expect(ofEmpty.greatest).toBe(1e-3);
  expect(ofRow.greatest).toBeGreaterThan(0.01);
});
