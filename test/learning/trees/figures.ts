/** Figures of a fit and how they are compared with a reference program's. */
import type { Dataset, Probabilities } from '../../../src/learning/dataset';
import { accuracy, areaUnderCurve, logLoss } from '../../../src/learning/metrics';

export const FIGURES = ['accuracy', 'logLoss', 'auc'] as const;
export type Figures = Readonly<Record<(typeof FIGURES)[number], number>>;

const mean = (values: readonly number[]) => values.reduce((a, b) => a + b, 0) / values.length;
const variance = (values: readonly number[]) =>
  values.length < 2 ? 0 : values.reduce((sum, value) => sum + (value - mean(values)) ** 2, 0) / (values.length - 1);

/** AUC: of class 1 when there are two, else one class against the rest, mean over the classes. */
export function figuresOf(probabilities: Probabilities, { y, rows, classes }: Dataset): Figures {
  const areas = (classes === 2 ? [1] : Array.from({ length: classes }, (_item, c) => c)).map((c) => {
    const scores = Array.from({ length: rows }, (_row, r) => probabilities[r * classes + c]);
    return areaUnderCurve(
      scores,
      Array.from(y, (label) => label === c),
    )!;
  });
  return {
    accuracy: accuracy(probabilities, y, classes),
    logLoss: logLoss(probabilities, y, classes),
    auc: mean(areas),
  };
}

/** How far the means lie apart, and how far they may: 0.01, and two standard errors where seeds make noise. */
export function distance(ours: readonly number[], theirs: readonly number[]): { apart: number; allowed: number } {
  const standardError = Math.sqrt(variance(ours) / ours.length + variance(theirs) / theirs.length);
  return { apart: Math.abs(mean(ours) - mean(theirs)), allowed: 0.01 + 2 * standardError };
}
