/** A vote on columns and the code of an auto-encoder: what it learns, and that the file is encoder and vote in one. */
import { accuracy } from '../../../src/learning/metrics';
import { AUTO_ENCODER_DEFAULTS, encode, fitAutoEncoder } from '../../../src/learning/networks/auto-encoder';
import { fitCodeClassifier, type CodeClassifierParameters } from '../../../src/learning/networks/code-classifier';
import { fitMlpClassifier, MLP_DEFAULTS, predictMlp } from '../../../src/learning/networks/mlp-classifier';
import { classProbabilities, exportClassifier } from '../../../src/learning/networks/network-classifier';
import type { Dataset } from '../../../src/learning/dataset';
import { createRandom } from '../../../src/learning/random';
import { apart, asked, IN_THREAD } from './in-thread';

const COLUMNS = 6;
const PARAMETERS: CodeClassifierParameters = {
  ...AUTO_ENCODER_DEFAULTS,
  hidden_layer_sizes: [8, 2],
  learning_rate_init: 0.01,
  max_iter: 30,
  alpha: 1e-4,
};

/** Six columns that two hidden numbers move; the first of them decides among three classes. */
function hidden(rows: number, seed: number): Dataset {
  const random = createRandom(seed);
  const x = new Float32Array(rows * COLUMNS);
  const y = new Uint8Array(rows);
  for (let r = 0; r < rows; r += 1) {
    const [a, b] = [2 * random.next() - 1, 2 * random.next() - 1];
    [a, b, a + b, a - b, 2 * a + b, a - 2 * b].forEach((signal, c) => {
      x[r * COLUMNS + c] = 100 * c + signal + 0.02 * random.next();
    });
    y[r] = a < -0.3 ? 0 : a < 0.3 ? 1 : 2;
  }
  return { rows, columns: COLUMNS, classes: 3, x, y };
}

const train = hidden(1000, 1);
const test = hidden(500, 2);

it('learns what the columns say, and leaves as one file within 1e-5', async () => {
  const model = await fitCodeClassifier(train, PARAMETERS, { ...IN_THREAD, class_names: ['sell', 'hold', 'buy'] });
  const own = await classProbabilities(model, test.x);
  expect(accuracy(own, test.y, test.classes)).toBeGreaterThan(0.85);
  const file = exportClassifier(model, 'auto_encoder', {});
  expect(apart(await asked(file, test.x, [test.rows, COLUMNS]), own)).toBeLessThanOrEqual(1e-5);
});

it('answers as the regression on columns and code does, whose scaler is folded into the weights', async () => {
  const parameters = { ...PARAMETERS, max_iter: 5 };
  const model = await fitCodeClassifier(train, parameters, IN_THREAD);
  const encoder = await fitAutoEncoder(train, parameters, IN_THREAD);
  const wide = async ({ x, rows }: Dataset) => {
    const codes = await encode(encoder, x);
    return Float32Array.from({ length: rows * 8 }, (_value, i) => {
      const [row, column] = [Math.floor(i / 8), i % 8];
      return column < COLUMNS ? x[row * COLUMNS + column] : codes[row * 2 + column - COLUMNS];
    });
  };
  const head = await fitMlpClassifier(
    { ...train, x: await wide(train), columns: 8 },
    { ...MLP_DEFAULTS, ...parameters, hidden_layer_sizes: [] },
    IN_THREAD,
  );
  expect(apart(await classProbabilities(model, test.x), await predictMlp(head, await wide(test)))).toBeLessThan(1e-5);
});

it.each([
  ['no code', { hidden_layer_sizes: [] }, /hidden_layer_sizes is empty/],
  ['a penalty below zero', { alpha: -1 }, /alpha/],
])('refuses %s', async (_name, changes, message) => {
  await expect(fitCodeClassifier(train, { ...PARAMETERS, ...changes }, IN_THREAD)).rejects.toThrow(message);
});
