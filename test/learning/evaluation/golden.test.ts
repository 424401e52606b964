/** AUC, calibration and mutual information against scikit-learn's (generate.py). */
import { aucOfGroups, pairWins } from '../../../src/learning/evaluation/bootstrap-auc';
import { columnInformation } from '../../../src/learning/evaluation/feature-selection';
import { applyIsotonic, fitIsotonic } from '../../../src/learning/evaluation/isotonic-calibration';
import { applySigmoid, fitSigmoid } from '../../../src/learning/evaluation/sigmoid-calibration';
import { areaUnderCurve } from '../../../src/learning/metrics';
import { sumsOfFour } from '../drift/generated-samples';
import golden from './golden.json';

const { rows, seeds, probes } = golden;
const smooth = sumsOfFour(rows, seeds[0], 0, 0);
const noise = sumsOfFour(rows, seeds[1], 0, 0);
const positive = Array.from(smooth, (score, i) => score + noise[i] > 0.3);
const largestError = (values: readonly number[], expected: readonly number[]) =>
  Math.max(...values.map((value, i) => Math.abs(value - expected[i])));

describe.each([
  ['smooth', smooth, golden.smooth],
  ['rounded', sumsOfFour(rows, seeds[0], 0, 0.25), golden.rounded],
] as const)('%s scores', (_name, scores, expected) => {
  it('AUC equals roc_auc_score, over rows and over groups', () => {
    expect(areaUnderCurve(scores, positive)).toBeCloseTo(expected.auc, 12);
    const groups = Array.from(scores, (_score, i) => i % 7);
    const pairs = pairWins({ scores, positive, groups });
    expect(aucOfGroups(pairs, new Float64Array(7).fill(1))).toBeCloseTo(expected.auc, 12);
  });

  it('the sigmoid equals _SigmoidCalibration', () => {
    const fitted = fitSigmoid(scores, positive);
    // scikit-learn's minimiser stops at a gradient of 1e-6.
    expect(
      largestError(
        probes.map((probe) => applySigmoid(fitted, probe)),
        expected.sigmoid,
      ),
    ).toBeLessThan(1e-5);
  });

  it('the isotonic steps equal IsotonicRegression', () => {
    const fitted = fitIsotonic(scores, positive);
    expect(
      largestError(
        probes.map((probe) => applyIsotonic(fitted, probe)),
        expected.isotonic,
      ),
    ).toBeLessThan(1e-12);
  });

  it('information equals mutual_info_score less its bias', () => {
    const y = Uint8Array.from(positive, Number);
    const [information] = columnInformation({ rows, columns: 1, x: scores, y, classes: 2 });
    expect(information).toBeCloseTo(expected.information - (expected.deciles - 1) / (2 * rows), 12);
  });
});
