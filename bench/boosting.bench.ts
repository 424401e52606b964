/** `omega bench boosting [--csv FILE] [--rows N] [--repeats N] [--python FILE] [--json]`: 255 bins, 31 leaves, 100 rounds. */
import { LIGHTGBM_DEFAULTS } from '../src/learning/trees/boosting-parameters';
import { fitGradientBoosting, predictBoosting } from '../src/learning/trees/gradient-boosting';
import { runClassifierBench } from './classifiers';
import { runBench } from './command';

runBench(() =>
  runClassifierBench('boosting', (train) => {
    const model = fitGradientBoosting(train, LIGHTGBM_DEFAULTS);
    return (x) => predictBoosting(model, x);
  }),
);
