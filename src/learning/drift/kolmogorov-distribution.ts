/**
 * Distribution of the two-sided one-sample Kolmogorov–Smirnov statistic, by the methods that scipy.stats.kstwo chooses between
 * (Simard & L'Ecuyer 2011, "Computing the two-sided Kolmogorov-Smirnov distribution", J. Stat. Softw. 39(11)), so that p-values agree
 * to 1e-9. Pomeranz's recursion is left out: Durbin's matrix is exact wherever scipy uses it.
 */
import { onesidedSurvival, stirlingError } from './smirnov-distribution';

/** Up to this sample size every value is exact. */
const SMALL_SAMPLE = 140;
const LARGEST_MATRIX_SAMPLE = 100_000;
const SCALE_EXPONENT = 128;
const SCALE = 2 ** SCALE_EXPONENT;

const clip = (probability: number): number => Math.min(1, Math.max(0, probability));

/** P(D > x) for a sample of `size` values; `size` is a whole number ≥ 1, 0 ≤ x ≤ 1. */
export function kolmogorovSurvival(size: number, x: number): number {
  if (x >= 1) return 0;
  const steps = size * x;
  if (steps <= 0.5) return 1;
  if (steps <= 1) return clip(1 - rubenGambino(size, steps));
  if (steps >= size - 1) return clip(2 * (1 - x) ** size);
  if (x >= 0.5) return clip(2 * onesidedSurvival(size, x));
  const squared = steps * x;
  if (size <= SMALL_SAMPLE) return squared <= 4 ? clip(1 - durbin(size, x)) : clip(2 * onesidedSurvival(size, x));
  if (squared >= 370) return 0;
  if (squared >= 2.2) return clip(2 * onesidedSurvival(size, x));
  const matrixIsSmall = size <= LARGEST_MATRIX_SAMPLE && size * x ** 1.5 <= 1.4;
  return clip(1 - (matrixIsSmall ? durbin(size, x) : pelzGood(size, x)));
}

/** P(D ≤ x) for 1/(2n) ≤ x ≤ 1/n: n!·(2x − 1/n)ⁿ, in logarithms. */
const rubenGambino = (size: number, steps: number): number =>
  Math.exp(0.5 * Math.log(2 * Math.PI * size) - size + stirlingError(size) + size * Math.log(2 * steps - 1));

/** A square matrix times a power of two. */
interface ScaledMatrix {
  readonly cells: Float64Array;
  readonly exponent: number;
}

function multiply(a: Float64Array, b: Float64Array, order: number): Float64Array {
  const product = new Float64Array(order * order);
  for (let row = 0; row < order; row += 1) {
    for (let k = 0; k < order; k += 1) {
      const factor = a[row * order + k];
      if (factor === 0) continue;
      for (let column = 0; column < order; column += 1) product[row * order + column] += factor * b[k * order + column];
    }
  }
  return product;
}

function rescaled({ cells, exponent }: ScaledMatrix, centre: number): ScaledMatrix {
  if (Math.abs(cells[centre]) <= SCALE) return { cells, exponent };
  return { cells: cells.map((cell) => cell / SCALE), exponent: exponent + SCALE_EXPONENT };
}

/** Durbin's matrix for x = (k − h)/n (Marsaglia, Tsang & Wang 2003, "Evaluating Kolmogorov's distribution", J. Stat. Softw. 8(18)). */
function durbinMatrix(order: number, h: number): Float64Array {
  const cells = new Float64Array(order * order);
  const inverseFactorial = [1];
  for (let i = 1; i <= order; i += 1) inverseFactorial.push(inverseFactorial[i - 1] / i);
  for (let row = 0; row < order; row += 1) {
    for (let column = 1; column < order; column += 1) {
      if (row - column + 1 >= 0) cells[row * order + column] = inverseFactorial[row - column + 1];
    }
  }
  const edge = Array.from({ length: order }, (_item, i) => (1 - h ** (i + 1)) * inverseFactorial[i + 1]);
  edge[order - 1] = (1 + Math.max(2 * h - 1, 0) ** order - 2 * h ** order) * inverseFactorial[order];
  edge.forEach((value, i) => {
    cells[i * order] = value;
    cells[(order - 1) * order + (order - 1 - i)] = value;
  });
  return cells;
}

