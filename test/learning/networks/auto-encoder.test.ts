/** The auto-encoder: what it can compress, what it finds strange, exported files. */
import {
  AUTO_ENCODER_DEFAULTS,
  CODE_NAME,
  encode,
  ERROR_NAME,
  exportAutoEncoder,
  fitAutoEncoder,
  reconstructionError,
} from '../../../src/learning/networks/auto-encoder';
import { createRandom } from '../../../src/learning/random';
import { apart, asked, IN_THREAD } from './in-thread';

const COLUMNS = 6;
const PARAMETERS = { ...AUTO_ENCODER_DEFAULTS, hidden_layer_sizes: [8, 2], learning_rate_init: 0.01, max_iter: 40 };

/** Six columns at large levels that two hidden numbers move, and a little noise. */
function onASurface(rows: number, seed: number): Float32Array {
  const random = createRandom(seed);
  const x = new Float32Array(rows * COLUMNS);
  for (let r = 0; r < rows; r += 1) {
    const [a, b] = [2 * random.next() - 1, 2 * random.next() - 1];
    const signals = [a, b, a + b, a - b, 2 * a + b, a - 2 * b];
    signals.forEach((signal, c) => {
      x[r * COLUMNS + c] = 4000 * c + signal + 0.02 * random.next();
    });
  }
  return x;
}

/** The same columns, each from another row. */
function tornApart(x: Float32Array): Float32Array {
  const rows = x.length / COLUMNS;
  return x.map((_value, i) => x[((Math.floor(i / COLUMNS) + 37 * (i % COLUMNS)) % rows) * COLUMNS + (i % COLUMNS)]);
}

const mean = (values: Float64Array): number => values.reduce((sum, value) => sum + value, 0) / values.length;
const data = { rows: 1000, columns: COLUMNS, x: onASurface(1000, 1) };

it('reconstructs new rows of the surface it saw, and finds rows beside it strange', async () => {
  const model = await fitAutoEncoder(data, PARAMETERS, IN_THREAD);
  const x = onASurface(500, 2);
  const errors = await reconstructionError(model, x);
  expect(mean(errors)).toBeLessThan(0.1);
  expect(mean(await reconstructionError(model, tornApart(x)))).toBeGreaterThan(5 * mean(errors));
});

it('leaves through ONNX within 1e-5, both outputs, and repeats', async () => {
  const parameters = { ...PARAMETERS, max_iter: 4, early_stopping: true };
  const model = await fitAutoEncoder(data, parameters, IN_THREAD);
  const file = exportAutoEncoder(model, 'auto_encoder', {});
  expect(exportAutoEncoder(await fitAutoEncoder(data, parameters, IN_THREAD), 'auto_encoder', {})).toEqual(file);
  const x = onASurface(300, 3);
  const codes = await encode(model, x);
  expect(codes).toHaveLength(300 * 2);
  expect(apart(await asked(file, x, [300, COLUMNS], CODE_NAME), codes)).toBeLessThanOrEqual(1e-5);
  const errors = await reconstructionError(model, x);
  expect(apart(await asked(file, x, [300, COLUMNS], ERROR_NAME), errors)).toBeLessThanOrEqual(1e-5);
});

it.each([
  ['no layers', { hidden_layer_sizes: [] }, 'PARAMETER_INVALID'],
  ['a layer of half a unit', { hidden_layer_sizes: [0.5] }, 'PARAMETER_INVALID'],
])('refuses %s', async (_name, parameters, code) => {
  await expect(fitAutoEncoder(data, { ...PARAMETERS, ...parameters }, IN_THREAD)).rejects.toThrow(code);
});

it('refuses a value that is no number, and says where', async () => {
  const x = data.x.slice();
  x[2 * COLUMNS + 3] = NaN;
  await expect(fitAutoEncoder({ ...data, x }, PARAMETERS, IN_THREAD)).rejects.toThrow(
    /INPUT_NOT_FINITE: Row 2, column 3/,
  );
});
