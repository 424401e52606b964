/**
 * Multi-layer perceptron classifier: scikit-learn's MLPClassifier(solver="adam") with its parameter names and defaults, behind a standard
 * scaler. Two classes have two softmax outputs here, one logistic there.
 */
import type { Dataset, Probabilities } from '../dataset';
import type { ColumnSelection } from '../onnx/column-selection';
import { checkActivation, checkAlpha, checkCounts, checkFitParameters } from './check-parameters';
import { FIT_DEFAULTS, fitNetwork } from './fit-network';
import type { FitParameters } from './fit-network';
import { classification } from './losses';
import { mlpNetwork } from './network';
import type { Activation } from './network';
import { classNames, classProbabilities, exportClassifier } from './network-classifier';
import type { ClassifierOptions, FittedNetworkClassifier } from './network-classifier';
import { scaledData } from './training-data';

export interface MlpParameters extends FitParameters {
  /** Units of each hidden layer; none: multinomial logistic regression. */
  readonly hidden_layer_sizes: readonly number[];
  readonly activation: Activation;
  /** Strength of the L2 penalty on weights, not on biases. */
  readonly alpha: number;
}

export const MLP_DEFAULTS: MlpParameters = {
  ...FIT_DEFAULTS,
  hidden_layer_sizes: [100],
  activation: 'relu',
  alpha: 1e-4,
};

/**
 * Throws ModelRunError for data no classifier can be fitted on (TOO_FEW_ROWS, INPUT_NOT_FINITE, ONE_CLASS_ONLY), InvalidParameterError,
 * and what fitNetwork throws.
 */
export async function fitMlpClassifier(
  data: Dataset,
  parameters: MlpParameters,
  options: ClassifierOptions = {},
): Promise<FittedNetworkClassifier> {
  const { hidden_layer_sizes, activation, alpha } = parameters;
  checkFitParameters(parameters);
  checkCounts({ hidden_layer_sizes });
  checkActivation(activation);
  checkAlpha(alpha);
  const classes = classNames(data.classes, options);
  const { scaler, x, y, weight } = scaledData(data, parameters, options);
  const network = mlpNetwork([data.columns, ...hidden_layer_sizes, data.classes], activation);
  const problem = classification(network, data.columns, data.classes, alpha);
  const fitted = await fitNetwork(problem, { x, y, weight }, data.rows, parameters, options);
  return { network, scaler, window: null, classes, ...fitted };
}

/** Class probabilities of rows × columns, in double precision. Throws InvalidParameterError for a part of a row. */
export const predictMlp = (model: FittedNetworkClassifier, x: Float32Array): Promise<Probabilities> =>
  classProbabilities(model, x);

/** The file that votes: `features` [rows × columns] → `probabilities` [rows × classes]. */
export const exportMlp = (
  model: FittedNetworkClassifier,
  name: string,
  metadata: Readonly<Record<string, string>>,
  selection?: ColumnSelection,
): Uint8Array => exportClassifier(model, name, metadata, selection);
