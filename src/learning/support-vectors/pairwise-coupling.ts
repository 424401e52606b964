/**
 * Class probabilities from those of pairs: p_i ∝ 1 / (Σ_{j≠i} 1/r_ij − (n − 2)), r_ij the probability of i where it is i or j (Price,
 * Knerr, Personnaz, Dreyfus 1995): closed, so that a file computes the same as the trainer.
 */
import type { Probabilities } from '../dataset';
import { applySigmoid } from '../evaluation/sigmoid-calibration';
import type { SigmoidCalibration } from '../evaluation/sigmoid-calibration';
import { classPairs } from './libsvm-model';

/** No pair is surer than this, as in libsvm. */
export const SMALLEST_SHARE = 1e-7;

const inside = (share: number): number => Math.min(1 - SMALLEST_SHARE, Math.max(SMALLEST_SHARE, share));

/** Rows × classes, from decisions rows × pairs of `labels`; classes that are not among the labels have 0. */
export function coupleProbabilities(
  decisions: Float64Array,
  sigmoids: readonly SigmoidCalibration[],
  labels: readonly number[],
  classes: number,
): Probabilities {
  const pairs = classPairs(labels.length);
  const rows = decisions.length / pairs.length;
  const probabilities = new Float64Array(rows * classes);
  const reciprocals = new Float64Array(labels.length);
  for (let row = 0; row < rows; row += 1) {
    reciprocals.fill(2 - labels.length);
    pairs.forEach(([first, second], pair) => {
      const share = inside(applySigmoid(sigmoids[pair], decisions[row * pairs.length + pair]));
      reciprocals[first] += 1 / share;
      reciprocals[second] += 1 / (1 - share);
    });
    const total = reciprocals.reduce((sum, value) => sum + 1 / value, 0);
    labels.forEach((label, i) => (probabilities[row * classes + label] = 1 / reciprocals[i] / total));
  }
  return probabilities;
}
