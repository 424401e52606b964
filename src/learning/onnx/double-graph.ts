/** Parts of graphs that compute in double precision behind a standard scaler. */
import type { StandardScaler } from '../linear/standard-scaler';
import type { OnnxAttribute, OnnxNode, OnnxTensor } from './onnx-model';
import { INPUT_NAME } from './voting-graph';

/** ONNX's element types as the Cast operator names them. */
export const TO_FLOAT: OnnxAttribute = { name: 'to', type: 'int', value: 1 };
export const TO_BOOLEAN: OnnxAttribute = { name: 'to', type: 'int', value: 9 };
export const TO_DOUBLE: OnnxAttribute = { name: 'to', type: 'int', value: 11 };

/** A node with one output. */
export const nodeOf = (
  op: string,
  inputs: readonly string[],
  output: string,
  attributes?: readonly OnnxAttribute[],
): OnnxNode => ({ op, inputs, outputs: [output], ...(attributes && { attributes }) });

export const doubleTensor = (name: string, dims: readonly number[], values: ArrayLike<number>): OnnxTensor => ({
  name,
  dims,
  data: Float64Array.from(values),
});

/** The model's input, scaled as applyScaler does it: `output` in double precision; needs scalerTensors. */
export const scaledInputNodes = (output: string): readonly OnnxNode[] => [
  nodeOf('Cast', [INPUT_NAME], 'wide_features', [TO_DOUBLE]),
  nodeOf('Sub', ['wide_features', 'mean'], 'centred'),
  nodeOf('Div', ['centred', 'scale'], output),
];

export const scalerTensors = ({ mean, scale }: StandardScaler): readonly OnnxTensor[] => [
  doubleTensor('mean', [mean.length], mean),
  doubleTensor('scale', [scale.length], scale),
];
