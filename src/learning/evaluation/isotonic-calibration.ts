/**
 * Isotonic calibration: the non-decreasing step function nearest to the outcomes, by pooling adjacent violators, linear between its
 * points and flat outside (scikit-learn's IsotonicRegression(out_of_bounds="clip")). For a thousand rows or more: fewer overfit it.
 */
export interface IsotonicCalibration {
  readonly kind: 'isotonic';
  /** Scores ascending, each once. */
  readonly scores: readonly number[];
  /** Probability at each. */
  readonly values: readonly number[];
}

interface Block {
  readonly sum: number;
  readonly weight: number;
  /** Distinct scores pooled. */
  readonly points: number;
}

/** Fits on scores of rows that the model did not see. Equal scores are one point. */
export function fitIsotonic(scores: ArrayLike<number>, positive: ArrayLike<number | boolean>): IsotonicCalibration {
  const order = Array.from({ length: scores.length }, (_item, i) => i).sort((a, b) => scores[a] - scores[b]);
  const distinct: number[] = [];
  const sums: number[] = [];
  const weights: number[] = [];
  for (const row of order) {
    if (scores[row] !== distinct.at(-1)) {
      distinct.push(scores[row]);
      sums.push(0);
      weights.push(0);
    }
    sums[sums.length - 1] += positive[row] ? 1 : 0;
    weights[weights.length - 1] += 1;
  }
  const blocks: Block[] = [];
  sums.forEach((sum, i) => {
    let block: Block = { sum, weight: weights[i], points: 1 };
    for (let last = blocks.at(-1); last && last.sum * block.weight >= block.sum * last.weight; last = blocks.at(-1)) {
      block = { sum: last.sum + block.sum, weight: last.weight + block.weight, points: last.points + block.points };
      blocks.pop();
    }
    blocks.push(block);
  });
  const values = blocks.flatMap(({ sum, weight, points }) => new Array<number>(points).fill(sum / weight));
  return { kind: 'isotonic', ...withoutInnerPoints(distinct, values) };
}

/** Points inside a flat stretch say nothing more than its ends. */
function withoutInnerPoints(scores: readonly number[], values: readonly number[]) {
  const kept = (i: number): boolean => values[i] !== values[i - 1] || values[i] !== values[i + 1];
  return { scores: scores.filter((_score, i) => kept(i)), values: values.filter((_value, i) => kept(i)) };
}

/** Probability at `score`, between its two points in a straight line. */
export function applyIsotonic({ scores, values }: IsotonicCalibration, score: number): number {
  if (score <= scores[0]) return values[0];
  const above = scores.findIndex((point) => point >= score);
  if (above < 0) return values[values.length - 1];
  const share = (score - scores[above - 1]) / (scores[above] - scores[above - 1]);
  return values[above - 1] + share * (values[above] - values[above - 1]);
}
