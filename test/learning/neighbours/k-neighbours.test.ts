/** Nearest neighbours against scikit-learn's on the same generated rows (golden.py), and as ONNX. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { selectRows } from '../../../src/learning/dataset';
import type { Dataset } from '../../../src/learning/dataset';
import { exportKNeighbours } from '../../../src/learning/neighbours/export-k-neighbours';
import {
  fitKNeighbours,
  K_NEIGHBOURS_DEFAULTS,
  MAX_NEIGHBOUR_ROWS,
  predictKNeighbours,
} from '../../../src/learning/neighbours/k-neighbours-classifier';
import type { KNeighboursParameters } from '../../../src/learning/neighbours/k-neighbours-classifier';
import { NearestRows } from '../../../src/learning/neighbours/nearest-rows';
import { firstRows, generatedData, rowsBetween } from '../generated-data';
import { apart, asked } from '../networks/in-thread';
import { FIGURES, figuresOf } from '../trees/figures';
import type { Figures } from '../trees/figures';

interface Golden {
  readonly data: { readonly train: number; readonly test: number; readonly columns: number; readonly seed: number };
  readonly neighbours: Readonly<
    Record<string, Figures & { readonly parameters: Partial<KNeighboursParameters>; readonly first: readonly number[] }>
  >;
}

const golden = JSON.parse(readFileSync(join(__dirname, 'golden.json'), 'utf8')) as Golden;
const { train: trainRows, test: testRows, columns, seed } = golden.data;
const data = generatedData(trainRows + testRows, columns, seed);
const train = selectRows(data, firstRows(trainRows));
const test = selectRows(data, rowsBetween(trainRows, trainRows + testRows));
const few = selectRows(test, firstRows(400));

describe('against scikit-learn', () => {
  it.each(Object.keys(golden.neighbours))('%s: accuracy, log loss and AUC within 0.01', (name) => {
    const { parameters, first, ...theirs } = golden.neighbours[name];
    const model = fitKNeighbours(train, { ...K_NEIGHBOURS_DEFAULTS, ...parameters });
    const probabilities = predictKNeighbours(model, test.x);
    const ours = figuresOf(probabilities, test);
    for (const figure of FIGURES)
      expect([figure, Math.abs(ours[figure] - theirs[figure]) < 0.01]).toEqual([figure, true]);
    expect(apart(probabilities.subarray(0, 3), first)).toBeLessThan(1e-6);
  });
});

/** Rows that occur several times with several labels, and some that lie on top of those asked about. */
const repeated = (): Dataset => {
  const rows = [...firstRows(300), ...firstRows(300), ...firstRows(300)];
  const twice = selectRows(train, rows);
  return { ...twice, y: twice.y.map((label, row) => (label + Math.floor(row / 300)) % 3) };
};

describe('as ONNX', () => {
  it.each([
    ['uniform', train, few.x],
    ['distance', train, few.x],
    ['uniform', repeated(), train.x.subarray(0, 400 * columns)],
    ['distance', repeated(), train.x.subarray(0, 400 * columns)],
  ] as const)('%s votes equal the own, ties and touching rows included', async (weights, rows, x) => {
    const model = fitKNeighbours(rows, { ...K_NEIGHBOURS_DEFAULTS, n_neighbors: 7, weights });
    const answers = await asked(exportKNeighbours(model, 'k', {}), x, [400, columns]);
    expect(apart(predictKNeighbours(model, x), answers)).toBeLessThan(1e-5);
  });

  it('gives a touching row all votes by distance', () => {
    const model = fitKNeighbours(train, { ...K_NEIGHBOURS_DEFAULTS, weights: 'distance' });
    const own = predictKNeighbours(model, train.x.subarray(0, 50 * columns));
    expect(Array.from({ length: 50 }, (_item, row) => own[row * 3 + train.y[row]])).toEqual(new Array(50).fill(1));
  });
});

describe('the nearest rows', () => {
  it('are those that sorting by value and row would put first', () => {
    const values = fc.array(fc.integer({ min: 0, max: 20 }), { minLength: 3, maxLength: 60 });
    fc.assert(
      fc.property(values, fc.integer({ min: 1, max: 3 }), (offered, k) => {
        const nearest = new NearestRows(k);
        offered.forEach((value, row) => nearest.offer(row, value));
        const sorted = [...offered.keys()].sort((a, b) => offered[a] - offered[b] || a - b).slice(0, k);
        expect(Array.from(nearest.rows).sort((a, b) => a - b)).toEqual(sorted.sort((a, b) => a - b));
      }),
    );
  });
});

describe('what is refused', () => {
  it('too many rows by code, impossible parameters with their name', () => {
    const rows = MAX_NEIGHBOUR_ROWS + 1;
    const many = {
      rows,
      columns: 1,
      x: new Float32Array(rows),
      y: Uint8Array.from({ length: rows }, (_r, i) => i % 2),
      classes: 2,
    };
    expect(() => fitKNeighbours(many, K_NEIGHBOURS_DEFAULTS)).toThrow(/TOO_MANY_ROWS.*at most 20000 rows.*20001/);
    const fitted = (parameters: object) => () => fitKNeighbours(few, { ...K_NEIGHBOURS_DEFAULTS, ...parameters });
    expect(fitted({ n_neighbors: 401 })).toThrow(/n_neighbors is 401/);
    expect(fitted({ weights: 'loud' })).toThrow(/weights is loud/);
    expect(fitted({ metric: 'cosine' })).toThrow(/metric is cosine/);
  });
});
