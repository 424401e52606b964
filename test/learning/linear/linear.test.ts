/** Linear classifiers against scikit-learn's on the same generated rows (golden.py), and as ONNX. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Tensor } from 'onnxruntime-node';
import { selectRows } from '../../../src/learning/dataset';
import type { Dataset, Probabilities } from '../../../src/learning/dataset';
import { openSession } from '../../../src/learning/onnx-session';
import { fitLogisticRegression, LOGISTIC_REGRESSION_DEFAULTS } from '../../../src/learning/linear/logistic-regression';
import {
  fitHinge,
  fitPassiveAggressive,
  fitPerceptron,
  HINGE_DEFAULTS,
  PASSIVE_AGGRESSIVE_DEFAULTS,
  PERCEPTRON_DEFAULTS,
} from '../../../src/learning/linear/online-classifier';
import { fitRidgeClassifier, LINEAR_DEFAULTS, RIDGE_DEFAULTS } from '../../../src/learning/linear/ridge-classifier';
import { predictLinear } from '../../../src/learning/linear/sgd-classifier';
import type { LinearClassifier, LinearLink } from '../../../src/learning/linear/sgd-classifier';
import { exportLinear } from '../../../src/learning/onnx/export-linear';
import { firstRows, generatedData, rowsBetween } from '../generated-data';
import { distance, figuresOf } from '../trees/figures';

interface Golden {
  readonly data: { readonly train: number; readonly test: number; readonly columns: number; readonly seed: number };
  readonly models: Readonly<
    Record<
      string,
      { readonly parameters: object; readonly weighted: boolean } & Readonly<
        Record<'accuracy' | 'logLoss' | 'auc', readonly number[]>
      >
    >
  >;
}

const golden = JSON.parse(readFileSync(join(__dirname, 'golden.json'), 'utf8')) as Golden;
const { train: trainRows, test: testRows, columns, seed: dataSeed } = golden.data;
const data = generatedData(trainRows + testRows, columns, dataSeed);
const train = selectRows(data, firstRows(trainRows));
const test = selectRows(data, rowsBetween(trainRows, trainRows + testRows));
const SEEDS = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9];

type Fit = (rows: Dataset, parameters: object, random_state: number, weight?: number[]) => LinearClassifier;
const logistic: Fit = (rows, parameters, _seed, weight) =>
  fitLogisticRegression(rows, { ...LOGISTIC_REGRESSION_DEFAULTS, ...parameters }, weight);
const ridge: Fit = (rows, parameters, _seed, weight) =>
  fitRidgeClassifier(rows, { ...RIDGE_DEFAULTS, ...parameters }, weight);
const FITS: Readonly<Record<string, Fit>> = {
  logistic,
  logistic_weighted: logistic,
  ridge,
  ridge_weighted: ridge,
  linear: (rows) => fitRidgeClassifier(rows, LINEAR_DEFAULTS),
  hinge: (rows, parameters, random_state, weight) =>
    fitHinge(rows, { ...HINGE_DEFAULTS, ...parameters, random_state }, weight),
  perceptron: (rows, parameters, random_state, weight) =>
    fitPerceptron(rows, { ...PERCEPTRON_DEFAULTS, ...parameters, random_state }, weight),
  passive_aggressive: (rows, parameters, random_state, weight) =>
    fitPassiveAggressive(rows, { ...PASSIVE_AGGRESSIVE_DEFAULTS, ...parameters, random_state }, weight),
};
const linkOf = (name: string): LinearLink => (name.startsWith('logistic') ? 'softmax' : 'sigmoids');

/** Decision values in the place of probabilities: what ranks a margin model's rows. */
function decisions({ coef, intercept, classes, scaler }: LinearClassifier, x: Float32Array): Probabilities {
  return Float64Array.from({ length: (x.length / columns) * classes }, (_item, i) => {
    const [row, k] = [Math.floor(i / classes), i % classes];
    let sum = intercept[k];
    for (let c = 0; c < columns; c += 1) {
      sum += (coef[k * columns + c] * (x[row * columns + c] - scaler.mean[c])) / scaler.scale[c];
    }
    return sum;
  });
}

describe('against scikit-learn', () => {
  it.each(Object.keys(golden.models))('%s: figures within 0.01, and two standard errors where seeds matter', (name) => {
    const { parameters, weighted, ...theirs } = golden.models[name];
    const weight = weighted ? Array.from(train.y, (label) => (label === 2 ? 3 : 1)) : undefined;
    const isProbabilistic = theirs.logLoss.length > 0;
    const ours = (theirs.auc.length === 1 ? [0] : SEEDS).map((seed) => {
      const model = FITS[name](train, parameters, seed, weight);
      return figuresOf(isProbabilistic ? predictLinear(model, test.x, 'softmax') : decisions(model, test.x), test);
    });
    for (const figure of isProbabilistic ? (['accuracy', 'logLoss', 'auc'] as const) : (['accuracy', 'auc'] as const)) {
      const { apart, allowed } = distance(
        ours.map((figures) => figures[figure]),
        theirs[figure],
      );
      expect([figure, apart <= allowed, apart, allowed]).toEqual([figure, true, apart, allowed]);
    }
  });
});

describe.each(['logistic', 'ridge', 'hinge', 'perceptron', 'passive_aggressive'])('%s', (name) => {
  const twoClasses: Dataset = { ...train, classes: 2, y: train.y.map((label) => (label === 2 ? 1 : 0)) };

  it.each([
    ['three', train],
    ['two', twoClasses],
  ])('leaves through ONNX within 1e-5, %s classes', async (_classes, rows) => {
    const model = FITS[name](rows, {}, 1);
    const link = linkOf(name);
    const session = await openSession(exportLinear(model, name, {}, link));
    const output = await session.run({ features: new Tensor('float32', test.x, [test.rows, columns]) });
    await session.release();
    const theirs = output.probabilities.data as Float32Array;
    const ours = predictLinear(model, test.x, link);
    expect(theirs.length).toBe(test.rows * rows.classes);
    expect(theirs.reduce((worst, p, i) => Math.max(worst, Math.abs(p - ours[i])), 0)).toBeLessThanOrEqual(1e-5);
  });

  it('repeats, bears constant and duplicate columns, and refuses one class', () => {
    const x = train.x.slice();
    for (let r = 0; r < train.rows; r += 1) {
      x[r * columns + 8] = 0.1;
      x[r * columns + 9] = x[r * columns];
    }
    const odd = { ...train, x };
    expect(FITS[name](odd, {}, 3)).toEqual(FITS[name](odd, {}, 3));
    expect(FITS[name](odd, {}, 3).coef.every(Number.isFinite)).toBe(true);
    expect(() => FITS[name]({ ...train, y: new Uint8Array(train.rows) }, {}, 0)).toThrow('ONE_CLASS_ONLY');
  });
});
