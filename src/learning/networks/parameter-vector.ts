/** All parameters of a network as one flat vector: one array in and out of a training step, one array to store. */
import type { Random } from '../random';
import { sizeOf } from './graph';
import type { Tensor } from './graph';
import { concat, reshape, split } from './operators';

export interface ParameterSpec {
  readonly name: string;
  readonly shape: readonly number[];
  /** First values are uniform in [−bound, bound). */
  readonly bound: number;
}

export type NamedTensors = Readonly<Record<string, Tensor>>;

export const countParameters = (specs: readonly ParameterSpec[]): number =>
  specs.reduce((sum, { shape }) => sum + sizeOf(shape), 0);

export function drawParameters(specs: readonly ParameterSpec[], random: Random): Float32Array {
  const values = specs.flatMap(({ shape, bound }) =>
    Array.from({ length: sizeOf(shape) }, () => bound * (2 * random.next() - 1)),
  );
  return Float32Array.from(values);
}

/** The vector's parts in their shapes, by name. */
export function unpack(vector: Tensor, specs: readonly ParameterSpec[]): NamedTensors {
  const parts = split(
    vector,
    specs.map(({ shape }) => sizeOf(shape)),
    0,
  );
  return Object.fromEntries(specs.map(({ name, shape }, i) => [name, reshape(parts[i], shape)]));
}

/** The inverse of `unpack`, of tensors in the order of the specs. */
export const pack = (tensors: readonly Tensor[]): Tensor =>
  concat(
    tensors.map((tensor) => reshape(tensor, [sizeOf(tensor.shape)])),
    0,
  );
