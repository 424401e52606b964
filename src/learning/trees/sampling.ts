/** Rows and columns drawn for a tree. */
import type { Random } from '../random';
import { InvalidParameterError } from './invalid-parameter';

/** Weights of `rows` rows, 1 each when none are given. */
export const weightsOf = (rows: number, sampleWeight: ArrayLike<number> | undefined): Float64Array =>
  sampleWeight === undefined ? new Float64Array(rows).fill(1) : Float64Array.from(sampleWeight);

/** `wanted` of 0 … count − 1 without replacement, ascending (selection sampling, Knuth 3.4.2 S); draws nothing when all are wanted. */
export function drawSorted(count: number, wanted: number, random: Random): Int32Array {
  const drawn = new Int32Array(wanted);
  let at = 0;
  for (let i = 0; at < wanted; i += 1) {
    if (wanted === count || (count - i) * random.next() < wanted - at) {
      drawn[at] = i;
      at += 1;
    }
  }
  return drawn;
}

/** That share of `count`, rounded, at least 1. */
export const shareOf = (count: number, share: number): number => Math.max(1, Math.round(count * share));

/** Throws InvalidParameterError unless there is one weight of 0 or more for each row and not all are 0. */
export function checkSampleWeight(rows: number, sampleWeight: ArrayLike<number> | undefined): void {
  if (sampleWeight === undefined) return;
  if (sampleWeight.length !== rows) {
    throw new InvalidParameterError(`sample_weight has ${sampleWeight.length} values for ${rows} rows.`);
  }
  const weights = Array.from(sampleWeight);
  const bad = weights.findIndex((weight) => !Number.isFinite(weight) || weight < 0);
  if (bad >= 0)
    throw new InvalidParameterError(`sample_weight of row ${bad} is ${weights[bad]}: it has to be 0 or more.`);
  if (weights.every((weight) => weight === 0)) throw new InvalidParameterError('All sample weights are 0.');
}
