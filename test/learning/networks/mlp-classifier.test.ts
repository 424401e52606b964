/** The perceptron as an estimator: exported files, stopping, weights, odd data, refusals. */
import { setTimeout as wait } from 'node:timers/promises';
import { selectRows } from '../../../src/learning/dataset';
import type { Dataset } from '../../../src/learning/dataset';
import { accuracy, logLoss } from '../../../src/learning/metrics';
import { exportMlp, fitMlpClassifier, MLP_DEFAULTS, predictMlp } from '../../../src/learning/networks/mlp-classifier';
import type { MlpParameters } from '../../../src/learning/networks/mlp-classifier';
import type { ClassifierOptions } from '../../../src/learning/networks/network-classifier';
import { openTrainingSession } from '../../../src/learning/networks/training-session';
import { classification } from '../../../src/learning/networks/losses';
import { ADAM_DEFAULTS } from '../../../src/learning/networks/adam';
import { mlpNetwork } from '../../../src/learning/networks/network';
import { firstRows, generatedData, rowsBetween } from '../generated-data';
import { apart, asked, IN_THREAD } from './in-thread';

const COLUMNS = 10;
const all = generatedData(1600, COLUMNS, 99);
const train = selectRows(all, firstRows(800));
const test = selectRows(all, rowsBetween(800, 1600));
const twoClasses: Dataset = { ...train, classes: 2, y: train.y.map((label) => (label === 2 ? 1 : 0)) };
const SMALL: MlpParameters = { ...MLP_DEFAULTS, hidden_layer_sizes: [12], max_iter: 4 };
const fit = (data: Dataset, parameters: Partial<MlpParameters> = {}, options: ClassifierOptions = {}) =>
  fitMlpClassifier(data, { ...SMALL, ...parameters }, { ...IN_THREAD, ...options });

describe('the exported file', () => {
  it.each<readonly [string, Dataset, Partial<MlpParameters>]>([
    ['three classes', train, {}],
    ['two classes, two tanh layers', twoClasses, { hidden_layer_sizes: [8, 6], activation: 'tanh' }],
    ['no hidden layer, early stopping', train, { hidden_layer_sizes: [], early_stopping: true }],
  ])('predicts within 1e-5 of the trainer, %s', async (_name, data, parameters) => {
    const model = await fit(data, parameters);
    const own = await predictMlp(model, test.x);
    expect(own).toHaveLength(test.rows * data.classes);
    expect(apart(await asked(exportMlp(model, 'mlp', {}), test.x, [test.rows, COLUMNS]), own)).toBeLessThanOrEqual(
      1e-5,
    );
  });

  it('is the same for the same seed and another for another, and names the classes', async () => {
    const options = { class_names: ['sell', 'hold', 'buy'] };
    const file = exportMlp(await fit(train, {}, options), 'mlp', { symbol: 'ES' });
    expect(exportMlp(await fit(train, {}, options), 'mlp', { symbol: 'ES' })).toEqual(file);
    expect(exportMlp(await fit(train, { random_state: 1 }, options), 'mlp', { symbol: 'ES' })).not.toEqual(file);
    expect(Buffer.from(file).includes('["sell","hold","buy"]')).toBe(true);
  });

  it('keeps the digits of a price with cents of deviation', async () => {
    const shifted: Dataset = { ...train, x: train.x.map((value) => 40_000 + value) };
    const model = await fit(shifted);
    const { mean, scale } = model.scaler;
    const scaled = shifted.x.map((value, i) => (value - mean[i % COLUMNS]) / scale[i % COLUMNS]);
    const unscaled = { mean: new Float64Array(COLUMNS), scale: new Float64Array(COLUMNS).fill(1) };
    const own = await predictMlp({ ...model, scaler: unscaled }, scaled);
    const theirs = await asked(exportMlp(model, 'mlp', {}), shifted.x, [train.rows, COLUMNS]);
    expect(apart(theirs, own)).toBeLessThanOrEqual(1e-5);
  });
});

