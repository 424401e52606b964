/** Every operator's derivative, alone and composed. */
import { gradients } from '../../../src/learning/networks/gradients';
import { Graph, ShapeError } from '../../../src/learning/networks/graph';
import type { Tensor } from '../../../src/learning/networks/graph';
import * as op from '../../../src/learning/networks/operators';
import { createRandom } from '../../../src/learning/random';
import { drawn, worstGradientError } from './finite-differences';

/** A scalar that weighs every element differently, so that no error cancels. */
function weighted(graph: Graph, x: Tensor): Tensor {
  const size = x.shape.reduce((product, dim) => product * dim, 1);
  return op.reduceSum(op.mul(x, graph.constant(drawn(size, createRandom(11), 0.5, 1.5), x.shape)));
}

type Case = readonly [
  name: string,
  shapes: readonly (readonly number[])[],
  build: (...inputs: Tensor[]) => Tensor,
  range?: readonly [number, number],
];

const POSITIVE = [0.5, 2] as const;
const CASES: readonly Case[] = [
  ['add, broadcast', [[3, 4], [4]], (a, b) => op.add(a, b)],
  [
    'add, both broadcast',
    [
      [3, 1],
      [1, 4],
    ],
    (a, b) => op.add(a, b),
  ],
  ['add of a number', [[3]], (a) => op.add(2, op.add(a, 1))],
  ['sub, broadcast scalar', [[2, 3], []], (a, b) => op.sub(a, b)],
  [
    'mul, broadcast',
    [
      [2, 3, 4],
      [3, 1],
    ],
    (a, b) => op.mul(a, b),
  ],
  ['div', [[3, 4], [4]], (a, b) => op.div(a, b), POSITIVE],
  ['minimum', [[3, 4], [4]], (a, b) => op.minimum(a, b)],
  ['maximum', [[3, 4], [4]], (a, b) => op.maximum(a, b)],
  ['clip', [[4, 5]], (a) => op.mul(op.clip(a, -0.4, 0.3), a)],
  ['where', [[3, 4], [4]], (a, b) => op.where(op.greater(a, 0.1), a, op.mul(b, b))],
  ['neg', [[5]], (a) => op.neg(a)],
  ['exp', [[5]], (a) => op.exp(a)],
  ['log', [[5]], (a) => op.log(a), POSITIVE],
  ['sqrt', [[5]], (a) => op.sqrt(a), POSITIVE],
  ['square', [[5]], (a) => op.square(a)],
  ['abs', [[6]], (a) => op.abs(a)],
  ['tanh', [[5]], (a) => op.tanh(a)],
  ['sigmoid', [[5]], (a) => op.sigmoid(a)],
  ['relu', [[12]], (a) => op.relu(a)],
  ['softplus', [[5]], (a) => op.softplus(a)],
  ['softmax', [[3, 4]], (a) => op.softmax(a)],
  ['log softmax', [[3, 4]], (a) => op.logSoftmax(a)],
  [
    'matMul',
    [
      [3, 4],
      [4, 2],
    ],
    (a, b) => op.matMul(a, b),
  ],
  [
    'matMul of a stack and a matrix',
    [
      [2, 3, 4],
      [4, 2],
    ],
    (a, b) => op.matMul(a, b),
  ],
  [
    'matMul of stacks, broadcast',
    [
      [2, 3, 4],
      [1, 4, 2],
    ],
    (a, b) => op.matMul(a, b),
  ],
  ['transpose', [[2, 3, 4]], (a) => op.transpose(a, [2, 0, 1])],
  ['reshape', [[2, 6]], (a) => op.reshape(a, [3, 4])],
  ['expand', [[3, 1]], (a) => op.expand(a, [2, 3, 4])],
  ['reduceSum, one axis', [[2, 3, 4]], (a) => op.reduceSum(a, [1])],
  ['reduceSum, kept', [[2, 3]], (a) => op.mul(a, op.reduceSum(a, [1], true))],
  ['reduceMean', [[2, 3, 4]], (a) => op.reduceMean(a, [0, 2])],
  [
    'concat',
    [
      [2, 3],
      [2, 2],
    ],
    (a, b) => op.square(op.concat([a, b, a], 1)),
  ],
  ['split, one part unused', [[2, 6]], (a) => op.tanh(op.split(a, [1, 3, 2], 1)[1])],
  ['split, two parts', [[2, 6]], (a) => op.mul(op.split(a, [3, 3], 1)[0], op.split(a, [3, 3], 1)[1])],
  ['slice', [[3, 5]], (a) => op.square(op.slice(a, 1, 3, 1))],
  ['a tensor used many times', [[2, 2]], (a) => op.mul(op.matMul(a, a), op.add(a, op.tanh(a)))],
];

describe('gradients against central differences in double precision', () => {
  it.each(CASES.map(([name, shapes, build, range]) => ({ name, shapes, build, range })))('$name', async (item) => {
    const { shapes, build, range } = item;
    const { error, greatest } = await worstGradientError(
      shapes,
      (graph, inputs) => weighted(graph, build(...inputs)),
      range,
    );
    expect(greatest).toBeGreaterThan(0.01);
    expect(error).toBeLessThanOrEqual(1e-8);
  });

  it('second derivatives: a gradient is differentiable itself', async () => {
    const { error } = await worstGradientError([[3, 3]], (graph, [a]) => {
      const inner = op.reduceSum(op.tanh(op.matMul(a, a)));
      return weighted(graph, gradients(inner, [a])[0]);
    });
    expect(error).toBeLessThanOrEqual(1e-8);
  });

  it('is zero for a parameter that the loss does not depend on', async () => {
    const { error } = await worstGradientError([[2], [3]], (_graph, [a]) => op.reduceSum(op.square(a)));
    expect(error).toBeLessThanOrEqual(1e-8);
  });
});

describe('a description that makes no sense', () => {
  const graph = new Graph('float');
  const matrix = graph.input('matrix', [2, 3]);
  it.each<readonly [string, () => unknown]>([
    ['shapes that do not broadcast', () => op.add(matrix, graph.input('other', [2, 4]))],
    ['matrices that do not fit', () => op.matMul(matrix, matrix)],
    ['a shape of another size', () => op.reshape(matrix, [4])],
    ['a loss that is no scalar', () => gradients(matrix, [matrix])],
    ['too few numbers', () => graph.constant([1, 2], [3])],
  ])('is refused: %s', (_name, build) => {
    expect(build).toThrow(ShapeError);
  });
});
