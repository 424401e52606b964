/** What boosting promises apart from its figures: limits, weights, seeds, early stopping, ONNX, refusals. */
import { Tensor } from 'onnxruntime-node';
import { selectRows } from '../../../src/learning/dataset';
import type { Dataset } from '../../../src/learning/dataset';
import { openSession } from '../../../src/learning/onnx-session';
import { accuracy } from '../../../src/learning/metrics';
import { exportBoosting } from '../../../src/learning/onnx/export-trees';
import {
  CATBOOST_DEFAULTS,
  LIGHTGBM_DEFAULTS,
  XGBOOST_DEFAULTS,
} from '../../../src/learning/trees/boosting-parameters';
import type { BoostingParameters } from '../../../src/learning/trees/boosting-parameters';
import { fitGradientBoosting, predictBoosting } from '../../../src/learning/trees/gradient-boosting';
import type { BoostedTrees } from '../../../src/learning/trees/gradient-boosting';
import { LEAF } from '../../../src/learning/trees/tree';
import type { Tree } from '../../../src/learning/trees/tree';
import { firstRows, generatedData, rowsBetween } from '../generated-data';

const COLUMNS = 10;
const data = generatedData(6000, COLUMNS, 7);
const train = selectRows(data, firstRows(2000));
const test = selectRows(data, rowsBetween(2000, 6000));
const twoClasses = (rows: Dataset): Dataset => ({
  ...rows,
  classes: 2,
  y: rows.y.map((label) => (label === 2 ? 1 : 0)),
});

const fit = (parameters: Partial<BoostingParameters>, rows = train): BoostedTrees =>
  fitGradientBoosting(rows, { ...LIGHTGBM_DEFAULTS, n_estimators: 8, ...parameters });

const leavesOf = (tree: Tree): number => tree.feature.filter((feature) => feature === LEAF).length;
const depthOf = (tree: Tree, node = 0): number =>
  tree.feature[node] === LEAF ? 0 : 1 + Math.max(depthOf(tree, tree.left[node]), depthOf(tree, tree.right[node]));

async function onnxAnswers(model: BoostedTrees, x: Float32Array): Promise<Float32Array> {
  const session = await openSession(exportBoosting(model, 'boosting', {}));
  const output = await session.run({ features: new Tensor('float32', x, [x.length / COLUMNS, COLUMNS]) });
  await session.release();
  return output.probabilities.data as Float32Array;
}

