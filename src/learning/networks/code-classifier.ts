/**
 * The neural feature extractor in front of a vote (requirement C6): an auto-encoder learns, without labels, a short code of the columns;
 * a multinomial logistic regression votes on columns and code. (On the code alone it would be blind to what a single column says: a code
 * of eight has no place for one of sixty columns.) One network in the file: the encoder's layers, then the regression's, the scaler of its
 * codes folded into its weights.
 */
import type { Dataset } from '../dataset';
import { encode, fitAutoEncoder } from './auto-encoder';
import type { AutoEncoderParameters, FittedAutoEncoder } from './auto-encoder';
import { checkAlpha } from './check-parameters';
import { sizeOf } from './graph';
import { fitMlpClassifier, MLP_DEFAULTS } from './mlp-classifier';
import { dense, denseParameters } from './network';
import type { Network } from './network';
import { classNames } from './network-classifier';
import type { ClassifierOptions, FittedNetworkClassifier } from './network-classifier';
import { add, matMul } from './operators';

/** The auto-encoder's parameters; the regression shares its stopping rules. */
export interface CodeClassifierParameters extends AutoEncoderParameters {
  /** Strength of the regression's L2 penalty on weights. */
  readonly alpha: number;
}

const COLUMNS = 'columns';
const CODE = 'code';

/** Asked and exported as every network classifier. Throws as fitAutoEncoder and fitMlpClassifier do. */
export async function fitCodeClassifier(
  data: Dataset,
  parameters: CodeClassifierParameters,
  options: ClassifierOptions = {},
): Promise<FittedNetworkClassifier> {
  checkAlpha(parameters.alpha);
  const classes = classNames(data.classes, options);
  const fitted = await fitAutoEncoder(data, parameters, options);
  const head = await fitMlpClassifier(
    withCodes(data, await encode(fitted, data.x)),
    { ...MLP_DEFAULTS, ...parameters, hidden_layer_sizes: [] },
    options,
  );
  const code = head.scaler.mean.length - data.columns;
  return {
    network: votingNetwork(fitted.encoder, data.columns, code, data.classes),
    scaler: fitted.scaler,
    window: null,
    classes,
    parameters: Float32Array.from([...encoderValues(fitted), ...codesUnscaled(head, data.columns, data.classes)]),
    epochs: head.epochs,
  };
}

/** Each row's columns, then its code. */
function withCodes(data: Dataset, codes: Float64Array): Dataset {
  const code = codes.length / data.rows;
  const columns = data.columns + code;
  const x = new Float32Array(data.rows * columns);
  for (let row = 0; row < data.rows; row += 1) {
    x.set(data.x.subarray(row * data.columns, (row + 1) * data.columns), row * columns);
    x.set(codes.subarray(row * code, (row + 1) * code), row * columns + data.columns);
  }
  return { ...data, x, columns };
}

const votingNetwork = (encoder: Network, columns: number, code: number, classes: number): Network => ({
  parameters: [
    ...encoder.parameters,
    { name: `${COLUMNS}.weight`, shape: [columns, classes], bound: 0 },
    ...denseParameters(CODE, code, classes, 0),
  ],
  forward: (parameters, x) =>
    add(dense(parameters, CODE, encoder.forward(parameters, x)), matMul(x, parameters[`${COLUMNS}.weight`])),
});

/** The encoder's layers are the first of the auto-encoder's. */
const encoderValues = ({ encoder, parameters }: FittedAutoEncoder): Float32Array =>
  parameters.subarray(
    0,
    encoder.parameters.reduce((sum, { shape }) => sum + sizeOf(shape), 0),
  );

/**
 * The regression's vector for inputs as the network has them: columns are scaled there as they were for the regression, by the same
 * rows; of the codes, ((c − mean) / scale) W + b becomes c W' + b'. The vector holds W [(columns + code) × classes], then b.
 */
function codesUnscaled(
  { parameters, scaler }: FittedNetworkClassifier,
  columns: number,
  classes: number,
): Float64Array {
  const { mean, scale } = scaler;
  const values = Float64Array.from(parameters);
  for (let column = columns; column < mean.length; column += 1) {
    for (let label = 0; label < classes; label += 1) {
      const weight = parameters[column * classes + label] / scale[column];
      values[column * classes + label] = weight;
      values[mean.length * classes + label] -= mean[column] * weight;
    }
  }
  return values;
}
