/** Shrinkage and least variance against scikit-learn and SciPy (golden.py). */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ledoitWolf } from '../../../src/domain/rebalance/ledoit-wolf';
import { minimumVariance, varianceOf } from '../../../src/domain/rebalance/minimum-variance';

interface Golden {
  readonly ledoit_wolf: readonly {
    readonly names: number;
    readonly days: number;
    readonly seed: number;
    readonly shrinkage: number;
    readonly covariance: readonly (readonly number[])[];
  }[];
  readonly minimum_variance: readonly {
    readonly names: number;
    readonly position: number;
    readonly sectors: number | null;
    readonly sector: number;
    readonly sum: number;
    readonly weights: readonly number[];
    readonly variance: number;
  }[];
}

const golden = JSON.parse(readFileSync(join(__dirname, 'golden.json'), 'utf8')) as Golden;

/** `[name][day]`, as golden.py makes them. */
function returns(names: number, days: number, seed: number): readonly (readonly number[])[] {
  let state = seed;
  const next = (): number => {
    state = Number((1664525n * BigInt(state) + 1013904223n) % 4294967296n);
    return state / 2 ** 32 - 0.5;
  };
  const series = Array.from({ length: names }, (): number[] => []);
  for (let day = 0; day < days; day += 1) {
    const common = next();
    for (let name = 0; name < names; name += 1)
      series[name].push((0.5 + name / names) * 0.02 * common + (0.4 + (name % 5) / 4) * 0.02 * next());
  }
  return series;
}

test.each(golden.ledoit_wolf)('$names names, $days days: the covariance is scikit-learn’s', (expected) => {
  const { covariance, shrinkage } = ledoitWolf(returns(expected.names, expected.days, expected.seed));
  expect(shrinkage).toBeCloseTo(expected.shrinkage, 12);
  covariance.forEach((row, i) => row.forEach((value, j) => expect(value).toBeCloseTo(expected.covariance[i][j], 15)));
});

test.each(golden.minimum_variance)(
  'least variance of $names names under $position, $sectors sectors of $sector',
  (expected) => {
    const { covariance } = golden.ledoit_wolf.find(({ names }) => names === expected.names)!;
    const sectors =
      expected.sectors === null ? null : expected.weights.map((_weight, at) => `sector ${at % expected.sectors!}`);
    const weights = minimumVariance(covariance, { ...expected, sectors });
    weights.forEach((weight, at) => expect(weight).toBeCloseTo(expected.weights[at], 5));
    expect(varianceOf(weights, covariance)).toBeLessThanOrEqual(expected.variance * (1 + 1e-9));
  },
);
