/**
 * Covariance of returns shrunk towards a multiple of the identity, with the shrinkage that Ledoit and Wolf derive, as scikit-learn's
 * LedoitWolf computes it. Pure. Source: Ledoit and Wolf 2004, "A well-conditioned estimator for large-dimensional covariance matrices".
 */
import { RebalanceError } from './rebalance-error';

export interface ShrunkCovariance {
  /** p × p, symmetric, positive definite unless all returns are equal. */
  readonly covariance: readonly (readonly number[])[];
  /** 0 keeps the sample's covariance, 1 leaves only the mean variance on the diagonal. */
  readonly shrinkage: number;
}

/** `returns[name][day]`. Throws RebalanceError FEWER_DAYS_THAN_NAMES unless there are more days than names. */
export function ledoitWolf(returns: readonly (readonly number[])[]): ShrunkCovariance {
  const p = returns.length;
  const n = returns[0]?.length ?? 0;
  if (n <= p)
    throw new RebalanceError(
      'FEWER_DAYS_THAN_NAMES',
      `The covariance of ${p} names needs more than ${p} daily returns, there are ${n}: weight equally, or take fewer names.`,
    );
  const centred = returns.map((series) => {
    const mean = series.reduce((sum, value) => sum + value, 0) / n;
    return series.map((value) => value - mean);
  });
  const sample = centred.map((a) => centred.map((b) => dot(a, b) / n));
  const squares = centred.map((series) => series.map((value) => value * value));
  const mu = sample.reduce((sum, row, i) => sum + row[i], 0) / p;
  const norm = sample.reduce((sum, row) => sum + row.reduce((inner, value) => inner + value * value, 0), 0);
  const fourth = squares.reduce((sum, a) => sum + squares.reduce((inner, b) => inner + dot(a, b), 0), 0);
  const delta = (norm - p * mu * mu) / p;
  const beta = Math.min((fourth / n - norm) / (p * n), delta);
  const shrinkage = beta <= 0 || delta <= 0 ? 0 : beta / delta;
  const covariance = sample.map((row, i) =>
    row.map((value, j) => (1 - shrinkage) * value + (i === j ? shrinkage * mu : 0)),
  );
  return { covariance, shrinkage };
}

const dot = (a: readonly number[], b: readonly number[]): number => {
  let sum = 0;
  for (let at = 0; at < a.length; at += 1) sum += a[at] * b[at];
  return sum;
};