describe('growth', () => {
  it('leaf-wise keeps num_leaves, depth-wise max_depth', () => {
    for (const tree of fit({}).trees) expect(leavesOf(tree)).toBe(31);
    for (const tree of fit({ ...XGBOOST_DEFAULTS, n_estimators: 4, max_depth: 3 }).trees) {
      expect(depthOf(tree)).toBe(3);
      expect(leavesOf(tree)).toBeLessThanOrEqual(8);
    }
  });

  it('symmetric trees test the same column and value on all of a level', () => {
    for (const tree of fit({ ...CATBOOST_DEFAULTS, n_estimators: 4, max_depth: 4 }).trees) {
      let level = [0];
      for (; tree.feature[level[0]] !== LEAF; level = level.flatMap((node) => [tree.left[node], tree.right[node]])) {
        const tests = new Set(level.map((node) => `${tree.feature[node]} ${tree.threshold[node]}`));
        expect(tests.size).toBe(1);
      }
      expect(leavesOf(tree)).toBe(16);
    }
  });

  it('every policy learns, and a leaked label is found', () => {
    const x = train.x.slice();
    train.y.forEach((label, r) => (x[r * COLUMNS + 9] = label));
    const leaked = { ...train, x };
    for (const defaults of [LIGHTGBM_DEFAULTS, XGBOOST_DEFAULTS, { ...CATBOOST_DEFAULTS, learning_rate: 0.3 }]) {
      const parameters = { ...defaults, n_estimators: 20 };
      expect(accuracy(predictBoosting(fit(parameters), test.x), test.y, 3)).toBeGreaterThan(0.6);
      expect(accuracy(predictBoosting(fit(parameters, leaked), x), train.y, 3)).toBeGreaterThan(0.99);
    }
  });

  it('leaves of the first tree are −G / (H + lambda) of the rows that reach them, none smaller than allowed', () => {
    const rows = twoClasses(train);
    const reg_lambda = 2;
    const { trees, baseScores } = fit({ n_estimators: 1, learning_rate: 1, reg_lambda, min_child_samples: 50 }, rows);
    const p = 1 / (1 + Math.exp(-baseScores[0]));
    const sums = new Map<number, { g: number; h: number; rows: number }>();
    for (let r = 0; r < rows.rows; r += 1) {
      let node = 0;
      while (trees[0].feature[node] !== LEAF) {
        const isLeft = rows.x[r * COLUMNS + trees[0].feature[node]] <= trees[0].threshold[node];
        node = isLeft ? trees[0].left[node] : trees[0].right[node];
      }
      const sum = sums.get(node) ?? { g: 0, h: 0, rows: 0 };
      sums.set(node, { g: sum.g + p - rows.y[r], h: sum.h + p * (1 - p), rows: sum.rows + 1 });
    }
    expect(sums.size).toBe(leavesOf(trees[0]));
    for (const [node, { g, h, rows: count }] of sums) {
      expect(count).toBeGreaterThanOrEqual(50);
      expect(trees[0].values[node]).toBeCloseTo(-g / (h + reg_lambda), 5);
    }
  });

  it('the first cut is the best of all cuts, by sums over the rows', () => {
    const rows = twoClasses(selectRows(train, firstRows(300)));
    const { trees, baseScores } = fit({ n_estimators: 1, num_leaves: 2, min_child_samples: 10 }, rows);
    const p = 1 / (1 + Math.exp(-baseScores[0]));
    const gainOf = (feature: number, threshold: number): number => {
      const sides = [
        { g: 0, n: 0 },
        { g: 0, n: 0 },
      ];
      for (let r = 0; r < rows.rows; r += 1) {
        const side = sides[rows.x[r * COLUMNS + feature] <= threshold ? 0 : 1];
        side.g += p - rows.y[r];
        side.n += 1;
      }
      return Math.min(sides[0].n, sides[1].n) < 10 ? 0 : sides.reduce((sum, { g, n }) => sum + g ** 2 / n, 0);
    };
    const chosen = gainOf(trees[0].feature[0], trees[0].threshold[0]);
    for (let feature = 0; feature < COLUMNS; feature += 1) {
      for (let r = 0; r < rows.rows; r += 3) {
        expect(gainOf(feature, rows.x[r * COLUMNS + feature])).toBeLessThanOrEqual(chosen * 1.02);
      }
    }
  });
});

