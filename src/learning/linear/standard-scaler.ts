/** Column means and standard deviations, as scikit-learn's StandardScaler: population variance, a constant column is only centred. */
import type { Dataset } from '../dataset';

export interface StandardScaler {
  readonly mean: Float64Array;
  readonly scale: Float64Array;
}

/** Fitted on the training rows alone. */
export function fitScaler({ x, rows, columns }: Pick<Dataset, 'x' | 'rows' | 'columns'>): StandardScaler {
  const mean = new Float64Array(columns);
  const scale = new Float64Array(columns);
  for (let c = 0; c < columns; c += 1) {
    let sum = 0;
    for (let r = 0; r < rows; r += 1) sum += x[r * columns + c];
    mean[c] = sum / rows;
    let squares = 0;
    for (let r = 0; r < rows; r += 1) squares += (x[r * columns + c] - mean[c]) ** 2;
    const deviation = Math.sqrt(squares / rows);
    // Rounding alone makes a constant column vary by a few ulp of its mean.
    scale[c] = deviation > 10 * Number.EPSILON * Math.abs(mean[c]) ? deviation : 1;
  }
  return { mean, scale };
}

/** Scaled copy in double precision, row-major. */
export function applyScaler(scaler: StandardScaler, x: Float32Array): Float64Array {
  const columns = scaler.mean.length;
  return Float64Array.from(x, (value, i) => (value - scaler.mean[i % columns]) / scaler.scale[i % columns]);
}
