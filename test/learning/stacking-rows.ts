/** Rows a minute apart whose class two voters know halves of, and regimes that come and go. */
import type { Regime } from '../../src/domain/regime';
import type { Dataset } from '../../src/learning/dataset';
import type { ClassifierRecipe } from '../../src/learning/evaluation/classifier-contract';
import { fitLogisticRegression, LOGISTIC_REGRESSION_DEFAULTS } from '../../src/learning/linear/logistic-regression';
import { predictLinear } from '../../src/learning/linear/sgd-classifier';
import { generatedData } from './generated-data';

export const stackingData = (rows: number, seed = 7): Dataset => generatedData(rows, 6, seed);

/** Logistic regression on one of the columns that carry a signal. */
export const columnVoter = (name: string, column: number): ClassifierRecipe => ({
  name,
  fit: (data) => {
    const only = (x: Float32Array): Float32Array => x.filter((_value, i) => i % data.columns === column);
    const model = fitLogisticRegression({ ...data, x: only(data.x), columns: 1 }, LOGISTIC_REGRESSION_DEFAULTS);
    return { predict: (x) => predictLinear(model, only(x), 'softmax') };
  },
});

export const VOTERS = [columnVoter('first', 0), columnVoter('second', 1)] as const;

/** Known from `from` on. */
export const regimesFrom = (rows: number, from: number): (Regime | null)[] =>
  Array.from({ length: rows }, (_item, i) =>
    i < from
      ? null
      : {
          direction: i % 200 < 100 ? 'trend' : 'range',
          volatility: (['low', 'medium', 'high'] as const)[Math.floor(i / 150) % 3],
          efficiency: (i % 100) / 100,
          volatilityRank: (i % 450) / 450,
        },
  );
