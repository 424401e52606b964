/** What the network classifiers have in common once fitted: class names, probabilities, the file that votes. */
import type { Probabilities } from '../dataset';
import { selecting } from '../onnx/column-selection';
import type { ColumnSelection } from '../onnx/column-selection';
import { encodeModel } from '../onnx/onnx-model';
import { OUTPUT_NAME } from '../onnx/voting-graph';
import { InvalidParameterError } from '../trees/invalid-parameter';
import type { FitOptions } from './fit-network';
import { evaluate, inferenceModel } from './fitted-network';
import type { FittedNetwork, Head } from './fitted-network';
import { softmax } from './operators';

export interface ClassifierOptions extends FitOptions {
  /** Names of the classes in the order of the labels; '0', '1', … when not given. */
  readonly class_names?: readonly string[];
}

export interface FittedNetworkClassifier extends FittedNetwork {
  /** Names of the outputs, in their order. */
  readonly classes: readonly string[];
}

/** Throws InvalidParameterError unless there is one name for each class and no two are the same. */
export function classNames(classes: number, { class_names }: ClassifierOptions): readonly string[] {
  const names = class_names ?? Array.from({ length: classes }, (_item, c) => String(c));
  if (names.length !== classes || new Set(names).size !== classes) {
    throw new InvalidParameterError(
      `class_names are ${names.join(', ')}: ${classes} classes need as many different names.`,
    );
  }
  return names;
}

const classHead =
  ({ network }: FittedNetwork): Head =>
  (parameters, scaled) => {
    const { forward, infer = forward } = network;
    const outputs = scaled.element === 'float' ? infer : forward;
    return [{ name: OUTPUT_NAME, tensor: softmax(outputs(parameters, scaled)) }];
  };

/** Class probabilities of rows (or windows) in the exported file's input order, in double precision. */
export const classProbabilities = (model: FittedNetwork, x: Float32Array): Promise<Probabilities> =>
  evaluate(model, classHead(model), OUTPUT_NAME, x);

/** `features` → `probabilities` [rows × classes]; the file's metadata name the classes under `classes`, as JSON. */
export const exportClassifier = (
  model: FittedNetworkClassifier,
  name: string,
  metadata: Readonly<Record<string, string>>,
  selection?: ColumnSelection,
): Uint8Array => {
  const described = { classes: JSON.stringify(model.classes), ...metadata };
  return encodeModel(selecting(inferenceModel(model, classHead(model), name, described), selection));
};