describe('stopping', () => {
  it('ends when the loss has not fallen by tol for n_iter_no_change epochs and one more', async () => {
    const model = await fit(train, { tol: 100, n_iter_no_change: 3, max_iter: 50 });
    expect(model.epochs.map(({ epoch }) => epoch)).toEqual([1, 2, 3, 4, 5]);
    expect(model.epochs.every(({ score }) => score === null)).toBe(true);
  });

  it('keeps the epoch with the best score on the latest rows, which it does not learn from', async () => {
    const noise: Dataset = { ...train, y: train.y.map((label, r) => (r < 600 ? label : r % 3)) };
    const parameters = {
      early_stopping: true,
      validation_fraction: 0.25,
      n_iter_no_change: 5,
      max_iter: 40,
      learning_rate_init: 0.02,
    };
    const model = await fit(noise, parameters);
    const scores = model.epochs.map(({ score }) => score ?? NaN);
    const best = Math.max(...scores);
    const judges = selectRows(noise, rowsBetween(600, 800));
    expect(scores.at(-1)).toBeLessThan(best);
    expect(accuracy(await predictMlp(model, judges.x), judges.y, 3)).toBeCloseTo(best, 6);
    const learned = await fit(selectRows(noise, firstRows(600)), { ...parameters, early_stopping: false, max_iter: 1 });
    expect(learned.epochs[0].loss).toBe(model.epochs[0].loss);
    expect(learned.scaler).toEqual(model.scaler);
  });

  it('tells every epoch and stops at a signal', async () => {
    const abort = new AbortController();
    const seen: number[] = [];
    const onProgress = ({ epoch }: { readonly epoch: number }): void => {
      seen.push(epoch);
      if (epoch === 2) abort.abort(new Error('enough'));
    };
    await expect(fit(train, { max_iter: 1000 }, { onProgress, signal: abort.signal })).rejects.toThrow('enough');
    expect(seen).toEqual([1, 2]);
    await expect(fit(train, {}, { signal: AbortSignal.abort(new Error('before it began')) })).rejects.toThrow('before');
  });
});

describe('rows', () => {
  it('without weight are as if they were not there', async () => {
    const parameters = { shuffle: false, batch_size: 800, max_iter: 6, learning_rate_init: 0.01 };
    const half = await fit(train, parameters, { sample_weight: Array.from(train.y, (_label, r) => (r < 400 ? 2 : 0)) });
    const spoiled: Dataset = { ...train, y: train.y.map((label, r) => (r < 400 ? label : 0)) };
    const other = await fit(spoiled, parameters, {
      sample_weight: Array.from(train.y, (_label, r) => (r < 400 ? 2 : 0)),
    });
    expect(other.parameters).toEqual(half.parameters);
    expect(half.parameters).not.toEqual((await fit(train, parameters)).parameters);
  });

  it('a larger learning rate, smaller batches and more epochs learn more of them', async () => {
    const lossOf = async (parameters: Partial<MlpParameters>): Promise<number> =>
      logLoss(await predictMlp(await fit(train, parameters), train.x), train.y, 3);
    const plain = await lossOf({});
    expect(await lossOf({ learning_rate_init: 0.01 })).toBeLessThan(plain - 0.02);
    expect(await lossOf({ batch_size: 20 })).toBeLessThan(plain - 0.02);
    expect(await lossOf({ max_iter: 20 })).toBeLessThan(plain - 0.02);
  });

  it('a penalty holds the weights back', async () => {
    const parameters = { learning_rate_init: 0.01, max_iter: 20 };
    const sizeOf = async (alpha: number): Promise<number> =>
      Math.hypot(...(await fit(train, { ...parameters, alpha })).parameters);
    expect(await sizeOf(200)).toBeLessThan(0.5 * (await sizeOf(0)));
  });

  it('may have constant and duplicate columns and fewer rows than a batch', async () => {
    const x = train.x.slice();
    for (let r = 0; r < train.rows; r += 1) {
      x[r * COLUMNS + 8] = 0.1;
      x[r * COLUMNS + 9] = x[r * COLUMNS];
    }
    const odd = selectRows({ ...train, x }, firstRows(30));
    const model = await fit(odd, { batch_size: 64 });
    expect((await predictMlp(model, odd.x)).every((p) => p >= 0 && p <= 1)).toBe(true);
  });
});

