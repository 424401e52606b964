/**
 * The neural feature extractor in front of a vote (requirement C6): an auto-encoder learns, without labels, a short code of the columns;
 * a multinomial logistic regression votes on the code. One network in the file: the encoder's layers, then the regression's, its scaler
 * folded into its weights.
 */
import type { Dataset, Probabilities } from '../dataset';
import type { StandardScaler } from '../linear/standard-scaler';
import type { ColumnSelection } from '../onnx/column-selection';
import { encode, fitAutoEncoder } from './auto-encoder';
import type { AutoEncoderParameters, FittedAutoEncoder } from './auto-encoder';
import { checkAlpha } from './check-parameters';
import { sizeOf } from './graph';
import { fitMlpClassifier, MLP_DEFAULTS } from './mlp-classifier';
import { dense, denseParameters } from './network';
import type { Network } from './network';
import { classNames, classProbabilities, exportClassifier } from './network-classifier';
import type { ClassifierOptions, FittedNetworkClassifier } from './network-classifier';

/** The auto-encoder's parameters; the regression shares its stopping rules. */
export interface CodeClassifierParameters extends AutoEncoderParameters {
  /** Strength of the regression's L2 penalty on weights. */
  readonly alpha: number;
}

const HEAD = 'head';

/** Throws as fitAutoEncoder and fitMlpClassifier do. */
export async function fitCodeClassifier(
  data: Dataset,
  parameters: CodeClassifierParameters,
  options: ClassifierOptions = {},
): Promise<FittedNetworkClassifier> {
  checkAlpha(parameters.alpha);
  const classes = classNames(data.classes, options);
  const encoder = await fitAutoEncoder(data, parameters, options);
  const codes = Float32Array.from(await encode(encoder, data.x));
  const columns = codes.length / data.rows;
  // The regression's own scaler makes of a saturated code, which hardly moves, a column like the others.
  const head = await fitMlpClassifier(
    { ...data, x: codes, columns },
    { ...MLP_DEFAULTS, ...parameters, hidden_layer_sizes: [] },
    options,
  );
  return {
    network: withHead(encoder.encoder, columns, data.classes),
    scaler: encoder.scaler,
    window: null,
    classes,
    parameters: joined(encoder, unscaled(head.parameters, head.scaler, data.classes)),
    epochs: head.epochs,
  };
}

function withHead(encoder: Network, columns: number, classes: number): Network {
  return {
    parameters: [...encoder.parameters, ...denseParameters(HEAD, columns, classes, 0)],
    forward: (parameters, x) => dense(parameters, HEAD, encoder.forward(parameters, x)),
  };
}

/** The encoder's layers are the first of the auto-encoder's. */
function joined({ encoder, parameters }: FittedAutoEncoder, head: Float32Array): Float32Array {
  const kept = encoder.parameters.reduce((sum, { shape }) => sum + sizeOf(shape), 0);
  return Float32Array.from([...parameters.subarray(0, kept), ...head]);
}

/** ((x − mean) / scale) W + b as x W' + b'; the vector holds W [columns × classes], then b. */
function unscaled(vector: Float32Array, { mean, scale }: StandardScaler, classes: number): Float32Array {
  const columns = mean.length;
  const result = Float64Array.from(vector);
  for (let column = 0; column < columns; column += 1) {
    for (let label = 0; label < classes; label += 1) {
      const weight = vector[column * classes + label] / scale[column];
      result[column * classes + label] = weight;
      result[columns * classes + label] -= mean[column] * weight;
    }
  }
  return new Float32Array(result);
}

/** Class probabilities of rows × columns, in double precision. Throws InvalidParameterError for a part of a row. */
export const predictByCode = (model: FittedNetworkClassifier, x: Float32Array): Promise<Probabilities> =>
  classProbabilities(model, x);

/** The file that votes: `features` [rows × columns] → `probabilities` [rows × classes]. */
export const exportCodeClassifier = (
  model: FittedNetworkClassifier,
  name: string,
  metadata: Readonly<Record<string, string>>,
  selection?: ColumnSelection,
): Uint8Array => exportClassifier(model, name, metadata, selection);
