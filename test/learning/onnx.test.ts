/** The exported graphs answer what the trainers answer. */
import * as fc from 'fast-check';
import { Tensor } from 'onnxruntime-node';
import { selectRows } from '../../src/learning/dataset';
import type { Probabilities } from '../../src/learning/dataset';
import { openSession } from '../../src/learning/onnx-session';
import { fitSgdClassifier, predictLinear, SGD_DEFAULTS } from '../../src/learning/linear/sgd-classifier';
import { exportLinear } from '../../src/learning/onnx/export-linear';
import { exportForest } from '../../src/learning/onnx/export-trees';
import { ProtobufWriter } from '../../src/learning/onnx/protobuf-writer';
import { binOf, findThresholds, MAX_BINS } from '../../src/learning/trees/binning';
import { fitRandomForest, FOREST_DEFAULTS, predictForest } from '../../src/learning/trees/random-forest';
import { firstRows, generatedData } from './generated-data';

const COLUMNS = 10;
const data = generatedData(6000, COLUMNS, 99);
const train = selectRows(data, firstRows(2000));

async function answers(bytes: Uint8Array, x: Float32Array): Promise<Float32Array> {
  const session = await openSession(bytes);
  const output = await session.run({ features: new Tensor('float32', x, [x.length / COLUMNS, COLUMNS]) });
  const { data: probabilities } = output.probabilities;
  await session.release();
  return probabilities as Float32Array;
}

function worstDifference(a: Float32Array, b: Probabilities): number {
  expect(a.length).toBe(b.length);
  return a.reduce((worst, value, i) => Math.max(worst, Math.abs(value - b[i])), 0);
}

describe('ONNX equals the trainer within 1e-5 on 6,000 rows', () => {
  it('for the linear classifier, extreme rows included', async () => {
    const model = fitSgdClassifier(train, SGD_DEFAULTS);
    const x = data.x.slice();
    for (let i = 0; i < 100; i += 1) x[i * 17] *= 1000;
    const difference = worstDifference(await answers(exportLinear(model, 'sgd', {}), x), predictLinear(model, x));
    expect(difference).toBeLessThanOrEqual(1e-5);
  });

  it('for the forest, also on rows that lie exactly on its thresholds', async () => {
    const model = fitRandomForest(train, { ...FOREST_DEFAULTS, n_estimators: 60, max_depth: 10, min_samples_leaf: 3 });
    const x = data.x.slice();
    const cuts = model.trees.flatMap((tree) =>
      Array.from(tree.feature, (feature, node) => ({ feature, threshold: tree.threshold[node] })),
    );
    cuts
      .filter(({ feature }) => feature >= 0)
      .slice(0, 5000)
      .forEach(({ feature, threshold }, row) => (x[row * COLUMNS + feature] = threshold));
    const difference = worstDifference(await answers(exportForest(model, 'forest', {}), x), predictForest(model, x));
    expect(difference).toBeLessThanOrEqual(1e-5);
  });

  it('the same model gives the same bytes', () => {
    const model = fitRandomForest(train, { ...FOREST_DEFAULTS, n_estimators: 3 });
    expect(Buffer.compare(exportForest(model, 'f', { a: 'b' }), exportForest(model, 'f', { a: 'b' }))).toBe(0);
  });
});

describe('bins', () => {
  it('part neighbours in float32: a value is at most its bin’s threshold and above the one before', () => {
    fc.assert(
      fc.property(
        fc.array(fc.float({ noNaN: true, noDefaultInfinity: true }), { minLength: 1, maxLength: 600 }),
        fc.integer({ min: 2, max: MAX_BINS }),
        (numbers, maxBins) => {
          const values = Float32Array.from(numbers);
          const thresholds = findThresholds(values, maxBins);
          expect(thresholds.length).toBeLessThan(maxBins);
          for (const value of values) {
            const bin = binOf(value, thresholds);
            if (bin < thresholds.length) expect(value).toBeLessThanOrEqual(thresholds[bin]);
            if (bin > 0) expect(value).toBeGreaterThan(thresholds[bin - 1]);
          }
          const occupied = new Set(Array.from(values, (value) => binOf(value, thresholds)));
          expect(occupied.size).toBe(thresholds.length + 1);
        },
      ),
      { numRuns: 100 },
    );
  });
});

describe('protobuf writer', () => {
  it('writes varints and fields as the format says', () => {
    const bytes = new ProtobufWriter()
      .integer(1, 150)
      .text(2, 'testing')
      .float(3, 1)
      .packedIntegers(4, [3, 270])
      .finish();
    expect(Buffer.from(bytes).toString('hex')).toBe('089601' + '120774657374696e67' + '1d0000803f' + '2203038e02');
  });

  it('refuses numbers it cannot write', () => {
    expect(() => new ProtobufWriter().integer(1, -1)).toThrow(RangeError);
    expect(() => new ProtobufWriter().integer(1, 1.5)).toThrow(RangeError);
  });
});
