/** MLPClassifier against scikit-learn's on the same generated rows, and recurrent cells against PyTorch's equations (golden.py). */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { selectRows } from '../../../src/learning/dataset';
import type { Dataset } from '../../../src/learning/dataset';
import { fitMlpClassifier, MLP_DEFAULTS, predictMlp } from '../../../src/learning/networks/mlp-classifier';
import { classProbabilities, exportClassifier } from '../../../src/learning/networks/network-classifier';
import type { FittedNetworkClassifier } from '../../../src/learning/networks/network-classifier';
import { recurrentNetwork } from '../../../src/learning/networks/recurrent';
import type { Cell } from '../../../src/learning/networks/recurrent-shape';
import { firstRows, generatedData, rowsBetween } from '../generated-data';
import { distance, FIGURES, figuresOf } from '../trees/figures';
import { apart, asked, IN_THREAD } from './in-thread';

interface Golden {
  readonly data: { readonly train: number; readonly test: number; readonly columns: number; readonly seed: number };
  readonly models: Readonly<
    Record<
      string,
      {
        readonly parameters: object;
        readonly task: { readonly binary?: boolean; readonly weighted?: boolean };
      } & Readonly<Record<(typeof FIGURES)[number], readonly number[]>>
    >
  >;
  readonly path: {
    readonly rows: number;
    readonly parameters: object;
    readonly fitted: readonly number[];
    readonly loss: readonly number[];
  };
  readonly cell: Readonly<Record<'columns' | 'hidden_size' | 'num_layers' | 'window' | 'outputs', number>>;
  readonly cells: Readonly<Record<Cell, Readonly<Record<'parameters' | 'x' | 'probabilities', readonly number[]>>>>;
}

const golden = JSON.parse(readFileSync(join(__dirname, 'golden.json'), 'utf8')) as Golden;
const { train: trainRows, test: testRows, columns, seed: dataSeed } = golden.data;
const data = generatedData(trainRows + testRows, columns, dataSeed);
const againstRest: Dataset = { ...data, classes: 2, y: data.y.map((label) => (label === 2 ? 1 : 0)) };
const weightsOf = ({ y }: Dataset): number[] => Array.from(y, (label) => (label === 2 ? 3 : 1));
const SEEDS = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9];

describe('MLPClassifier', () => {
  it.each(Object.keys(golden.models))('%s: means over 10 seeds within 0.01 + 2 standard errors', async (name) => {
    const { parameters, task, ...theirs } = golden.models[name];
    const all = task.binary === true ? againstRest : data;
    const train = selectRows(all, firstRows(trainRows));
    const test = selectRows(all, rowsBetween(trainRows, trainRows + testRows));
    const options = task.weighted === true ? { ...IN_THREAD, sample_weight: weightsOf(train) } : IN_THREAD;
    const ours = [];
    for (const random_state of SEEDS) {
      const model = await fitMlpClassifier(train, { ...MLP_DEFAULTS, ...parameters, random_state }, options);
      ours.push(figuresOf(await predictMlp(model, test.x), test));
    }
    for (const figure of FIGURES) {
      const found = distance(
        ours.map((figures) => figures[figure]),
        theirs[figure],
      );
      expect([figure, found.apart <= found.allowed, found]).toEqual([figure, true, found]);
    }
  });

  it('walks the same path from the same first values: every parameter, every epoch of the loss', async () => {
    const { rows, parameters, fitted, loss } = golden.path;
    const train = selectRows(data, firstRows(rows));
    const options = { ...IN_THREAD, sample_weight: weightsOf(train) };
    const model = await fitMlpClassifier(train, { ...MLP_DEFAULTS, ...parameters }, options);
    expect(apart(model.parameters, fitted)).toBeLessThanOrEqual(1e-4);
    expect(model.epochs).toHaveLength(loss.length);
    // scikit-learn weighs the mean of the batches' losses by their rows, not by their weight: the last batch is smaller.
    model.epochs.forEach((epoch, i) => expect(Math.abs(epoch.loss - loss[i])).toBeLessThan(0.005));
  });
});

describe.each(['lstm', 'gru'] as const)('the %s cell', (cell) => {
  it("answers as PyTorch's equations do, two layers, in double precision and as a file", async () => {
    const { window, ...shape } = golden.cell;
    const { parameters, x, probabilities } = golden.cells[cell];
    const model: FittedNetworkClassifier = {
      network: recurrentNetwork({ cell, ...shape }),
      scaler: { mean: new Float64Array(shape.columns), scale: new Float64Array(shape.columns).fill(1) },
      parameters: Float32Array.from(parameters),
      epochs: [],
      window,
      classes: ['0', '1', '2'],
    };
    const rows = Float32Array.from(x);
    expect(apart(await classProbabilities(model, rows), probabilities)).toBeLessThanOrEqual(1e-6);
    const file = exportClassifier(model, cell, {});
    const dims = [probabilities.length / shape.outputs, window, shape.columns];
    expect(apart(await asked(file, rows, dims), probabilities)).toBeLessThanOrEqual(1e-5);
  });
});
