/**
 * Auto-encoder: columns → hidden layers → code → the layers mirrored → columns, behind a standard scaler. Its code is a feature vector,
 * its reconstruction error (mean square over scaled columns) an anomaly score.
 */
import { encodeModel } from '../onnx/onnx-model';
import { InvalidParameterError } from '../trees/invalid-parameter';
import { checkActivation, checkCounts, checkFitParameters } from './check-parameters';
import { FIT_DEFAULTS, fitNetwork } from './fit-network';
import type { FitOptions, FitParameters } from './fit-network';
import { evaluate, inferenceModel } from './fitted-network';
import type { FittedNetwork, Head } from './fitted-network';
import { reconstruction, rowError } from './losses';
import { activate, mlpNetwork } from './network';
import type { Activation, Network } from './network';
import { scaledFeatures } from './training-data';
import type { Features } from './training-data';

export interface AutoEncoderParameters extends FitParameters {
  /** From the first layer to the code, which is the last. */
  readonly hidden_layer_sizes: readonly number[];
  readonly activation: Activation;
}

export const AUTO_ENCODER_DEFAULTS: AutoEncoderParameters = {
  ...FIT_DEFAULTS,
  hidden_layer_sizes: [32, 8],
  activation: 'tanh',
};

export interface FittedAutoEncoder extends FittedNetwork {
  readonly encoder: Network;
}

export const CODE_NAME = 'code';
export const ERROR_NAME = 'reconstruction_error';

/** Labels are not looked at. Throws as fitMlpClassifier does. */
export async function fitAutoEncoder(
  data: Features,
  parameters: AutoEncoderParameters,
  options: FitOptions = {},
): Promise<FittedAutoEncoder> {
  const { hidden_layer_sizes, activation } = parameters;
  checkFitParameters(parameters);
  checkCounts({ hidden_layer_sizes });
  checkActivation(activation);
  if (hidden_layer_sizes.length === 0) {
    throw new InvalidParameterError(
      'hidden_layer_sizes is empty: an auto-encoder needs at least the size of its code.',
    );
  }
  const { columns, rows } = data;
  const { scaler, x, weight } = scaledFeatures(data, parameters, options);
  const up = [columns, ...hidden_layer_sizes];
  const network = mlpNetwork([...up, ...up.toReversed().slice(1)], activation);
  const layers = mlpNetwork(up, activation);
  const encoder: Network = { ...layers, forward: (named, input) => activate(layers.forward(named, input), activation) };
  const fitted = await fitNetwork(reconstruction(network, columns), { x, weight }, rows, parameters, options);
  return { network, encoder, scaler, window: null, ...fitted };
}

const head =
  ({ network, encoder }: FittedAutoEncoder): Head =>
  (parameters, scaled) => [
    { name: CODE_NAME, tensor: encoder.forward(parameters, scaled) },
    { name: ERROR_NAME, tensor: rowError(network.forward(parameters, scaled), scaled) },
  ];

/** Codes, rows × the last of hidden_layer_sizes, in double precision. */
export const encode = (model: FittedAutoEncoder, x: Float32Array): Promise<Float64Array> =>
  evaluate(model, head(model), CODE_NAME, x);

/** Mean squared error of each row, in double precision. */
export const reconstructionError = (model: FittedAutoEncoder, x: Float32Array): Promise<Float64Array> =>
  evaluate(model, head(model), ERROR_NAME, x);

/** `features` [rows × columns] → `code` [rows × code size] and `reconstruction_error` [rows]. */
export const exportAutoEncoder = (
  model: FittedAutoEncoder,
  name: string,
  metadata: Readonly<Record<string, string>>,
): Uint8Array => encodeModel(inferenceModel(model, head(model), name, metadata));
