/** k nearest neighbours as one graph of standard operators: all training rows in it, distances by one product, TopK, votes. */
import { selecting } from '../onnx/column-selection';
import type { ColumnSelection } from '../onnx/column-selection';
import { doubleTensor, nodeOf, scaledInputNodes, scalerTensors } from '../onnx/double-graph';
import { TO_BOOLEAN, TO_DOUBLE, TO_FLOAT } from '../onnx/double-graph';
import { encodeModel } from '../onnx/onnx-model';
import type { OnnxModel, OnnxNode } from '../onnx/onnx-model';
import { INPUT_NAME, OUTPUT_NAME } from '../onnx/voting-graph';
import { DISTANCE_STEP } from './k-neighbours-classifier';
import type { KNeighboursClassifier } from './k-neighbours-classifier';

const AXIS_ONE = [{ name: 'axes', type: 'ints', value: [1] } as const];

/**
 * Distances in double precision and steps of DISTANCE_STEP, as predictKNeighbours takes them: in float32 another neighbour would vote
 * now and then.
 */
export function exportKNeighbours(
  model: KNeighboursClassifier,
  name: string,
  metadata: Readonly<Record<string, string>>,
  selection?: ColumnSelection,
): Uint8Array {
  const { scaler, classes, rows, parameters, x, squares, y } = model;
  const columns = scaler.mean.length;
  const votes = new Float64Array(rows * classes);
  y.forEach((label, row) => (votes[row * classes + label] = 1));
  const graph: OnnxModel = {
    name,
    inputs: [{ name: INPUT_NAME, dims: ['rows', columns] }],
    outputs: [{ name: OUTPUT_NAME, dims: ['rows', classes] }],
    nodes: [
      ...scaledInputNodes('scaled'),
      nodeOf('ReduceSumSquare', ['scaled'], 'length', AXIS_ONE),
      nodeOf('MatMul', ['scaled', 'rows_doubled'], 'products'),
      nodeOf('Sub', ['row_lengths', 'products'], 'differences'),
      nodeOf('Add', ['differences', 'length'], 'distances'),
      nodeOf('Mul', ['distances', 'steps'], 'in_steps'),
      nodeOf('Add', ['in_steps', 'half'], 'raised'),
      nodeOf('Floor', ['raised'], 'whole_steps'),
      nodeOf('Max', ['whole_steps', 'zero'], 'stepped'),
      {
        op: 'TopK',
        inputs: ['stepped', 'n_neighbors'],
        outputs: ['nearest', 'nearest_rows'],
        attributes: [{ name: 'largest', type: 'int', value: 0 }],
      },
      nodeOf('Gather', ['votes', 'nearest_rows'], 'their_votes'),
      ...(parameters.weights === 'uniform' ? UNIFORM : BY_DISTANCE),
    ],
    initializers: [
      ...scalerTensors(scaler),
      doubleTensor('rows_doubled', [columns, rows], transposed(x, rows, columns, 2)),
      doubleTensor('row_lengths', [1, rows], squares),
      doubleTensor('steps', [1], [1 / DISTANCE_STEP]),
      doubleTensor('half', [1], [0.5]),
      doubleTensor('zero', [1], [0]),
      doubleTensor('votes', [rows, classes], votes),
      { name: 'n_neighbors', dims: [1], data: BigInt64Array.of(BigInt(parameters.n_neighbors)) },
      ...(parameters.weights === 'uniform'
        ? []
        : [
            doubleTensor('one', [1], [1]),
            { name: 'last_axis', dims: [1], data: BigInt64Array.of(2n) },
            { name: 'vote_axis', dims: [1], data: BigInt64Array.of(1n) },
          ]),
    ],
    metadata,
  };
  return encodeModel(selecting(graph, selection));
}

const UNIFORM: readonly OnnxNode[] = [
  nodeOf('ReduceMean', ['their_votes'], 'shares', [...AXIS_ONE, { name: 'keepdims', type: 'int', value: 0 }]),
  nodeOf('Cast', ['shares'], OUTPUT_NAME, [TO_FLOAT]),
];

/** Steps are as good as distances: their scale falls out of the shares. */
const BY_DISTANCE: readonly OnnxNode[] = [
  nodeOf('Equal', ['nearest', 'zero'], 'touching'),
  nodeOf('Cast', ['touching'], 'touching_votes', [TO_DOUBLE]),
  nodeOf('ReduceMax', ['touching_votes'], 'touches', AXIS_ONE),
  nodeOf('Cast', ['touches'], 'any_touches', [TO_BOOLEAN]),
  nodeOf('Sqrt', ['nearest'], 'apart'),
  nodeOf('Div', ['one', 'apart'], 'closeness'),
  nodeOf('Where', ['any_touches', 'touching_votes', 'closeness'], 'vote_weights'),
  nodeOf('Unsqueeze', ['vote_weights', 'last_axis'], 'weight_columns'),
  nodeOf('Mul', ['their_votes', 'weight_columns'], 'weighted_votes'),
  nodeOf('ReduceSum', ['weighted_votes', 'vote_axis'], 'class_votes', [{ name: 'keepdims', type: 'int', value: 0 }]),
  nodeOf('ReduceSum', ['class_votes', 'vote_axis'], 'all_votes'),
  nodeOf('Div', ['class_votes', 'all_votes'], 'shares'),
  nodeOf('Cast', ['shares'], OUTPUT_NAME, [TO_FLOAT]),
];

function transposed(x: Float64Array, rows: number, columns: number, factor: number): Float64Array {
  const result = new Float64Array(x.length);
  for (let r = 0; r < rows; r += 1) {
    for (let c = 0; c < columns; c += 1) result[c * rows + r] = factor * x[r * columns + c];
  }
  return result;
}
