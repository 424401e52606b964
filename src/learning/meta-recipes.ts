/**
 * Models of the second level: few inputs, all of them other models' opinions and the regime. Both leave as one graph in double
 * precision with their calibration inside, because a steep calibration would show float32's last bits.
 */
import type { Dataset, Probabilities } from './dataset';
import type { ClassCalibration } from './evaluation/class-calibration';
import { fitLogisticRegression, LOGISTIC_REGRESSION_DEFAULTS } from './linear/logistic-regression';
import { predictLinear } from './linear/sgd-classifier';
import type { LinearClassifier } from './linear/sgd-classifier';
import { calibratedTensor } from './meta-calibration';
import { inferenceModel } from './networks/fitted-network';
import type { FitOptions } from './networks/fit-network';
import type { FittedNetwork } from './networks/fitted-network';
import { FREE, Graph } from './networks/graph';
import type { Tensor } from './networks/graph';
import { modelOf } from './networks/graph-file';
import { fitMlpClassifier, MLP_DEFAULTS, predictMlp } from './networks/mlp-classifier';
import { add, cast, div, matMul, softmax, sub } from './networks/operators';
import { encodeModel } from './onnx/onnx-model';
import { INPUT_NAME, OUTPUT_NAME } from './onnx/voting-graph';

export interface FittedMeta {
  /** Before calibration. */
  predict(x: Float32Array): Probabilities | Promise<Probabilities>;
  /** The file that answers calibrated probabilities. */
  toOnnx(calibration: ClassCalibration, metadata: Readonly<Record<string, string>>): Uint8Array;
}

export interface MetaRecipe {
  readonly name: string;
  readonly family: string;
  readonly parameters: Readonly<Record<string, number | string | boolean | null | readonly number[]>>;
  /** The same arguments give the same model. Rejects with what the family's own fit throws. */
  fit(data: Dataset, seed: number): Promise<FittedMeta>;
}

/** A tenth of scikit-learn's C: rows of overlapping labels repeat each other. */
const LOGISTIC = { ...LOGISTIC_REGRESSION_DEFAULTS, C: 0.1 };
const MLP_NAME = 'mlp_stacker';
/** Eight units, held back hard: more freedom learns the folds' noise. */
const MLP = {
  ...MLP_DEFAULTS,
  hidden_layer_sizes: [8],
  activation: 'tanh',
  alpha: 3,
  learning_rate_init: 0.01,
  batch_size: 64,
  max_iter: 40,
} as const;

export const LOGISTIC_STACKER: MetaRecipe = {
  name: 'logistic_stacker',
  family: 'LogisticRegression',
  parameters: { ...LOGISTIC },
  fit: async (data) => {
    const model = fitLogisticRegression(data, LOGISTIC);
    return {
      predict: (x) => predictLinear(model, x, 'softmax'),
      toOnnx: (calibration, metadata) => exportLogistic(model, calibration, metadata),
    };
  },
};

/** `options` reach every fit: an end from outside, Node's own options for the training thread. */
export const mlpStacker = (options: FitOptions = {}): MetaRecipe => ({
  name: MLP_NAME,
  family: 'MLPClassifier',
  parameters: { ...MLP },
  fit: async (data, seed) => {
    const model = await fitMlpClassifier(data, { ...MLP, random_state: seed }, options);
    return {
      predict: (x) => predictMlp(model, x),
      toOnnx: (calibration, metadata) => exportNetwork(model, calibration, metadata),
    };
  },
});

const answer = (probabilities: Tensor, calibration: ClassCalibration) => [
  { name: OUTPUT_NAME, tensor: cast(calibratedTensor(probabilities, calibration), 'float') },
];

function exportLogistic(
  { scaler, classes, coef, intercept }: LinearClassifier,
  calibration: ClassCalibration,
  metadata: Readonly<Record<string, string>>,
): Uint8Array {
  const graph = new Graph('double');
  const columns = scaler.mean.length;
  const features = graph.input(INPUT_NAME, [FREE, columns], 'float');
  const scaled = div(sub(cast(features, 'double'), graph.constant(scaler.mean)), graph.constant(scaler.scale));
  const weights = Float64Array.from(
    { length: coef.length },
    (_item, i) => coef[(i % classes) * columns + Math.floor(i / classes)],
  );
  const decisions = add(matMul(scaled, graph.constant(weights, [columns, classes])), graph.constant(intercept));
  const outputs = answer(softmax(decisions), calibration);
  return encodeModel(modelOf(LOGISTIC_STACKER.name, graph, [features], outputs, metadata));
}

const exportNetwork = (
  model: FittedNetwork,
  calibration: ClassCalibration,
  metadata: Readonly<Record<string, string>>,
): Uint8Array =>
  encodeModel(
    inferenceModel(
      model,
      (parameters, scaled) => answer(softmax(model.network.forward(parameters, scaled)), calibration),
      MLP_NAME,
      metadata,
      'double',
    ),
  );
