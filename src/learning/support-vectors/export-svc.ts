/** A support vector classifier as one graph of standard operators: scaler, kernel, decisions of pairs, sigmoids, coupling. */
import { selecting } from '../onnx/column-selection';
import type { ColumnSelection } from '../onnx/column-selection';
import { doubleTensor, nodeOf, scaledInputNodes, scalerTensors, TO_FLOAT } from '../onnx/double-graph';
import { encodeModel } from '../onnx/onnx-model';
import type { OnnxModel, OnnxNode, OnnxTensor } from '../onnx/onnx-model';
import { INPUT_NAME, OUTPUT_NAME } from '../onnx/voting-graph';
import { classPairs } from './libsvm-model';
import { SMALLEST_SHARE } from './pairwise-coupling';
import type { SvcClassifier } from './svc';

const ROW_AXES = [{ name: 'axes', type: 'ints', value: [1] } as const];

/** In double precision, as predictSvc computes: libsvm's coefficients cancel in sums over thousands of vectors. */
export function exportSvc(
  model: SvcClassifier,
  name: string,
  metadata: Readonly<Record<string, string>>,
  selection?: ColumnSelection,
): Uint8Array {
  const { scaler, classes, machine, gamma } = model;
  const { vectors, columns, coef, intercept } = machine;
  const count = vectors.length / columns;
  const graph: OnnxModel = {
    name,
    inputs: [{ name: INPUT_NAME, dims: ['rows', columns] }],
    outputs: [{ name: OUTPUT_NAME, dims: ['rows', classes] }],
    nodes: [
      ...scaledInputNodes('scaled'),
      nodeOf('MatMul', ['scaled', 'vectors'], gamma === null ? 'kernel' : 'products'),
      ...(gamma === null ? [] : RBF),
      nodeOf('MatMul', ['kernel', 'coef'], 'weighted'),
      nodeOf('Add', ['weighted', 'intercept'], 'decisions'),
      ...COUPLING,
    ],
    initializers: [
      ...scalerTensors(scaler),
      doubleTensor('vectors', [columns, count], transposed(vectors, columns)),
      ...(gamma === null ? [] : rbfTensors(vectors, columns, gamma)),
      doubleTensor('coef', [count, intercept.length], coef),
      doubleTensor('intercept', [intercept.length], intercept),
      ...couplingTensors(model),
    ],
    metadata,
  };
  return encodeModel(selecting(graph, selection));
}

/** exp(−gamma (|x|² + |v|² − 2xv)). */
const RBF: readonly OnnxNode[] = [
  nodeOf('ReduceSumSquare', ['scaled'], 'length', ROW_AXES),
  nodeOf('Mul', ['products', 'minus_two'], 'crossed'),
  nodeOf('Add', ['crossed', 'vector_lengths'], 'partly'),
  nodeOf('Add', ['partly', 'length'], 'distances'),
  nodeOf('Mul', ['distances', 'minus_gamma'], 'exponents'),
  nodeOf('Exp', ['exponents'], 'kernel'),
];

function rbfTensors(vectors: Float64Array, columns: number, gamma: number): readonly OnnxTensor[] {
  const lengths = new Float64Array(vectors.length / columns);
  vectors.forEach((value, i) => (lengths[Math.floor(i / columns)] += value * value));
  return [
    doubleTensor('minus_two', [1], [-2]),
    doubleTensor('vector_lengths', [1, lengths.length], lengths),
    doubleTensor('minus_gamma', [1], [-gamma]),
  ];
}

/** Shares of the pairs' first classes and of their second ones, reciprocals summed by class, each class put in its place. */
const COUPLING: readonly OnnxNode[] = [
  nodeOf('Mul', ['decisions', 'minus_slope'], 'sloped'),
  nodeOf('Sub', ['sloped', 'offset'], 'log_odds'),
  nodeOf('Sigmoid', ['log_odds'], 'any_share'),
  nodeOf('Clip', ['any_share', 'smallest_share', 'largest_share'], 'share'),
  nodeOf('Sub', ['one', 'share'], 'other_share'),
  nodeOf('Concat', ['share', 'other_share'], 'shares', [{ name: 'axis', type: 'int', value: 1 }]),
  nodeOf('Reciprocal', ['shares'], 'reciprocals'),
  nodeOf('MatMul', ['reciprocals', 'sides'], 'sums'),
  nodeOf('Sub', ['sums', 'others'], 'odds_against'),
  nodeOf('Reciprocal', ['odds_against'], 'parts'),
  nodeOf('ReduceSum', ['parts', 'class_axis'], 'total'),
  nodeOf('Div', ['parts', 'total'], 'of_labels'),
  nodeOf('MatMul', ['of_labels', 'places'], 'of_classes'),
  nodeOf('Cast', ['of_classes'], OUTPUT_NAME, [TO_FLOAT]),
];

function couplingTensors({ machine: { labels }, sigmoids, classes }: SvcClassifier): readonly OnnxTensor[] {
  const pairs = classPairs(labels.length);
  const sides = new Float64Array(2 * pairs.length * labels.length);
  pairs.forEach(([first, second], pair) => {
    sides[pair * labels.length + first] = 1;
    sides[(pairs.length + pair) * labels.length + second] = 1;
  });
  const places = new Float64Array(labels.length * classes);
  labels.forEach((label, i) => (places[i * classes + label] = 1));
  return [
    doubleTensor(
      'minus_slope',
      [pairs.length],
      sigmoids.map(({ a }) => -a),
    ),
    doubleTensor(
      'offset',
      [pairs.length],
      sigmoids.map(({ b }) => b),
    ),
    doubleTensor('smallest_share', [], [SMALLEST_SHARE]),
    doubleTensor('largest_share', [], [1 - SMALLEST_SHARE]),
    doubleTensor('one', [1], [1]),
    doubleTensor('sides', [2 * pairs.length, labels.length], sides),
    doubleTensor('others', [1], [labels.length - 2]),
    doubleTensor('places', [labels.length, classes], places),
    { name: 'class_axis', dims: [1], data: BigInt64Array.of(1n) },
  ];
}

function transposed(vectors: Float64Array, columns: number): Float64Array {
  const count = vectors.length / columns;
  return Float64Array.from(vectors, (_value, i) => vectors[(i % count) * columns + Math.floor(i / count)]);
}
