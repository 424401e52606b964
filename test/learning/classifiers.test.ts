/** Our SGD classifier and random forest against scikit-learn's on the same generated rows (golden/generate.py). */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { classCounts, selectRows } from '../../src/learning/dataset';
import type { Dataset, Probabilities } from '../../src/learning/dataset';
import { fitSgdClassifier, predictLinear, SGD_DEFAULTS } from '../../src/learning/linear/sgd-classifier';
import { fitScaler } from '../../src/learning/linear/standard-scaler';
import { accuracy, areaUnderCurve, logLoss } from '../../src/learning/metrics';
import type { ModelRunError } from '../../src/learning/model-run-error';
import { fitRandomForest, FOREST_DEFAULTS, predictForest } from '../../src/learning/trees/random-forest';
import { firstRows, generatedData, rowsBetween } from './generated-data';

type Figure = 'accuracy' | 'logLoss' | 'auc';
interface Golden {
  readonly data: {
    readonly train: number;
    readonly test: number;
    readonly columns: number;
    readonly seed: number;
    readonly sum: number;
    readonly classCounts: readonly number[];
  };
  readonly models: Readonly<
    Record<
      string,
      {
        readonly family: 'sgd' | 'forest';
        readonly parameters: Readonly<Record<string, number | string | boolean>>;
      } & Readonly<Record<Figure, readonly number[]>>
    >
  >;
}

const golden = JSON.parse(readFileSync(join(__dirname, 'golden/sklearn.json'), 'utf8')) as Golden;
const { train: trainRows, test: testRows, columns, seed: dataSeed } = golden.data;
const data = generatedData(trainRows + testRows, columns, dataSeed);
const train = selectRows(data, firstRows(trainRows));
const test = selectRows(data, rowsBetween(trainRows, trainRows + testRows));
const OUR_SEEDS = [0, 1, 2, 3];

const mean = (values: readonly number[]) => values.reduce((a, b) => a + b, 0) / values.length;
const deviation = (values: readonly number[]) =>
  Math.sqrt(values.reduce((sum, value) => sum + (value - mean(values)) ** 2, 0) / (values.length - 1));

function meanAuc(probabilities: Probabilities, rows: Dataset): number {
  const areas = Array.from({ length: rows.classes }, (_item, c) => {
    const scores = Array.from({ length: rows.rows }, (_row, r) => probabilities[r * rows.classes + c]);
    return areaUnderCurve(
      scores,
      Array.from(rows.y, (label) => label === c),
    )!;
  });
  return mean(areas);
}

function figuresOf(family: 'sgd' | 'forest', parameters: object, seed: number): Record<Figure, number> {
  const probabilities =
    family === 'sgd'
      ? predictLinear(fitSgdClassifier(train, { ...SGD_DEFAULTS, ...parameters, random_state: seed }), test.x)
      : predictForest(fitRandomForest(train, { ...FOREST_DEFAULTS, ...parameters, random_state: seed }), test.x);
  return {
    accuracy: accuracy(probabilities, test.y, test.classes),
    logLoss: logLoss(probabilities, test.y, test.classes),
    auc: meanAuc(probabilities, test),
  };
}

describe('against scikit-learn', () => {
  it('generates the rows that the golden script generated', () => {
    expect(classCounts(data)).toEqual(golden.data.classCounts);
    expect(data.x.reduce((sum, value) => sum + value, 0)).toBeCloseTo(golden.data.sum, 6);
  });

  it.each(Object.keys(golden.models))('%s: accuracy, log loss and AUC within 0.01 and two standard errors', (name) => {
    const model = golden.models[name];
    const ours = OUR_SEEDS.map((seed) => figuresOf(model.family, model.parameters, seed));
    for (const figure of ['accuracy', 'logLoss', 'auc'] as const) {
      const theirs = model[figure];
      const mine = ours.map((figures) => figures[figure]);
      const standardError = deviation(theirs) * Math.sqrt(1 / theirs.length + 1 / mine.length);
      expect([name, figure, Math.abs(mean(mine) - mean(theirs)) <= 0.01 + 2 * standardError, mean(mine)]).toEqual([
        name,
        figure,
        true,
        mean(mine),
      ]);
    }
  });
});

