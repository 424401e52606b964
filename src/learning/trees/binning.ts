/** Columns cut into at most `maxBins` bins: histograms replace sorting, and every split threshold is a float32 between two seen values. */
import type { Dataset } from '../dataset';

export const MAX_BINS = 255;

export interface BinnedColumns {
  readonly rows: number;
  readonly columns: number;
  /** Column-major bin index of each value: columns × rows. */
  readonly bins: Uint8Array;
  /** Per column, ascending: bin b holds values v with thresholds[b − 1] < v ≤ thresholds[b]; one threshold fewer than bins. */
  readonly thresholds: readonly Float32Array[];
}

/** The float32 halfway between two neighbours, never equal to the upper one: `v ≤ threshold` parts them in float32. */
function between(lower: number, upper: number): number {
  const middle = Math.fround(lower + (upper - lower) / 2);
  return middle < upper ? middle : lower;
}

/** Where a value greater than the one before begins. */
function boundariesOf(sorted: Float32Array): Int32Array {
  const boundaries = new Int32Array(sorted.length);
  let found = 0;
  for (let i = 1; i < sorted.length; i += 1) {
    if (sorted[i] > sorted[i - 1]) {
      boundaries[found] = i;
      found += 1;
    }
  }
  return boundaries.subarray(0, found);
}

/** Thresholds between all distinct values, or between those nearest to the quantiles when there are too many. */
export function findThresholds(values: Float32Array, maxBins: number): Float32Array {
  const sorted = values.slice().sort();
  const boundaries = boundariesOf(sorted);
  if (boundaries.length < maxBins) return Float32Array.from(boundaries, (i) => between(sorted[i - 1], sorted[i]));

  const chosen: number[] = [];
  let at = 0;
  for (let k = 1; k < maxBins; k += 1) {
    const wanted = (k * sorted.length) / maxBins;
    while (at < boundaries.length && boundaries[at] < wanted) at += 1;
    if (at === boundaries.length) break;
    chosen.push(boundaries[at]);
    at += 1;
  }
  return Float32Array.from(chosen, (i) => between(sorted[i - 1], sorted[i]));
}

/** Bin of a value: the number of thresholds below it. */
export function binOf(value: number, thresholds: Float32Array): number {
  let low = 0;
  let high = thresholds.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (value <= thresholds[middle]) high = middle;
    else low = middle + 1;
  }
  return low;
}

export function binColumns(
  { x, rows, columns }: Pick<Dataset, 'x' | 'rows' | 'columns'>,
  maxBins = MAX_BINS,
): BinnedColumns {
  const bins = new Uint8Array(rows * columns);
  const thresholds: Float32Array[] = [];
  const column = new Float32Array(rows);
  for (let c = 0; c < columns; c += 1) {
    for (let r = 0; r < rows; r += 1) column[r] = x[r * columns + c];
    const cuts = findThresholds(column, maxBins);
    for (let r = 0; r < rows; r += 1) bins[c * rows + r] = binOf(column[r], cuts);
    thresholds.push(cuts);
  }
  return { rows, columns, bins, thresholds };
}
