/** LSTM and GRU: a task that only memory solves, series that end, exported files. */
import fc from 'fast-check';
import { accuracy } from '../../../src/learning/metrics';
import type { Dataset } from '../../../src/learning/dataset';
import { fitMlpClassifier, MLP_DEFAULTS, predictMlp } from '../../../src/learning/networks/mlp-classifier';
import {
  exportSequence,
  fitSequenceClassifier,
  GRU_DEFAULTS,
  LSTM_DEFAULTS,
  predictSequence,
  windowsOf,
} from '../../../src/learning/networks/sequence-classifier';
import type { SequenceParameters } from '../../../src/learning/networks/sequence-classifier';
import { createRandom } from '../../../src/learning/random';
import { apart, asked, IN_THREAD } from './in-thread';

const DELAY = 4;
const COLUMNS = 2;
const SMALL = { hidden_size: 12, window: 6, learning_rate_init: 0.02, max_iter: 10 };

/** The class is the sign that the first column had DELAY rows ago; the row itself says nothing. */
function delayed(rows: number, seed: number): Dataset {
  const random = createRandom(seed);
  const x = Float32Array.from({ length: rows * COLUMNS }, () => 2 * random.next() - 1);
  const y = Uint8Array.from({ length: rows }, (_item, r) => (r >= DELAY && x[(r - DELAY) * COLUMNS] > 0 ? 1 : 0));
  return { rows, columns: COLUMNS, x, y, classes: 2 };
}

/** Three classes: how often of the last two rows the first column was above 0. */
function counted(rows: number, seed: number): Dataset {
  const data = delayed(rows, seed);
  const above = (r: number): number => (r >= 0 && data.x[r * COLUMNS] > 0 ? 1 : 0);
  return { ...data, classes: 3, y: Uint8Array.from({ length: rows }, (_item, r) => above(r) + above(r - 1)) };
}

const train = delayed(3000, 1);
const test = delayed(4000, 2);

describe.each<readonly [string, SequenceParameters]>([
  ['lstm', LSTM_DEFAULTS],
  ['gru', GRU_DEFAULTS],
])('%s', (name, defaults) => {
  it('learns what only memory can know', async () => {
    const model = await fitSequenceClassifier(train, [0], { ...defaults, ...SMALL }, IN_THREAD);
    const probabilities = await predictSequence(model, test.x, [0]);
    expect(accuracy(probabilities, test.y, 2)).toBeGreaterThan(0.95);
  });

  it('leaves through ONNX within 1e-5, three classes, two layers, and repeats', async () => {
    const data = counted(600, 3);
    const parameters = { ...defaults, ...SMALL, hidden_size: 6, num_layers: 2, window: 3, max_iter: 3 };
    const fitted = async () => {
      const options = { ...IN_THREAD, class_names: ['sell', 'hold', 'buy'] };
      const model = await fitSequenceClassifier(data, [0, 250], parameters, options);
      return { model, file: exportSequence(model, name, {}) };
    };
    const [{ model, file }, again] = [await fitted(), await fitted()];
    expect(again.file).toEqual(file);
    const own = await predictSequence(model, data.x, [0, 250]);
    const windows = windowsOf(data.x, COLUMNS, 3, [0, 250]);
    expect(apart(await asked(file, windows, [data.rows, 3, COLUMNS]), own)).toBeLessThanOrEqual(1e-5);
    const last = await asked(file, windows.slice(-3 * COLUMNS), [1, 3, COLUMNS]);
    expect(apart(last, own.slice(-3))).toBeLessThanOrEqual(1e-5);
    const other = await fitSequenceClassifier(data, [0, 250], { ...parameters, random_state: 1 }, IN_THREAD);
    expect(exportSequence(other, name, {})).not.toEqual(file);
  });
});

it('a perceptron of the row itself learns nothing of it', async () => {
  const model = await fitMlpClassifier(train, { ...MLP_DEFAULTS, hidden_layer_sizes: [32], max_iter: 10 }, IN_THREAD);
  expect(accuracy(await predictMlp(model, test.x), test.y, 2)).toBeLessThan(0.55);
});

describe('windows', () => {
  const rows = Float32Array.of(0, 1, 2, 3, 4);
  it.each<readonly [string, readonly number[], readonly number[]]>([
    ['begin with the first row repeated', [0], [0, 0, 0, 0, 0, 1, 0, 1, 2, 1, 2, 3, 2, 3, 4]],
    ['never reach into the series before', [0, 3], [0, 0, 0, 0, 0, 1, 0, 1, 2, 3, 3, 3, 3, 3, 4]],
  ])('%s', (_name, starts, expected) => {
    expect([...windowsOf(rows, 1, 3, starts)]).toEqual(expected);
  });

  it('of a series are the same whatever stands before it', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 20 }),
        fc.integer({ min: 1, max: 20 }),
        fc.integer({ min: 1, max: 8 }),
        (before, length, window) => {
          const x = Float32Array.from({ length: before + length }, (_item, i) => i * i);
          const together = windowsOf(x, 1, window, [0, before]);
          expect([...together.slice(before * window)]).toEqual([...windowsOf(x.slice(before), 1, window, [0])]);
        },
      ),
    );
  });

  it('training looks at the same rows as prediction: the loss is that of the exported windows', async () => {
    const data = delayed(120, 5);
    const starts = [0, 7, 60];
    const parameters = { ...LSTM_DEFAULTS, ...SMALL, learning_rate_init: 1e-12, max_iter: 1, batch_size: 120 };
    const model = await fitSequenceClassifier(data, starts, parameters, IN_THREAD);
    const own = await predictSequence(model, data.x, starts);
    const loss = data.y.reduce((sum, label, r) => sum - Math.log(own[2 * r + label]), 0) / data.rows;
    expect(model.epochs[0].loss).toBeCloseTo(loss, 5);
  });

  it.each([
    ['a start behind the end', [0, 5]],
    ['starts that fall', [3, 1]],
    ['half a row', [0.5]],
  ])('refuse %s', (_name, starts) => {
    expect(() => windowsOf(rows, 1, 2, starts)).toThrow('PARAMETER_INVALID');
  });
});

it.each<readonly [string, object, string]>([
  ['an unknown cell', { cell: 'rnn' }, 'PARAMETER_INVALID: cell is rnn'],
  ['a window of 0 rows', { window: 0 }, 'PARAMETER_INVALID: window is 0'],
  ['no layers', { num_layers: 0 }, 'PARAMETER_INVALID: num_layers is 0'],
  ['half a hidden unit', { hidden_size: 0.5 }, 'PARAMETER_INVALID: hidden_size is 0.5'],
])('refuses %s', async (_name, parameters, message) => {
  const fit = fitSequenceClassifier(train, [0], { ...LSTM_DEFAULTS, ...parameters }, IN_THREAD);
  await expect(fit).rejects.toThrow(message);
});
