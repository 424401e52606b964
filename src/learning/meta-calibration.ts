/** Calibration inside a graph, in double precision: the file answers calibrated probabilities. The arithmetic is class-calibration's. */
import type { BinaryCalibration, ClassCalibration } from './evaluation/class-calibration';
import type { IsotonicCalibration } from './evaluation/isotonic-calibration';
import { FREE, Graph } from './networks/graph';
import type { Tensor } from './networks/graph';
import { modelOf } from './networks/graph-file';
import {
  add,
  cast,
  clip,
  concat,
  div,
  greater,
  log,
  mul,
  reduceSum,
  sigmoid,
  split,
  sub,
  where,
} from './networks/operators';
import { encodeModel } from './onnx/onnx-model';
import { INPUT_NAME, OUTPUT_NAME } from './onnx/voting-graph';

const CLIP = 1e-12;

/** Log-odds of probabilities, element by element. */
function logOdds(p: Tensor): Tensor {
  const inside = clip(p, CLIP, 1 - CLIP);
  return log(div(inside, sub(1, inside)));
}

/** The polygon as its first value and what each stretch adds, clipped to the stretch: one row of operations for all points. */
function isotonic(score: Tensor, { scores, values }: IsotonicCalibration): Tensor {
  const { graph } = score;
  const widths = scores.slice(1).map((point, i) => point - scores[i]);
  if (widths.length === 0) return add(mul(score, 0), values[0]);
  const row = (numbers: readonly number[]): Tensor => graph.constant(numbers, [1, numbers.length]);
  const shares = clip(div(sub(score, row(scores.slice(0, -1))), row(widths)), 0, 1);
  const rises = row(values.slice(1).map((value, i) => value - values[i]));
  return add(reduceSum(mul(shares, rises), [1], true), values[0]);
}

function calibrated(p: Tensor, calibration: BinaryCalibration): Tensor {
  switch (calibration.kind) {
    case 'sigmoid':
      return sigmoid(sub(mul(logOdds(p), -calibration.a), calibration.b));
    case 'isotonic':
      return isotonic(logOdds(p), calibration);
    case 'constant':
      return add(mul(p, 0), calibration.probability);
  }
}

/** All classes in one row of operations where each has a sigmoid: a graph's time is its count of operations. */
function calibratedClasses(probabilities: Tensor, calibration: ClassCalibration): Tensor {
  const sigmoids = calibration.flatMap((one) => (one.kind === 'sigmoid' ? [one] : []));
  if (sigmoids.length === calibration.length) {
    const row = (numbers: readonly number[]): Tensor => probabilities.graph.constant(numbers, [1, numbers.length]);
    const slopes = row(sigmoids.map(({ a }) => -a));
    return sigmoid(sub(mul(logOdds(probabilities), slopes), row(sigmoids.map(({ b }) => b))));
  }
  const columns = split(
    probabilities,
    calibration.map(() => 1),
    1,
  );
  return concat(
    columns.map((column, c) => calibrated(column, calibration[c])),
    1,
  );
}

/** Probabilities [rows × classes] in double precision, calibrated; a row whose classes all calibrate to 0 becomes uniform. */
export function calibratedTensor(probabilities: Tensor, calibration: ClassCalibration): Tensor {
  const classes = calibration.length;
  const each = calibratedClasses(probabilities, calibration);
  const sum = reduceSum(each, [1], true);
  return where(greater(sum, 0), div(each, where(greater(sum, 0), sum, 1)), 1 / classes);
}

/** The file of a calibrator: a voter's probabilities in, calibrated ones out. */
export function exportCalibrator(
  calibration: ClassCalibration,
  name: string,
  metadata: Readonly<Record<string, string>>,
): Uint8Array {
  const graph = new Graph('double');
  const input = graph.input(INPUT_NAME, [FREE, calibration.length], 'float');
  const tensor = cast(calibratedTensor(cast(input, 'double'), calibration), 'float');
  return encodeModel(modelOf(name, graph, [input], [{ name: OUTPUT_NAME, tensor }], metadata));
}
