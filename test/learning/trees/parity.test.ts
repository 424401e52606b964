/** Boosted trees and forests against LightGBM's and scikit-learn's on the same generated rows (golden.py). */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { selectRows } from '../../../src/learning/dataset';
import type { Dataset, Probabilities } from '../../../src/learning/dataset';
import { HIST_GRADIENT_BOOSTING_DEFAULTS, LIGHTGBM_DEFAULTS } from '../../../src/learning/trees/boosting-parameters';
import { fitGradientBoosting, predictBoosting } from '../../../src/learning/trees/gradient-boosting';
import {
  EXTRA_TREES_DEFAULTS,
  fitExtraTrees,
  fitRandomForest,
  FOREST_DEFAULTS,
  predictForest,
} from '../../../src/learning/trees/random-forest';
import { firstRows, generatedData, rowsBetween } from '../generated-data';
import { distance, FIGURES, figuresOf } from './figures';

type Family = 'boosting' | 'hist' | 'forest' | 'extra';
interface Golden {
  readonly data: { readonly train: number; readonly test: number; readonly columns: number; readonly seed: number };
  readonly models: Readonly<
    Record<
      string,
      {
        readonly family: Family;
        readonly parameters: Readonly<Record<string, number>>;
        readonly task: { readonly binary?: boolean; readonly weighted?: boolean };
      } & Readonly<Record<(typeof FIGURES)[number], readonly number[]>>
    >
  >;
}

const golden = JSON.parse(readFileSync(join(__dirname, 'golden.json'), 'utf8')) as Golden;
const { train: trainRows, test: testRows, columns, seed: dataSeed } = golden.data;
const data = generatedData(trainRows + testRows, columns, dataSeed);
const againstRest: Dataset = { ...data, classes: 2, y: data.y.map((label) => (label === 2 ? 1 : 0)) };
const SEEDS = [0, 1];

function fitted(family: Family, parameters: object, rows: Dataset, weight: number[] | undefined, seed: number) {
  const random_state = seed;
  switch (family) {
    case 'boosting':
    case 'hist': {
      const defaults = family === 'hist' ? HIST_GRADIENT_BOOSTING_DEFAULTS : LIGHTGBM_DEFAULTS;
      const options = weight === undefined ? {} : { sample_weight: weight };
      const model = fitGradientBoosting(rows, { ...defaults, ...parameters, random_state }, options);
      return (x: Float32Array): Probabilities => predictBoosting(model, x);
    }
    case 'forest': {
      const model = fitRandomForest(rows, { ...FOREST_DEFAULTS, ...parameters, random_state }, weight);
      return (x: Float32Array): Probabilities => predictForest(model, x);
    }
    case 'extra': {
      const model = fitExtraTrees(rows, { ...EXTRA_TREES_DEFAULTS, ...parameters, random_state }, weight);
      return (x: Float32Array): Probabilities => predictForest(model, x);
    }
  }
}

it.each(Object.keys(golden.models))('%s: accuracy, log loss and AUC within 0.01 of the reference', (name) => {
  const { family, parameters, task, ...theirs } = golden.models[name];
  const all = task.binary === true ? againstRest : data;
  const train = selectRows(all, firstRows(trainRows));
  const test = selectRows(all, rowsBetween(trainRows, trainRows + testRows));
  const weight = task.weighted === true ? Array.from(train.y, (label) => (label === 2 ? 3 : 1)) : undefined;
  const seeds = theirs.auc.length === 1 ? [0] : SEEDS;
  const ours = seeds.map((seed) => figuresOf(fitted(family, parameters, train, weight, seed)(test.x), test));
  for (const figure of FIGURES) {
    const { apart, allowed } = distance(
      ours.map((figures) => figures[figure]),
      theirs[figure],
    );
    expect([figure, apart <= allowed, apart, allowed]).toEqual([figure, true, apart, allowed]);
  }
});