describe('refuses', () => {
  const withValue = (value: number): Dataset => ({ ...train, x: train.x.map((x, i) => (i === 25 ? value : x)) });
  it.each<readonly [string, Dataset, Partial<MlpParameters>, ClassifierOptions, string | RegExp]>([
    ['NaN', withValue(NaN), {}, {}, 'INPUT_NOT_FINITE: Row 2, column 5'],
    ['infinity', withValue(Infinity), {}, {}, 'INPUT_NOT_FINITE'],
    ['one class', { ...train, y: new Uint8Array(train.rows) }, {}, {}, 'ONE_CLASS_ONLY'],
    [
      'one class among the learned rows',
      { ...twoClasses, y: twoClasses.y.map((_label, r) => (r < 720 ? 0 : 1)) },
      { early_stopping: true },
      {},
      'ONE_CLASS_ONLY',
    ],
    ['one row', selectRows(train, [0]), {}, {}, 'TOO_FEW_ROWS'],
    ['two rows of which one judges', selectRows(train, [0, 1]), { early_stopping: true }, {}, 'TOO_FEW_ROWS'],
    ['a matrix of another size', { ...train, columns: 9 }, {}, {}, 'PARAMETER_INVALID: x has 8000 values'],
    ['too few labels', { ...train, y: train.y.slice(1) }, {}, {}, 'PARAMETER_INVALID: y has 799 values'],
    ['a label beyond the classes', { ...train, classes: 2 }, {}, {}, 'PARAMETER_INVALID: y of row'],
    ['weights of another length', train, {}, { sample_weight: [1] }, 'PARAMETER_INVALID: sample_weight has 1'],
    ['a negative weight', train, {}, { sample_weight: Array.from(train.y, () => -1) }, 'PARAMETER_INVALID'],
    [
      'no weight on the rows that judge',
      train,
      { early_stopping: true },
      { sample_weight: Array.from(train.y, (_label, r) => (r < 720 ? 1 : 0)) },
      'PARAMETER_INVALID: All validation rows',
    ],
    ['too few class names', train, {}, { class_names: ['sell', 'buy'] }, 'PARAMETER_INVALID: class_names'],
    ['a class name twice', train, {}, { class_names: ['a', 'b', 'a'] }, 'PARAMETER_INVALID: class_names'],
    ['a layer of 0 units', train, { hidden_layer_sizes: [4, 0] }, {}, 'PARAMETER_INVALID: hidden_layer_sizes is 0'],
    ['an unknown activation', train, { activation: 'swish' as 'tanh' }, {}, 'PARAMETER_INVALID: activation is swish'],
    ['a negative alpha', train, { alpha: -1 }, {}, 'PARAMETER_INVALID: alpha is -1'],
    ['a learning rate of 0', train, { learning_rate_init: 0 }, {}, 'PARAMETER_INVALID: learning_rate_init is 0'],
    ['half a batch', train, { batch_size: 0.5 }, {}, 'PARAMETER_INVALID: batch_size is 0.5'],
    ['a batch of another name', train, { batch_size: 'all' as 'auto' }, {}, 'PARAMETER_INVALID: batch_size is all'],
    ['a seed with a fraction', train, { random_state: 0.5 }, {}, 'PARAMETER_INVALID: random_state is 0.5'],
    ['no epochs', train, { max_iter: 0 }, {}, 'PARAMETER_INVALID: max_iter is 0'],
    ['a fraction of 1', train, { validation_fraction: 1 }, {}, 'PARAMETER_INVALID: validation_fraction is 1'],
    ['patience of NaN', train, { n_iter_no_change: NaN }, {}, 'PARAMETER_INVALID: n_iter_no_change is NaN'],
    ['a learning rate that explodes', train, { learning_rate_init: 1e30 }, {}, /FIT_DIVERGED: .* epoch 1 /],
    [
      'a last step that explodes',
      train,
      { learning_rate_init: 1e39, batch_size: 800, max_iter: 1 },
      {},
      /FIT_DIVERGED: .* epoch 1 /,
    ],
  ])('%s', async (_name, data, parameters, options, message) => {
    await expect(fit(data, parameters, options)).rejects.toThrow(message);
  });

  it('a part of a row at prediction', async () => {
    const model = await fit(train, { max_iter: 1 });
    await expect(predictMlp(model, train.x.slice(1))).rejects.toThrow('PARAMETER_INVALID: x has 7999 values');
  });
});

it('a thread that failed says so, to this question and the next', async () => {
  const session = openTrainingSession({
    problem: classification(mlpNetwork([2, 2], 'tanh'), 2, 2, 0),
    adam: ADAM_DEFAULTS,
    batchSize: 1,
    evaluationSize: 1,
    data: {},
    parameters: new Float32Array(6),
    threadArguments: ['-r', 'a file that is not there'],
  });
  await wait(200);
  await expect(session.parameters()).rejects.toThrow('TRAINING_THREAD_FAILED');
  await expect(session.parameters()).rejects.toThrow('TRAINING_THREAD_FAILED');
  await session.close();
});
