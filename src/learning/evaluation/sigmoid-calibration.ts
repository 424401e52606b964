/**
 * Platt's sigmoid: p = 1 / (1 + exp(a·score + b)), fitted by Newton's method on Platt's smoothed targets, so that few rows don't give
 * certainty. Sources: Platt 1999; Lin, Lin & Weng 2007 (the numerically safe form); scikit-learn's CalibratedClassifierCV(method="sigmoid").
 */
export interface SigmoidCalibration {
  readonly kind: 'sigmoid';
  readonly a: number;
  readonly b: number;
}

const MAX_STEPS = 100;
const TOLERANCE = 1e-10;
/** Keeps the Hessian invertible when all scores are equal. */
const RIDGE = 1e-12;
const SMALLEST_STEP = 1e-10;
/** A step that promises less of the loss than this share is the last: Newton's next one would promise its square, below rounding. */
const LAST_DECREASE = 1e-9;

const sigmoid = (a: number, b: number, score: number): number => 1 / (1 + Math.exp(a * score + b));

/** Cross-entropy against the targets, from the logit z = −(a·score + b): log(1 + e^z) − t·z, without overflow. */
function loss(scores: ArrayLike<number>, targets: Float64Array, a: number, b: number): number {
  let sum = 0;
  for (let i = 0; i < targets.length; i += 1) {
    const z = -(a * scores[i] + b);
    sum += Math.max(0, z) + Math.log1p(Math.exp(-Math.abs(z))) - targets[i] * z;
  }
  return sum;
}

/** Newton's step (descent direction) and the slope of the loss along it. */
function newtonStep(scores: ArrayLike<number>, targets: Float64Array, a: number, b: number) {
  let [gradientA, gradientB, aa, ab, bb] = [0, 0, RIDGE, 0, RIDGE];
  for (let i = 0; i < targets.length; i += 1) {
    const p = sigmoid(a, b, scores[i]);
    const residual = targets[i] - p;
    const curvature = p * (1 - p);
    gradientA += residual * scores[i];
    gradientB += residual;
    aa += curvature * scores[i] * scores[i];
    ab += curvature * scores[i];
    bb += curvature;
  }
  const determinant = aa * bb - ab * ab;
  const stepA = -(bb * gradientA - ab * gradientB) / determinant;
  const stepB = -(aa * gradientB - ab * gradientA) / determinant;
  return { stepA, stepB, slope: gradientA * stepA + gradientB * stepB, gradient: Math.hypot(gradientA, gradientB) };
}

/** Fits on scores (any monotone ones) of rows that the model did not see; both sides must be present. */
export function fitSigmoid(scores: ArrayLike<number>, positive: ArrayLike<number | boolean>): SigmoidCalibration {
  let positives = 0;
  for (let i = 0; i < scores.length; i += 1) if (positive[i]) positives += 1;
  const negatives = scores.length - positives;
  const high = (positives + 1) / (positives + 2);
  const low = 1 / (negatives + 2);
  const targets = Float64Array.from({ length: scores.length }, (_item, i) => (positive[i] ? high : low));
  let a = 0;
  let b = Math.log((negatives + 1) / (positives + 1));
  let value = loss(scores, targets, a, b);
  for (let iteration = 0; iteration < MAX_STEPS; iteration += 1) {
    const { stepA, stepB, slope, gradient } = newtonStep(scores, targets, a, b);
    if (gradient < TOLERANCE * scores.length) break;
    if (-slope < LAST_DECREASE * value) {
      a += stepA;
      b += stepB;
      break;
    }
    let share = 1;
    let next = loss(scores, targets, a + stepA, b + stepB);
    while (!(next <= value + 1e-4 * share * slope) && share > SMALLEST_STEP) {
      share /= 2;
      next = loss(scores, targets, a + share * stepA, b + share * stepB);
    }
    if (share <= SMALLEST_STEP) break;
    a += share * stepA;
    b += share * stepB;
    value = next;
  }
  return { kind: 'sigmoid', a, b };
}

export const applySigmoid = ({ a, b }: SigmoidCalibration, score: number): number => sigmoid(a, b, score);