/** P(D ≤ x), exact: the centre of the matrix's n-th power, times n!/nⁿ. */
function durbin(size: number, x: number): number {
  const steps = size * x;
  const k = Math.ceil(steps);
  const order = 2 * k - 1;
  const centre = (k - 1) * order + (k - 1);
  const identity = new Float64Array(order * order).map((_cell, i) => (i % (order + 1) === 0 ? 1 : 0));
  let power: ScaledMatrix = { cells: identity, exponent: 0 };
  let base: ScaledMatrix = { cells: durbinMatrix(order, k - steps), exponent: 0 };
  for (let left = size; left > 0; left = Math.floor(left / 2)) {
    if (left % 2 === 1) {
      power = { cells: multiply(power.cells, base.cells, order), exponent: power.exponent + base.exponent };
    }
    base = rescaled({ cells: multiply(base.cells, base.cells, order), exponent: 2 * base.exponent }, centre);
  }
  let probability = power.cells[centre];
  let exponent = power.exponent;
  for (let i = 1; i <= size; i += 1) {
    probability = (i * probability) / size;
    if (Math.abs(probability) < 1 / SCALE) {
      probability *= SCALE;
      exponent -= SCALE_EXPONENT;
    }
  }
  return probability * 2 ** exponent;
}

/** P(D ≤ x) by the expansion of Pelz & Good (1976), "Approximating the lower tail-areas of the Kolmogorov-Smirnov one-sample statistic". */
function pelzGood(size: number, x: number): number {
  const z = Math.sqrt(size) * x;
  const pi2 = Math.PI ** 2;
  const pi4 = pi2 ** 2;
  const pi6 = pi2 * pi4;
  const q = Math.exp(-pi2 / 8 / z ** 2);
  const q2 = Math.exp(-pi2 / 2 / z ** 2);
  const terms = Math.ceil((16 * z) / Math.PI);
  const sums = [0, 0, 0, 0];
  let extra2 = 0;
  let extra3 = 0;
  for (let k = terms; k > 0; k -= 1) {
    const m2 = (2 * k - 1) ** 2;
    const weight = q ** m2;
    sums[0] += weight;
    sums[1] += weight * (-(z ** 2) + (pi2 / 4) * m2);
    sums[2] +=
      weight *
      (6 * z ** 6 +
        2 * z ** 4 +
        (((2 * z ** 4 - 5 * z ** 2) * pi2) / 4) * m2 +
        ((pi4 * (1 - 2 * z ** 2)) / 16) * m2 ** 2);
    sums[3] +=
      weight *
      (-30 * z ** 6 -
        90 * z ** 8 +
        ((pi2 * (135 * z ** 4 - 96 * z ** 6)) / 4) * m2 +
        ((pi4 * (-60 * z ** 2 + 212 * z ** 4)) / 16) * m2 ** 2 +
        ((pi6 * (5 - 30 * z ** 2)) / 64) * m2 ** 3);
    const evenWeight = q2 ** (k * k) * k * k;
    extra2 += evenWeight;
    extra3 += evenWeight * (3 * z ** 2 - pi2 * k * k);
  }
  const root = Math.sqrt(2 * Math.PI);
  return (
    root *
    (sums[0] / z +
      sums[1] / (6 * z ** 4) / Math.sqrt(size) +
      (sums[2] / (72 * z ** 7) - (extra2 * pi2) / (36 * z ** 3)) / size +
      (sums[3] / (6480 * z ** 10) + (extra3 * pi2) / (216 * z ** 6)) / size ** 1.5)
  );
}
