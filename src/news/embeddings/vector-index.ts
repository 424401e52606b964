/**
 * Exact nearest neighbours by cosine over vectors of length 1.
 * Each vector is also kept as signed bytes with its rounding error. A scan over the bytes bounds every cosine from both sides; only rows
 * whose upper bound reaches the k-th best lower bound are computed in full, so the answer is that of a full search.
 */
import { openDotKernel, type DotMemory } from './dot-kernel';

export interface Neighbour {
  readonly row: number;
  /** −1..1. */
  readonly cosine: number;
}

export interface VectorIndex {
  readonly size: number;
  readonly dimensions: number;
  /** The `count` rows with the highest cosine to `query` (of length 1) among those `admits` says yes to; equal ones by row. */
  nearest(query: Float32Array, count: number, admits?: (row: number) => boolean): readonly Neighbour[];
}

const LANES = 16;
const LARGEST_BYTE = 127;
/** Bounds are widened by this: lengths are 1 to float32 only. */
const SLACK = 1e-6;

interface RoundedVector {
  /** Value of one step. */
  readonly step: number;
  /** Length of what rounding left out. */
  readonly error: number;
}

/** `vectors`: rows × dimensions, row-major. */
export function buildVectorIndex(vectors: Float32Array, dimensions: number): VectorIndex {
  const size = vectors.length / dimensions;
  const stride = Math.ceil(dimensions / LANES) * LANES;
  const queryAt = size * stride;
  const outAt = queryAt + stride;
  const memory = openDotKernel(outAt + 4 * size);
  const bytes = new Int8Array(memory.buffer);
  const steps = new Float64Array(size);
  const errors = new Float64Array(size);
  for (let row = 0; row < size; row++) {
    const rounded = round(vectors, row * dimensions, dimensions, bytes, row * stride);
    steps[row] = rounded.step;
    errors[row] = rounded.error;
  }
  const places = { memory, size, stride, queryAt, outAt, bytes };
  return {
    size,
    dimensions,
    nearest: (query, count, admits = () => true) => {
      const bounds = boundCosines(places, steps, errors, query, dimensions);
      const floor = highestFloor(bounds, count, admits);
      const candidates: Neighbour[] = [];
      for (let row = 0; row < size; row++) {
        if (bounds.middle[row] + bounds.margin[row] < floor || !admits(row)) continue;
        candidates.push({ row, cosine: cosine(vectors, row * dimensions, query, dimensions) });
      }
      return candidates.sort((a, b) => b.cosine - a.cosine || a.row - b.row).slice(0, count);
    },
  };
}

interface ByteRows {
  readonly memory: DotMemory;
  readonly size: number;
  readonly stride: number;
  readonly queryAt: number;
  readonly outAt: number;
  readonly bytes: Int8Array;
}

interface CosineBounds {
  readonly middle: Float64Array;
  readonly margin: Float64Array;
}

/** Rounds to multiples of the largest part / 127, written at `at`. */
function round(from: Float32Array, start: number, dimensions: number, to: Int8Array, at: number): RoundedVector {
  let largest = 0;
  for (let d = 0; d < dimensions; d++) largest = Math.max(largest, Math.abs(from[start + d]));
  const step = largest === 0 ? 1 : largest / LARGEST_BYTE;
  let squares = 0;
  for (let d = 0; d < dimensions; d++) {
    const whole = Math.round(from[start + d] / step);
    to[at + d] = whole;
    squares += (from[start + d] - whole * step) ** 2;
  }
  return { step, error: Math.sqrt(squares) };
}

/** |u·v − û·v̂| ≤ |u − û| |v| + |û| |v − v̂| (Cauchy and Schwarz), for every row v of length 1. */
function boundCosines(
  { memory, size, stride, queryAt, outAt, bytes }: ByteRows,
  steps: Float64Array,
  errors: Float64Array,
  query: Float32Array,
  dimensions: number,
): CosineBounds {
  const asked = round(query, 0, dimensions, bytes, queryAt);
  memory.kernel.dots(0, size, stride, queryAt, outAt);
  const dots = new Int32Array(memory.buffer, outAt, size);
  const askedLength = 1 + asked.error;
  const middle = new Float64Array(size);
  const margin = new Float64Array(size);
  for (let row = 0; row < size; row++) {
    middle[row] = dots[row] * steps[row] * asked.step;
    margin[row] = asked.error * (1 + SLACK) + askedLength * errors[row] + SLACK;
  }
  return { middle, margin };
}

/** The `count`-th highest lower bound, −∞ when fewer rows are admitted. */
function highestFloor({ middle, margin }: CosineBounds, count: number, admits: (row: number) => boolean): number {
  const best: number[] = [];
  let least = -Infinity;
  for (let row = 0; row < middle.length; row++) {
    const floor = middle[row] - margin[row];
    if (floor <= least || !admits(row)) continue;
    const at = best.findIndex((held) => held < floor);
    best.splice(at === -1 ? best.length : at, 0, floor);
    if (best.length > count) best.pop();
    if (best.length === count) least = best[count - 1];
  }
  return best.length < count ? -Infinity : least;
}

function cosine(vectors: Float32Array, start: number, query: Float32Array, dimensions: number): number {
  let sum = 0;
  for (let d = 0; d < dimensions; d++) sum += vectors[start + d] * query[d];
  return sum;
}
