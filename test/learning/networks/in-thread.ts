/** How tests fit networks: the training thread runs the sources uncompiled; and how they ask exported files. */
import { join } from 'node:path';
import { Tensor } from 'onnxruntime-node';
import { openSession } from '../../../src/learning/onnx-session';

export const IN_THREAD = { threadArguments: ['-r', join(__dirname, '../../typescript-register.cjs')] } as const;

/** One output of an exported file for rows (or windows) of these dimensions. */
export async function asked(
  file: Uint8Array,
  x: Float32Array,
  dims: readonly number[],
  output = 'probabilities',
): Promise<Float32Array> {
  const session = await openSession(file);
  const answers = await session.run({ features: new Tensor('float32', x, dims) });
  await session.release();
  return answers[output].data as Float32Array;
}

/** The greatest difference between two vectors of the same length; infinite when the lengths differ. */
export const apart = (a: ArrayLike<number>, b: ArrayLike<number>): number =>
  a.length === b.length
    ? Array.from(a).reduce((worst, value, i) => Math.max(worst, Math.abs(value - b[i])), 0)
    : Infinity;
