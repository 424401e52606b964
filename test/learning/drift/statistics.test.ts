/** Drift statistics against scipy's, numpy's and river's (generate.py). */
import * as fc from 'fast-check';
import { adjustedPValues } from '../../../src/learning/drift/false-discovery';
import { kolmogorovSurvival } from '../../../src/learning/drift/kolmogorov-distribution';
import { ksDistance, ksTest } from '../../../src/learning/drift/kolmogorov-smirnov';
import { meanShift, momentsOf, momentsWithout } from '../../../src/learning/drift/mean-shift';
import { observeError, PAGE_HINKLEY_DEFAULTS, PAGE_HINKLEY_START } from '../../../src/learning/drift/page-hinkley';
import { populationStabilityIndex } from '../../../src/learning/drift/population-stability';
import { sumsOfFour, uniforms } from './generated-samples';
import golden from './golden.json';

const TOLERANCE = 1e-9;

describe('two-sample statistics', () => {
  it.each(Object.entries(golden.samples))('equal the reference programs: %s', (_name, expected) => {
    const [n, m, shift, grid] = expected.sizes;
    const reference = sumsOfFour(n, expected.seeds[0], 0, grid).sort();
    const window = sumsOfFour(m, expected.seeds[1], shift, grid).sort();
    const ks = ksTest(reference, window);
    expect(Math.abs(ks.statistic - expected.ks)).toBeLessThan(1e-12);
    expect(Math.abs(ks.pValue - expected.p)).toBeLessThan(TOLERANCE);
    expect(Math.abs(populationStabilityIndex(reference, window) - expected.psi)).toBeLessThan(TOLERANCE);
    const shifted = meanShift(momentsOf(reference), momentsOf(window));
    expect(Math.abs(shifted - expected.mean_shift)).toBeLessThan(TOLERANCE);
  });

  it('the KS distribution equals kstwo.sf on a grid of sizes', () => {
    const errors = golden.survival.map(([n, root, p]) => Math.abs(kolmogorovSurvival(n, root / Math.sqrt(n)) - p));
    expect(Math.max(...errors)).toBeLessThan(TOLERANCE);
  });

  const sample = fc.array(fc.integer({ min: -8, max: 8 }), { minLength: 1, maxLength: 40 });
  const ascending = (values: readonly number[]) => Float32Array.from(values).sort();

  it('the KS distance is the largest gap of the two distribution functions', () => {
    fc.assert(
      fc.property(sample, sample, (a, b) => {
        const share = (values: readonly number[], at: number) => values.filter((v) => v <= at).length / values.length;
        const gaps = [...a, ...b].map((at) => Math.abs(share(a, at) - share(b, at)));
        expect(ksDistance(ascending(a), ascending(b))).toBeCloseTo(Math.max(...gaps), 12);
      }),
    );
  });

  it('a sample has no distance from itself', () => {
    fc.assert(
      fc.property(sample, (values) => {
        const own = ascending(values);
        expect([
          ksDistance(own, own),
          populationStabilityIndex(own, own),
          meanShift(momentsOf(own), momentsOf(own)),
        ]).toEqual([0, 0, 0]);
      }),
    );
  });

  it('moments subtract', () => {
    fc.assert(
      fc.property(sample, sample, (a, b) => {
        const rest = momentsWithout(momentsOf([...a, ...b]), momentsOf(a));
        const direct = momentsOf(b);
        expect(rest.count).toBe(direct.count);
        expect(rest.mean).toBeCloseTo(direct.mean, 9);
        expect(rest.squares).toBeCloseTo(direct.squares, 8);
      }),
    );
  });

  it('a constant reference has shifted without measure, or not at all', () => {
    const constant = momentsOf([0.1, 0.1, 0.1]);
    expect(meanShift(constant, momentsOf([0.1]))).toBe(0);
    expect(meanShift(constant, momentsOf([0.2]))).toBe(Infinity);
    expect(meanShift(constant, momentsOf([0]))).toBe(-Infinity);
  });
});

describe('calls and the live error', () => {
  it('adjusted p-values equal false_discovery_control', () => {
    adjustedPValues(golden.p_values).forEach((p, i) => expect(Math.abs(p - golden.adjusted[i])).toBeLessThan(1e-12));
    expect(adjustedPValues([])).toEqual([]);
  });

  it('Page–Hinkley detects where river does', () => {
    const { counts, seeds, rise, threshold, detections } = golden.page_hinkley;
    const errors = [...uniforms(counts[0], seeds[0]), ...uniforms(counts[1], seeds[1]).map((u) => u + rise)];
    let state = PAGE_HINKLEY_START;
    const found = errors.flatMap((error, i) => {
      state = observeError(state, error, { ...PAGE_HINKLEY_DEFAULTS, threshold });
      return state.detected ? [i] : [];
    });
    expect(found).toEqual(detections);
    expect(found.length).toBeGreaterThan(0);
  });
});
