/**
 * Long-only weights of least variance within limits: accelerated projected gradient (Beck and Teboulle 2009, FISTA) with restarts, over
 * the projection of weight-limits.ts. Pure and deterministic.
 * Why no library: the solvers in plain JavaScript (quadprog, a port of R's) take one-based arrays and a row for every limit, while these
 * limits have a projection in closed form; and what a workflow may call has to give the same bits everywhere.
 */
import { nearestWeights, type WeightLimits } from './weight-limits';

const MOST_STEPS = 5_000;
/** Of the largest weight that still moves in a step. */
const TOLERANCE = 1e-9;

/** Weights that sum to as much as the limits allow; `covariance` p × p, symmetric, positive semi-definite. */
export function minimumVariance(covariance: readonly (readonly number[])[], limits: WeightLimits): readonly number[] {
  const scale = Math.max(...covariance.map((row) => row.reduce((sum, value) => sum + Math.abs(value), 0)));
  const start = nearestWeights(
    covariance.map(() => 1 / covariance.length),
    limits,
    true,
  );
  if (!(scale > 0)) return start;
  let [weights, ahead, momentum] = [start, start, 1];
  for (let step = 0; step < MOST_STEPS; step += 1) {
    const gradient = covariance.map((row) => row.reduce((sum, value, at) => sum + value * ahead[at], 0));
    const next = nearestWeights(
      ahead.map((weight, at) => weight - gradient[at] / scale),
      limits,
      true,
    );
    const moved = Math.max(...next.map((weight, at) => Math.abs(weight - weights[at])));
    const uphill = next.reduce((sum, weight, at) => sum + (ahead[at] - weight) * (weight - weights[at]), 0) > 0;
    const momentumNext = uphill ? 1 : (1 + Math.sqrt(1 + 4 * momentum * momentum)) / 2;
    const carry = uphill ? 0 : (momentum - 1) / momentumNext;
    const before = weights;
    ahead = next.map((weight, at) => weight + carry * (weight - before[at]));
    weights = next;
    momentum = momentumNext;
    if (moved < TOLERANCE) break;
  }
  return weights;
}

/** Variance of a portfolio, in the unit of the covariance. */
export const varianceOf = (weights: readonly number[], covariance: readonly (readonly number[])[]): number =>
  covariance.reduce(
    (sum, row, i) => sum + weights[i] * row.reduce((inner, value, j) => inner + value * weights[j], 0),
    0,
  );
