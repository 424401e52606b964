/** A linear classifier and its scaler as one graph of standard operators. */
import type { LinearClassifier, LinearLink } from '../linear/sgd-classifier';
import { selecting } from './column-selection';
import type { ColumnSelection } from './column-selection';
import { encodeModel } from './onnx-model';
import type { OnnxModel, OnnxNode } from './onnx-model';
import { INPUT_NAME, OUTPUT_NAME } from './voting-graph';

/** (x − mean) / scale → W, b → log σ → softmax: the classes' sigmoids normalised to 1; the softmax link leaves log σ out. */
export function exportLinear(
  model: LinearClassifier,
  name: string,
  metadata: Readonly<Record<string, string>>,
  link: LinearLink = 'sigmoids',
  selection?: ColumnSelection,
): Uint8Array {
  const { classes, coef, scaler } = model;
  const columns = scaler.mean.length;
  const transposed = new Float32Array(coef.length);
  for (let c = 0; c < classes; c += 1) {
    for (let k = 0; k < columns; k += 1) transposed[k * classes + c] = coef[c * columns + k];
  }
  const node = (op: string, inputs: readonly string[], output: string): OnnxNode => ({ op, inputs, outputs: [output] });
  const logSigmoids = [
    node('Neg', ['decisions'], 'negative_decisions'),
    node('Softplus', ['negative_decisions'], 'losses'),
    node('Neg', ['losses'], 'log_sigmoids'),
  ];
  const graph: OnnxModel = {
    name,
    inputs: [{ name: INPUT_NAME, dims: ['rows', columns] }],
    outputs: [{ name: OUTPUT_NAME, dims: ['rows', classes] }],
    nodes: [
      node('Sub', [INPUT_NAME, 'mean'], 'centred'),
      node('Div', ['centred', 'scale'], 'scaled'),
      node('MatMul', ['scaled', 'weights'], 'products'),
      node('Add', ['products', 'intercept'], 'decisions'),
      ...(link === 'softmax' ? [] : logSigmoids),
      {
        ...node('Softmax', [link === 'softmax' ? 'decisions' : 'log_sigmoids'], OUTPUT_NAME),
        attributes: [{ name: 'axis', type: 'int', value: 1 }],
      },
    ],
    initializers: [
      { name: 'mean', dims: [columns], data: Float32Array.from(scaler.mean) },
      { name: 'scale', dims: [columns], data: Float32Array.from(scaler.scale) },
      { name: 'weights', dims: [columns, classes], data: transposed },
      { name: 'intercept', dims: [classes], data: Float32Array.from(model.intercept) },
    ],
    metadata,
  };
  return encodeModel(selecting(graph, selection));
}
