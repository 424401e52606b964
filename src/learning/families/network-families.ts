/** Networks, small and held back: early stopping on the latest tenth of the rows. */
import { AUTO_ENCODER_DEFAULTS } from '../networks/auto-encoder';
import { fitCodeClassifier } from '../networks/code-classifier';
import type { CodeClassifierParameters } from '../networks/code-classifier';
import { LSTM_DEFAULTS, GRU_DEFAULTS, exportSequence } from '../networks/sequence-classifier';
import { fitSequenceClassifier, predictSequence } from '../networks/sequence-classifier';
import type { SequenceParameters } from '../networks/sequence-classifier';
import { exportMlp, fitMlpClassifier, MLP_DEFAULTS, predictMlp } from '../networks/mlp-classifier';
import type { MlpParameters } from '../networks/mlp-classifier';
import type { FitContext } from '../evaluation/classifier-contract';
import type { FitOptions } from '../networks/fit-network';
import { classProbabilities, exportClassifier } from '../networks/network-classifier';
import { changed, recorded } from './model-recipe';
import type { ModelRecipe } from './model-recipe';

const optionsOf = ({ weights, threadArguments }: FitContext = {}): FitOptions => ({
  ...(weights && { sample_weight: weights }),
  ...(threadArguments && { threadArguments }),
});

const mlpRecipe = (parameters: MlpParameters): ModelRecipe => ({
  name: 'mlp',
  family: 'MLPClassifier',
  parameters: recorded(parameters),
  window: null,
  tuned: (changes) => mlpRecipe(changed('mlp', parameters, changes)),
  fit: async (data, seed, context) => {
    const model = await fitMlpClassifier(data, { ...parameters, random_state: seed }, optionsOf(context));
    return {
      predict: (x) => predictMlp(model, x),
      toOnnx: (metadata, selection) => exportMlp(model, 'mlp', metadata, selection),
    };
  },
});

const codeRecipe = (parameters: CodeClassifierParameters): ModelRecipe => ({
  name: 'auto_encoder',
  family: 'AutoEncoder + LogisticRegression',
  parameters: recorded(parameters),
  window: null,
  tuned: (changes) => codeRecipe(changed('auto_encoder', parameters, changes)),
  fit: async (data, seed, context) => {
    const model = await fitCodeClassifier(data, { ...parameters, random_state: seed }, optionsOf(context));
    return {
      predict: (x) => classProbabilities(model, x),
      toOnnx: (metadata, selection) => exportClassifier(model, 'auto_encoder', metadata, selection),
    };
  },
});

const sequenceRecipe = (name: string, family: string, parameters: SequenceParameters): ModelRecipe => ({
  name,
  family,
  parameters: recorded(parameters),
  window: parameters.window,
  tuned: (changes) => sequenceRecipe(name, family, changed(name, parameters, changes)),
  fit: async (data, seed, context) => {
    const model = await fitSequenceClassifier(
      data,
      context?.starts ?? [0],
      { ...parameters, random_state: seed },
      optionsOf(context),
    );
    return {
      predict: (x, starts) => predictSequence(model, x, starts ?? [0]),
      toOnnx: (metadata, selection) => exportSequence(model, name, metadata, selection),
    };
  },
});

const STOPPING = { early_stopping: true, n_iter_no_change: 3, max_iter: 30 };
const RECURRENT = { ...STOPPING, hidden_size: 16, window: 10, max_iter: 15 };

export const NETWORK_FAMILIES: readonly ModelRecipe[] = [
  mlpRecipe({ ...MLP_DEFAULTS, ...STOPPING, hidden_layer_sizes: [32], alpha: 0.01 }),
  sequenceRecipe('lstm', 'LSTM', { ...LSTM_DEFAULTS, ...RECURRENT }),
  sequenceRecipe('gru', 'GRU', { ...GRU_DEFAULTS, ...RECURRENT }),
];

/** A vote on the columns and a learned code of them. */
export const AUTO_ENCODER = codeRecipe({ ...AUTO_ENCODER_DEFAULTS, ...STOPPING, alpha: 0.01 });