describe('fits', () => {
  const small = selectRows(train, firstRows(600));

  it('repeat bit for bit with the same seed and differ with another', () => {
    const forest = (seed: number) =>
      fitRandomForest(small, { ...FOREST_DEFAULTS, n_estimators: 5, random_state: seed });
    const sgd = (seed: number) => fitSgdClassifier(small, { ...SGD_DEFAULTS, random_state: seed });
    expect(forest(1)).toEqual(forest(1));
    expect(forest(1)).not.toEqual(forest(2));
    expect(sgd(1)).toEqual(sgd(1));
    expect(sgd(1)).not.toEqual(sgd(2));
  });

  it('keep the limits of depth and leaf, counted in rows that the bootstrap drew', () => {
    const { trees } = fitRandomForest(small, {
      ...FOREST_DEFAULTS,
      n_estimators: 10,
      max_depth: 3,
      min_samples_leaf: 40,
      bootstrap: false,
    });
    for (const tree of trees) {
      expect(tree.nodes).toBeLessThanOrEqual(15);
      const inLeaf = new Map<number, number>();
      for (let r = 0; r < small.rows; r += 1) {
        let node = 0;
        while (tree.feature[node] >= 0) {
          const value = small.x[r * columns + tree.feature[node]];
          node = value <= tree.threshold[node] ? tree.left[node] : tree.right[node];
        }
        inLeaf.set(node, (inLeaf.get(node) ?? 0) + 1);
      }
      expect(Math.min(...inLeaf.values())).toBeGreaterThanOrEqual(40);
    }
  });

  it('learn what is given away: a leaked label is found by both', () => {
    const x = train.x.slice();
    train.y.forEach((label, r) => (x[r * columns + 9] = label === 0 ? -1 : label === 2 ? 1 : 0));
    const leaked = { ...train, x };
    const forest = predictForest(fitRandomForest(leaked, { ...FOREST_DEFAULTS, n_estimators: 20 }), x);
    expect(accuracy(forest, train.y, 3)).toBeGreaterThan(0.99);
    const linear = predictLinear(fitSgdClassifier(leaked, SGD_DEFAULTS), x);
    expect(meanAuc(linear, leaked)).toBeGreaterThan(0.8);
  });

  it('refuse data nothing can be learnt from, by code', () => {
    const codeOf = (bad: Dataset) => {
      try {
        fitRandomForest(bad, FOREST_DEFAULTS);
        return 'fitted';
      } catch (error) {
        return (error as ModelRunError).code;
      }
    };
    expect(codeOf(selectRows(train, [0]))).toBe('TOO_FEW_ROWS');
    expect(codeOf({ ...small, y: new Uint8Array(small.rows) })).toBe('ONE_CLASS_ONLY');
    const x = small.x.slice();
    x[35] = NaN;
    expect(codeOf({ ...small, x })).toBe('INPUT_NOT_FINITE');
  });

  it('pass over constant and duplicate columns', () => {
    const x = small.x.slice();
    for (let r = 0; r < small.rows; r += 1) {
      x[r * columns + 8] = 0.1;
      x[r * columns + 9] = x[r * columns];
    }
    const constant = { ...small, x };
    expect(fitScaler(constant).scale[8]).toBe(1);
    const forest = fitRandomForest(constant, { ...FOREST_DEFAULTS, n_estimators: 10 });
    expect(forest.trees.some((tree) => tree.feature.includes(8))).toBe(false);
    const probabilities = predictLinear(fitSgdClassifier(constant, SGD_DEFAULTS), x);
    expect(probabilities.every((p) => p >= 0 && p <= 1)).toBe(true);
  });
});

describe('metrics', () => {
  it('count ties of the AUC half and answer null without both sides', () => {
    expect(areaUnderCurve([1, 2, 3, 4], [false, false, true, true])).toBe(1);
    expect(areaUnderCurve([4, 3, 2, 1], [false, false, true, true])).toBe(0);
    expect(areaUnderCurve([1, 1, 1, 1], [false, true, false, true])).toBe(0.5);
    expect(areaUnderCurve([1, 2, 2, 3], [false, false, true, true])).toBe(0.875);
    expect(areaUnderCurve([1, 2], [true, true])).toBeNull();
  });

  it('give ln 3 for a uniform answer and no infinity for a wrong certainty', () => {
    const third = Float64Array.of(1 / 3, 1 / 3, 1 / 3);
    expect(logLoss(third, [2], 3)).toBeCloseTo(Math.log(3), 12);
    expect(logLoss(Float64Array.of(1, 0, 0), [2], 3)).toBeLessThan(40);
  });
});
