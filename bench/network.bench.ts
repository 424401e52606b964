/** `omega bench network [--csv FILE] [--rows N] [--repeats N] [--python FILE] [--json]`: a perceptron of 64 units, 200 epochs. */
import { fitMlpClassifier, MLP_DEFAULTS, predictMlp } from '../src/learning/networks/mlp-classifier';
import { runClassifierBench } from './classifiers';
import { runBench } from './command';

/** All epochs, so that both programs do the same work. */
const PARAMETERS = { ...MLP_DEFAULTS, hidden_layer_sizes: [64], max_iter: 200, n_iter_no_change: 200 };

runBench(() =>
  runClassifierBench('network', async (train) => {
    const model = await fitMlpClassifier(train, PARAMETERS);
    return (x) => predictMlp(model, x);
  }),
);
