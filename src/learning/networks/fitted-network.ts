/** A fitted network, and the inference-only graph of it: scaler, network, and what is made of its outputs. */
import { Tensor as Values } from 'onnxruntime-node';
import { openSession } from '../onnx-session';
import type { StandardScaler } from '../linear/standard-scaler';
import { encodeModel } from '../onnx/onnx-model';
import type { OnnxModel } from '../onnx/onnx-model';
import { INPUT_NAME } from '../onnx/voting-graph';
import { InvalidParameterError } from '../trees/invalid-parameter';
import { FREE, Graph, sizeOf } from './graph';
import type { RealElement, Tensor } from './graph';
import { modelOf } from './graph-file';
import type { NamedTensor } from './graph-file';
import type { Network } from './network';
import { cast, div, sub } from './operators';
import type { NamedTensors } from './parameter-vector';
import type { Epoch } from './fit-network';

export interface FittedNetwork {
  readonly network: Network;
  readonly scaler: StandardScaler;
  /** The flat vector of all parameters. */
  readonly parameters: Float32Array;
  /** Loss of every epoch, and the score of the validation rows. */
  readonly epochs: readonly Epoch[];
  /** Rows of a window; null for networks that see one row. */
  readonly window: number | null;
}

/** Named outputs from scaled inputs. */
export type Head = (parameters: NamedTensors, scaled: Tensor) => readonly NamedTensor[];

/**
 * Input `features`: float32 [rows × columns], or [rows × window × columns] with the oldest row first. In float32 it is the file that
 * votes; in double it is the trainer's own arithmetic, which the file is held against.
 */
export function inferenceModel(
  { network, scaler, parameters, window }: FittedNetwork,
  head: Head,
  name: string,
  metadata: Readonly<Record<string, string>>,
  real: RealElement = 'float',
): OnnxModel {
  const graph = new Graph(real);
  const columns = scaler.mean.length;
  const features = graph.input(INPUT_NAME, window === null ? [FREE, columns] : [FREE, window, columns], 'float');
  // In double as the trainer scales: a price of thousands with a deviation of cents would lose its digits.
  const vector = (values: Float64Array): Tensor => graph.constant(values, [columns], 'double');
  const scaled = div(sub(cast(features, 'double'), vector(scaler.mean)), vector(scaler.scale));
  // Rounded as in training.
  const rounded = cast(cast(scaled, 'float'), real);
  return modelOf(name, graph, [features], head(fixed(graph, network, parameters), rounded), metadata);
}

function fixed(graph: Graph, { parameters }: Network, values: Float32Array): NamedTensors {
  let from = 0;
  const tensors = parameters.map(({ name, shape }) => {
    const part = values.subarray(from, from + sizeOf(shape));
    from += part.length;
    return [name, graph.constant(part, shape)] as const;
  });
  return Object.fromEntries(tensors);
}

const ROWS_A_RUN = 1024;

/** One output of the double-precision graph for all rows (or windows) of `x`. Throws InvalidParameterError for a part of a row. */
export async function evaluate(
  model: FittedNetwork,
  head: Head,
  output: string,
  x: Float32Array,
): Promise<Float64Array> {
  const columns = model.scaler.mean.length;
  const dims = model.window === null ? [columns] : [model.window, columns];
  const size = sizeOf(dims);
  if (x.length % size !== 0) {
    throw new InvalidParameterError(`x has ${x.length} values: the model takes ${dims.join(' × ')} a row.`);
  }
  const session = await openSession(encodeModel(inferenceModel(model, head, 'own', {}, 'double')));
  try {
    const parts: Float64Array[] = [];
    for (let from = 0; from < x.length; from += ROWS_A_RUN * size) {
      const part = x.slice(from, from + ROWS_A_RUN * size);
      const answers = await session.run({ [INPUT_NAME]: new Values('float32', part, [part.length / size, ...dims]) });
      parts.push(answers[output].data as Float64Array);
    }
    return joined(parts);
  } finally {
    await session.release();
  }
}

function joined(parts: readonly Float64Array[]): Float64Array {
  const all = new Float64Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}
