/** `omega bench forest [--csv FILE] [--rows N] [--repeats N] [--python FILE] [--json]`: a random forest of 100 trees without a limit of depth. */
import { fitRandomForest, FOREST_DEFAULTS, predictForest } from '../src/learning/trees/random-forest';
import { runClassifierBench } from './classifiers';
import { runBench } from './command';

runBench(() =>
  runClassifierBench('forest', (train) => {
    const model = fitRandomForest(train, FOREST_DEFAULTS);
    return (x) => predictForest(model, x);
  }),
);
