/** Figures of a classifier's probabilities on rows it was not fitted on. */
import type { Probabilities } from './dataset';
import { BUY, HOLD, SELL } from './labels';

/** Probabilities are kept this far from 0 and 1, as scikit-learn's log_loss does in double precision. */
const CLIP = Number.EPSILON;

/** Share of rows whose most likely class is their label; the first class wins a tie. */
export function accuracy(probabilities: Probabilities, y: ArrayLike<number>, classes: number): number {
  let right = 0;
  for (let r = 0; r < y.length; r += 1) {
    let best = 0;
    for (let c = 1; c < classes; c += 1) {
      if (probabilities[r * classes + c] > probabilities[r * classes + best]) best = c;
    }
    if (best === y[r]) right += 1;
  }
  return right / y.length;
}

/** Mean negative log-likelihood in nats. */
export function logLoss(probabilities: Probabilities, y: ArrayLike<number>, classes: number): number {
  let sum = 0;
  for (let r = 0; r < y.length; r += 1) {
    const p = Math.min(1 - CLIP, Math.max(CLIP, probabilities[r * classes + y[r]]));
    sum -= Math.log(p);
  }
  return sum / y.length;
}

/** Area under the ROC curve of `scores` for the rows marked positive, ties counted half; null when a side is empty. */
export function areaUnderCurve(scores: ArrayLike<number>, positive: ArrayLike<number | boolean>): number | null {
  const order = Array.from({ length: scores.length }, (_item, i) => i).sort((a, b) => scores[a] - scores[b]);
  let positives = 0;
  let rankSum = 0;
  for (let from = 0; from < order.length;) {
    let to = from + 1;
    while (to < order.length && scores[order[to]] === scores[order[from]]) to += 1;
    const rank = (from + to + 1) / 2;
    for (let i = from; i < to; i += 1) {
      if (!positive[order[i]]) continue;
      positives += 1;
      rankSum += rank;
    }
    from = to;
  }
  const negatives = order.length - positives;
  if (positives === 0 || negatives === 0) return null;
  return (rankSum - (positives * (positives + 1)) / 2) / (positives * negatives);
}

/** Mean over the results that have an AUC, null when none has. */
export function meanAuc(results: readonly { readonly auc: number | null }[]): number | null {
  const aucs = results.flatMap(({ auc }) => auc ?? []);
  return aucs.length === 0 ? null : aucs.reduce((sum, auc) => sum + auc, 0) / aucs.length;
}

/** Rows labelled buy or sell with their score p(buy) − p(sell): what the gate's AUC is taken over (requirement E8). */
export interface DirectionalRows {
  readonly rows: readonly number[];
  readonly scores: readonly number[];
  readonly buys: readonly boolean[];
}

export function directionalRows(probabilities: Probabilities, y: ArrayLike<number>, classes: number): DirectionalRows {
  const rows = Array.from({ length: y.length }, (_item, row) => row).filter((row) => y[row] !== HOLD);
  return {
    rows,
    scores: rows.map((row) => probabilities[row * classes + BUY] - probabilities[row * classes + SELL]),
    buys: rows.map((row) => y[row] === BUY),
  };
}

/** AUC of p(buy) − p(sell) over the rows labelled buy or sell (requirement E8); null when one of them is absent. */
export function directionalAuc(probabilities: Probabilities, y: ArrayLike<number>, classes: number): number | null {
  const { scores, buys } = directionalRows(probabilities, y, classes);
  return areaUnderCurve(scores, buys);
}
