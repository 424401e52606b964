/** What boosting minimises: the log loss of a sigmoid (two classes) or a softmax, over raw scores stored class by class. */
import type { Probabilities } from '../dataset';

export interface BoostingObjective {
  /** Trees of one round. */
  readonly outputs: number;
  /** Raw scores before the first round: log odds, or logs of the class shares. */
  baseScores(y: Uint8Array, weight: Float64Array): Float64Array;
  /** Writes each row's weighted gradient and hessian, outputs × rows, for scores of that shape. */
  gradients(scores: Float64Array, y: Uint8Array, weight: Float64Array, g: Float64Array, h: Float64Array): void;
  /** Rows × classes, for scores outputs × rows. */
  probabilities(scores: Float64Array): Probabilities;
}

/** Shares are kept this far from 0 and 1: a class without rows gets a finite score. */
const MIN_SHARE = 1e-15;

function classShares(y: Uint8Array, weight: Float64Array, classes: number): Float64Array {
  const shares = new Float64Array(classes);
  let total = 0;
  for (let r = 0; r < y.length; r += 1) {
    shares[y[r]] += weight[r];
    total += weight[r];
  }
  return shares.map((sum) => Math.max(MIN_SHARE, Math.min(1 - MIN_SHARE, sum / total)));
}

const sigmoid = (score: number): number => 1 / (1 + Math.exp(-score));

const BINARY: BoostingObjective = {
  outputs: 1,
  baseScores: (y, weight) => {
    const [, positive] = classShares(y, weight, 2);
    return Float64Array.of(Math.log(positive / (1 - positive)));
  },
  gradients: (scores, y, weight, g, h) => {
    for (let r = 0; r < y.length; r += 1) {
      const p = sigmoid(scores[r]);
      g[r] = (p - y[r]) * weight[r];
      h[r] = p * (1 - p) * weight[r];
    }
  },
  probabilities: (scores) => {
    const out = new Float64Array(scores.length * 2);
    scores.forEach((score, r) => {
      out[2 * r + 1] = sigmoid(score);
      out[2 * r] = 1 - out[2 * r + 1];
    });
    return out;
  },
};

function softmax(classes: number, hessianFactor: number): BoostingObjective {
  const p = new Float64Array(classes);
  /** Fills `p` with the probabilities of one row. */
  const probabilitiesOf = (scores: Float64Array, row: number, rows: number): void => {
    let highest = -Infinity;
    for (let c = 0; c < classes; c += 1) highest = Math.max(highest, scores[c * rows + row]);
    let total = 0;
    for (let c = 0; c < classes; c += 1) total += p[c] = Math.exp(scores[c * rows + row] - highest);
    for (let c = 0; c < classes; c += 1) p[c] /= total;
  };
  return {
    outputs: classes,
    baseScores: (y, weight) => classShares(y, weight, classes).map(Math.log),
    gradients: (scores, y, weight, g, h) => {
      const rows = y.length;
      for (let r = 0; r < rows; r += 1) {
        probabilitiesOf(scores, r, rows);
        for (let c = 0; c < classes; c += 1) {
          g[c * rows + r] = (p[c] - (y[r] === c ? 1 : 0)) * weight[r];
          h[c * rows + r] = hessianFactor * p[c] * (1 - p[c]) * weight[r];
        }
      }
    },
    probabilities: (scores) => {
      const rows = scores.length / classes;
      const out = new Float64Array(scores.length);
      for (let r = 0; r < rows; r += 1) {
        probabilitiesOf(scores, r, rows);
        out.set(p, r * classes);
      }
      return out;
    },
  };
}

/** `hessianFactor` null: classes / (classes − 1). */
export const objectiveOf = (classes: number, hessianFactor: number | null): BoostingObjective =>
  classes === 2 ? BINARY : softmax(classes, hessianFactor ?? classes / (classes - 1));