describe('fits', () => {
  const sampled = { subsample: 0.6, colsample_bytree: 0.5 };

  it('repeat bit for bit with the same seed and differ with another', () => {
    expect(fit({ ...sampled, random_state: 1 })).toEqual(fit({ ...sampled, random_state: 1 }));
    expect(fit({ ...sampled, random_state: 1 })).not.toEqual(fit({ ...sampled, random_state: 2 }));
  });

  it('a weight of 2 is a row given twice', () => {
    const twice = selectRows(train, [...firstRows(2000), ...firstRows(1000)]);
    const weight = Float64Array.from({ length: 2000 }, (_item, r) => (r < 1000 ? 2 : 1));
    const parameters = { ...LIGHTGBM_DEFAULTS, n_estimators: 1, num_leaves: 2, min_child_samples: 1 };
    const weighted = fitGradientBoosting(train, parameters, { sample_weight: weight });
    const repeated = fitGradientBoosting(twice, parameters);
    weighted.baseScores.forEach((score, i) => expect(score).toBeCloseTo(repeated.baseScores[i], 12));
    weighted.trees.forEach((tree, t) => {
      expect(tree.feature[0]).toBe(repeated.trees[t].feature[0]);
      expect(Math.abs(tree.threshold[0] - repeated.trees[t].threshold[0])).toBeLessThan(0.1);
    });
  });

  it('stop early and keep the best round', () => {
    const parameters = { ...LIGHTGBM_DEFAULTS, n_estimators: 200, learning_rate: 0.4, early_stopping_rounds: 5 };
    const { trees } = fitGradientBoosting(train, parameters, { eval_set: test });
    const rounds = trees.length / 3;
    expect(rounds).toBeGreaterThan(1);
    expect(rounds).toBeLessThan(100);
    const without = fit({ learning_rate: 0.4, n_estimators: rounds });
    expect(trees).toEqual(without.trees);
  });

  it('refuse parameters and weights out of range, by name', () => {
    expect(() => fit({ num_leaves: 1 })).toThrow('PARAMETER_INVALID: num_leaves');
    expect(() => fit({ num_leaves: Infinity })).toThrow('both without limit');
    expect(() => fit({ grow_policy: 'symmetrictree' })).toThrow('max_depth');
    expect(() => fit({ subsample: 0 })).toThrow('subsample');
    expect(() => fit({ early_stopping_rounds: 5 })).toThrow('eval_set');
    expect(() => fitGradientBoosting(train, LIGHTGBM_DEFAULTS, { sample_weight: [1] })).toThrow('1 values for 2000');
    expect(() => fit({}, { ...train, y: new Uint8Array(train.rows) })).toThrow('ONE_CLASS_ONLY');
  });

  it('pass over constant columns', () => {
    const x = train.x.slice();
    for (let r = 0; r < train.rows; r += 1) x[r * COLUMNS] = 0.1;
    expect(fit({}, { ...train, x }).trees.some((tree) => tree.feature.includes(0))).toBe(false);
  });
});

describe('ONNX equals the trainer within 1e-5', () => {
  const cases: readonly [string, Dataset, Partial<BoostingParameters>][] = [
    ['three classes, leaf-wise', train, { n_estimators: 100 }],
    ['two classes', twoClasses(train), { n_estimators: 60 }],
    ['symmetric trees', train, { ...CATBOOST_DEFAULTS, n_estimators: 60, learning_rate: 0.2 }],
  ];
  it.each(cases)('%s, also on rows that lie exactly on thresholds', async (_name, rows, parameters) => {
    const model = fit(parameters, rows);
    const x = test.x.slice();
    let row = 0;
    for (const { feature, threshold } of model.trees) {
      feature.forEach((column, node) => {
        if (column === LEAF || row === test.rows) return;
        x[row * COLUMNS + column] = threshold[node];
        row += 1;
      });
    }
    const ours = predictBoosting(model, x);
    const theirs = await onnxAnswers(model, x);
    expect(theirs.length).toBe(ours.length);
    expect(theirs.reduce((worst, p, i) => Math.max(worst, Math.abs(p - ours[i])), 0)).toBeLessThanOrEqual(1e-5);
  });

  it('when no leaf of two classes is below 0', async () => {
    const x = Float32Array.from({ length: 400 * COLUMNS }, (_item, i) =>
      i % COLUMNS === 0 ? Math.floor(i / COLUMNS) : 0,
    );
    const rows: Dataset = { rows: 400, columns: COLUMNS, x, y: new Uint8Array(400).fill(1, 100), classes: 2 };
    const grown = fit({ n_estimators: 1 }, rows);
    const trees = grown.trees.map((tree) => ({ ...tree, values: tree.values.map(Math.abs) }));
    const model = { ...grown, trees };
    const ours = predictBoosting(model, x);
    (await onnxAnswers(model, x)).forEach((p, i) => expect(Math.abs(p - ours[i])).toBeLessThanOrEqual(1e-5));
  });
});
