/** Support vector machines against scikit-learn's on the same generated rows (../neighbours/golden.py), and as ONNX. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { selectRows } from '../../../src/learning/dataset';
import { exportSvc } from '../../../src/learning/support-vectors/export-svc';
import { parseLibsvmModel } from '../../../src/learning/support-vectors/libsvm-model';
import { coupleProbabilities } from '../../../src/learning/support-vectors/pairwise-coupling';
import {
  decisionFunction,
  fitSvc,
  MAX_SVC_ROWS,
  predictSvc,
  SVC_DEFAULTS,
} from '../../../src/learning/support-vectors/svc';
import type { SvcParameters } from '../../../src/learning/support-vectors/svc';
import { firstRows, generatedData, rowsBetween } from '../generated-data';
import { apart, asked } from '../networks/in-thread';
import { FIGURES, figuresOf } from '../trees/figures';
import type { Figures } from '../trees/figures';

interface Golden {
  readonly data: { readonly train: number; readonly test: number; readonly columns: number; readonly seed: number };
  readonly machines: Readonly<
    Record<
      string,
      Figures & {
        readonly parameters: Partial<SvcParameters>;
        readonly support: number;
        readonly decisions: readonly number[];
      }
    >
  >;
}

const golden = JSON.parse(readFileSync(join(__dirname, '../neighbours/golden.json'), 'utf8')) as Golden;
const { train: trainRows, test: testRows, columns, seed } = golden.data;
const data = generatedData(trainRows + testRows, columns, seed);
const train = selectRows(data, firstRows(trainRows));
const test = selectRows(data, rowsBetween(trainRows, trainRows + testRows));
const small = selectRows(train, firstRows(300));
const few = selectRows(test, firstRows(200));

describe('against scikit-learn', () => {
  it.each(Object.keys(golden.machines))('%s: decisions, accuracy, log loss and AUC', async (name) => {
    const { parameters, support, decisions, ...theirs } = golden.machines[name];
    const model = await fitSvc(train, { ...SVC_DEFAULTS, ...parameters });
    expect(Math.abs(model.machine.coef.length / 3 - support) / support).toBeLessThan(0.005);
    const { labels } = model.machine;
    const own = decisionFunction(model, test.x.subarray(0, columns));
    const signed = [
      [0, 1],
      [0, 2],
      [1, 2],
    ].map(([a, b]) => {
      const pair = [
        [0, 1],
        [0, 2],
        [1, 2],
      ].findIndex(([i, j]) => [a, b].every((c) => c === labels[i] || c === labels[j]));
      return labels.indexOf(a) < labels.indexOf(b) ? own[pair] : -own[pair];
    });
    // libsvm's stopping tolerance is 1e-3 of the gradient: that much may lie between two orders of the rows.
    expect(apart(signed, decisions)).toBeLessThan(0.03);
    const ours = figuresOf(predictSvc(model, test.x), test);
    for (const figure of FIGURES)
      expect([figure, Math.abs(ours[figure] - theirs[figure]) < 0.01]).toEqual([figure, true]);
  });
});

describe('as ONNX', () => {
  it.each(['rbf', 'linear'] as const)(
    'the %s machine answers as its trainer, and the same fit is the same file',
    async (kernel) => {
      const fitted = () => fitSvc(small, { ...SVC_DEFAULTS, kernel });
      const model = await fitted();
      const file = exportSvc(model, 'svc', {});
      const answers = await asked(file, few.x, [200, columns]);
      expect(apart(predictSvc(model, few.x), answers)).toBeLessThan(1e-5);
      expect(Buffer.from(exportSvc(await fitted(), 'svc', {})).equals(file)).toBe(true);
    },
  );

  it('gives a class without rows no probability', async () => {
    const rows = Array.from(small.y.keys()).filter((row) => small.y[row] !== 1);
    const model = await fitSvc(selectRows(small, rows), SVC_DEFAULTS);
    const own = predictSvc(model, few.x);
    const answers = await asked(exportSvc(model, 'svc', {}), few.x, [200, columns]);
    expect(apart(own, answers)).toBeLessThan(1e-5);
    expect(own.filter((_p, i) => i % 3 === 1).every((p) => p === 0)).toBe(true);
    expect(own[0] + own[2]).toBeCloseTo(1, 12);
  });
});

describe('pairs', () => {
  it('that agree are coupled to the probabilities they came from', () => {
    const p = [0.5, 0.3, 0.2];
    const logit = (a: number, b: number) => Math.log(p[a] / p[b]);
    const decisions = Float64Array.of(logit(0, 1), logit(0, 2), logit(1, 2));
    const sigmoid = { kind: 'sigmoid', a: -1, b: 0 } as const;
    const coupled = coupleProbabilities(decisions, [sigmoid, sigmoid, sigmoid], [0, 1, 2], 3);
    expect(apart(coupled, p)).toBeLessThan(1e-12);
  });

  it('are read from the places of svm_save_model', () => {
    const text = [
      'svm_type c_svc',
      'kernel_type linear',
      'nr_class 3',
      'total_sv 3',
      'rho 1 2 3',
      'label 2 0 1',
      'nr_sv 1 1 1',
      'SV',
      '12 13 1:1 2:5 ',
      '-21 23 2:6 ',
      '-31 -32 1:7 ',
      '',
    ].join('\n');
    const { labels, vectors, coef, intercept } = parseLibsvmModel(text, 2);
    expect(labels).toEqual([2, 0, 1]);
    expect(Array.from(vectors)).toEqual([1, 5, 0, 6, 7, 0]);
    // Pairs (2, 0), (2, 1), (0, 1), a vector of each label after the other.
    expect(Array.from(coef)).toEqual([12, 13, 0, -21, 0, 23, 0, -31, -32]);
    expect(Array.from(intercept)).toEqual([-1, -2, -3]);
    expect(() => parseLibsvmModel('svm_type c_svc', 2)).toThrow(/not a model of libsvm/);
  });
});

describe('what is refused', () => {
  it('too many rows by code, impossible parameters with their name', async () => {
    const rows = MAX_SVC_ROWS + 1;
    const many = {
      rows,
      columns: 1,
      x: new Float32Array(rows),
      y: Uint8Array.from({ length: rows }, (_r, i) => i % 2),
      classes: 2,
    };
    await expect(fitSvc(many, SVC_DEFAULTS)).rejects.toThrow(/TOO_MANY_ROWS.*at most 10000 rows.*10001/);
    await expect(fitSvc(small, { ...SVC_DEFAULTS, C: 0 })).rejects.toThrow(/C is 0/);
    await expect(fitSvc(small, { ...SVC_DEFAULTS, gamma: -1 })).rejects.toThrow(/gamma is -1/);
    await expect(fitSvc(small, { ...SVC_DEFAULTS, cv: 1 })).rejects.toThrow(/cv is 1/);
  });
});
