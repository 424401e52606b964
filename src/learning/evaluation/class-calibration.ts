/**
 * Calibrated class probabilities: each class against the rest on out-of-fold predictions, then scaled to sum to 1
 * (Zadrozny & Elkan 2002; scikit-learn's CalibratedClassifierCV). The sigmoid reads log-odds, so that it can leave good
 * probabilities as they are.
 */
import type { Probabilities } from '../dataset';
import { applyIsotonic, fitIsotonic } from './isotonic-calibration';
import type { IsotonicCalibration } from './isotonic-calibration';
import { applySigmoid, fitSigmoid } from './sigmoid-calibration';
import type { SigmoidCalibration } from './sigmoid-calibration';

/** `constant`: all rows of the fit were of the class, or none. */
export type BinaryCalibration =
  SigmoidCalibration | IsotonicCalibration | { readonly kind: 'constant'; readonly probability: number };

/** One per class; JSON-safe, stored with the run. */
export type ClassCalibration = readonly BinaryCalibration[];

const CLIP = 1e-12;
const logOdds = (p: number): number => {
  const inside = Math.min(1 - CLIP, Math.max(CLIP, p));
  return Math.log(inside / (1 - inside));
};

/** Fits on rows × classes probabilities of rows the model did not see. */
export function fitCalibration(
  probabilities: Probabilities,
  y: ArrayLike<number>,
  classes: number,
  method: 'sigmoid' | 'isotonic',
): ClassCalibration {
  return Array.from({ length: classes }, (_item, c): BinaryCalibration => {
    const positive = Array.from({ length: y.length }, (_row, row) => y[row] === c);
    const count = positive.filter(Boolean).length;
    if (count === 0 || count === y.length) return { kind: 'constant', probability: count === 0 ? 0 : 1 };
    const scores = positive.map((_is, row) => logOdds(probabilities[row * classes + c]));
    return method === 'sigmoid' ? fitSigmoid(scores, positive) : fitIsotonic(scores, positive);
  });
}

function calibrated(calibration: BinaryCalibration, p: number): number {
  switch (calibration.kind) {
    case 'sigmoid':
      return applySigmoid(calibration, logOdds(p));
    case 'isotonic':
      return applyIsotonic(calibration, logOdds(p));
    case 'constant':
      return calibration.probability;
  }
}

/** Calibrated probabilities, row by row; a row whose classes all calibrate to 0 becomes uniform. */
export function applyCalibration(calibration: ClassCalibration, probabilities: Probabilities): Probabilities {
  const classes = calibration.length;
  const result = Float64Array.from(probabilities, (p, i) => calibrated(calibration[i % classes], p));
  for (let at = 0; at < result.length; at += classes) {
    const row = result.subarray(at, at + classes);
    const sum = row.reduce((total, p) => total + p, 0);
    row.forEach((p, c) => {
      row[c] = sum > 0 ? p / sum : 1 / classes;
    });
  }
  return result;
}
