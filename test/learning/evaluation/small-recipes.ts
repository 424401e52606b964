/** Small classifiers that keep the contract, and rows a minute apart. */
import { classCounts } from '../../../src/learning/dataset';
import type { Dataset } from '../../../src/learning/dataset';
import { DAY_MS, MINUTE_MS } from '../../../src/domain/exchange-time';
import type { ClassifierRecipe } from '../../../src/learning/evaluation/classifier-contract';
import type { EvaluationRows } from '../../../src/learning/evaluation/cross-validation';
import { CLASS_NAMES, HOLD, HORIZON_BARS } from '../../../src/learning/labels';

export const minuteRows = (data: Dataset): EvaluationRows => {
  const starts = Float64Array.from({ length: data.rows }, (_item, i) => i * MINUTE_MS);
  return { data, starts, ends: starts.map((start) => start + HORIZON_BARS * MINUTE_MS) };
};

const MONDAY_MORNING = Date.UTC(2013, 0, 7, 14, 30);
const WEEK_DAYS = 5;

/** Rows a minute apart from the morning on, `perDate` of them on each week day. */
export const datedRows = (data: Dataset, perDate: number): EvaluationRows => {
  const starts = Float64Array.from({ length: data.rows }, (_item, row) => {
    const date = Math.floor(row / perDate);
    const days = 7 * Math.floor(date / WEEK_DAYS) + (date % WEEK_DAYS);
    return MONDAY_MORNING + days * DAY_MS + (row % perDate) * MINUTE_MS;
  });
  return { data, starts, ends: starts.map((start) => start + HORIZON_BARS * MINUTE_MS) };
};

/** The classes' shares in training, whatever the row. */
export const classPriors: ClassifierRecipe = {
  name: 'class_priors',
  fit: (data) => {
    const shares = classCounts(data).map((count) => count / data.rows);
    return {
      predict: (x) =>
        Float64Array.from(
          { length: (x.length / data.columns) * shares.length },
          (_item, i) => shares[i % shares.length],
        ),
    };
  },
};

/** Mean direction of the training rows whose first column lies in the same part of `width`; none seen: no direction. */
export const meansByPart = (width: number): ClassifierRecipe => ({
  name: 'means_by_part',
  fit: ({ x, y, columns }) => {
    const seen = new Map<number, { sum: number; rows: number }>();
    const partOf = (value: number): number => Math.floor(value / width);
    y.forEach((label, row) => {
      const part = partOf(x[row * columns]);
      const { sum, rows } = seen.get(part) ?? { sum: 0, rows: 0 };
      seen.set(part, { sum: sum + label - HOLD, rows: rows + 1 });
    });
    const directionOf = (value: number): number => {
      const { sum, rows } = seen.get(partOf(value)) ?? { sum: 0, rows: 1 };
      return sum / rows;
    };
    return {
      predict: (values) =>
        Float64Array.from({ length: (values.length / columns) * CLASS_NAMES.length }, (_item, i) => {
          const [row, label] = [Math.floor(i / CLASS_NAMES.length), i % CLASS_NAMES.length];
          return (1 + (label - HOLD) * directionOf(values[row * columns])) / CLASS_NAMES.length;
        }),
    };
  },
});

/** Naive Bayes over the halves of each column, with Laplace smoothing. */
export const thresholdRecipe: ClassifierRecipe = {
  name: 'halves',
  fit: (data) => {
    const { columns, classes, rows, x, y } = data;
    const middle = Array.from({ length: columns }, (_item, c) => {
      const values = Float32Array.from({ length: rows }, (_row, r) => x[r * columns + c]).sort();
      return values[rows >> 1];
    });
    const counts = classCounts(data);
    const above = new Float64Array(classes * columns);
    for (let i = 0; i < x.length; i += 1) {
      if (x[i] > middle[i % columns]) above[y[Math.floor(i / columns)] * columns + (i % columns)] += 1;
    }
    const logShare = (k: number, c: number, high: boolean): number => {
      const share = (above[k * columns + c] + 1) / (counts[k] + 2);
      return Math.log(high ? share : 1 - share);
    };
    return {
      predict: (values) => {
        const result = new Float64Array((values.length / columns) * classes);
        for (let r = 0; r < values.length / columns; r += 1) {
          const scores = counts.map((count, k) =>
            middle.reduce(
              (sum, edge, c) => sum + logShare(k, c, values[r * columns + c] > edge),
              Math.log((count + 1) / rows),
            ),
          );
          const highest = Math.max(...scores);
          const total = scores.reduce((sum, score) => sum + Math.exp(score - highest), 0);
          scores.forEach((score, k) => (result[r * classes + k] = Math.exp(score - highest) / total));
        }
        return result;
      },
    };
  },
};
